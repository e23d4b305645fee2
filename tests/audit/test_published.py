"""Every number that the collected facts say a page prints stands in the exercise of that page, for the audit.

The facts lie beside a checkout of the project, in ``../shared/published``; without them there is nothing to compare.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from derive import resources
from derive.audit.verdicts import Verdict
from tests.shipped import findings_of, load

PAGE = (Path(__file__).parents[2] / "docs" / "published.md").read_text(encoding="utf-8")
FACTS = Path(__file__).resolve().parents[3] / "shared" / "published"

EXERCISES = {
    "01_mazur": ("mazur",),
    "02_jinkey": ("jinkey",),
    "03a_datacamp_forward": ("datacamp-relu", "datacamp-deep"),
    "03b_datacamp_slopes": ("datacamp-slopes",),
    "03c_xor_notes_2_4_1": ("xor-notes",),
    "04_not_so_random_walk": ("not-so-random-walk", "not-so-random-walk-dlbook", "gradient-check"),
    "05_hmkcode": ("hmkcode",),
    "06_cs231n": ("cs231n-product", "cs231n-neuron", "cs231n-max", "cs231n-staged", "cs231n-vector"),
    "07_udacity_example_a": ("udacity-a",),
    "07b_udacity_backprop_exercise": ("udacity-b",),
    "08_ehlert_comment": ("ehlert", "ehlert-bias"),
    "09a_demofox_examples_1_4": ("demofox-1", "demofox-2", "demofox-3", "demofox-4"),
    "09b_2x2x1_all_weights_half": ("two-two-one-half",),
    "09e_brownlee": ("brownlee", "brownlee-demo"),
    "10g_micrograd_readme": ("micrograd",),
    "10q_one_weight_divergence": ("one-weight",),
    "10r_single_neuron_two_inputs": ("single-neuron",),
}

AWAITED = {
    "20_rnn_bptt_scalar",
    "21_conv_pool_question",
    "22_gru_cell",
    "23_lstm_forward",
    "24_batchnorm_3x2",
    "25_softmax_backward",
}
"""Pages about recurrence, convolution and normalisation, which nothing here derives yet."""


def printed_in(facts: Any) -> Iterator[str]:
    """The numbers, however deep they stand in lists."""
    if isinstance(facts, str):
        yield facts
    else:
        for part in facts.values() if isinstance(facts, dict) else facts:
            yield from printed_in(part)


@pytest.mark.skipif(not FACTS.is_dir(), reason="the collected facts are not beside this checkout")
def test_every_collected_page_has_its_exercises() -> None:
    """No file of facts is left out, and every exercise that is named is shipped."""
    assert {path.stem for path in FACTS.glob("*.json")} == EXERCISES.keys() | AWAITED
    for names in EXERCISES.values():
        for name in names:
            assert load(name).name == name


@pytest.mark.skipif(not FACTS.is_dir(), reason="the collected facts are not beside this checkout")
@pytest.mark.parametrize("page", EXERCISES)
def test_every_printed_number_is_audited(page: str) -> None:
    """Each number of the page stands in [[published]] of one of its exercises, digit for digit."""
    facts = json.loads((FACTS / f"{page}.json").read_text(encoding="utf-8"))
    tables = [table for name in EXERCISES[page] for table in load(name).content.published]
    audited = {number for table in tables for number in table.printed}
    assert not set(printed_in(facts["published"])) - audited


SUMMARY = re.compile(r"^\| `([a-z0-9-]+)` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)


def test_the_page_shows_the_summary() -> None:
    """Its table has a row for each audited exercise, with the numbers that the audit finds, and nothing unexplained."""
    shown = {name: tuple(map(int, counts)) for name, *counts in SUMMARY.findall(PAGE)}
    found = {}
    for name in resources.exercises():
        if findings := findings_of(name):
            verdicts = Counter(finding.verdict for finding in findings)
            assert not verdicts[Verdict.UNEXPLAINED], name
            counts = (verdicts[verdict] for verdict in Verdict if verdict is not Verdict.UNEXPLAINED)
            found[name] = (len(findings), *counts)
    assert shown == found
