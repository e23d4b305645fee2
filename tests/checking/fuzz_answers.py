"""The readers of answers under a fuzzer: ``python tests/checking/fuzz_answers.py -runs=100000``.

It needs atheris, which is no dependency of the tests, and looks for texts that take new ways through the code. Every
text has a result, in bounded time: an exception, or ten seconds for one text, stop the fuzzer, which then leaves the
text in a file.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["derive.checking.answers", "lark"]):
    from derive.authoring import reading
    from derive.checking.answers.equality import are_equal
    from derive.checking.answers.names import names_for
    from derive.checking.answers.points import points_of
    from derive.checking.answers.typed_formulas import ReadFormula, read_formula
    from derive.checking.answers.typed_numbers import read_number
    from derive.checking.answers.unreadable import CODES, Unreadable
    from derive.model.notation import notation_for

EXERCISE = reading.load("mazur")
DERIVATION = EXERCISE.evaluation.derivation
NAMES = [names_for(DERIVATION, notation_for(name, EXERCISE.network), EXERCISE.network) for name in ("net-out", "z-a")]
POINTS = points_of(DERIVATION)
RIGHT = DERIVATION["dE_total_dw5"].expression


def one_answer(data: bytes) -> None:
    """Reads some bytes as a number and as a formula, and compares the formula."""
    text = data.decode("utf-8", errors="replace")
    for result in (read_number(text), *(read_formula(text, names) for names in NAMES)):
        if isinstance(result, Unreadable):
            assert result.details.keys() == set(CODES[result.code])
            assert 0 <= result.place <= len(text)
            assert all(line.isprintable() for line in result.pointed)
        elif isinstance(result, ReadFormula):
            for formula in result.readings:
                are_equal(formula, RIGHT, POINTS)


if __name__ == "__main__":
    atheris.Setup([*sys.argv, "-timeout=10"], one_answer)
    atheris.Fuzz()
