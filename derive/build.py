"""The whole pipeline, a call for each stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from derive.derivation import Derivation, derive
from derive.document import Document, Kind, Letterhead, copy_for
from derive.edition import Edition
from derive.errors import Problem, RefusedError
from derive.evaluation import MOST_NET_INPUT, Evaluation, Rounding
from derive.exercise import Exercise
from derive.languages import Language, language
from derive.worksheet import Worksheet


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line may say about a document; what it leaves open, the exercise file decides."""

    language: str = "en"
    digits: int | None = None
    figures: int | None = None
    detail: str | None = None
    decimal_mark: str | None = None
    letterhead: Letterhead = field(default_factory=Letterhead)


def derivation_of(exercise: Exercise) -> Derivation:
    """Every step of one round, in symbols."""
    network = exercise.network
    takes_mean = exercise.content.shared_bias_gradient == "mean"
    return derive(network.graph(), averaged=frozenset(network.biases) if takes_mean else frozenset())


def solve(exercise: Exercise) -> Evaluation:
    """The same with the exercise's numbers put in; ``RefusedError`` where a neuron is saturated beyond all digits."""
    evaluation = Evaluation(derivation_of(exercise), exercise.given)
    for layer in exercise.network.layers:
        for neuron in layer.neurons:
            net = evaluation[neuron.net.id]
            if layer.activation.saturates and abs(net) > MOST_NET_INPUT:
                evidence = {
                    "neuron": neuron.name,
                    "net": f"{net:.6g}",
                    "activation": layer.activation.name,
                    "limit": MOST_NET_INPUT,
                }
                raise RefusedError(Problem("saturated", str(exercise.path), evidence=evidence))
    return evaluation


def build_document(exercises: Sequence[Exercise], kind: Kind, options: Options) -> Document:
    """A worksheet or an answer key of one or several exercises, ready for a renderer."""
    return build_documents(exercises, [kind], options)[kind]


def build_documents(exercises: Sequence[Exercise], kinds: Sequence[Kind], options: Options) -> dict[Kind, Document]:
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
    return Edition(
        exercise=exercise,
        evaluation=solve(exercise),
        language=words,
        rounding=rounding(exercise, options),
        detail=options.detail or exercise.content.sheet.detail,
        decimal_mark=options.decimal_mark or words.decimal_mark,
    )


def rounding(exercise: Exercise, options: Options) -> Rounding:
    """The command line's rounding, else the exercise's, else six significant figures."""
    sheet = exercise.content.sheet
    if options.digits is None and options.figures is None:
        return Rounding(sheet.digits, sheet.figures or Rounding().figures)
    return Rounding(options.digits, options.figures or Rounding().figures)
