"""Text of figures, which WeasyPrint draws by way of objects of its own, brought back into the page."""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf

from derive.render.tags import Instruction, Instructions

_SAVE = pikepdf.ContentStreamInstruction([], pikepdf.Operator("q"))
_RESTORE = pikepdf.ContentStreamInstruction([], pikepdf.Operator("Q"))


def with_text_inlined(page: pikepdf.Page, instructions: Instructions) -> Instructions:
    """What a page draws, each group that shows text drawn in its place; such groups go from the page's resources.

    They come from labels that are centred or end at their place: groups only because they are moved once their width
    is known.
    """
    return list(_inlined(instructions, page.Resources, page.Resources))


def _inlined(instructions: Instructions, own: pikepdf.Object, shared: pikepdf.Object) -> Iterator[Instruction]:
    for step in instructions:
        name = _drawn(step)
        group = own.XObject.get(name) if name else None
        if group is None or not _shows_text(group):
            yield step
            continue
        for key, state in group.Resources.ExtGState.items():
            shared.ExtGState[key] = state  # WeasyPrint names them by what they are
        yield _SAVE
        yield from _inlined(pikepdf.parse_content_stream(group), group.Resources, shared)
        yield _RESTORE
        del own.XObject[name]


def _shows_text(group: pikepdf.Object) -> bool:
    if group.get("/Subtype") != pikepdf.Name.Form:
        return False
    steps = pikepdf.parse_content_stream(group)
    return any(str(step.operator) == "BT" for step in steps) or any(
        _shows_text(group.Resources.XObject[name]) for name in map(_drawn, steps) if name
    )


def _drawn(step: Instruction) -> str:
    """The name of the object that an instruction draws."""
    return str(step.operands[0]) if str(step.operator) == "Do" else ""
