"""The audit: what has become of every number that a published page prints.

In: an exercise that has the numbers of its page. Out: a finding for each of them: it rounds to what the method gives,
was cut off, comes out under other settings, or is wrong. It may not know how a finding is shown. Start with
``verdicts``.

published  the entries of an exercise file, and what can be wrong with them
printed    a number as it is printed: what rounds to it, what it is cut off from
courses    training under the settings of an entry
verdicts   the comparison
"""
