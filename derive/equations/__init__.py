"""Steps as printed mathematics: a formula in symbols, the same with numbers put in, and its value.

In: steps, their values, a notation and a rounding. Out: trees of ``mathtext``. It may not know words. Start with
``scalars``.

scalars   steps of single quantities
matrices  steps of whole layers, in vectors and matrices
filling   the numbers of one student, wherever they are printed
"""
