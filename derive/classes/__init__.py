"""A class: its people, a sheet with other numbers for each of them, and the codes that lead back to a sheet.

In: a list of students, an exercise, a seed. Out: a folder with everybody's sheets, keys and tables. It may not know
what students answer. Start with ``class_set``.

roster        a list of students, from the tables that spreadsheets and platforms write
people        who they are
columns       which column of a table is what, by its heading
tables        text to rows
spreadsheet   rows to text that no spreadsheet runs
file_names    what the files of a student are called
codes         the code of a sheet, printed, read aloud and scanned
variants      other numbers, as hard as those of the file
class_set     the folder: pages, tables, manifest
"""
