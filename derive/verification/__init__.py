"""What has become of each answer of a student.

verdicts  the codes, and which answer earns which
slips     what a hand does with a number that was right: sign, power of ten, exchanged digits
"""
