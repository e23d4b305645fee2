"""Numbers put into steps: every value, what rounding can do to it, and where training leads.

In: a derivation and given values. Out: values at 50 digits, intervals, rounds of training. It may not know how a
number is printed, but for its rounding, nor how one is typed, which is in ``checking.answers``. Start with
``evaluation``.

evaluation  every quantity of a round, and how it is rounded
compiled    formulas as fast code
training    one round after the other
batches     a network of any size on numpy arrays
intervals   what honest rounding can reach
"""
