"""Fills in form fields of a PDF as a viewer does: the text becomes the value of the field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO

import pikepdf


def fields_of(pdf: bytes) -> list[str]:
    """The names of the fields, in the order of the form."""
    with pikepdf.open(BytesIO(pdf)) as file:
        return [str(field.T) for field in _fields(file)]


def filled(pdf: bytes, answers: Mapping[str, str]) -> bytes:
    """The form with these texts in the fields of these names, all of which it has."""
    left = dict(answers)
    with pikepdf.open(BytesIO(pdf)) as file:
        for field in _fields(file):
            if str(field.T) in left:
                field.V = pikepdf.String(left.pop(str(field.T)))
        if left:
            raise KeyError(*left)
        content = BytesIO()
        file.save(content)
    return content.getvalue()


def _fields(file: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Those that hold text; ours have no fields within fields."""
    return (field for field in file.Root.AcroForm.Fields if str(field.FT) == "/Tx")
