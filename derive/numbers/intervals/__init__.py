"""What honest rounding can reach: for every quantity of a derivation, for many students at once.

arrays      intervals whose bounds are numpy arrays, and their arithmetic
operations  their functions, by name
programs    SymPy expressions as lists of such operations
chain       a derivation's steps, each with the derivatives by the steps that it is calculated from
units       half a unit in the last place that is kept
trace       what a walk over the steps has found so far
corners     tighter bounds from other centres
policy      which digits a step keeps, and what that makes of its values
observing   what students have written themselves, and how a walk goes on from that
walk        the walk over the steps
reach       what each quantity can come to, for every student, and what drowns in it

An honest person has y = f(y of earlier steps) + e in each step, where e is at most half a unit in the last place kept.
An answer then lies in x + Σ D·[−e, e]: x is its value without rounding, and D its derivative with respect to the
rounding of one earlier step, enclosed over all values that can occur there. By the mean value theorem that is no
approximation, and where the units are small it is as tight as the derivatives themselves (Moore, Kearfott and Cloud,
"Introduction to Interval Analysis", 2009, section 6.4). Plain interval arithmetic takes out and 1 − out for two numbers
that have nothing to do with each other, and comes to several times the width.
"""
