"""What has become of each answer of a student.

In: what was handed in, and the exercise. Out: for each answer a verdict, the mistakes that it may come from, and what
it is worth. Start with ``papers``.

handed           which sheet each submission belongs to, and which field answers what
papers           what was handed in, read and judged: a finding for each answer, what it is worth, the total of marks
verdicts         the codes, and which of them are found, charged, or neither
judged_numbers   all verdicts on numbers, for a class at once
judged_formulas  the same for a sheet in symbols
written          answers as numbers, with how finely they were written
miswritten       what a hand does with a number that was right: sign, power of ten, exchanged digits
following        one walk over the steps that goes on from what each student has written
diagnosis        the known mistakes behind answers that are charged
"""
