"""Variants of an exercise: other numbers, made for a pencil, that are as hard as those of the file.

values       the numbers that an exercise's author typed, by id, and the exercise with others in their place
choices      what each of them may be: the table [vary] of the file, or what is so without one
drawing      which of these it is, from SHA-256
candidate    a draw with all that is calculated from it, and with how it is printed
constraints  what a draw has to fulfil
pattern      what all variants of a set have in common
separation   how far known mistakes lead from right answers, and from each other
demands      what mistakes a variant has to show
sieve        throws out in double precision what surely fails
generation   the variants of a seed, one after the other
"""
