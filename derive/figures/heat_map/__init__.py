"""The heat map of a class: students from top to bottom, answers from left to right. No markup and no words of its own.

drawing      the records that a template reads: patches of cells, labels, a legend
composition  all of it in figures that fit a page across
"""
