"""What can be typed: the command line.

In: words that somebody types. Out: files, what is printed, an exit code. It may not know how anything is derived,
judged or laid out: a command reads its options, calls the front door for programs or a room below it, and says in a
sentence what came of it. Start with ``cli``.

cli         every command and option, and nothing slow; what the options mean is in ``api.settings``
starting    what needs no mathematics: the list of exercises, a new file, the schema
sheets      worksheets, keys, derivations, solutions, the audit
class_sets  a sheet for every student
checking    what has become of answers
practising  question by question in the terminal
tables      what is shown in the terminal and is no document
"""
