"""Words: of documents in every language, and of problems.

In: the code of a message and what is put into it. Out: prose. It may not know what the message is about. Start with
``languages`` for what documents say (their sentences are in ``templates/languages``), with ``wording`` for problems.

languages  the catalogue of a language, and what is put into its messages
errors     what can go wrong, as data
wording    the sentence for each of these
"""
