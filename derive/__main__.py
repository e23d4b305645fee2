"""``python -m derive`` is ``pencilgrad``."""

from derive.cli import main

main(prog_name="pencilgrad")
