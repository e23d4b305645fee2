"""Text to tokens. Between two operands with no sign between them stands a token for the product that is meant.

Two names that touch are told apart by the table of names, the longest first: w5out_h1 is w5 times out_h1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lark import Token

from derive.checking.answers.characters import LOWERED, RAISED_DIGITS, form_of, on_the_line
from derive.checking.answers.functions import Function
from derive.checking.answers.names import Names
from derive.checking.answers.spelling import spelled
from derive.checking.answers.unreadable import NotReadError, shortened

MOST_DIGITS = 17
MOST_EXPONENT = 99

_NUMBER = re.compile(r"(?P<digits>\d+(?:[.,]\d+)?|[.,]\d+)(?:(?P<e>[eE])(?P<exponent>[+-]?\d+))?")
_D = re.compile(r"[∂d] ?")
_FRACTION_LINE = re.compile(r"(?P<closed> ?\))? ?/ ?(?P<opened>\( ?)?[∂d] ?")
_CONSTANT = re.compile(r"pi|e(?![^\W\d_])")
_WORD = re.compile(r"[^\W\d]\w*|.", re.DOTALL)
_PATTERNS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("RAISED", rf"[⁺⁻]?[{RAISED_DIGITS}]+"),
        ("POWER", r"\*\*|\^"),
        ("RELATION", r"[<>]=?|!=|[≤≥≠⩽⩾=]"),
        ("PLUS", r"\+"),
        ("MINUS", "-"),
        ("TIMES", r"\*"),
        ("DIVIDE", "/"),
        ("ROOT", "√"),
        ("_COMMA", ","),
        ("SEMICOLON", ";"),
    )
)
_RELATIONS = {"≤": "<=", "⩽": "<=", "≥": ">=", "⩾": ">=", "≠": "!=", "=": "=="}
_SIDES = re.compile(r"(?P<opened>[(\[{])|(?P<closed>[)\]}])|(?<![<>!])=")
_CLOSED_BY = {"(": ")", "[": "]", "{": "}"}

_ENDS = ("NUMBER", "NAME", "CONSTANT", "RAISED", "_CLOSE", "_BAR_END")
_STARTS = ("NUMBER", "NAME", "CONSTANT", "FUNCTION", "ROOT", "_OPEN", "_BAR")


def tokens_of(text: str, names: Names) -> list[Token]:
    """The tokens of the right side of an answer, each with the place in the text where it begins."""
    return list(_with_products(_Lexer(text, names)))


def _with_products(lexer: _Lexer) -> Iterator[Token]:
    before: Sequence[Token] = ()
    for token, is_spaced in lexer.tokens():
        left = before[-1].type if before else ""
        is_power_of_function = [each.type for each in before] == ["FUNCTION", "RAISED"]
        if left in _ENDS and token.type in _STARTS and not is_power_of_function:
            if left == token.type == "NUMBER":
                raise NotReadError("answer_operator_expected", token.start_pos or 0)
            yield Token("SPACED" if is_spaced else "TOUCHING", "", token.start_pos)
        yield token
        before = (*before[-1:], token)


@dataclass
class _Lexer:
    """Goes along the spelling of an answer."""

    written: str
    names: Names
    opened: list[tuple[str, int]] = field(default_factory=list)
    """Brackets and bars that wait for their other half, with their places in the spelling."""
    place: int = 0
    last: str = ""
    """The type of the token before."""

    def __post_init__(self) -> None:
        self.spelling = spelled(self.written)
        self.text = self.spelling.text.rstrip(" .,;")
        self.place = _last_side(self.text)

    def tokens(self) -> Iterator[tuple[Token, bool]]:
        """Each token, and whether a blank stands before it."""
        while self.place < len(self.text):
            start = self.place
            self.place = len(self.text) - len(self.text[start:].lstrip(" "))
            is_spaced, begin = self.place > start, self.place
            kind, value = self._token()
            self.last = kind
            yield Token(kind, value, self.spelling.places[begin]), is_spaced
        if self.opened:
            sign, place = self.opened[-1]
            raise self._wrong("answer_bracket_open", place, found=sign)

    def _token(self) -> tuple[str, str | Function]:
        letter = self.text[self.place]
        if match := _NUMBER.match(self.text, self.place):
            return self._number(match)
        for kind, pattern in _PATTERNS:
            if match := pattern.match(self.text, self.place):
                is_separator = kind == "SEMICOLON" and self.opened
                value = _RELATIONS.get(match[0], match[0].translate(LOWERED))
                return self._to(match.end(), "_COMMA" if is_separator else kind, value)
        if form_of(letter) == "fraction" and on_the_line(letter)[-1].isdecimal():
            return self._to(self.place + 1, "NUMBER", on_the_line(letter).replace("⁄", "/"))
        return self._bracket(letter) if letter in "()[]{}|" else self._name()

    def _to(self, end: int, kind: str, value: str | Function) -> tuple[str, str | Function]:
        self.place = end
        return kind, value

    def _number(self, match: re.Match[str]) -> tuple[str, str | Function]:
        """Digits and a power of ten; where a quantity is called e, 2e-3 is 2·e − 3."""
        letter = match["e"] or ""
        has_power = bool(letter) and self.names.variables.get(letter) != frozenset({letter})
        digits, exponent = match["digits"].replace(",", "."), match["exponent"] if has_power else "0"
        found = len(digits.replace(".", "").lstrip("0"))
        if found > MOST_DIGITS:
            raise self._wrong("answer_digits", found=found, limit=MOST_DIGITS)
        if len(exponent.lstrip("+-0")) > len(str(MOST_EXPONENT)):
            raise self._wrong("answer_exponent", found=shortened(exponent), limit=MOST_EXPONENT)
        return self._to(match.end("exponent" if has_power else "digits"), "NUMBER", f"{digits}e{exponent}")

    def _bracket(self, sign: str) -> tuple[str, str | Function]:
        """A bracket that opens, or that closes the last one; a bar closes another if it stands behind an operand."""
        waiting = self.opened[-1][0] if self.opened else ""
        if sign in _CLOSED_BY or (sign == "|" and not (waiting == "|" and self.last in _ENDS)):
            self.opened.append((sign, self.place))
            return self._to(self.place + 1, "_BAR" if sign == "|" else "_OPEN", "")
        if sign not in ("|", _CLOSED_BY.get(waiting)):
            raise self._wrong("answer_bracket_closed", found=sign)
        self.opened.pop()
        return self._to(self.place + 1, "_BAR_END" if sign == "|" else "_CLOSE", "")

    def _name(self) -> tuple[str, str | Function]:
        """A derivative, the name of a quantity or of a function, or a constant: whichever is the longest."""
        if partial := self._partial():
            return self._quantity(*partial)
        variable = self.names.variable_at(self.spelling, self.place)
        function = self.names.function_at(self.spelling, self.place)
        if function and (not variable or function[1] > variable[1]):
            return self._to(function[1], "FUNCTION", function[0])
        if variable:
            return self._quantity(*variable)
        if short := self._short_gradient():
            return self._quantity(*short)
        if match := _CONSTANT.match(self.text, self.place):
            return self._to(match.end(), "CONSTANT", match[0])
        raise self._unknown()

    def _partial(self) -> tuple[frozenset[str], int] | None:
        """∂E/∂w5, dE/dw5, (∂E)/(∂w5): the ids that it can be, and where it ends."""
        above = self._differential(self.place)
        line = _FRACTION_LINE.match(self.text, above[1]) if above else None
        below = self.names.variable_at(self.spelling, line.end()) if line else None
        if not (above and line and below):
            return None
        end = below[1]
        if line["opened"]:
            closed = re.compile(r" ?\)").match(self.text, end)
            if not closed:
                return None
            end = closed.end()
        ids = self.names.partial(above[0], below[0])
        return (ids, end) if ids and not line["closed"] else None

    def _differential(self, place: int) -> tuple[frozenset[str], int] | None:
        sign = _D.match(self.text, place)
        return self.names.variable_at(self.spelling, sign.end()) if sign else None

    def _short_gradient(self) -> tuple[frozenset[str], int] | None:
        """``d q2`` with a blank, as it is printed for the derivative of the result by q2."""
        by = self._differential(self.place)
        key = "d" + self.text[self.place + 1 : by[1]].lstrip() if by else ""
        return (self.names.variables[key], by[1]) if by and key in self.names.variables else None

    def _quantity(self, ids: frozenset[str], end: int) -> tuple[str, str | Function]:
        if len(ids) > 1:
            found = self.text[self.place : end]
            raise self._wrong("answer_name_ambiguous", found=shortened(found), meanings=", ".join(sorted(ids)))
        (quantity_id,) = ids
        return self._to(end, "NAME", quantity_id)

    def _unknown(self) -> NotReadError:
        match = _WORD.match(self.text, self.place)
        end = match.end() if match else self.place + 1
        found = self.written[self.spelling.places[self.place] : self.spelling.places[end]]
        near = self.names.nearest(self.text[self.place : end]) if end > self.place + 1 else ""
        return self._wrong("answer_name_unknown", found=shortened(found), nearest=near)

    def _wrong(self, code: str, place: int | None = None, **details: object) -> NotReadError:
        return NotReadError(code, self.spelling.places[self.place if place is None else place], **details)


def _last_side(text: str) -> int:
    """Where the last side of an equation begins; an = in brackets belongs to a condition."""
    depth = start = 0
    for match in _SIDES.finditer(text):
        depth += bool(match["opened"]) - bool(match["closed"])
        if match[0] == "=" and depth <= 0:
            start = match.end()
    return start
