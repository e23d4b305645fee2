"""The backward pass, derived: from a graph to the steps that a person takes.

In: a graph of definitions, with the derivatives of functions that are taught (they stand in the tables of ``model``).
Out: frozen steps: local derivatives, chain-rule products, sums over paths, deltas, updates. It may not know words,
numbers or markup. Start with ``round``.

round     one round of training: forward, backward, update
backward  the walk back through the graph
steps     the kinds of step, each with its rule
"""
