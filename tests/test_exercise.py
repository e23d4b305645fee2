"""Exercise files: what a good one becomes, and what is said of a bad one."""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from derive import resources
from derive.activations import ACTIVATIONS
from derive.errors import AuthorError, PencilgradError, RefusedError
from derive.exercise import MAX_FILE_SIZE, MAX_PARAMETERS, Exercise, find, load
from derive.exercise_file import DETAILS, ExerciseFile, json_schema
from derive.losses import LOSSES
from derive.network import BiasMode

MAZUR = resources.exercises()["mazur"].read_text(encoding="utf-8")

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes an exercise file of one's own."""

    def written(content: str | bytes) -> Path:
        path = tmp_path / "own.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def changed(*changes: tuple[str, str]) -> str:
    """Mazur's file with the first of each of these pieces of text replaced."""
    text = MAZUR
    for old, new in changes:
        assert old in text, f"{old!r} is not in the file that is to be changed"
        text = text.replace(old, new, 1)
    return text


def complaint(path: str | Path) -> str:
    """What is said of a file that cannot be loaded."""
    with pytest.raises(AuthorError) as caught:
        load(path)
    return str(caught.value)


def line_of(piece: str, text: str = MAZUR) -> int:
    """The line on which a piece of text first stands."""
    return text[: text.index(piece)].count("\n") + 1


# --- what is said of a bad file ---------------------------------------------------------------------------------------

LAYER_KEYS = "weights, activation, bias"
FILE_KEYS = ", ".join(ExerciseFile.model_fields)
ACTIVATION_NAMES = "logistic, tanh, relu, leaky_relu, identity"
EXTREME = "is too large, too small or too long; expected at most 15 digits, and a size between 1e-9 and 1e9 (or 0)"

# name, what is changed, the line that is named, the rest of the sentence
BAD = [
    (
        "unknown key",
        [("learning_rate =", "learning_rat =")],
        ["learning_rate: is missing (the η of the update)"],
        [("learning_rat =", f"learning_rat: unknown key (did you mean 'learning_rate'?); allowed here: {FILE_KEYS}")],
    ),
    (
        "unknown key in a layer",
        [("bias = 0.60", "bais = 0.60")],
        [],
        [("bais", f"layer[2].bais: unknown key (did you mean 'bias'?); allowed here: {LAYER_KEYS}")],
    ),
    (
        "unknown key like no other",
        [("figures = 6", "figures = 6\nqqqq = 1")],
        [],
        [("qqqq", "sheet.qqqq: unknown key; allowed here: digits, figures, detail")],
    ),
    (
        "unknown key with braces",
        [("figures = 6", '"{x}" = 6')],
        [],
        [('"{x}"', "sheet.{x}: unknown key; allowed here: digits, figures, detail")],
    ),
    (
        "misspelt activation",
        [('activation = "logistic"', 'activation = "logstic"')],
        [],
        [
            (
                '"logstic"',
                "layer[1].activation: unknown name 'logstic' (did you mean 'logistic'?); "
                f"expected one of {ACTIVATION_NAMES}",
            )
        ],
    ),
    (
        "misspelt loss",
        [('"half_squared"', '"Squared"')],
        [],
        [
            (
                '"Squared"',
                "loss: unknown name 'Squared' (did you mean 'squared'?); "
                "expected one of half_squared, squared, mean_squared",
            )
        ],
    ),
    (
        "row too long",
        [("[0.15, 0.20]", "[0.15, 0.20, 0.25]")],
        [],
        [("[0.15", "layer[1].weights[1]: has 3 numbers; expected 2, one for each input")],
    ),
    (
        "row too short in the last layer",
        [("[0.50, 0.55]", "[0.50]")],
        [],
        [("[0.50]", "layer[2].weights[2]: has 1 number; expected 2, one for each neuron of the layer before")],
    ),
    (
        "row missing",
        [("[[0.40, 0.45], [0.50, 0.55]]", "[[0.40, 0.45]]")],
        [],
        [("targets", "targets: has 2 numbers; expected 1, one for each neuron of the last layer")],
    ),
    (
        "weights in one list",
        [("[[0.40, 0.45], [0.50, 0.55]]", "[0.40, 0.45]")],
        [],
        [
            ("[0.40", "layer[2].weights[1]: is the number 0.40; expected a list in square brackets"),
            ("[0.40", "layer[2].weights[2]: is the number 0.45; expected a list in square brackets"),
        ],
    ),
    (
        "empty list",
        [("inputs = [0.05, 0.10]", "inputs = []")],
        [],
        [("inputs", "inputs: is an empty list; expected at least one entry")],
    ),
    (
        "biases too few",
        [("bias = 0.35", "bias = [0.35]")],
        [],
        [
            (
                "bias = [0.35]",
                "layer[1].bias: has 1 number; expected one number for the whole layer, "
                "or a list of 2, one for each neuron",
            )
        ],
    ),
    ("nan", [("0.05", "nan")], [], [("nan", "inputs[1]: is NaN; expected a finite number")]),
    ("infinity", [("0.99", "-inf")], [], [("-inf", "targets[2]: is -Infinity; expected a finite number")]),
    (
        "missing value",
        [("targets = [0.01, 0.99]\n", "")],
        ["targets: is missing (the target of each output neuron)"],
        [],
    ),
    ("a bool is no number", [("0.05", "true")], [], [("true", "inputs[1]: is true; expected a number")]),
    ("text is no number", [("0.05", '"0.05"')], [], [('"0.05"', "inputs[1]: is the text '0.05'; expected a number")]),
    (
        "a date is no number",
        [("learning_rate = 0.5", "learning_rate = 2015-03-17")],
        [],
        [("2015-03-17", "learning_rate: is a date; expected a number")],
    ),
    (
        "learning rate of zero",
        [("learning_rate = 0.5", "learning_rate = 0.0")],
        [],
        [("learning_rate", "learning_rate: is the number 0.0; expected a number greater than 0")],
    ),
    ("too large", [("0.05", "1e400")], [], [("1e400", f"inputs[1]: 1E+400 {EXTREME}")]),
    ("too small", [("0.05", "1e-10")], [], [("1e-10", f"inputs[1]: 1E-10 {EXTREME}")]),
    (
        "forty digits",
        [("0.05", "0." + "1" * 40)],
        [],
        [("0.111", f"inputs[1]: 0.{'1' * 35}… {EXTREME}")],
    ),
    (
        "text for a switch",
        [("learning_rate = 0.5", 'learning_rate = 0.5\ntrain_biases = "yes"')],
        [],
        [("train_biases", "train_biases: is the text 'yes'; expected true or false")],
    ),
    (
        "no biases to train",
        [("learning_rate = 0.5", "learning_rate = 0.5\ntrain_biases = true"), ("bias = 0.35", ""), ("bias = 0.60", "")],
        [],
        [
            (
                "train_biases",
                "train_biases: is true, but no layer has a bias; add 'bias' to a layer or set it to false",
            )
        ],
    ),
    (
        "both roundings",
        [("figures = 6", "digits = 4\nfigures = 6")],
        [],
        [("figures = 6", "sheet.figures: sets both digits and figures; keep one of them")],
    ),
    ("no figures", [("figures = 6", "figures = 0")], [], [("figures", "sheet.figures: is 0; expected at least 1")]),
    (
        "too many places",
        [("figures = 6", "digits = 16")],
        [],
        [("digits", "sheet.digits: is 16; expected at most 15")],
    ),
    (
        "half a figure",
        [("figures = 6", "figures = 6.5")],
        [],
        [("figures", "sheet.figures: is the number 6.5; expected a whole number")],
    ),
    (
        "a table for a list",
        [("inputs = [0.05, 0.10]", "inputs = {a = 1}")],
        [],
        [("inputs", "inputs: is a table; expected a list in square brackets")],
    ),
    (
        "control character",
        [('title.en = "A', r'title.en = "\u0007A')],
        [],
        [("title.en", "title.en: contains the control character U+0007; remove it")],
    ),
    (
        "escape sequence of a terminal",
        [('source = "Matt', r'source = "\u001b[31mMatt')],
        [],
        [("source", "source: contains the control character U+001B; remove it")],
    ),
    (
        "empty title",
        [('title.en = "A step-by-step backpropagation example"', 'title.en = "  "')],
        [],
        [("title.en", "title.en: is the text '  '; expected some text")],
    ),
    (
        "long title",
        [("step-by-step", "x" * 300)],
        [],
        [("title.en", f"title.en: is too long ({len('A  backpropagation example') + 300} characters); "
          "expected at most 200 characters")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "without_line", "with_line"), [pytest.param(*row, id=name) for name, *row in BAD])
def test_what_is_said_of_a_bad_file(
    write: Write,
    changes: list[tuple[str, str]],
    without_line: list[str],
    with_line: list[tuple[str, str]],
) -> None:
    """File, line, key, what stands there, what was expected and the nearest name: the whole sentence, and no other."""
    text = changed(*changes)
    path = write(text)
    expected = [f"{path}, {rest}" for rest in without_line]
    expected += [f"{path}, line {line_of(piece, text)}, {rest}" for piece, rest in with_line]
    assert complaint(path).split("\n") == expected


def test_all_problems_are_reported_in_the_order_of_their_lines(write: Write) -> None:
    """One run names every problem of a file: what is missing first, then line by line."""
    text = changed(
        ("[0.05, 0.10]", "[0.05, true]"),
        ("learning_rate = 0.5\n", ""),
        ('activation = "logistic"', 'activation = "tan"'),
        ("[0.15, 0.20]", "[0.15]"),
        ("bias = 0.60", "bais = 0.60"),
        ("figures = 6", "figures = 99"),
    )
    path = write(text)
    assert complaint(path).split("\n") == [
        f"{path}, learning_rate: is missing (the η of the update)",
        f"{path}, line 6, inputs[2]: is true; expected a number",
        f"{path}, line 11, layer[1].activation: unknown name 'tan' (did you mean 'tanh'?); "
        f"expected one of {ACTIVATION_NAMES}",
        f"{path}, line 12, layer[1].weights[1]: has 1 number; expected 2, one for each input",
        f"{path}, line 18, layer[2].bais: unknown key (did you mean 'bias'?); allowed here: {LAYER_KEYS}",
        f"{path}, line 21, sheet.figures: is 99; expected at most 15",
    ]


def test_a_line_is_found_behind_texts_of_several_lines(write: Write) -> None:
    """Lists and texts over several lines, and what looks like a header inside a text, do not shift the line."""
    text = changed(
        ("inputs = [0.05, 0.10]", 'note.en = """\n[[layer]]\nbias = 1\n"""\ninputs = [\n  0.05,\n  0.10,\n]'),
        ("bias = 0.60", 'bias = "x"'),
    )
    path = write(text)
    line = line_of('bias = "x"', text)
    assert complaint(path) == f"{path}, line {line}, layer[2].bias: is the text 'x'; expected a number"


def test_long_lists_are_located_in_time(write: Write) -> None:
    """Four times the lines before a mistake take about four times as long, not sixteen times."""

    def seconds(lines: int) -> float:
        text = changed(("[0.05, 0.10]", "[\n" + "0.1,\n" * lines + "]"))
        path = write(text)
        start = time.perf_counter()
        assert complaint(path).startswith(f"{path}, line {line_of('[[0.15', text)}, layer[1].weights[1]: has 2 ")
        return time.perf_counter() - start

    assert min(seconds(800) for _ in range(3)) < 9 * min(seconds(200) for _ in range(3))


# --- files that are no exercise files ---------------------------------------------------------------------------------


def test_a_file_that_is_not_toml_names_line_and_column(write: Write) -> None:
    """What tomllib found, with the place where it found it."""
    path = write(changed(("[0.05, 0.10]", "[0.05 0.10]")))
    assert complaint(path) == f"{path}: is not TOML: Unclosed array (at line 6, column 16)"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = " + "[" * 5000, id="deep lists"),
        pytest.param("x = " + "{a=" * 5000, id="deep tables"),
        pytest.param("x = [[0.1, 0.2", id="cut off"),
        pytest.param('title.en = "a\nb"', id="line break in a text"),
        pytest.param("title.en = 'a\x07b'", id="bare control character"),
        pytest.param("[sheet]\n[sheet]", id="table twice"),
        pytest.param("a = 1\ra = 2", id="bare carriage return"),
        pytest.param("a = 1e99999999999999999999999", id="exponent of 23 digits"),
        pytest.param("a = " + "9" * 5000, id="whole number of 5,000 digits"),
    ],
)
def test_what_tomllib_cannot_read_is_one_problem(write: Write, text: str) -> None:
    """Text that is not TOML, or more than a TOML reader can hold: one sentence on one line."""
    path = write(text)
    said = complaint(path)
    assert said.startswith(f"{path}: is not TOML: ")
    assert "\n" not in said


@pytest.mark.parametrize(("key", "piece"), [("inputs[1]", "0.05"), ("sheet.figures", "6\n")])
def test_a_hexadecimal_number_too_long_to_print(write: Write, key: str, piece: str) -> None:
    """Python refuses to print a whole number of 20,000 bits in decimals; the sentence is written all the same."""
    path = write(changed((piece, "0x" + "f" * 5000 + "\n" * piece.count("\n"))))
    assert key in complaint(path).partition(": ")[0]


def test_a_large_file_is_not_read(write: Write) -> None:
    """2 MB is no exercise."""
    path = write("# " + "x" * 2_000_000)
    assert complaint(path) == f"{path}: is larger than {MAX_FILE_SIZE} bytes; a file of this kind is not"


def test_text_in_another_encoding(write: Write) -> None:
    """Bytes that are not UTF-8 are named by where the first of them stands."""
    path = write(MAZUR.replace("backpropagation", "Rückwärts", 1).encode("latin-1", "replace"))
    offset = MAZUR.index("backpropagation") + 1
    assert complaint(path) == f"{path}: is not UTF-8 text (first at byte {offset}); save it as UTF-8"


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    """A folder whose name would do for a file."""
    folder = tmp_path / "x.toml"
    folder.mkdir()
    assert complaint(folder) == f"{folder}: is a folder; name a file"


def test_a_missing_file(tmp_path: Path) -> None:
    """A path that leads nowhere."""
    assert complaint(tmp_path / "no.toml") == f"{tmp_path / 'no.toml'}: there is no such file"


@pytest.mark.parametrize(
    ("name", "nearest"), [("mazr", " (did you mean 'mazur'?)"), ("qqqqqqqq", ""), ("x\x00y", "")], ids=repr
)
def test_a_name_that_is_not_shipped(name: str, nearest: str) -> None:
    """A name without .toml is a shipped exercise; the nearest is offered."""
    assert complaint(name) == (
        f"there is no shipped exercise {name!r}{nearest}; 'pencilgrad list' shows them all, "
        "a path to a file of your own ends in .toml"
    )


@pytest.mark.parametrize("name", ["x" * 5000, "x" * 5000 + ".toml", "", "a\x00b.toml"], ids=["long", "path", "", "nul"])
def test_a_name_that_no_file_can_have(name: str) -> None:
    """What the file system itself refuses is the author's mistake all the same."""
    assert complaint(name)


def test_a_network_too_large_is_refused(write: Write) -> None:
    """More parameters than sheets are printed for: refused with both numbers, which is not the author's mistake."""
    width = 45
    row = "[" + ", ".join(["0.1"] * width) + "]"
    rows = "[" + ", ".join([row] * width) + "]"
    text = f"title.en = 'x'\nlearning_rate = 1\ninputs = {row}\ntargets = {row}\n[[layer]]\nweights = {rows}\n"
    path = write(text)
    with pytest.raises(RefusedError) as caught:
        load(path)
    assert str(caught.value) == (
        f"{path}: has {width * width} weights and biases; step-by-step sheets are printed for at most {MAX_PARAMETERS}"
    )


def test_a_key_cannot_write_to_the_terminal(write: Write) -> None:
    """A key is data too: an escape sequence or a line break in it does not reach the sentence as it is."""
    path = write(MAZUR + '\n"\\u001b[31m\\nx" = 1\n')
    said = complaint(path)
    assert "\x1b" not in said
    assert "\n" not in said


def test_numbers_are_named_as_the_author_typed_them(write: Write) -> None:
    """A list with a bad number in it is described in the author's words, not in Python's."""
    assert "Decimal" not in complaint(write(changed(("bias = 0.35", "bias = [0.1, nan]"))))


# --- what a good file becomes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(MAZUR.encode(), id="as shipped"),
        pytest.param(b"\xef\xbb\xbf" + MAZUR.encode(), id="byte order mark"),
        pytest.param(MAZUR.replace("\n", "\r\n").encode(), id="Windows line ends"),
        pytest.param(b"\xef\xbb\xbf" + MAZUR.replace("\n", "\r\n").encode(), id="both"),
    ],
)
def test_what_editors_add_does_no_harm(write: Write, mazur: Exercise, content: bytes) -> None:
    """A byte order mark and Windows line ends change nothing of what is read."""
    assert load(write(content)).content == mazur.content


def test_line_numbers_are_right_with_windows_line_ends(write: Write) -> None:
    """A problem is on the same line whatever ends the lines."""
    text = changed(("bias = 0.60", "bais = 0.60"))
    path = write(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert complaint(path).startswith(f"{path}, line {line_of('bais', text)}, layer[2].bais")


@pytest.mark.parametrize(
    ("name", "digits"),
    [
        ("i1", "0.05"),
        ("i2", "0.10"),
        ("target_o2", "0.99"),
        ("w2", "0.20"),
        ("w8", "0.55"),
        ("b2", "0.60"),
        ("eta", "0.5"),
    ],
)
def test_given_values_keep_the_digits_that_were_typed(mazur: Exercise, name: str, digits: str) -> None:
    """0.10 stays 0.10."""
    assert str(mazur.given[name]) == digits


def test_every_part_of_the_network_is_given_once(mazur: Exercise) -> None:
    """The names of Mazur's network, each with a value."""
    weights = [f"w{number}" for number in range(1, 9)]
    assert list(mazur.given) == ["i1", "i2", "target_o1", "target_o2", *weights, "b1", "b2", "eta"]


@pytest.mark.parametrize(
    ("changes", "modes", "biases"),
    [
        ([], (BiasMode.LAYER, BiasMode.LAYER), {"0.35", "0.60"}),
        ([("bias = 0.35\n", "")], (BiasMode.NONE, BiasMode.LAYER), {"0.60"}),
        ([("bias = 0.35", "bias = [0.1, 0.2]")], (BiasMode.NEURON, BiasMode.LAYER), {"0.1", "0.2", "0.60"}),
        ([("bias = 0.60", "bias = [0.1, 0.2]")], (BiasMode.LAYER, BiasMode.NEURON), {"0.35", "0.1", "0.2"}),
    ],
    ids=["shared", "none", "each, then shared", "shared, then each"],
)
def test_biases_as_the_file_has_them(
    write: Write, changes: list[tuple[str, str]], modes: tuple[BiasMode, BiasMode], biases: set[str]
) -> None:
    """One number is shared, a list is one for each neuron, nothing is none; no bias is lost to another's name."""
    loaded = load(write(changed(*changes)))
    assert tuple(layer.bias_mode for layer in loaded.network.layers) == modes
    assert {str(number) for name, number in loaded.given.items() if name.startswith("b")} == biases


@pytest.mark.parametrize(
    ("changes", "language", "title"),
    [
        ([], "zh", "反向传播分步示例"),
        ([], "fr", "A step-by-step backpropagation example"),
        (
            [('title.en = "A step-by-step backpropagation example"\n', "")],
            "fr",
            "Un ejemplo de retropropagación paso a paso",
        ),
    ],
    ids=["its own", "English", "the first"],
)
def test_title_in_a_language(write: Write, changes: list[tuple[str, str]], language: str, title: str) -> None:
    """The title in the language that was asked for, else in English, else in the first that there is."""
    loaded = load(write(changed(*changes)))
    assert loaded.title(language) == title
    assert loaded.note(language) == ""


@pytest.mark.parametrize("name", resources.exercises())
def test_every_shipped_exercise_loads(name: str) -> None:
    """By its name and by its path."""
    assert find(name) == resources.exercises()[name]
    assert load(name).content == load(resources.exercises()[name]).content
    assert load(name).name == name


# --- the JSON schema --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json_schema()


def as_json(text: str) -> Any:
    """A TOML file as an editor's schema check sees it."""
    return json.loads(json.dumps(tomllib.loads(text)))


def test_schema_is_one(schema: dict[str, Any]) -> None:
    """It is valid by the metaschema that it names."""
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", resources.exercises())
def test_schema_accepts_what_is_shipped(schema: dict[str, Any], name: str) -> None:
    """No editor underlines anything in a shipped exercise."""
    text = resources.exercises()[name].read_text(encoding="utf-8")
    assert not list(Draft202012Validator(schema).iter_errors(as_json(text)))


@pytest.mark.parametrize(
    "change",
    [
        ("bias = 0.60", "bais = 0.60"),
        ('activation = "logistic"', 'activation = "logstic"'),
        ('"half_squared"', '"half"'),
        ("learning_rate = 0.5", "learning_rate = 0"),
        ("learning_rate = 0.5", ""),
        ("0.05", '"0.05"'),
        ("figures = 6", "figures = 16"),
        ('"quantities"', '"all"'),
        ("[[0.15, 0.20], [0.25, 0.30]]", "[]"),
        ("0.35", '"0.35"'),
    ],
    ids=lambda change: change[1] or "missing",
)
def test_schema_refuses_what_loading_refuses(schema: dict[str, Any], write: Write, change: tuple[str, str]) -> None:
    """An editor underlines a mistake that loading the file would report."""
    text = changed(change)
    assert list(Draft202012Validator(schema).iter_errors(as_json(text)))
    assert complaint(write(text))


def enums(schema: Any, key: str = "") -> Iterator[tuple[str, list[str]]]:
    """Each enum of a schema with the name of what it restricts."""
    if isinstance(schema, dict):
        if "enum" in schema:
            yield key, schema["enum"]
        for name, part in schema.items():
            yield from enums(part, key if name in ("anyOf", "items") else name)
    elif isinstance(schema, list):
        for part in schema:
            yield from enums(part, key)


def test_schema_offers_what_the_tables_hold(schema: dict[str, Any]) -> None:
    """Every enum is one of the tables, so that a new record is offered by editors at once."""
    assert dict(enums(schema)) == {
        "activation": list(ACTIVATIONS),
        "loss": list(LOSSES),
        "detail": list(DETAILS),
        "shared_bias_gradient": ["sum", "mean"],
    }


def test_every_key_of_the_schema_is_described(schema: dict[str, Any]) -> None:
    """An editor can say what each key of a file or a layer is for."""
    for table in (schema, schema["$defs"]["LayerTable"], schema["$defs"]["SheetTable"]):
        described = {key for key, value in table["properties"].items() if "description" in value}
        assert set(table["properties"]) - described <= {"sheet", "course"}


# --- whatever else a file may hold ------------------------------------------------------------------------------------

PIECES = ["=", "[", "]", "[[layer]]", "[sheet]", '"', "'''", "#", "\n", ",", "{", "}", ".", "-", "nan", "1e9", "true",
          "1979-05-27", "\\", "\\u0000", "0x1f", "é", "\t", "\r", "title", "layer",
          "bias = ", "0.05", "[]", "{}"]  # fmt: skip


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """Mazur's file with a few stretches cut out, doubled, or replaced by something that TOML knows."""
    text = MAZUR
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 20))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.just(text[start : start + length] * 2), st.just("")))
        text = text[:start] + piece + text[start + length :]
    return text


LINES = MAZUR.splitlines()


@st.composite
def other_values(draw: st.DrawFn) -> str:
    """Mazur's file with the value of a few keys replaced by any other value."""
    scalar = st.sampled_from(
        ['"x"', "1", "-0.0", "inf", "true", "1e5", "2020-01-01", "10:00:00", "{a = 1}", "[]", "0x1F"]
    )
    value = st.recursive(scalar, lambda inner: st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"))
    lines = list(LINES)
    for number in draw(st.lists(st.integers(0, len(lines) - 1), min_size=1, max_size=3)):
        key, equals, _ = lines[number].partition(" = ")
        lines[number] = f"{key} = {draw(value)}" if equals else lines[number]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file that is written again and again."""
    return tmp_path_factory.mktemp("scratch") / "own.toml"


def loads_or_says_why(path: Path, content: bytes) -> None:
    """A file loads, with a value for each of its names, or every problem with it can be said in a sentence."""
    path.write_bytes(content)
    try:
        given_values = load(path).given
    except PencilgradError as error:
        given_values, problems = {}, [str(problem) for problem in error.problems]
    else:
        problems = []
    assert bool(given_values) is not bool(problems)
    assert all(problems)
    assert all(number.is_finite() for number in given_values.values())


@settings(max_examples=100)
@given(text=st.text(max_size=200))
@example(text="")
def test_any_text_loads_or_is_explained(scratch: Path, text: str) -> None:
    """Nothing that stands in a file makes anything else of it than an exercise or a list of problems."""
    loads_or_says_why(scratch, text.encode("utf-8", "surrogatepass"))


@settings(max_examples=100)
@given(content=st.binary(max_size=200))
def test_any_bytes_load_or_are_explained(scratch: Path, content: bytes) -> None:
    """Nor do bytes that are no text."""
    loads_or_says_why(scratch, content)


@settings(max_examples=100)
@given(text=st.one_of(mutations(), other_values()))
@example(text=changed(("[sheet]", "[[sheet]]")))
@example(text=changed(("[[layer]]", "[layer]")).partition("[[layer]]")[0])
@example(text="layer = [1, []]\n")
@example(text="layer = {}\nsheet = []\ntitle = 1\n")
def test_any_change_to_an_exercise_loads_or_is_explained(scratch: Path, text: str) -> None:
    """Nor does anything that a slip of the hand makes of a good file."""
    loads_or_says_why(scratch, text.encode())
