"""What is derived: a network or formulas as one ordered list of definitions, and the tables that they are made from.

In: shapes and names of functions, or text. Out: a ``Graph``, in which nothing shows any more where it came from. It may
not know how it is differentiated, except for the derivatives that are taught, which stand in the tables. Start with
``graph``; to add a function, open its table.

activations, losses, optimizers  the tables: one record each
quantities    what has a name: net_h1, dE_total_dw5, w5_new
graph         definitions in their order
network       layers, neurons, and how their parts are named
architecture  the same before the parts have names, however large it is
forward_pass  a network to its graph
formulas      typed formulas to a graph of gates
conventions   what sources disagree on
notation      how quantities are written
profiles      the table of notations
fields        the kinds of value that files may have
expressions   sums and products as they were written, made quickly
once          a property that is found out once
"""
