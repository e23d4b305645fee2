"""What is said of checked answers: to each student, and to whom the class is taught by.

student       a student's report: every answer, and what went wrong where
ways          the ways to an answer as printed mathematics, with the student's own numbers
follow_up     a sheet for each student that practises what went wrong
class_report  the report on a class: the answers one by one, a heat map, the commonest mistakes
gradebook     tables for gradebooks: plain, Moodle, Canvas; the marks are those of ``verification.papers``
data          the same for other programs
"""
