"""The front door for programs: what ``import derive`` offers, and what the command line is made with.

In: an exercise by name, path, text or dict, and settings by keyword. Out: values, sheets, class sets and verdicts, each
an object that a notebook shows. It may not know how a command is spelled. Start with ``exercises``, then ``sheets``.

exercises    load, exercise
solutions    solve
sheets       worksheet, key
checks       check
class_sets   class_set
comparisons  compare
settings     how a sheet is made: the keywords that all of these have in common
notebook     how a document is shown in a notebook
"""
