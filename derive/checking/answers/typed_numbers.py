"""Numbers as people write them, with the digits that they wrote.

    0.35   0,35   .5   5.   1 234,5   1'234.5   −3/4   1 3/4   ½   35 %   1.2e-3   1,2·10^-3   1.2×10⁻³   1.2*10**-3

What stands before the last = or ≈ is left out: w5+ = 0.35, 0.3 · 0.5 ≈ 0.15. A pair of brackets around all of it and a
full stop or comma after it are read over. Full-width digits and signs are read as narrow ones, and 。, which a Chinese
keyboard gives for a point, as a point.

Point and comma: the mark of the sheet is a decimal mark wherever it stands once. The other one is read as a decimal
mark too, for people keep the habits of their own country; where it may just as well part thousands (1,234 on a sheet
with points), the number has both readings. Spaces of every width and apostrophes part groups of three digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from derive.checking.answers.characters import (
    LOWERED,
    RAISED_DIGITS,
    control_character_in,
    form_of,
    on_the_line,
    unify,
)
from derive.checking.answers.unreadable import Blank, NotReadError, Unreadable, shortened

MOST_CHARACTERS = 200
MOST_DIGITS = 60
"""More than any sheet asks for, with room for somebody's calculator."""
MOST_EXPONENT = 9_999
"""Of a power of ten. The value is a Decimal, whose exponent takes no room."""


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """The exact value of what was written, and how finely it was written."""

    value: Decimal | Fraction
    decimals: int | None = None
    """The place of the last digit: a unit there is 10^−decimals, so that 1.2e-3 has 4 and 12e2 has −2. None for a
    fraction, which is exact."""
    figures: int | None = None
    """Digits from the first that is not 0; the zeros at the end of a whole number count, meant or not."""
    goes_on: bool = False
    """Whether … says that digits were cut off, not rounded."""
    other: ReadNumber | None = None
    """The other reading of 1,234."""

    @property
    def readings(self) -> tuple[ReadNumber, ...]:
        """Every number that it can be."""
        return (self, self.other) if self.other else (self,)


def read_number(text: str, mark: str = ".") -> ReadNumber | Blank | Unreadable:
    """What an answer says; ``mark`` is the decimal mark of the sheet."""
    if len(text) > MOST_CHARACTERS and text.strip():
        return Unreadable("answer_too_long", text, MOST_CHARACTERS, {"limit": MOST_CHARACTERS})
    line = unify(text)
    if is_blank(line):
        return Blank()
    place = control_character_in(line)
    if place is not None:
        return Unreadable("answer_character", text, place, {"found": f"U+{ord(text[place]):04X}"})
    try:
        return _Reader(line, line.rfind("=") + 1, mark).number()
    except NotReadError as error:
        return error.of(text)


def is_blank(line: str) -> bool:
    """Whether a line of unified characters has nothing, or only what people put into a field that they leave empty."""
    return not line.strip(" -_./?…")


_DIGITS = re.compile(r"[.,]?\d(?:[ '.,](?=\d)|\d)*(?:[.,](?![.,]))?")
_EXPONENT = r"[-+]? *\d+"
_TYPED = rf"{_EXPONENT}|\( *{_EXPONENT} *\)|\{{ *{_EXPONENT} *\}}"
_POWER_OF_TEN = rf"10(?: *(?:\^|\*\*) *(?P<typed>{_TYPED})|(?P<raised>⁻?[{RAISED_DIGITS}]+))"
_POWER_ALONE = re.compile(_POWER_OF_TEN)
_POWER = re.compile(rf" *(?:[eE] *(?P<short>{_EXPONENT})|[*xX] *{_POWER_OF_TEN})")
_FRACTION = re.compile(r"(?:(\d+) +)?(\d+) */ *(\d+)(?![\d.,])")
_ONE_SIGN = re.compile(r"(\d*) ?(\S)")
_SHARE = {"%": 2, "‰": 3}
_GOES_ON = re.compile(r" *(?:…|\.{2,})")
_STOP = re.compile(r" *[.,;!]? *$")
_WHOLE = re.compile(r"[1-9]\d{0,2}(?P<part>[ '.,])\d{3}(?:(?P=part)\d{3})*|\d*")
_AFTER = re.compile(r"(?:\d{3} )+\d{1,3}|\d*")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")


@dataclass
class _Reader:
    """Goes along a line of unified characters."""

    line: str
    place: int
    mark: str

    def number(self) -> ReadNumber:
        opened = self._taken("(")
        sign = self._taken("-+")
        number = self._fraction() or self._one_sign() or self._decimal()
        if opened and not self._taken(")"):
            raise NotReadError("answer_bracket_open", self.line.index("("), found="(")
        if not _STOP.match(self.line, self.place):
            self._blanks()
            raise NotReadError("answer_end_expected", self.place, found=shortened(self.line[self.place :]))
        return _negative(number) if sign == "-" else number

    def _fraction(self) -> ReadNumber | None:
        """3/4 or 1 3/4."""
        match = self._matched(_FRACTION)
        if not match:
            return None
        for group in (1, 2, 3):
            _check_digits(match[group] or "", match.start(group))
        if not int(match[3]):
            raise NotReadError("answer_zero_divisor", match.start(3))
        return self._shared(int(match[1] or 0) + Fraction(int(match[2]), int(match[3])))

    def _one_sign(self) -> ReadNumber | None:
        """½ or 1½."""
        match = _ONE_SIGN.match(self.line, self.place)
        over, _, under = (
            on_the_line(match[2]).partition("⁄") if match and form_of(match[2]) == "fraction" else ("", "", "")
        )
        if not (match and under):
            return None
        self.place = match.end()
        _check_digits(match[1], match.start())
        return self._shared(int(match[1] or 0) + Fraction(int(over), int(under)))

    def _shared(self, value: Fraction) -> ReadNumber:
        return ReadNumber(value / 10 ** _SHARE.get(self._taken("%‰"), 0))

    def _decimal(self) -> ReadNumber:
        """Digits, with a power of ten and a percent sign if there are any."""
        start = self.place
        if power := self._matched(_POWER_ALONE):
            run = "1"
        elif digits := self._matched(_DIGITS):
            run, power = digits[0], self._matched(_POWER)
        else:
            raise NotReadError("answer_number_expected", start)
        exponent = _exponent(power) if power else 0
        goes_on = self._matched(_GOES_ON) is not None
        exponent -= _SHARE.get(self._taken("%‰"), 0)
        first, *others = (
            _of_digits(whole, after, exponent, goes_on) for whole, after in _parted(run, start, self.mark)
        )
        return replace(first, other=others[0]) if others else first

    def _matched(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.line, self.place)
        if match:
            self.place = match.end()
        return match

    def _taken(self, signs: str) -> str:
        """The sign at this place, if it is one of these, with the blanks around it."""
        self._blanks()
        sign = self.line[self.place : self.place + 1]
        if not sign or sign not in signs:
            return ""
        self.place += 1
        self._blanks()
        return sign

    def _blanks(self) -> None:
        self.place = len(self.line) - len(self.line[self.place :].lstrip(" "))


def _exponent(power: re.Match[str]) -> int:
    group = next(name for name, found in power.groupdict().items() if found)
    digits = "".join(letter for letter in power[group].translate(LOWERED) if letter in "-0123456789")
    size = digits.lstrip("-").lstrip("0")
    if len(size) > len(str(MOST_EXPONENT)):
        raise NotReadError("answer_exponent", power.start(group), found=shortened(digits), limit=MOST_EXPONENT)
    return int(digits)


def _parted(run: str, start: int, mark: str) -> Iterator[tuple[str, str]]:
    """The digits before and after the decimal mark, for each reading of it."""
    _check_digits(run, start)
    run = run.rstrip(".,")
    marks = [letter for letter in run if letter in ".,"]
    is_decimal = bool(marks) and marks.count(marks[-1]) == 1
    whole, _, after = run.rpartition(marks[-1]) if is_decimal else (run, "", "")
    before, behind = _WHOLE.match(whole), _AFTER.match(after)
    assert before
    assert behind
    if before.end() < len(whole):
        raise NotReadError("answer_grouping", start + before.end())
    if behind.end() < len(after):
        raise NotReadError("answer_grouping", start + len(whole) + 1 + behind.end())
    yield _digits_of(whole), _digits_of(after)
    if is_decimal and marks[-1] != mark and _THOUSANDS.fullmatch(run):
        yield _digits_of(run), ""


def _digits_of(text: str) -> str:
    return "".join(filter(str.isdecimal, text))


def _check_digits(run: str, place: int) -> None:
    found = len(_digits_of(run).lstrip("0"))
    if found > MOST_DIGITS:
        raise NotReadError("answer_digits", place, found=found, limit=MOST_DIGITS)


def _of_digits(whole: str, after: str, exponent: int, goes_on: bool) -> ReadNumber:
    digits, decimals = whole + after, len(after) - exponent
    return ReadNumber(Decimal(f"{digits}E{-decimals}"), decimals, len(digits.lstrip("0")), goes_on)


def _negative(number: ReadNumber) -> ReadNumber:
    """The number with its sign changed: by its copy, for − itself rounds a Decimal."""
    value = number.value
    negative = value.copy_negate() if isinstance(value, Decimal) else -value
    return replace(number, value=negative, other=_negative(number.other) if number.other else None)
