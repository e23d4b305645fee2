"""A class set: a sheet and a key of its own for every student, and what an instructor needs to mark them.

making    all of it, in order, and whether the sheets can be stamped
members   who gets which variant, and its code
sheets    the tasks of both ways: laying out once and stamping, or laying out one by one
pool      where that is done: processes of this machine, or other machines
folder    what is finished already, and the manifest that says so
manifest  the manifest of a set, read again
coded     the variants that codes stand for
marking   the table of all students' answers
"""
