"""The faces in which sheets are set. They come from packages, nothing from the system."""

from __future__ import annotations

from pathlib import Path

from derive import resources

_MATPLOTLIB = "mpl-data/fonts/ttf"
FACES = {
    "regular": ("matplotlib", f"{_MATPLOTLIB}/STIXGeneral.ttf"),
    "italic": ("matplotlib", f"{_MATPLOTLIB}/STIXGeneralItalic.ttf"),
    "bold": ("matplotlib", f"{_MATPLOTLIB}/STIXGeneralBol.ttf"),
    "bold-italic": ("matplotlib", f"{_MATPLOTLIB}/STIXGeneralBolIta.ttf"),
    "size-2": ("matplotlib", f"{_MATPLOTLIB}/STIXSizTwoSymReg.ttf"),
    "size-3": ("matplotlib", f"{_MATPLOTLIB}/STIXSizThreeSymReg.ttf"),
    "ledger": ("matplotlib", f"{_MATPLOTLIB}/DejaVuSansMono.ttf"),
    "chinese": ("pylopdf_fonts_zh_cn", "NotoSerifSC-Regular.otf"),
    "chinese-sans": ("pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf"),
}
"""Package and file of each face."""


def font_file(face: str) -> Path:
    """The file of one of the faces."""
    package, file = FACES[face]
    return resources.package_folder(package) / file
