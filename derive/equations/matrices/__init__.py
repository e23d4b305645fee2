"""Networks in vectors and matrices: the same round, written for whole layers.

forms       sums and products of matrices, and the steps made of them
derivation  the round in these steps
equations   their mathematics, with shapes and with numbers
values      what the printed forms come to
arrays      forward and backward pass on batches, with numpy
drawn       weights and samples that nobody lists
large       networks of which only the matrix form can be printed
"""
