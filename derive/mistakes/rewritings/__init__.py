"""Wrong formulas, each written from the right one of its step; by what they are formulas of.

arithmetic       signs, factors and terms, at steps of many kinds
net_inputs       net inputs
outputs          outputs
errors           errors, and their derivatives by outputs
slopes           derivatives of outputs by net inputs
chain_rule       factors of the chain rule, and sums over paths
deltas           deltas
gradients        derivatives by weights and biases
paths            the weights on the paths that come back to an output or an input
weight_decay     penalties on large weights, wherever they come in
updates          updates, for any optimiser's rule
gradient_checks  quotients of differences
gates            gates and their derivatives
"""
