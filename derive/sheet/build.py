"""The whole pipeline, a call for each stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from derive.authoring.exercise import MAX_PARAMETERS, Exercise
from derive.derivation.round import Derivation
from derive.mathtext.formula import formula
from derive.model.graph import Graph
from derive.model.notation import Notation, notation_for, notation_of_matrices
from derive.model.quantities import Kind, Variable
from derive.numbers.evaluation import MOST_NET_INPUT, Evaluation, NoValueError, Rounding, Values
from derive.numbers.intervals.reach import Reach
from derive.sheet.document import Document, Letterhead, copy_for
from derive.sheet.document import Kind as Copy
from derive.sheet.edition import Edition
from derive.sheet.worksheet import Worksheet
from derive.words.errors import Problem, RefusedError
from derive.words.languages import Language, language


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line may say about a document; what it leaves open, the exercise file decides."""

    language: str = "en"
    digits: int | None = None
    figures: int | None = None
    detail: str | None = None
    notation: str | None = None
    nested: bool = False
    decimal_mark: str | None = None
    letterhead: Letterhead = field(default_factory=Letterhead)
    outlook: bool = True
    """Whether a sheet goes on to where training leads. In a class set it does not: each would have its own curve."""
    only: frozenset[str] = frozenset()
    """The answers that are asked for, by id; all, where none is named."""
    note: str = ""
    """What the sheet says below its title, in place of what the exercise file has it say."""


def solve(exercise: Exercise) -> Evaluation:
    """The round of a sheet with its numbers; ``RefusedError`` where there is no calculating with them.

    Nothing is calculated where the exercise is in symbols.
    """
    if exercise.is_large:
        raise too_large(exercise)
    evaluation = exercise.evaluation
    if exercise.is_symbolic:
        return evaluation
    values_in(exercise, evaluation)
    _refuse_saturated(exercise, evaluation)
    return evaluation


def values_in(exercise: Exercise, evaluation: Evaluation) -> Values:
    """The values of an evaluation; ``RefusedError`` names the formula that has none."""
    try:
        return evaluation.values
    except NoValueError as error:
        evidence = {"quantity": error.step.quantity.id, "formula": formula(error.step.expression)}
        raise RefusedError(Problem("no_value", str(exercise.path), evidence=evidence)) from None


def too_large(exercise: Exercise) -> RefusedError:
    """Where every quantity is asked for by name."""
    found = exercise.architecture.parameter_count if exercise.architecture else 0
    evidence = {"found": found, "limit": MAX_PARAMETERS}
    return RefusedError(Problem("network_too_large", str(exercise.path), evidence=evidence))


def _refuse_saturated(exercise: Exercise, evaluation: Evaluation) -> None:
    saturating = {
        neuron.name: layer.activation.name
        for layer in (exercise.network.layers if exercise.network else ())
        if layer.activation.saturates
        for neuron in layer.neurons
    }
    for step in evaluation.derivation.steps:
        match step.quantity:
            case Variable(kind=Kind.NET, at=at) if at in saturating:
                net = evaluation[step.quantity.id]
                if abs(net) > MOST_NET_INPUT:
                    evidence = {
                        "neuron": at,
                        "net": f"{net:.6g}",
                        "activation": saturating[at],
                        "limit": MOST_NET_INPUT,
                    }
                    raise RefusedError(Problem("saturated", str(exercise.path), evidence=evidence))


def build_document(exercises: Sequence[Exercise], kind: Copy, options: Options) -> Document:
    """A worksheet or an answer key of one or several exercises, ready for a renderer."""
    return build_documents(exercises, [kind], options)[kind]


def build_documents(exercises: Sequence[Exercise], kinds: Sequence[Copy], options: Options) -> dict[Copy, Document]:
    """The same for several kinds of copy, all taken from one document."""
    words = language(options.language)
    prefixes = [f"{number}-{exercise.name}:" for number, exercise in enumerate(exercises, start=1)]
    sheets = tuple(
        Worksheet(edition(exercise, words, options), prefix if len(exercises) > 1 else "").sheet()
        for exercise, prefix in zip(exercises, prefixes, strict=True)
    )
    page_number = words.template("page.number")
    return {
        kind: Document(
            language=words.code,
            kind=kind,
            kind_name=words.plain(f"document.{kind}"),
            page_number=page_number,
            letterhead=options.letterhead,
            sheets=tuple(copy_for(kind, sheet) for sheet in sheets),
        )
        for kind in kinds
    }


def edition(exercise: Exercise, words: Language, options: Options) -> Edition:
    """One exercise with everything that its sheet needs to be written."""
    name = options.notation or exercise.content.sheet.notation or "net-out"
    is_nested = options.nested or exercise.content.sheet.nested
    if exercise.is_large and (name != "matrix" or is_nested):
        raise too_large(exercise)
    return Edition(
        exercise=exercise,
        evaluation=Evaluation(Derivation(Graph((), ()), ()), {}) if exercise.is_large else solve(exercise),
        language=words,
        rounding=rounding(exercise, options),
        detail=options.detail or exercise.content.sheet.detail,
        decimal_mark=options.decimal_mark or words.decimal_mark,
        notation=_notation(name, exercise),
        nested=is_nested,
        outlook=options.outlook,
        only=options.only,
        note=options.note or exercise.note(words.code),
    )


def _notation(name: str, exercise: Exercise) -> Notation:
    if exercise.is_large and exercise.architecture:
        return notation_of_matrices(exercise.architecture)
    results = exercise.circuit.outputs if exercise.circuit else ()
    return notation_for(name, exercise.network, results)


def reach(exercise: Exercise, options: Options) -> Reach:
    """What honest rounding can make of each quantity, as the sheet says that one rounds."""
    evaluation = solve(exercise)
    shown, truncation = rounding(exercise, options), exercise.content.sheet.truncation
    return Reach.of(evaluation.derivation, evaluation.given, shown, evaluation.carry, truncation=truncation)


def rounding(exercise: Exercise, options: Options) -> Rounding:
    """The command line's rounding, else the exercise's, else what is carried on, else six significant figures."""
    sheet, carry = exercise.content.sheet, exercise.content.conventions.carry
    if options.digits is None and options.figures is None:
        own = sheet if sheet.digits is not None or sheet.figures else carry
        return Rounding(own.digits, own.figures or Rounding().figures)
    return Rounding(options.digits, options.figures or Rounding().figures)
