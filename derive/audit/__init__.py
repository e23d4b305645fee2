"""The audit: what has become of every number that a published page prints.

published  the entries of an exercise file, and what can be wrong with them
printed    a number as it is printed: what rounds to it, what it is cut off from
courses    training under the settings of an entry
verdicts   the comparison
"""
