"""The chart of an error over the course of training, in points. No markup and no words of its own.

drawing      the records that a template reads: curve, axes, grid, labels
thinning     a long series as few points that look the same
ticks        the numbers along an axis, chosen by Matplotlib and printed by mathtext
composition  all of it in a frame
"""
