"""Cells of tables that people open in a spreadsheet."""

from __future__ import annotations

import re

# OWASP, "CSV injection": with any of these a spreadsheet takes a cell for a formula; the last four are full-width.
_BEGIN_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?")


def defused(cell: str) -> str:
    """The text of a cell such that no spreadsheet runs it: an apostrophe stands before what would begin a formula.

    A number with its sign stays the number that it is. Source: OWASP, "CSV injection"
    (https://owasp.org/www-community/attacks/CSV_Injection).
    """
    if not cell.startswith(_BEGIN_FORMULAS) or _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}"
