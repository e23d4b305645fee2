"""Formulas that an author types.

reader      the grammar: text to SymPy expressions and trees
operations  the functions and signs that it knows
gates       a circuit of one operation each, with the slopes that are taught
"""
