"""Numbers as people write them: what is read, with which digits, and where the caret stands if it is not."""

from __future__ import annotations

import time
import tracemalloc
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from derive.checking.answers.typed_numbers import MOST_CHARACTERS, ReadNumber, read_number
from derive.checking.answers.unreadable import CODES, Blank, Unreadable, pointed
from derive.choices import languages
from derive.mathtext.building import signed
from derive.mathtext.plain import plain
from derive.numbers.evaluation import Rounding
from derive.words.languages import language

# --- what is read ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "decimals", "figures"),
    [
        # decimal point and comma
        ("0.35", "0.35", 2, 2),
        ("0,35", "0.35", 2, 2),
        ("0.350", "0.350", 3, 3),
        ("-12.5", "-12.5", 1, 3),
        (".5", "0.5", 1, 1),
        (",5", "0.5", 1, 1),
        ("5.", "5", 0, 1),
        ("1200", "1200", 0, 4),
        ("0.00", "0", 2, 0),
        ("007", "7", 0, 1),
        ("+5", "5", 0, 1),
        # groups of three digits
        ("1 234,5", "1234.5", 1, 5),
        ("1\u202f234.5", "1234.5", 1, 5),
        ("12\u2009345", "12345", 0, 5),
        ("1'234.5", "1234.5", 1, 5),
        ("1’234’567", "1234567", 0, 7),
        ("1,234.5", "1234.5", 1, 5),
        ("1.234,5", "1234.5", 1, 5),
        ("1.234.567", "1234567", 0, 7),
        ("0.123 456 7", "0.1234567", 7, 7),
        # powers of ten
        ("1.2e-3", "0.0012", 4, 2),
        ("1.2E3", "1200", -2, 2),
        ("1,2·10^-3", "0.0012", 4, 2),
        ("1.2×10⁻³", "0.0012", 4, 2),
        ("1.2 × 10^(−3)", "0.0012", 4, 2),
        ("1.2*10^{-3}", "0.0012", 4, 2),
        ("1.2*10**-3", "0.0012", 4, 2),
        ("1.2x10^-3", "0.0012", 4, 2),
        ("10^-3", "0.001", 3, 1),
        ("-10⁻³", "-0.001", 3, 1),
        # signs and what stands around the number
        ("−0.35", "-0.35", 2, 2),
        ("– 0.35", "-0.35", 2, 2),
        ("(−0.35)", "-0.35", 2, 2),
        ("≈ 0.35", "0.35", 2, 2),
        ("~0.35", "0.35", 2, 2),
        ("= 0.35", "0.35", 2, 2),
        ("w5+ = 0.35", "0.35", 2, 2),
        ("0.5 · 0.7 = 0.35", "0.35", 2, 2),
        ("  0.35  ", "0.35", 2, 2),
        ("0.35.", "0.35", 2, 2),
        ("0,35;", "0.35", 2, 2),
        ("35 %", "0.35", 2, 2),
        ("3.5‰", "0.0035", 4, 2),
        # full-width digits and signs
        ("０．３５", "0.35", 2, 2),
        ("－０，３５", "-0.35", 2, 2),
        ("０。３５", "0.35", 2, 2),
        ("0.35。", "0.35", 2, 2),
        ("１．２×１０＾－３", "0.0012", 4, 2),
    ],
)
def test_a_number_is_read_with_its_digits(text: str, value: str, decimals: int, figures: int) -> None:
    """The value is exact; decimals and figures say how finely it was written."""
    assert read_number(text) == ReadNumber(Decimal(value), decimals, figures)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3/4", Fraction(3, 4)),
        ("-3/4", Fraction(-3, 4)),
        ("− 3 ∕ 4", Fraction(-3, 4)),
        ("1 3/4", Fraction(7, 4)),
        ("-1 3/4", Fraction(-7, 4)),
        ("½", Fraction(1, 2)),
        ("-1½", Fraction(-3, 2)),
        ("1⁄3", Fraction(1, 3)),
        ("３／４", Fraction(3, 4)),
        ("1/2 %", Fraction(1, 200)),
    ],
)
def test_a_fraction_is_exact(text: str, value: Fraction) -> None:
    """It has no digits that rounding could have left."""
    assert read_number(text) == ReadNumber(value)


@pytest.mark.parametrize("text", ["0.35…", "0.35...", "0,35 …"])
def test_digits_can_go_on(text: str) -> None:
    """Digits that were cut off are not rounded."""
    assert read_number(text) == ReadNumber(Decimal("0.35"), 2, 2, goes_on=True)


@pytest.mark.parametrize(
    ("text", "mark", "values"),
    [
        ("1,234", ".", ["1.234", "1234"]),
        ("1.234", ".", ["1.234"]),
        ("1,234", ",", ["1.234"]),
        ("1.234", ",", ["1.234", "1234"]),
        ("-1,234", ".", ["-1.234", "-1234"]),
        ("0,234", ".", ["0.234"]),
        ("1,2345", ".", ["1.2345"]),
        ("1234,567", ".", ["1234.567"]),
        ("1,234,567", ".", ["1234567"]),
        ("1,234e3", ".", ["1234", "1234000"]),
    ],
)
def test_a_foreign_mark_can_part_thousands(text: str, mark: str, values: list[str]) -> None:
    """The sheet's own mark is always the decimal mark; the other one is too, unless it may part thousands."""
    number = read_number(text, mark)
    assert isinstance(number, ReadNumber)
    assert [reading.value for reading in number.readings] == list(map(Decimal, values))


@pytest.mark.parametrize(
    "text", ["", "   ", "\t\n", "\u3000", "\ufeff", "-", "—", "– –", "...", "…", "____", "?", "？", "/"]
)
def test_what_is_left_empty_is_blank(text: str) -> None:
    """Nothing, or what people put into a field that they leave empty."""
    assert read_number(text) == Blank()


# --- what is not read ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("abc", "answer_number_expected", 0),
        ("x =", "answer_number_expected", 3),
        ("--3", "answer_number_expected", 1),
        ("0.35 m", "answer_end_expected", 5),
        ("1.2e", "answer_end_expected", 3),
        ("1..2", "answer_end_expected", 3),
        ("1/2/3", "answer_end_expected", 3),
        ("0.5/2", "answer_end_expected", 3),
        ("2^3", "answer_end_expected", 1),
        ("9**9**9**9", "answer_end_expected", 1),
        ("0.3 + 0.4", "answer_end_expected", 4),
        ("__import__('os')", "answer_number_expected", 0),
        ("nan", "answer_number_expected", 0),
        ("inf", "answer_number_expected", 0),
        ("1_000", "answer_end_expected", 1),
        ("(0.35", "answer_bracket_open", 0),
        ("3/0", "answer_zero_divisor", 2),
        ("1 23", "answer_grouping", 1),
        ("1,2,3", "answer_grouping", 1),
        ("0.12 3456", "answer_grouping", 4),
        ("1e10000", "answer_exponent", 2),
        ("10^99999", "answer_exponent", 3),
        ("0." + "1" * 61, "answer_digits", 0),
        ("1" * 61 + "/3", "answer_digits", 0),
        ("1\x002", "answer_character", 1),
        ("\x1b[31m5", "answer_character", 0),
        ("1" * 201, "answer_too_long", MOST_CHARACTERS),
    ],
)
def test_what_cannot_be_read_has_a_place(text: str, code: str, place: int) -> None:
    """It is never a wrong number, and never calculated."""
    unreadable = read_number(text)
    assert isinstance(unreadable, Unreadable)
    assert (unreadable.code, unreadable.place) == (code, place)
    assert unreadable.details.keys() == set(CODES[code])


@pytest.mark.parametrize(
    ("text", "place", "lines"),
    [
        ("0.35 m", 5, ("0.35 m", "     ^")),
        ("零点三", 1, ("零点三", "  ^")),
        ("０．３５米", 4, ("０．３５米", "        ^")),
        ("m\u0302 + 1", 5, ("m\u0302 + 1", "    ^")),
        ("1\x00\n2", 3, ("1␀ 2", "   ^")),
        ("0" * 100 + "x" + "1" * 100, 100, ("…" + "0" * 30 + "x" + "1" * 29 + "…", " " * 31 + "^")),
        ("", 0, ("", "^")),
    ],
)
def test_the_caret_stands_under_the_place(text: str, place: int, lines: tuple[str, str]) -> None:
    """Wide characters take two columns, combining ones none, and a long answer is cut around the place."""
    assert pointed(text, place) == lines


@given(st.text(max_size=80), st.integers(0, 80))
def test_a_caret_never_leaves_its_line(text: str, place: int) -> None:
    """Two lines of printable characters, the caret under the first or at the end."""
    line, caret = pointed(text, min(place, len(text)))
    assert line.isprintable()
    assert caret.strip() == "^"
    assert len(caret) <= cell_len(line) + 1


# --- any number of ours, and any text --------------------------------------------------------------------------------

VALUES = st.decimals(allow_nan=False, allow_infinity=False, min_value="-1e40", max_value="1e40") | st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent), st.integers(-(10**12), 10**12), st.integers(-900, 20)
)
ROUNDINGS = st.builds(Rounding, st.none() | st.integers(0, 15), st.integers(1, 15))


@given(VALUES, ROUNDINGS, st.sampled_from(languages()))
def test_what_a_sheet_prints_is_read_back(value: Decimal, rounding: Rounding, code: str) -> None:
    """In every language, with every rounding: the same value, and as many digits as were printed."""
    mark = language(code).decimal_mark
    shown = rounding.shown(value)
    number = read_number(plain(signed(shown.digits.replace(".", mark), shown.exact, shown.exponent)), mark)
    assert isinstance(number, ReadNumber)
    assert number.readings == (number,)
    assert number.value == Decimal(f"{shown.digits}E{shown.exponent}")
    assert number.decimals == len(shown.digits.partition(".")[2]) - shown.exponent


WRITTEN = st.text("0123456789.,'eE+-−*×·^/ %=≈…()⁻³½１。\u202fx", max_size=40)


@given(WRITTEN | st.text(max_size=300), st.sampled_from(".,"))
@settings(max_examples=500)
def test_any_text_has_a_result(text: str, mark: str) -> None:
    """A number, nothing, or a reason with a place in the text; never an exception."""
    result = read_number(text, mark)
    if isinstance(result, Unreadable):
        assert 0 <= result.place <= len(text)
        assert result.details.keys() == set(CODES[result.code])
    elif isinstance(result, ReadNumber):
        assert all(reading.value == reading.value for reading in result.readings)  # no NaN


@pytest.mark.parametrize(
    "text",
    ["9" * 1_000_000, "(" * 1_000_000, " " * 1_000_000, "1 " * 100, "9" * 200, "1'" * 100, "." * 200, "-" * 200],
    ids=lambda text: f"{text[:2]!r} x {len(text)}",
)
def test_no_text_takes_long_or_much(text: str) -> None:
    """A megabyte costs no more than a look at its length."""
    start = time.process_time()
    tracemalloc.start()
    read_number(text)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.process_time() - start < 2
    assert most < 10_000_000
