"""Variants of an exercise: other numbers, made for a pencil, that are as hard as those of the file.

drawing      which of the numbers that a value may be it is, from SHA-256
candidate    a draw with all that is calculated from it, and with how it is printed
constraints  what a draw has to fulfil
failures     what the draws fail of which no variant comes
pattern      what all variants of a set have in common
separation   how far known mistakes lead from right answers, and from each other
demands      what mistakes a variant has to show
sieve        throws out in double precision what surely fails
pilot        the ways to draw, and the pattern of a set
generation   the variants of a seed, one after the other
"""
