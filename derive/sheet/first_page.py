"""The first page of a sheet: the network or the gates, the given values, and the conventions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sympy import Symbol

from derive.equations.matrices.equations import MatrixEquations
from derive.equations.matrices.large import LargeRound
from derive.figures.circuit.composition import circuit_diagrams
from derive.figures.circuit.stages import stages_of
from derive.figures.network import network_diagram
from derive.mathtext.building import row, signed
from derive.mathtext.tree import EQUALS, Node, Number
from derive.model.formulas.gates import Circuit
from derive.model.network import Network
from derive.model.quantities import Kind, Partial, Quantity, Variable, of_layer, quantity_named
from derive.sheet.document import Blank, Block, Equation, Figure, Heading, Items, Lines, Paragraph, Solution, Table
from derive.sheet.edition import Edition
from derive.sheet.nesting import nested_error
from derive.sheet.selection import Selection
from derive.sheet.stated import StatedConventions
from derive.words.languages import Prose

_GAP = "\u00a0\u00a0\u00a0 "  # between the equations of a row: wide, and a line may break at its end


@dataclass(frozen=True, slots=True)
class FirstPage:
    """What student and marker both see before the first question."""

    edition: Edition

    def blocks(self) -> Iterator[Block]:
        """From the line for the name to the conventions."""
        say, exercise = self.edition.language, self.edition.exercise
        yield Blank((Lines((say.plain("field.name"), say.plain("field.date"), say.plain("field.score"))),))
        if self.edition.note:
            yield Paragraph((self.edition.note,), "note")
        if answer := exercise.answer(say.code):
            yield Solution((Paragraph((answer,), "note"),))
        if exercise.content.source:
            yield Paragraph(say.text("source", source=exercise.content.source), "source")
        if self.edition.network:
            yield Heading(say.text("heading.network"))
            yield self._network(self.edition.network)
        elif exercise.circuit:
            yield Heading(say.text("heading.formulas"))
            yield Equation(self.edition.equations.defined(exercise.formulas))
            yield from self._circuit(exercise.circuit)
        if rows := tuple(self._given()):
            yield Heading(say.text("heading.given"))
            yield Table(rows)
        if known := Selection(self.edition).known:
            yield Heading(say.text("heading.known"))
            yield Paragraph(tuple(_spaced(known)), "known")
        if self.edition.nested:
            yield Heading(say.text("heading.nested"))
            yield Equation(nested_error(self.edition))
        yield Heading(say.text("heading.conventions"))
        yield Items(tuple(StatedConventions(self.edition).sentences()))
        if for_markers := tuple(StatedConventions(self.edition).for_markers()):
            yield Solution((Items(for_markers),))

    def _network(self, network: Network) -> Figure:
        given = self.edition.exercise.given
        values = {name: self.edition.equations.numbers[name] for name in given}
        return Figure(network_diagram(network, self.edition.notation, values), self._alternative())

    def _alternative(self) -> str:
        say = self.edition.language
        first, *hidden, output = self.edition.exercise.architecture.widths if self.edition.exercise.architecture else ()
        layers = [say.counted("figure.alt.hidden", width) for width in hidden]
        layers.append(say.counted("figure.alt.output", output))
        inputs = say.counted("figure.alt.inputs", first)
        return "".join(map(str, say.text("figure.alt", inputs=inputs, layers=say.enumeration(layers))))

    def _circuit(self, circuit: Circuit) -> Iterator[Block]:
        """The gates: on the student's copy with room for what is calculated, on the key with all of it."""
        say, notation, numbers = self.edition.language, self.edition.notation, self.edition.equations.numbers
        given = {variable.id: numbers[variable.id] for variable in circuit.inputs}
        known = {gate.output.id: numbers[gate.output.id] for gate in circuit.gates}
        target = circuit.outputs[-1]
        slopes = {target.id: Number("1")} | {
            variable.id: numbers[slope.id]
            for variable in (*circuit.inputs, *(gate.output for gate in circuit.gates))
            if (slope := Partial(target, variable)).id in numbers
        }
        diagrams = circuit_diagrams(circuit, notation, given | known, slopes)
        if not diagrams:
            return
        if len(diagrams) > 1:
            yield Paragraph(say.text("figure.circuit.stages", parts=len(diagrams)), "why")
        if any(label.slanted for diagram in diagrams for label in diagram.labels):  # where there is room for numbers
            yield Blank((Paragraph(say.text("figure.circuit.blank"), "why"),))
            yield Solution((Paragraph(say.text("figure.circuit.key", result=notation.symbol(target)), "why"),))
        for full, alternative in zip(diagrams, self._alternatives(circuit, len(diagrams)), strict=True):
            empty = tuple(label for label in full.labels if not label.slanted and label.body != known.get(label.of))
            yield Blank((Figure(replace(full, labels=empty), alternative),))
            yield Solution((Figure(full, alternative),))

    def _alternatives(self, circuit: Circuit, parts: int) -> Iterator[str]:
        say = self.edition.language
        if parts == 1:
            yield say.plain("figure.alt.circuit", gates=len(circuit.gates), inputs=len(circuit.inputs))
            return
        for part, stage in enumerate(stages_of(circuit, parts), start=1):
            counts = {"gates": len(stage.gates), "inputs": len(stage.inputs)}
            yield say.plain("figure.alt.circuit.part", part=part, parts=parts, **counts)

    def _given(self) -> Iterator[tuple[Prose, ...]]:
        exercise = self.edition.exercise
        if self.edition.large:
            yield from self._of_large(self.edition.large)
        elif exercise.network:
            yield from self._of_network(exercise.network)
        else:
            assert exercise.circuit
            yield self.edition.language.text("given.inputs"), self._values(exercise.circuit.inputs)

    def _of_network(self, network: Network) -> Iterator[tuple[Prose, ...]]:
        say, given = self.edition.language, self.edition.exercise.given
        if matrices := self.edition.matrices:
            if given:
                yield from self._in_matrices(matrices)
                yield from self._settings()
            return
        samples = self.edition.derivation.graph.samples
        for number in samples or (0,):
            inputs = [name.in_sample(number) for name in network.inputs]
            targets = [name.in_sample(number) for name in network.targets]
            if samples:
                yield say.text("given.sample", number=number), self._values([*inputs, *targets])
            elif given:
                yield say.text("given.inputs"), self._values(inputs)
        for layer in network.layers if given else ():
            for neuron in layer.neurons:
                bias = [neuron.bias] if neuron.bias else []
                name = say.text("given.neuron", neuron=self.edition.notation.neuron(neuron.name))
                yield name, self._values([*neuron.weights, *bias])
        if network.targets and given and not samples:
            yield say.text("given.targets"), self._values(network.targets)
        yield from self._settings()

    def _in_matrices(self, matrices: MatrixEquations) -> Iterator[tuple[Prose, ...]]:
        """The given values as vectors and matrices."""
        say, architecture = self.edition.language, matrices.layout.architecture
        depth = len(architecture.shapes)
        samples = self.edition.derivation.graph.samples
        for number in samples or (0,):
            name = say.text("given.sample", number=number) if number else say.text("given.inputs")
            data = [of_layer(Kind.INPUT, 0, sample=number)]
            if number and architecture.loss.has_targets:
                data.append(of_layer(Kind.TARGET, depth, sample=number))
            yield name, _spaced(map(matrices.valued, data))
        for layer in range(1, depth + 1):
            shown: list[Quantity] = [of_layer(Kind.WEIGHT, layer)]
            if (bias := architecture.bias(layer)) is not None:
                shown.append(bias)
            yield self.edition.layer_name("given.layer", layer - 1), _spaced(map(matrices.valued, shown))
        if architecture.loss.has_targets and not samples:
            yield say.text("given.targets"), _spaced([matrices.valued(of_layer(Kind.TARGET, depth))])

    def _of_large(self, large: LargeRound) -> Iterator[tuple[Prose, ...]]:
        """The shapes of the parameters, run by run, and what is given."""
        say, matrices, architecture = self.edition.language, self.edition.matrices, large.architecture
        assert matrices
        for run in large.runs:
            first, last = run[0], run[-1]
            shown: list[str | Node] = []
            for layer in dict.fromkeys((first, last)):
                bias = architecture.bias(layer)
                names = [matrices.noted(name) for name in (of_layer(Kind.WEIGHT, layer), bias) if name]
                shown += [f"{_GAP}…{_GAP}" if shown else "", *_spaced(names)]
            name = say.text("large.layer", number=first)
            if last > first:
                name = say.text("large.layers", first=first, last=last)
            yield name, tuple(shown)
        vectors = of_layer(Kind.INPUT, 0), of_layer(Kind.TARGET, len(architecture.shapes))
        if given := [matrices.valued(vector) for vector in vectors if vector.id in matrices.wholes]:
            yield say.text("large.inputs"), _spaced(given)
        settings = large.exercise.settings()
        if large.has_numbers and settings:
            mark = self.edition.decimal_mark
            values = {name: signed(f"{value:f}".replace(".", mark)) for name, value in settings.items()}
            symbol = self.edition.notation.leaf
            lines = [row(symbol(Symbol(name)), EQUALS, value) for name, value in values.items()]
            yield say.text("given.settings" if len(lines) > 1 else "given.rate"), _spaced(lines)

    def _settings(self) -> Iterator[tuple[Prose, ...]]:
        """The learning rate, what the optimiser is set to, and what it has kept so far."""
        say, given = self.edition.language, self.edition.exercise.given
        named = [quantity_named(name) for name in given]
        rate = [name for name in named if isinstance(name, Variable) and name.kind is Kind.RATE]
        other = [name for name in named if isinstance(name, Variable) and name.kind in _SETTINGS]
        for message, names in (("given.rate", rate), ("given.settings", other)):
            if names:
                yield say.text(message), self._values(names)
        kept = [name for name in named if isinstance(name, Variable) and name.kind in _KEPT]
        if kept:
            matrices = self.edition.matrices
            yield say.text("given.state"), _spaced(self._state(matrices)) if matrices else self._values(kept)

    def _state(self, matrices: MatrixEquations) -> Iterator[Node]:
        """What the optimiser keeps, as matrices of the shapes of the parameters."""
        for parameter in matrices.layout.parameters:
            for kind in self.edition.exercise.optimizer.state:
                yield matrices.valued(Variable(kind, parameter.id))

    def _values(self, variables: Sequence[Quantity]) -> Prose:
        return _spaced(map(self.edition.equations.valued, variables))


def _spaced(equations: Iterable[Node]) -> Prose:
    """Equations side by side."""
    prose: list[str | Node] = []
    for equation in equations:
        prose += [_GAP, equation] if prose else [equation]
    return tuple(prose)


_SETTINGS = (
    Kind.MOMENTUM,
    Kind.FORGETTING,
    Kind.BETA1,
    Kind.BETA2,
    Kind.SMALL,
    Kind.DECAY,
    Kind.ROUND,
    Kind.MOVE,
)
_KEPT = (Kind.VELOCITY, Kind.FIRST_MOMENT, Kind.SQUARES, Kind.CHANGES)
