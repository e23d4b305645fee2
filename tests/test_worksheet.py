"""The document: what is asked, what is explained, and how the two copies are taken from it."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

import pytest

from derive.build import Options, build_document, solve
from derive.document import Blank, Document, Equation, Figure, Kind, Lines, Paragraph, Question, Results, Solution
from derive.exercise import load
from derive.exercise_file import DETAILS
from derive.languages import as_text
from derive.mathtext.plain import plain
from derive.questions import ROLES, asked, role_of

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


@pytest.mark.parametrize("activation", ["logistic", "tanh", "relu", "leaky_relu", "identity"])
@pytest.mark.parametrize("loss", ["half_squared", "squared", "mean_squared"])
@pytest.mark.parametrize("language", ["en", "es", "zh"])
def test_every_step_of_every_kind_has_words(make_exercise, activation, loss, language):
    """Any activation and loss, shared and single biases, three hidden layers, in each language."""
    for biases in ("layer", "neuron", "none"):
        exercise = make_exercise([2, 1, 2, 2, 2], activation, loss, biases)
        for kind in Kind:
            build_document([exercise], kind, Options(language=language, detail="factors"))


@pytest.fixture
def make_exercise(tmp_path):
    """An exercise of these widths, inputs first, with small weights."""

    def make(widths: list[int], activation: str, loss: str, biases: str):
        path = tmp_path / "made.toml"
        lines = [
            'title.en = "Made"',
            f"inputs = {[0.3] * widths[0]}",
            f"targets = {[0.9] * widths[-1]}",
            f'loss = "{loss}"',
            "learning_rate = 0.1",
            f"train_biases = {str(biases != 'none').lower()}",
        ]
        bias = {"layer": "bias = 0.1", "neuron": "bias = {each}", "none": ""}[biases]
        for sources, width in pairwise(widths):
            weights = [[round(0.1 + 0.05 * (row + column), 2) for column in range(sources)] for row in range(width)]
            lines += [
                "[[layer]]",
                f'activation = "{activation}"',
                f"weights = {weights}",
                bias.format(each=[0.1] * width),
            ]
        path.write_text("\n".join(lines), encoding="utf-8")
        return load(path)

    return make


def test_roles_cover_every_step(make_exercise):
    """A step without a role would have no question and no words."""
    for widths in ([1, 1], [2, 2, 1], [2, 3, 2, 2]):
        derivation = solve(make_exercise(widths, "tanh", "squared", "layer")).derivation
        assert all(role_of(step) in ROLES for step in derivation.steps)


def test_a_shared_bias_adds_all_its_paths(make_exercise):
    """The key says that the paths through all neurons of the layer are added."""
    exercise = make_exercise([2, 3, 2], "logistic", "half_squared", "layer")
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
