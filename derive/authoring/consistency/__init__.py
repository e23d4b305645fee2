"""Whether the parts of an exercise file fit together: lengths of lists, and settings that need or exclude one another.

It reads the file as it is, not the validated model, so that a misspelt key in one place does not hide a row of the
wrong length in another.

written    the file as far as it can be read: layers, lengths, ids
lengths    whether lists are as long as one another
settings   whether settings have what they need, and do not exclude one another
variation  whether what varies is there, and can take more than one value
problems   all checks, in the order in which their findings are told
"""
