"""The only printer of mathematics.

An expression or an equation becomes a small tree (``tree``), which is then written as LaTeX, MathML, HTML boxes or
plain Unicode text: one module a notation, each a table from node to method.

    expression  SymPy expression → tree, with names or with numbers at its leaves
    equation    a quantity and what it equals → aligned lines that fit the page
    latex, mathml, boxes, svg, plain   tree → text
    formula     SymPy expression → ids and operators, for programs
"""
