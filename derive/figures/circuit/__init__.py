"""The drawing of a formula as a circuit: inputs at the left, a circle for each operation, results at the right.

Along a wire the value stands above and the gradient below, once, before the wire forks: the gradient of a value that is
used several times is the sum over its uses. So do the notes of Stanford's course cs231n draw it.

Wires change their height only in the channels between the layers, where nothing else stands; so no wire can run through
a circle or a label, whatever the circuit. A circuit that is too wide for a page is drawn in stages, one below another.

stages       a circuit cut into several
layers       which spots there are, layer by layer, in the order that crosses fewest wires
signs        what is printed in a gate
measures     the tables of forms, and what each spot needs
heights      how high the spots stand
plan         columns and channels
composition  circles, wires and labels
"""
