"""The only printer of mathematics.

In: SymPy expressions, with a function that has a name or a number for each symbol, and nodes that other rooms have put
together. Out: text, as LaTeX, MathML, HTML boxes, SVG or plain Unicode, and how much room it takes. In between is a
small tree of twelve frozen shapes. It may not know what a symbol stands for or where a formula is printed: no network,
no step, no language. Start with ``tree``, then ``writer``, then ``plain``, the shortest of the notations.

tree        the shapes of nodes, and the signs that are always the same
building    nodes from nodes: rows, powers, signs, other numbers put in
contents    what is in a node: its parts, its numbers, whether they are exact
sizes       about how wide and how tall a node is, for line breaks and brackets
expression  SymPy expression → tree, with names or with numbers at its leaves
equation    a quantity and what it equals → aligned lines that fit the page
writer      the frame of all notations: a method for each shape
latex, mathml, boxes, plain, svg   tree → text, one notation each; boxes are the PDF's, and how large each of them is
            printed is in ``templates/pdf/mathematics.css``
formula     SymPy expression → ids and operators, for programs
fonts       the files of the faces in which sheets are set
metrics     text in these faces: which characters they have, their outlines, and how long it is
"""
