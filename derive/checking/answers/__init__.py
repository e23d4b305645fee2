"""Reading what students write: each text as a number or a formula, or as what could not be read.

In: one answer as it was typed. Out: every reading that it has, with the digits that were written. Nothing that is typed
is ever evaluated as Python, and each reader has a result for every text. Start with ``typed_numbers``.

characters      the same sign however it is typed: full-width, superscript, a dash for a minus
unreadable      what could not be read, with a caret under the place, and what was left blank
sentences       the same in words
typed_numbers   numbers as people write them: 0,5, ½, 1 234.5, 3·10⁻²
spelling        names as one string: w₅, w_5 and w_{5} are w5
names           what a written name can stand for on one sheet
functions       the functions that can be written, and their derivatives
lexer           text to tokens, the products that are not written among them
typed_formulas  tokens to SymPy expressions, every reading of an ambiguous text
points          values at which two formulas are compared
equality        whether two formulas are the same
"""
