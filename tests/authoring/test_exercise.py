"""Exercise files: what a good one becomes, and what is said of a bad one."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from derive import resources
from derive.authoring.catalogue import entries
from derive.authoring.exercise import MAX_PARAMETERS, Exercise
from derive.authoring.exercise_file import FormulaFile, NetworkFile, json_schema
from derive.authoring.reading import MAX_FILE_SIZE, find, load
from derive.authoring.validation import MOST_PROBLEMS
from derive.authoring.vary_table import PATTERNS
from derive.choices import DETAILS, NOTATIONS
from derive.model.activations import ACTIVATIONS
from derive.model.conventions import BIAS_SHARES, CARRIED, DELTAS, LENGTHS, ORDERS, SHARES, TIES, VECTORS, Conventions
from derive.model.formulas.operations import ALSO_CALLED, FUNCTIONS
from derive.model.losses import DIFFERENCES, LOSSES
from derive.model.network import BiasMode
from derive.model.optimizers import OPTIMIZERS
from derive.sheet.build import Options, build_document, solve
from derive.sheet.document import Kind
from derive.words import errors
from derive.words.errors import AuthorError, PencilgradError, RefusedError
from derive.words.wording import SENTENCES

FILES = {name: path.read_text(encoding="utf-8") for name, path in resources.exercises().items()}
SHIPPED = FILES["mazur"]


def bare(text: str) -> str:
    """A shipped file without its notes and without what its page prints."""
    return re.sub(r'note\.\w+ = """.*?"""\n', "", text, flags=re.DOTALL).partition("[[published]]")[0]


MAZUR = bare(SHIPPED)
VARY = re.search(r"\[vary\].*?\n\n", MAZUR, re.DOTALL)[0]

GATES = """
title.en = "Gates"
formulas = [
  "q = x + y",
  "f = q * z",
]
values = { x = -2, y = 5, z = -4 }
"""

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes an exercise file of one's own."""

    def written(content: str | bytes) -> Path:
        path = tmp_path / "own.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def changed(*changes: tuple[str, str], text: str = MAZUR) -> str:
    """Mazur's file (or another) with the first of each of these pieces of text replaced."""
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

LAYER_KEYS = "weights, units, copies, activation, bias, threshold"
FILE_KEYS = ", ".join(NetworkFile.model_fields)
SHEET_KEYS = "digits, figures, detail, notation, nested, truncation"
CONVENTION_KEYS = ", ".join(Conventions.model_fields)
ACTIVATION_NAMES = "logistic, tanh, relu, leaky_relu, elu, softplus, silu, gelu, identity, softmax"
LOSS_NAMES = "half_squared, squared, squared_norm, binary_cross_entropy, cross_entropy"
OPTIMIZER_NAMES = "sgd, momentum, nesterov, adagrad, rmsprop, adadelta, adam, adamw"
SAMPLES = "a list of numbers, a list of such lists, or how many there are"
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
        [("qqqq", f"sheet.qqqq: unknown key; allowed here: {SHEET_KEYS}")],
    ),
    (
        "unknown key with braces",
        [("figures = 6", '"{x}" = 6')],
        [],
        [('"{x}"', f"sheet.{{x}}: unknown key; allowed here: {SHEET_KEYS}")],
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
                f"expected one of {LOSS_NAMES}",
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
        [("[sheet]", '[conventions]\ntrain_biases = "yes"\n[sheet]')],
        [],
        [("train_biases", "conventions.train_biases: is the text 'yes'; expected true or false")],
    ),
    (
        "no biases to train",
        [("[sheet]", "[conventions]\ntrain_biases = true\n[sheet]"), ("bias = 0.35", ""), ("bias = 0.60", "")],
        [],
        [
            (
                "biases = {",
                "vary.biases: this exercise has no biases that could vary; it has inputs, targets, weights, "
                "learning_rate",
            ),
            (
                "train_biases",
                "conventions.train_biases: is true, but no layer has a bias; add 'bias' to a layer or set it to false",
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
        [("inputs", f"inputs: is a table; expected {SAMPLES}")],
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
    # samples and losses
    (
        "samples of two lengths",
        [("[0.05, 0.10]", "[[0.05, 0.10], [0.05]]"), ("[0.01, 0.99]", "[[0.01, 0.99], [0.01, 0.99]]")],
        [],
        [("inputs", "inputs[2]: has 1 number; expected 2, as many as the first sample has")],
    ),
    (
        "targets of fewer samples",
        [("inputs = [0.05, 0.10]", "inputs = [[0.05, 0.10], [0.05, 0.10]]")],
        [],
        [("targets", "targets: number of rows: 1; expected 2, one for each sample of the inputs")],
    ),
    (
        "a target too many in one sample",
        [
            ("inputs = [0.05, 0.10]", "inputs = [[0.05, 0.10], [0.05, 0.10]]"),
            ("[0.01, 0.99]", "[[0.01, 0.99], [0.01, 0.99, 1]]"),
        ],
        [],
        [("targets", "targets[2]: has 3 numbers; expected 2, one for each neuron of the last layer")],
    ),
    (
        "inputs that are text",
        [("inputs = [0.05, 0.10]", 'inputs = "0.05"')],
        [],
        [("inputs", f"inputs: is the text '0.05'; expected {SAMPLES}")],
    ),
    (
        "targets that the loss has no use for",
        [('"half_squared"', '"squared_norm"')],
        [],
        [("targets", "targets: is set, but the loss 'squared_norm' has no targets; remove it")],
    ),
    (
        "targets that are no distribution",
        [('"half_squared"', '"cross_entropy"'), ("0.99]", "0.98]")],
        [],
        [("targets", "targets: adds up to 0.99; with cross_entropy the targets of a sample add up to 1")],
    ),
    (
        "a target that is no probability",
        [('"half_squared"', '"binary_cross_entropy"'), ("0.99]", "1.01]")],
        [],
        [("targets", "targets: has a target outside 0 to 1, which binary_cross_entropy has no use for")],
    ),
    (
        "an older name of a loss",
        [('"half_squared"', '"mse"')],
        [],
        [('"mse"', f"loss: unknown name 'mse' (did you mean 'squared'?); expected one of {LOSS_NAMES}")],
    ),
    # layers
    (
        "weights missing",
        [("weights = [[0.40, 0.45], [0.50, 0.55]]\n", ""), ("weights = [[0.15, 0.20], [0.25, 0.30]]\n", "")],
        [],
        [
            ("[[layer]]", "layer[1].weights: is missing (a list of rows, or units = …)"),
            ("[[layer]] # o1", "layer[2].weights: is missing (a list of rows, or units = …)"),
        ],
    ),
    (
        "numbers for one layer only",
        [("weights = [[0.40, 0.45], [0.50, 0.55]]", "units = 2")],
        [],
        [
            (
                "weights",
                "layer[1].weights: gives numbers while another layer has only units; "
                "give numbers for all layers or for none",
            )
        ],
    ),
    (
        "units beside weights",
        [("bias = 0.35", "units = 2")],
        [],
        [
            (
                "units",
                "layer[1].units: stands beside weights, which say already how many neurons there are; keep one of them",
            )
        ],
    ),
    (
        "a threshold beside a bias",
        [("bias = 0.35", "bias = 0.35\nthreshold = 0.35")],
        [],
        [
            (
                "threshold",
                "layer[1].threshold: stands beside bias; keep one of them (a threshold is a bias that is subtracted)",
            )
        ],
    ),
    (
        "thresholds too many",
        [("bias = 0.35", "threshold = [1, 2, 3]")],
        [],
        [
            (
                "threshold",
                "layer[1].threshold: has 3 numbers; expected one number for the whole layer, "
                "or a list of 2, one for each neuron",
            )
        ],
    ),
    (
        "softmax in a hidden layer",
        [('activation = "logistic"', 'activation = "softmax"')],
        [],
        [('"softmax"', "layer[1].activation: is softmax, which only the last layer can have")],
    ),
    (
        "no values of the inputs",
        [("inputs = [0.05, 0.10]", "inputs = 2")],
        [],
        [
            (
                "inputs",
                "inputs: is only how many inputs there are, but the layers have weights; list the values of the inputs",
            )
        ],
    ),
    (
        "a layer too often",
        [("bias = 0.35", "copies = 201")],
        [],
        [("copies", "layer[1].copies: is 201; expected at most 200")],
    ),
    # conventions
    (
        "unknown convention",
        [("[sheet]", "[conventions]\ntrain_biasses = true\n[sheet]")],
        [],
        [
            (
                "train_biasses",
                "conventions.train_biasses: unknown key (did you mean 'train_biases'?); "
                f"allowed here: {CONVENTION_KEYS}",
            )
        ],
    ),
    (
        "an unknown choice",
        [("[sheet]", '[conventions]\nover_outputs = "average"\n[sheet]')],
        [],
        [("over_outputs", "conventions.over_outputs: unknown name 'average'; expected one of sum, mean")],
    ),
    (
        "two roundings on the way",
        [("[sheet]", "[conventions]\ncarry = { digits = 3, figures = 3 }\n[sheet]")],
        [],
        [("carry", "conventions.carry.figures: sets both digits and figures; keep one of them")],
    ),
    (
        "rounding of what there is not",
        [("[sheet]", '[conventions]\ncarry = { digits = 3, only = ["nett"] }\n[sheet]')],
        [],
        [
            (
                "carry",
                "conventions.carry.only[1]: unknown name 'nett' (did you mean 'net'?); "
                f"expected one of {', '.join(CARRIED)}",
            )
        ],
    ),
    (
        "the output layer first, in a batch",
        [
            ("inputs = [0.05, 0.10]", "inputs = [[0.05, 0.10], [0.05, 0.10]]"),
            ("[0.01, 0.99]", "[[0.01, 0.99], [0.01, 0.99]]"),
            ("[sheet]", '[conventions]\nupdate_order = "output_first"\n[sheet]'),
        ],
        [],
        [
            (
                "update_order",
                "conventions.update_order: is output_first, which updates after every sample; set [training] batch = 1",
            )
        ],
    ),
    (
        "a mean of biases with another optimiser",
        [("[sheet]", '[conventions]\nshared_bias_gradient = "mean_of_biases"\n[optimizer]\nname = "adam"\n[sheet]')],
        [],
        [
            (
                "shared_bias_gradient",
                "conventions.shared_bias_gradient: is mean_of_biases, which is plain gradient descent after every "
                "sample; set [training] batch = 1 and no other optimiser, or say mean",
            )
        ],
    ),
    # what does not go together
    (
        "a number of targets beside weights",
        [("targets = [0.01, 0.99]", "targets = 2")],
        [],
        [("targets", "targets: is only how many targets there are; list their values")],
    ),
    (
        "values of the inputs of a sheet in symbols",
        [
            ("weights = [[0.15, 0.20], [0.25, 0.30]]", "units = 2"),
            ("weights = [[0.40, 0.45], [0.50, 0.55]]", "units = 2"),
        ],
        [],
        [
            (
                "inputs",
                "inputs: lists values, but a layer has only units, so the sheet is in symbols; "
                "say how many inputs there are, as in inputs = 2",
            ),
            ("[vary]", "vary: is in symbols, so it has no numbers that could vary; give its layers weights"),
        ],
    ),
    (
        "two decays",
        [("[[layer]]", 'weight_decay = 0.1\n[optimizer]\nname = "adamw"\n[[layer]]')],
        [],
        [
            (
                "weight_decay",
                "weight_decay: stands beside adamw, which has a decay of its own; set [optimizer] decay and remove "
                "this one",
            )
        ],
    ),
    (
        "copies whose rows do not fit one another",
        [("[0.05, 0.10]", "[1]"), ("[[0.15, 0.20], [0.25, 0.30]]", "[[1], [1]]\ncopies = 2")],
        [],
        [
            ("weights", "layer[1].weights[1]: has 1 number; expected 2, one for each neuron of the layer before"),
            ("weights", "layer[1].weights[2]: has 1 number; expected 2, one for each neuron of the layer before"),
        ],
    ),
    (
        "a check of a bias that is not trained",
        [("[sheet]", '[gradient_check]\nparameters = ["b1"]\nmove = 1\n[sheet]')],
        [],
        [
            (
                "parameters",
                "gradient_check.parameters[1]: there is no weight and no trained bias 'b1' (did you mean 'w1'?); "
                "weights are w1, w2, …, biases b1, b2, …; biases are trained where [conventions] has "
                "train_biases = true",
            )
        ],
    ),
    (
        "a check that is named twice",
        [("[sheet]", '[gradient_check]\nparameters = ["w1", "w1"]\nmove = 1\n[sheet]')],
        [],
        [("parameters", "gradient_check.parameters[2]: 'w1' is named twice; once is enough")],
    ),
    # training
    (
        "a batch of more samples than there are",
        [("rounds = 10000", "batch = 2")],
        [],
        [("batch", "training.batch: is 2; expected at most 1, the number of samples")],
    ),
    (
        "too many rounds",
        [("rounds = 10000", "rounds = 1000001")],
        [],
        [("rounds", "training.rounds: is 1000001; expected at most 1000000")],
    ),
    (
        "unknown optimiser",
        [("[sheet]", '[optimizer]\nname = "adma"\n[sheet]')],
        [],
        [('"adma"', f"optimizer.name: unknown name 'adma' (did you mean 'adam'?); expected one of {OPTIMIZER_NAMES}")],
    ),
    (
        "a setting of another optimiser",
        [("[sheet]", '[optimizer]\nname = "momentum"\nrho = 0.9\n[sheet]')],
        [],
        [("rho", "optimizer.rho: is no setting of momentum; it has mu")],
    ),
    (
        "a setting of none",
        [("[sheet]", "[optimizer]\nmu = 0.9\n[sheet]")],
        [],
        [("mu = 0.9", "optimizer.mu: is no setting of sgd; it has nothing else")],
    ),
    (
        "a negative divisor",
        [("[sheet]", '[optimizer]\nname = "adam"\nepsilon = -1\n[sheet]')],
        [],
        [("epsilon", "optimizer.epsilon: is the number -1; expected a number that is not negative")],
    ),
    (
        "a negative setting",
        [("[sheet]", '[optimizer]\nname = "momentum"\nmu = -0.9\n[sheet]')],
        [],
        [("mu = -0.9", "optimizer.mu: is the number -0.9; expected a number from 0 to below 1")],
    ),
    (
        "a decay that is no decay",
        [("learning_rate = 0.5", "learning_rate = 0.5\nweight_decay = 0")],
        [],
        [("weight_decay", "weight_decay: is the number 0; expected a number greater than 0")],
    ),
    (
        "a check of what is not there",
        [("[sheet]", '[gradient_check]\nparameters = ["w5", "w9"]\nmove = 0.001\n[sheet]')],
        [],
        [
            (
                "parameters",
                "gradient_check.parameters[2]: there is no weight and no trained bias 'w9' (did you mean 'w8'?); "
                "weights are w1, w2, …, biases b1, b2, …; biases are trained where [conventions] has "
                "train_biases = true",
            )
        ],
    ),
    (
        "a parameter checked twice",
        [("[sheet]", '[gradient_check]\nparameters = ["w5", "w5"]\nmove = 0.001\n[sheet]')],
        [],
        [("parameters", "gradient_check.parameters[2]: 'w5' is named twice; once is enough")],
    ),
    (
        "how many targets, beside weights",
        [("targets = [0.01, 0.99]", "targets = 2")],
        [],
        [("targets", "targets: is only how many targets there are; list their values")],
    ),
    (
        "rounds and epochs",
        [("rounds = 10000", "rounds = 10\nepochs = 10")],
        [],
        [("epochs", "training.epochs: stands beside rounds; keep one of them")],
    ),
    (
        "a running mean that keeps more than all",
        [("[sheet]", '[optimizer]\nname = "adam"\nbeta1 = 1\n[sheet]')],
        [],
        [("beta1", "optimizer.beta1: is the number 1; expected a number from 0 to below 1")],
    ),
    (
        "a check without a move",
        [("[sheet]", '[gradient_check]\nparameters = ["w5"]\n[sheet]')],
        [],
        [("[gradient_check]", "gradient_check.move: is missing (how far the parameter is moved to each side)")],
    ),
    # what a page prints
    (
        "fewer numbers than quantities",
        [("[sheet]", '[[published]]\nquantity = ["out_o1", "out_o2"]\nprinted = "0.75"\n[sheet]')],
        [],
        [("quantity", "published[1].quantity: has 2 entries; expected 1, one for each printed number")],
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


# name, what is changed in the file with formulas, what is said
BAD_FORMULAS = [
    ("an unknown key", [("values =", "value =")], [
        "{path}, values: is missing (the value of each input)",
        "{path}, line 7, value: unknown key (did you mean 'values'?); allowed here: {keys}",
    ]),
    ("no formulas", [('  "q = x + y",\n  "f = q * z",\n', "")], [
        "{path}, line 3, formulas: is an empty list; expected at least one entry",
    ]),
    ("a network beside them", [("values =", "inputs = [1]\nvalues =")], [
        "{path}, line 7, inputs: unknown key; allowed here: {keys}",
    ]),
    ("a value missing", [(", z = -4", "")], [
        "{path}, values: there is no value for 'z', which the formulas use; add z = … to [values]",
    ]),
    ("a value that nothing uses", [("z = -4", "z = -4, zz = 1")], [
        "{path}, values.zz: no formula uses 'zz' (did you mean 'z'?); remove it",
    ]),
    ("a value that is text", [("z = -4", 'z = "4"')], [
        "{path}, line 7, values.z: is the text '4'; expected a number",
    ]),
    ("a bracket too few", [("q * z", "(q * z")], [
        "{path}, line 3, formulas[2]: column 11, at the end: expected ')'",
    ]),
    ("two operators", [("q * z", "q * / z")], [
        "{path}, line 3, formulas[2]: column 9, at '/ z': expected a name, a number, a function or '('",
    ]),
    ("an unknown function", [("q * z", "cosin(q) * z")], [
        "{path}, line 3, formulas[2]: column 5: unknown function 'cosin' (did you mean 'sin'?); known are {functions}; "
        "a product needs its *",
    ]),
    ("a name that cannot be one", [("q = x + y", "q_1 = x + y")], [
        "{path}, line 3, formulas[1]: column 1: 'q_1' cannot name a value; expected letters, then digits if any, "
        "as in x or w0",
    ]),
    ("a name that has a meaning", [("q = x + y", "net = x + y")], [
        "{path}, line 3, formulas[1]: column 1: 'net' has a meaning of its own here; choose another name",
    ]),
    ("a name assigned twice", [("f = q * z", "q = q * z")], [
        "{path}, line 3, formulas[2]: column 1: 'q' is assigned by statement 1 already; a name is assigned once",
    ]),
    ("a name used too early", [("q = x + y", "q = x + f")], [
        "{path}, line 3, formulas[1]: column 9: 'f' is used in statement 1 and assigned in statement 2; "
        "assign a name before it is used",
    ]),
    ("two mistakes in two formulas", [("x + y", "x + "), ("q * z", "q * ")], [
        "{path}, line 3, formulas[1]: column 8, at the end: expected a name, a number, a function or '('",
        "{path}, line 3, formulas[2]: column 8, at the end: expected a name, a number, a function or '('",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), [pytest.param(*row, id=name) for name, *row in BAD_FORMULAS])
def test_what_is_said_of_bad_formulas(write: Write, changes: list[tuple[str, str]], said: list[str]) -> None:
    """The formula is named by its number, and the place in it by its column."""
    path = write(changed(*changes, text=GATES))
    known = {
        "path": path,
        "keys": ", ".join(FormulaFile.model_fields),
        "functions": ", ".join((*FUNCTIONS, *ALSO_CALLED)),
    }
    assert complaint(path).split("\n") == [sentence.format(**known) for sentence in said]


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
        f"{path}, line {line_of('true', text)}, inputs[2]: is true; expected a number",
        f"{path}, line {line_of('activation', text)}, layer[1].activation: unknown name 'tan' (did you mean 'tanh'?); "
        f"expected one of {ACTIVATION_NAMES}",
        f"{path}, line {line_of('[[0.15]', text)}, layer[1].weights[1]: has 1 number; expected 2, one for each input",
        f"{path}, line {line_of('bais', text)}, layer[2].bais: unknown key (did you mean 'bias'?); "
        f"allowed here: {LAYER_KEYS}",
        f"{path}, line {line_of('figures', text)}, sheet.figures: is 99; expected at most 15",
    ]


def test_no_more_problems_are_told_than_a_person_will_read(write: Write) -> None:
    """After forty of them it says that there are more."""
    said = complaint(write(changed(("[0.05, 0.10]", f"[{'true, ' * 60}]"), ("[0.15, 0.20]", "[true]")))).split("\n")
    assert len(said) <= MOST_PROBLEMS + 1
    many = complaint(write(changed(("[sheet]", "[sheet]\n" + "".join(f"x{n} = 1\n" for n in range(60)))))).split("\n")
    assert len(many) == MOST_PROBLEMS + 1
    assert many[-1].endswith("own.toml: there are more problems than these 40; mend these first")


def codes_in(module: Path) -> set[str]:
    """The texts in a module that are the code of a sentence."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value in SENTENCES}


def test_every_sentence_is_said_somewhere() -> None:
    """No code is left over in the table of sentences."""
    package = Path(errors.__file__).parent.parent
    said = set().union(*(codes_in(module) for module in package.rglob("*.py") if module.name != "wording.py"))
    assert set(SENTENCES) - said == set()


def texts_in(module: Path) -> Iterator[str]:
    """Every text in a module, those that stand beside one another joined."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


OTHERWISE = {
    "pango_missing", "message_surplus", "message_broken", "published_epoch", "row_length", "templates_missing",
    "file_unreadable",
}  # fmt: skip
"""Sentences that are tested by single words of theirs, or by words that another has too."""


def test_every_sentence_is_tested_somewhere() -> None:
    """Three words of each that follow one another stand in one of the test modules, or at least its code does.

    Nothing can be said of those that are made of less.
    """
    texts = "\n".join(text for module in Path(__file__).parent.parent.rglob("test_*.py") for text in texts_in(module))

    def runs(code: str) -> list[str]:
        pieces = [piece.split() for piece in re.split(r"\{.*?\}", SENTENCES[code])]
        return [" ".join(piece[at : at + 3]) for piece in pieces for at in range(len(piece) - 2)]

    shared = Counter(run for code in SENTENCES for run in set(runs(code)))

    untested = [
        code
        for code in SENTENCES
        if runs(code) and not any(run in texts for run in (code, *runs(code)) if shared[run] < 2)
    ]
    assert set(untested) <= OTHERWISE


def test_a_line_is_found_behind_texts_of_several_lines(write: Write) -> None:
    """Lists and texts over several lines, and what looks like a header inside a text, do not shift the line."""
    text = changed(
        ("inputs = [0.05, 0.10]", 'note.en = """\n[[layer]]\nbias = 1\n"""\ninputs = [\n  0.05,\n  0.10,\n]'),
        ("bias = 0.60", 'bias = "x"'),
    )
    path = write(text)
    line = line_of('bias = "x"', text)
    assert complaint(path) == f"{path}, line {line}, layer[2].bias: is the text 'x'; expected a number"


def test_long_lists_are_located_in_time(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times the lines before a mistake are about four times as much to read, not sixteen times."""
    loads = tomllib.loads

    def read(lines: int) -> int:
        """How many characters tomllib reads until the mistake has its line."""
        text = changed(("[0.05, 0.10]", "[\n" + "0.1,\n" * lines + "]"))
        path, parsed = write(text), []
        counting = SimpleNamespace(
            loads=lambda part, **how: parsed.append(len(part)) or loads(part, **how),
            TOMLDecodeError=tomllib.TOMLDecodeError,
        )
        monkeypatch.setattr("derive.authoring.validation.tomllib", counting)
        assert complaint(path).startswith(f"{path}, line {line_of('[[0.15', text)}, layer[1].weights[1]: has 2 ")
        return sum(parsed)

    assert read(800) < 5 * read(200)


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
        solve(load(path))
    assert str(caught.value) == (
        f"{path}: has {width * width} weights and biases; step-by-step sheets are printed for at most "
        f"{MAX_PARAMETERS}, of larger networks there are only a worksheet and a key, in matrices (--notation matrix)"
    )


ONE = """
title.en = "x"
inputs = [1]
targets = [1]
learning_rate = 1
[[layer]]
weights = [[{weight}]]
"""
LARGE = """
title.en = "x"
inputs = 100
learning_rate = 1
seed = 1
{key}
[[layer]]
units = 100
[sheet]
notation = "matrix"
"""
REFUSED = [
    *[
        (
            f"{key} of a large network",
            LARGE.format(key=text),
            f"{key}: is not possible for a network of more than 2000 weights and biases; remove it, "
            "or take a smaller network",
        )
        for key, text in {
            "weight_decay": "weight_decay = 0.1",
            "conventions.carry": "conventions.carry.digits = 3",
            "gradient_check": 'gradient_check = {parameters = ["w1"], move = 0.1}',
        }.items()
    ],
    (
        "a saturated neuron",
        ONE.format(weight=501),
        "neuron o1 is saturated: its net input is 501, where logistic has no slope left to calculate with; "
        "choose numbers that keep net inputs between -500 and 500",
    ),
    (
        "ln 0",
        'loss = "cross_entropy"\n' + ONE.format(weight=-1) + 'activation = "relu"\n',
        "E_o1 = -target_o1*log(out_o1) has no value that one could calculate with, at these numbers; choose others",
    ),
    (
        "a division by 0",
        'title.en = "x"\nformulas = ["f = x / y"]\nvalues = { x = 1, y = 0 }\n',
        "f = x/y has no value that one could calculate with, at these numbers; choose others",
    ),
    (
        "the root of a negative number",
        'title.en = "x"\nformulas = ["f = sqrt(x - y)"]\nvalues = { x = 1, y = 2 }\n',
        "f = sqrt(q1) has no value that one could calculate with, at these numbers; choose others",
    ),
]


@pytest.mark.parametrize(("text", "said"), [pytest.param(*row, id=name) for name, *row in REFUSED])
def test_numbers_that_nobody_can_calculate_with(write: Write, text: str, said: str) -> None:
    """The file is right and is loaded; what has no value is named when its sheet is made."""
    path = write(text)
    with pytest.raises(RefusedError) as caught:
        build_document([load(path)], Kind.KEY, Options())
    assert str(caught.value).removeprefix(str(path)).lstrip(",: ") == said


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
        pytest.param(SHIPPED.encode(), id="as shipped"),
        pytest.param(b"\xef\xbb\xbf" + SHIPPED.encode(), id="byte order mark"),
        pytest.param(SHIPPED.replace("\n", "\r\n").encode(), id="Windows line ends"),
        pytest.param(b"\xef\xbb\xbf" + SHIPPED.replace("\n", "\r\n").encode(), id="both"),
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
    """One number is shared, a list is one for each neuron, nothing is none; no bias is lost to another's name.

    Thresholds are as many, and have names of their own.
    """
    loaded = load(write(changed(*changes)))
    assert tuple(layer.bias_mode for layer in loaded.network.layers) == modes
    assert {str(number) for name, number in loaded.given.items() if name.startswith("b")} == biases
    thresholds = load(write(changed(*changes).replace("bias =", "threshold =")))
    assert tuple(layer.bias_mode for layer in thresholds.network.layers) == modes
    assert {str(number) for name, number in thresholds.given.items() if name.startswith("theta")} == biases


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


def test_samples_may_be_one_list_or_several(write: Write, mazur: Exercise) -> None:
    """A list of one list is one sample, as a list of numbers is."""
    listed = changed(("[0.05, 0.10]", "[[0.05, 0.10]]"), ("[0.01, 0.99]", "[[0.01, 0.99]]"))
    assert load(write(listed)).given == mazur.given


def test_samples_are_numbered(write: Write) -> None:
    """What each sample has its own of ends with its number; what they share has none."""
    text = changed(("[0.05, 0.10]", "[[1, 2], [3, 4]]"), ("[0.01, 0.99]", "[[5, 6], [7, 8]]"))
    given_values = load(write(text)).given
    samples = {name: int(value) for name, value in given_values.items() if "@" in name}
    first = {"i1@s1": 1, "i2@s1": 2, "target_o1@s1": 5, "target_o2@s1": 6}
    assert samples == {**first, "i1@s2": 3, "i2@s2": 4, "target_o1@s2": 7, "target_o2@s2": 8}
    assert [name for name in given_values if "@" not in name][:2] == ["w1", "w2"]


def test_layers_can_be_repeated(write: Write) -> None:
    """As often as ``copies`` says, one after the other, each with weights of its own name."""
    loaded = load(write(changed(("bias = 0.35", "bias = 0.35\ncopies = 3"))))
    assert loaded.architecture.widths == (2, 2, 2, 2, 2)
    assert [str(loaded.given[f"w{number}"]) for number in (1, 5, 9, 13)] == ["0.15", "0.15", "0.15", "0.40"]
    assert [str(loaded.given[f"b{number}"]) for number in range(1, 5)] == ["0.35", "0.35", "0.35", "0.60"]


@pytest.mark.parametrize(("name", "rate"), [("adadelta", "1"), ("sgd", None), ("adam", None)])
def test_one_optimiser_needs_no_learning_rate(write: Write, name: str, rate: str | None) -> None:
    """Adadelta's own algorithm has none, which is a rate of 1."""
    path = write(changed(("learning_rate = 0.5\n", ""), ("[sheet]", f'[optimizer]\nname = "{name}"\n[sheet]')))
    if rate:
        assert str(load(path).given["eta"]) == rate
    else:
        assert "learning_rate: is missing" in complaint(path)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimiser_starts_with_its_settings_and_nothing_kept(write: Write, name: str) -> None:
    """Settings as its authors recommend them, 0 for what it keeps of each parameter, and the number of the update."""
    given_values = load(write(changed(("[sheet]", f'[optimizer]\nname = "{name}"\n[sheet]')))).given
    record = OPTIMIZERS[name]
    assert {key: f"{given_values[key]:f}" for key in record.settings} == dict(record.settings)
    assert {str(given_values[f"{kind}_w{n}"]) for kind in record.state for n in range(1, 9)} <= {"0"}
    assert given_values.get("t") == (1 if record.counts else None)


def test_a_sheet_in_symbols_has_no_values(write: Write) -> None:
    """How many inputs and neurons there are is all that it needs; a number that is there all the same is left out."""
    text = changed(
        ("[0.05, 0.10]", "2"),
        ("targets = [0.01, 0.99]\n", ""),
        ("weights = [[0.15, 0.20], [0.25, 0.30]]", "units = 3"),
        ("weights = [[0.40, 0.45], [0.50, 0.55]]", "units = 1"),
        (VARY, ""),
    )
    loaded = load(write(text))
    assert loaded.is_symbolic
    assert loaded.architecture.widths == (2, 3, 1)
    assert loaded.given == {}


def test_a_check_knows_the_weights_of_repeated_layers(write: Write) -> None:
    """With three hidden layers of four weights, w13 belongs to the last layer."""
    check = '[gradient_check]\nparameters = ["w13"]\nmove = 0.001\n[sheet]'
    assert load(write(changed(("bias = 0.35", "copies = 3"), ("[sheet]", check)))).given


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


def test_schema_in_the_templates_is_this_one(schema: dict[str, Any]) -> None:
    """``pencilgrad schema`` prints a file, so as to import nothing; this says when it is to be written anew."""
    path = resources.templates() / "exercise" / "schema.json"
    assert json.loads(path.read_text("utf-8")) == schema, (
        'write it anew: python -c "import json; from derive.authoring.exercise_file import json_schema; '
        'print(json.dumps(json_schema(), indent=2))" > templates/exercise/schema.json'
    )


@pytest.mark.parametrize("name", resources.exercises())
def test_the_list_has_the_shape_of_each_network(name: str) -> None:
    """It is read from the file without any mathematics, and comes to the widths that the network has."""
    (entry,) = (entry for entry in entries("es") if entry.name == name)
    loaded = load(name)
    assert entry.title == loaded.title("es")
    if loaded.architecture:
        assert entry.shape == "-".join(map(str, loaded.architecture.widths))
    else:
        count = len(loaded.formulas)
        assert entry.shape == f"{count} formula{'s' * (count > 1)}"


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
        ("0.05", '"0.05"'),
        ("figures = 6", "figures = 16"),
        ('"quantities"', '"all"'),
        ("[[0.15, 0.20], [0.25, 0.30]]", "[]"),
        ("0.35", '"0.35"'),
        ("[sheet]", "[conventions]\nover_outputs = 1\n[sheet]"),
        ("[sheet]", '[optimizer]\nname = "adma"\n[sheet]'),
        ("[sheet]", "[gradient_check]\nmove = 1\n[sheet]"),
        ("rounds = 10000", "rounds = -1"),
        ("[0.05, 0.10]", "0"),
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
        "activations": list(ACTIVATIONS),
        "loss": list(LOSSES),
        "name": list(OPTIMIZERS),
        "detail": list(DETAILS),
        "notation": list(NOTATIONS),
        "only": list(CARRIED),
        "over_outputs": list(SHARES),
        "over_samples": list(SHARES),
        "shared_bias_gradient": list(BIAS_SHARES),
        "difference": list(DIFFERENCES),
        "delta": list(DELTAS),
        "update_order": list(ORDERS),
        "cross_entropy": list(LENGTHS),
        "max_ties": list(TIES),
        "vectors": list(VECTORS),
        "pattern": list(PATTERNS),
    }


def test_schema_tells_networks_and_formulas_apart(schema: dict[str, Any]) -> None:
    """What is asked of one kind of file is not asked of the other."""
    problems = [error.message for error in Draft202012Validator(schema).iter_errors(as_json(GATES))]
    assert problems == []
    mixed = as_json(GATES) | {"inputs": [1]}
    assert list(Draft202012Validator(schema).iter_errors(mixed))


def test_every_key_of_the_schema_is_described(schema: dict[str, Any]) -> None:
    """An editor can say what each key of a file or of its tables is for."""
    tables = {"network": schema["else"], "formulas": schema["then"], **schema["$defs"]}
    for name, table in tables.items():
        described = {key for key, value in table.get("properties", {}).items() if "description" in value}
        assert set(table.get("properties", {})) - described <= UNDESCRIBED.get(name, set()), name


TABLES = {"sheet", "course", "conventions", "published"}
UNDESCRIBED = {
    "network": TABLES | {"optimizer", "training", "gradient_check"},
    "formulas": TABLES,
    "Conventions": {"carry"},
    "CourseTable": {"school", "course", "instructor"},
    "PublishedTable": {"settings"},
    "SettingsTable": {"conventions", "loss"},
}
"""Tables, which have a description of their own, and what is called as it is."""


# --- whatever else a file may hold ------------------------------------------------------------------------------------

PIECES = ["=", "[", "]", "[[layer]]", "[sheet]", '"', "'''", "#", "\n", ",", "{", "}", ".", "-", "nan", "1e9", "true",
          "1979-05-27", "\\", "\\u0000", "0x1f", "é", "\t", "\r", "title", "layer",
          "bias = ", "0.05", "[]", "{}"]  # fmt: skip


BASES = st.sampled_from([bare(text) for text in FILES.values()])


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """A shipped file with a few stretches cut out, doubled, or replaced by something that TOML knows."""
    text = draw(BASES)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 20))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.just(text[start : start + length] * 2), st.just("")))
        text = text[:start] + piece + text[start + length :]
    return text


@st.composite
def other_values(draw: st.DrawFn) -> str:
    """A shipped file with the value of a few keys replaced by any other value."""
    scalar = st.sampled_from(
        ['"x"', "1", "-0.0", "inf", "true", "1e5", "2020-01-01", "10:00:00", "{a = 1}", "[]", "0x1F"]
    )
    value = st.recursive(scalar, lambda inner: st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"))
    lines = draw(BASES).splitlines()
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
        loaded = load(path)
        given_values, is_empty = loaded.given, loaded.is_symbolic
    except PencilgradError as error:
        given_values, is_empty = {}, bool(error.problems) and all(str(problem) for problem in error.problems)
    assert bool(given_values) is not is_empty
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


@settings(max_examples=300)
@given(text=st.one_of(mutations(), other_values()))
@example(text=changed(("[sheet]", "[[sheet]]")))
@example(text=changed(("[[layer]]", "[layer]")).partition("[[layer]]")[0])
@example(text="layer = [1, []]\n")
@example(text="layer = {}\nsheet = []\ntitle = 1\n")
def test_any_change_to_an_exercise_loads_or_is_explained(scratch: Path, text: str) -> None:
    """Nor does anything that a slip of the hand makes of a good file."""
    loads_or_says_why(scratch, text.encode())
