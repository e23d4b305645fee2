"""``python -m derive`` is ``pencilgrad``."""

from derive.commands.cli import main

main(prog_name="pencilgrad")
