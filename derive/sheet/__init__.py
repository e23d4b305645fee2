"""What a sheet says: an exercise as a document in one language, of which the worksheet and the key are two copies.

In: an exercise with its numbers. Out: a frozen ``Document`` of headings, prose, equations, questions and figures. It
may not know any format: no markup, no fonts, no pages. Start with ``build``, which is the whole way, then ``document``.

build         an exercise to its documents, a call for each stage
edition       an exercise as one sheet prints it: language, rounding, notation
worksheet     the parts of a sheet in their order
first_page    title, network, given values
questions     what is asked, and in which words
explanations  why a step is as it is
stated        the conventions in force, in sentences
outlook       where training leads
nesting       the error as one nested formula
selection     what is left where not everything is asked
answer_boxes  what can be answered on a sheet, by id and number
letterhead    school, course, instructor, logo
document      the tree that all formats are made from
solution      the numbers as data for other programs
"""
