"""Reading what students write.

characters  the same sign however it is typed: full-width, superscript, a dash for a minus
unreadable  what could not be read, with a caret under the place, and what was left blank
sentences   the same in words
numbers     numbers as people write them, with the digits that were written
spelling    names as one string: w₅, w_5 and w_{5} are w5
names       what a written name can stand for on one sheet
functions   the functions that can be written, and their derivatives
lexer       text to tokens, the products that are not written among them
formulas    tokens to SymPy expressions, every reading of an ambiguous text
points      values at which two formulas are compared
equality    whether two formulas are the same

Nothing that is typed is ever evaluated as Python, and each reader has a result for every text.
"""
