"""What has become of each answer of a student.

verdicts    the codes, and which of them are found, charged, or neither
written     answers as numbers, with how finely they were written
miswritten  what a hand does with a number that was right: sign, power of ten, exchanged digits
following   one walk over the steps that goes on from what each student has written
diagnosis   the known mistakes behind answers that are charged
numbers     all verdicts on numbers, for a class at once
formulas    the same for a sheet in symbols
papers      what was handed in, read and judged: one finding for each answer
handed      which sheet each submission belongs to, and which field answers what
"""
