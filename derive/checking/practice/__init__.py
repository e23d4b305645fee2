"""Practising in a terminal: question by question, with hints, and as many tries as one likes. Nothing here prints.

items         what is asked, one answer at a time
hints         what helps with an answer, a little more each time
judges        what has become of an answer, by all answers so far
progress      where somebody stands: a frozen value
commands      what can be typed in place of an answer
sayings       what is said about a question and about an answer
conversation  what comes of a line that somebody has typed
summary       what is said at the end
"""
