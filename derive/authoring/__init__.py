"""The author's side: exercise files, what is wrong with them, and what they mean.

In: a TOML file, or a dict with the same keys. Out: a valid ``Exercise``, or all its problems with line and key. It may
not know what a sheet looks like. Start with ``exercise_file``, which is the one place to add a key, then ``exercise``.

exercise_file  every key that a file may have
reading        text to exercise
validation     what pydantic found, in sentences and at their lines
consistency    what does not fit together
exercise       what a valid file means: a network or formulas, with values
seeded         numbers that a file leaves to its seed
typed_values   the numbers that an author typed, by id, and the exercise with others in their place
vary_table     the table [vary]: what may differ from student to student
vary           what that means for each value
catalogue      the shipped files at a glance, without any mathematics
"""
