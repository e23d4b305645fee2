"""The student's side: what was handed in, and what has become of each answer.

In: files and typed lines, and the exercise that they answer. Out: a verdict for each answer with the mistake that
explains it, and reports as documents. It may not know how a document is laid out. Data flows through the folders in
this order. Start with ``verification``.

submissions   what students hand in, read as it was written
answers       what each answer says: a number, a formula, or nothing that can be read
verification  what has become of each answer
reports       what is said of that, to students and to whom they are taught by
practice      the same in a conversation, question by question
"""
