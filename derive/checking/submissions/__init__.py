"""What students hand in: forms, tables and records, read as they were written. Nothing here says right or wrong.

``gathering`` finds the files, ``formats`` is the table of their readers, and each reader is a module. Whatever a file
holds is data, and each has limits: of its size, of its answers, and for forms of memory and time.
"""
