"""What stands around the neurons: values of the inputs, targets, biases."""

from __future__ import annotations

from derive.figures.drawing import LINE_HEIGHT, Anchor, Circle, Line, Parts, Stroke
from derive.figures.network.captions import Captions
from derive.figures.network.edges import joined
from derive.figures.network.forms import CLEARANCE, TARGET_ARROW, Form, Wording
from derive.figures.network.grid import Grid
from derive.mathtext.tree import Number
from derive.model.network import BiasMode, Layer, Network

_BESIDE = 4.0  # from a circle or an arrow to its label
_DROP = 26.0  # from the lowest neuron to the row of the biases
_ONE = Number("1")


def inputs_and_targets(network: Network, captions: Captions, grid: Grid, form: Form) -> Parts:
    """The values of the inputs and, behind an arrow, the targets."""
    parts = Parts()
    for number, circle in grid.columns[0].items():
        variable = network.inputs[number]
        if variable.id in captions.values:
            at = circle.x - circle.radius - _BESIDE, circle.y
            parts += Parts(labels=(captions.label(variable, at, form.font_size, anchor=Anchor.END),))
    for number, circle in grid.columns[len(network.layers)].items() if network.targets else ():
        target = network.targets[number]
        start, end = (circle.x + circle.radius, circle.y), (circle.x + circle.radius + TARGET_ARROW, circle.y)
        at = end[0] + _BESIDE, circle.y
        parts += Parts(
            lines=(Line(Stroke.ARROW, start, end, source=circle.name),),
            labels=(captions.label(target, at, form.font_size, anchor=Anchor.START),),
        )
    return parts


def biases(network: Network, captions: Captions, grid: Grid, form: Form) -> Parts:
    """The biases of every layer that is drawn together with the one before it."""
    parts = Parts()
    for depth, layer in enumerate(network.layers, start=1):
        if depth in grid.columns and depth - 1 in grid.columns:
            draw = {BiasMode.NONE: _no_bias, BiasMode.LAYER: _shared_bias, BiasMode.NEURON: _own_biases}
            parts += draw[layer.bias_mode](layer, depth, captions, grid, form)
    return parts


def _no_bias(layer: Layer, depth: int, captions: Captions, grid: Grid, form: Form) -> Parts:
    return Parts()


def _shared_bias(layer: Layer, depth: int, captions: Captions, grid: Grid, form: Form) -> Parts:
    """The constant 1 in a row below all neurons, below the column that feeds the layer, with one label."""
    (bias,) = layer.biases
    x = next(iter(grid.columns[depth - 1].values())).x
    one = Circle(bias.id, x, grid.bottom + form.radius + _DROP, 0.7 * form.radius, _ONE)
    at = one.x - one.radius - _BESIDE, one.y
    return Parts(
        (one,),
        tuple(joined(Stroke.BIAS, one, circle) for circle in grid.columns[depth].values()),
        (captions.label(bias, at, form.font_size, form.biases, Anchor.END),),
    )


def _own_biases(layer: Layer, depth: int, captions: Captions, grid: Grid, form: Form) -> Parts:
    """A short arrow from above into each neuron, with the label on top: the one side that edges leave free."""
    parts = Parts()
    for number, circle in grid.columns[depth].items():
        bias = layer.neurons[number].bias
        if bias is None or form.biases is Wording.NOTHING:
            continue
        tip = circle.x, circle.y - circle.radius
        tail = tip[0], tip[1] - form.bias_arrow
        above = tail[0], tail[1] - LINE_HEIGHT * form.font_size / 2 - CLEARANCE
        parts += Parts(
            lines=(Line(Stroke.ARROW, tail, tip, target=circle.name),),
            labels=(captions.label(bias, above, form.font_size, form.biases),),
        )
    return parts
