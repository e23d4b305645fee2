"""The report on a class.

counts    the figures of a class: of each answer, of each mistake, of each student
report    what every part of the report is written from
summary   how the class did, in a few numbers
shades    the heat map, with what it shows in words
answers   answer by answer
mistakes  what was done wrong most often
students  who needs help
document  all of it
"""
