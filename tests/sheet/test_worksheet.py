"""The document: what is asked, what is explained, and how the two copies are taken from it."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import resources
from derive.authoring.exercise import Exercise
from derive.choices import DETAILS, NOTATIONS
from derive.mathtext.plain import plain
from derive.model.activations import ACTIVATIONS
from derive.model.losses import LOSSES
from derive.sheet.build import Options, build_document, build_documents, edition, solve
from derive.sheet.document import Blank, Document, Equation, Figure, Kind, Lines, Paragraph, Question, Results, Solution
from derive.sheet.questions import ROLES, asked, role_of
from derive.words.errors import RefusedError
from derive.words.languages import as_text, language
from tests.shipped import load

MAZUR = load("mazur")


def document(kind: Kind = Kind.KEY, **options: object) -> Document:
    return build_document([MAZUR], kind, Options(**options))


def blocks(built: Document) -> Iterator[object]:
    for sheet in built.sheets:
        yield from sheet.blocks


def questions(built: Document) -> list[Question]:
    return [block for block in blocks(built) if isinstance(block, Question)]


def test_worksheet_and_key_ask_the_same():
    """Numbers, quantities and prompts agree, so a key can be laid beside a worksheet."""
    ours = [(q.number, q.quantity, q.prompt) for q in questions(document(Kind.WORKSHEET))]
    theirs = [(q.number, q.quantity, q.prompt) for q in questions(document(Kind.KEY))]
    assert ours == theirs
    assert [number for number, *_ in ours] == list(range(1, len(ours) + 1))


def test_a_worksheet_has_no_solution_and_a_key_no_blank():
    """Nothing of the answers is left in the student's copy."""
    student, marker = document(Kind.WORKSHEET), document(Kind.KEY)
    assert all(q.solution is None and q.blank for q in questions(student))
    assert all(q.blank is None and q.solution for q in questions(marker))
    assert not [b for b in blocks(student) if isinstance(b, Results | Solution)]
    assert not [b for b in blocks(marker) if isinstance(b, Lines | Blank)]
    assert [b for b in blocks(student) if isinstance(b, Lines)]
    assert [b for b in blocks(marker) if isinstance(b, Results)]


def test_no_answer_is_printed_on_a_worksheet():
    """Not one computed value stands anywhere in the student's copy."""
    answers = {
        plain(line.value)
        for block in blocks(document())
        if isinstance(block, Results)
        for _, lines in block.parts
        for line in lines
    }
    printed = repr(document(Kind.WORKSHEET))
    assert len(answers) > 30
    assert not [answer for answer in answers if f"'{answer.lstrip('−')}'" in printed]


@pytest.mark.parametrize(("detail", "count"), [("factors", 66), ("quantities", 42), ("results", 18)])
def test_detail_chooses_how_much_is_asked(detail, count):
    """Every factor, one a quantity, results only."""
    assert len(questions(document(detail=detail))) == count


@pytest.mark.parametrize("detail", DETAILS)
def test_every_step_is_explained_once(detail):
    """However little is asked, the key shows each step of the derivation, in order."""
    steps = solve(MAZUR).derivation.steps
    shown = [
        inner for q in questions(document(detail=detail)) for inner in q.solution.blocks if isinstance(inner, Equation)
    ]
    assert len(shown) == len(steps)
    reasons = [
        inner for q in questions(document(detail=detail)) for inner in q.solution.blocks if isinstance(inner, Paragraph)
    ]
    assert len(reasons) == len(steps) + 1  # and what has become of the error


def test_a_question_is_the_last_step_of_its_solution():
    """What is asked is what its solution ends with."""
    for _, sections in asked(solve(MAZUR).derivation, "results"):
        for question in sections:
            assert question.steps[-1] is question.step


def made(widths: Sequence[int], activation: str, loss: str, biases: str, **settings: Any) -> dict[str, Any]:
    """The tables of an exercise of these widths, inputs first, with small weights."""
    bias = {"layer": lambda _: Decimal("0.1"), "neuron": lambda width: [Decimal("0.1")] * width}.get(biases)
    layers = [
        {
            "activation": activation,
            "weights": [[Decimal(10 + 5 * (row + column)) / 100 for column in range(below)] for row in range(width)],
            **({"bias": bias(width)} if bias else {}),
        }
        for below, width in pairwise(widths)
    ]
    layers[-1]["activation"] = LAST.get(loss, activation)
    share = Decimal(100 // widths[-1]) / 100
    targets = [share] * (widths[-1] - 1) + [1 - share * (widths[-1] - 1)]
    return {
        "title": {"en": "Made"},
        "inputs": [Decimal("0.3")] * widths[0],
        **({"targets": targets} if LOSSES[loss].has_targets else {}),
        "loss": loss,
        "learning_rate": Decimal("0.1"),
        "layer": layers,
        "conventions": {"train_biases": bias is not None},
        **settings,
    }


LAST = {"binary_cross_entropy": "logistic", "cross_entropy": "softmax"}
INSIDE = [name for name, record in ACTIVATIONS.items() if not record.layerwise]


@pytest.mark.slow
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", INSIDE)
def test_every_step_of_every_kind_has_words(exercise_of, activation, loss):
    """Any activation and loss, shared and single biases or none, three hidden layers, in each language."""
    for code, biases, notation in (("en", "layer", "net-out"), ("es", "neuron", "matrix"), ("zh", "none", "z-a")):
        exercise = exercise_of(made([2, 1, 2, 2, 2], activation, loss, biases))
        build_document([exercise], Kind.KEY, Options(language=code, detail="factors", notation=notation))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param(name, code, marks=pytest.mark.slow if (number + place) % 3 else [])
        for number, name in enumerate(resources.exercises())
        for place, code in enumerate(("en", "es", "zh"))
    ],
)
def test_every_shipped_exercise_has_words(name, code):
    """With every factor asked for, and for students as for markers; the languages take turns before all are tried."""
    built = build_documents([load(name)], list(Kind), Options(language=code, detail="factors"))
    assert all(questions(document) for document in built.values())


@pytest.mark.slow
@settings(max_examples=60)
@given(data=st.data())
def test_every_random_network_has_words(data, contents, exercise_of):
    """Whatever an exercise combines, in any language and notation, it makes a sheet or a sentence says why not."""
    raw = data.draw(contents)
    detail, notation = data.draw(st.sampled_from(DETAILS)), data.draw(st.sampled_from(NOTATIONS))
    raw["training"] |= {"rounds": data.draw(st.integers(0, 3)), "completed": data.draw(st.integers(0, 2))}
    if data.draw(st.booleans()):
        raw["gradient_check"] = {"parameters": ["w1"], "move": Decimal("0.01")}
    if carry := data.draw(st.sampled_from(({}, {}, {"digits": 3}, {"figures": 2, "only": ["net"]}, {"single": True}))):
        raw["conventions"]["carry"] = carry
    options = Options(data.draw(st.sampled_from(("en", "es", "zh"))), detail=detail, notation=notation)
    with suppress(RefusedError):
        assert questions(build_document([exercise_of(raw)], Kind.KEY, options))


TABLES = {
    "one neuron": made([1, 1], "tanh", "squared", "layer"),
    "a batch with decay": made(
        [2, 2, 2],
        "tanh",
        "half_squared",
        "layer",
        inputs=[[Decimal(1), Decimal(2)], [Decimal(2), Decimal(1)]],
        targets=[[Decimal(1), Decimal(0)], [Decimal(0), Decimal(1)]],
        weight_decay=Decimal("0.1"),
        input_gradients=True,
        optimizer={"name": "momentum"},
        gradient_check={"parameters": ["w1"], "move": Decimal("0.01")},
    ),
    "decay and single biases": made([2, 2, 2], "tanh", "half_squared", "neuron", weight_decay=Decimal("0.1")),
    "decay and a shared bias": made([2, 2, 2], "tanh", "half_squared", "layer", weight_decay=Decimal("0.1")),
    "inputs of one neuron": made([2, 1], "tanh", "half_squared", "neuron", input_gradients=True),
    "inputs of two neurons": made([2, 2, 2], "tanh", "half_squared", "none", input_gradients=True),
    "softmax the long way": made(
        [2, 2, 2], "tanh", "cross_entropy", "layer", conventions={"cross_entropy": "long", "train_biases": True}
    ),
    "softmax at once": made([2, 2, 2], "tanh", "cross_entropy", "neuron", input_gradients=True),
    "four hidden layers": made([1, 1, 2, 2, 1, 2], "tanh", "squared", "layer"),
}


def roles_of(exercise: Exercise, notation: str) -> set[str]:
    """The roles of all steps of a sheet; each of them has a question or a part in one."""
    built = edition(exercise, language("en"), Options(detail="factors", notation=notation))
    return {role_of(step) for _, asked_for in asked(built.derivation, "factors") for q in asked_for for step in q.steps}


def test_every_role_is_on_some_sheet(exercise_of):
    """A role that no step has would be words for nothing, and a step without a role would have no question."""
    seen = set()
    for name in resources.exercises():
        seen |= roles_of(load(name), load(name).content.sheet.notation or "net-out")
    for table in TABLES.values():
        seen |= roles_of(exercise_of(table), "net-out") | roles_of(exercise_of(table), "matrix")
    assert seen == set(ROLES)


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_words(exercise_of, table):
    """In each language and in each way of writing: every two of table, language and way meet."""
    exercise, shift = exercise_of(TABLES[table]), list(TABLES).index(table)
    for place, code in enumerate(("en", "es", "zh")):
        notation = ("net-out", "z-a", "matrix")[(place + shift) % 3]
        options = Options(language=code, detail="factors", notation=notation)
        assert questions(build_document([exercise], Kind.KEY, options))


def test_a_shared_bias_adds_all_its_paths(exercise_of):
    """The key says that the paths through all neurons of the layer are added."""
    exercise = exercise_of(made([2, 3, 2], "logistic", "half_squared", "layer"))
    (question,) = [
        q for q in questions(build_document([exercise], Kind.KEY, Options())) if q.quantity == "dE_total_db1"
    ]
    equation = next(b for b in question.solution.blocks[::-1] if isinstance(b, Equation))
    assert plain(equation.math).count("δ") == 3


def test_decimal_marks_follow_the_language_unless_told():
    """Spanish prints a comma, and a point where that is asked for."""
    comma = plain(questions(document(language="es"))[0].solution.blocks[-1].math)
    point = plain(questions(document(language="es", decimal_mark="."))[0].solution.blocks[-1].math)
    assert "0,15 × 0,05 + 0,20 × 0,10 + 0,35 = 0,377500" in comma
    assert "0.15 × 0.05 + 0.20 × 0.10 + 0.35 = 0.377500" in point


@pytest.mark.parametrize(
    ("options", "value"),
    [({}, "0.593270"), ({"digits": 3}, "0.593"), ({"figures": 3}, "0.593"), ({"digits": 9}, "0.593269992")],
)
def test_rounding_follows_the_options(options, value):
    """Decimal places or significant figures, else what the exercise file says."""
    results = next(b for b in blocks(document(**options)) if isinstance(b, Results))
    assert plain(results.parts[0][1][1].value) == value


def test_given_values_keep_their_digits():
    """0.10 stays 0.10."""
    assert MAZUR.given["i2"] == Decimal("0.10")
    assert "i2 = 0.10" in "".join(
        part if isinstance(part, str) else plain(part)
        for block in blocks(document())
        for row in getattr(block, "rows", ())
        for part in row[1]
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "Diagram of a fully connected neural network with 2 inputs, then a hidden layer of 2 neurons "
            "and an output layer of 2 neurons.",
        ),
        ("zh", "全连接神经网络示意图：2 个输入，其后依次为含 2 个神经元的隐藏层和含 2 个神经元的输出层。"),
    ],
)
def test_the_figure_is_described(language, text):
    """For those who do not see it."""
    figure = next(b for b in blocks(document(language=language)) if isinstance(b, Figure))
    assert figure.alternative == text


def test_several_exercises_make_one_document():
    """Each is a sheet of its own."""
    assert len(build_document([MAZUR, MAZUR], Kind.KEY, Options()).sheets) == 2


def test_the_key_says_what_became_of_the_error():
    """One round of Mazur's network makes the error smaller."""
    last = questions(document())[-1].solution.blocks[-1]
    assert as_text(last.text) == "The error has fallen from 0.298371 to 0.291028: the step went in the right direction."
