"""The known mistakes of calculating by hand, for whatever is derived.

In: a derivation, and numbers. Out: at each step the wrong formulas to which known mistakes lead, and what they come to.
It may not know students, verdicts or words: the name of a mistake is a code, and its words are ``mistake.CODE`` and
``mistake.CODE.advice`` in ``templates/languages``. Start with ``table``.

table       the mistakes: one record each, with what is not among them and why
writing     wrong formulas from right ones: signs turned, factors dropped, terms left out
anatomy     a derivation's neurons by layer, and what can be calculated before a step
place       a step at which a mistake may be made
rewritings  the wrong formulas of a step, by what they are formulas of
slips       mistakes at their places in one derivation, and the whole sheet of a person who makes one
trials      the numbers that they lead to, for all students at once, and which of them no number tells apart
"""
