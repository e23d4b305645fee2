"""What students hand in: forms, tables and records, read as they were written. Nothing here says right or wrong.

Whatever a file holds is data, and each has limits: of its size, of its answers, and for forms of memory and time.

submission   what one person handed in
finding      the files that were handed in
gathering    reads all of them, as far as there is room
formats      the table of readers, by suffix
tables       CSV: a row a student, a column a quantity
records      JSON and TOML: a record a student
forms        fillable PDFs
form_fields  their fields, read in a process of its own
limits       how much of what one person hands in is kept
"""
