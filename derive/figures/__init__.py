"""Drawings as numbers: where circles, lines, curves and labels stand, in points.

In: a network, a circuit, a series of errors, or marks of a class. Out: frozen records that a template draws. It may
not know any markup. Start with ``network``.

network     a network with its values on the edges
circuit     a formula as a circuit of gates
drawing     the records of both: circles, lines, labels
rectangles  what a label or a line covers, and whether two of them meet
frame       the frame around a finished drawing
chart       the error over the course of training
heat_map    students and answers
"""
