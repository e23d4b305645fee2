"""Formulas that an author types.

grammar     text to trees, with a limit on everything
trees       the operations that were typed, each with its SymPy form
flaws       what can be wrong, and where
reader      statements in their order, each name assigned once
operations  the functions and signs that the grammar knows
gates       a circuit of one operation each, with the slopes that are taught
"""
