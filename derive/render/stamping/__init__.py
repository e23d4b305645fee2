"""A class set is laid out once, and each student's numbers are stamped into the finished pages.

In: a document laid out with its numbers in a font of their own, and a student's numbers, name and code. Out: the bytes
of that student's PDF. Words of this room: the document laid out once is a *mould*, the places of its numbers are
*slots*, the file that is made of it for one student is a *cast*, name and code are *marks*. What cannot be stamped is
refused by ``slots``, and ``class_set.making`` then has it laid out sheet by sheet. Start with ``mould``.

mould    the document laid out, and what is stamped from it
slots    where each number stands on the pages, found in their instructions
cast     the file of a stamped sheet: what all share, and what is made for each
marks    name, code and QR code, drawn by themselves
groups   text of figures, brought back into the page
objects  the objects of a PDF as bytes, written quickly
joined   the sheets of all students in one file
"""
