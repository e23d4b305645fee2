"""Lines of words in the terminal, in Chinese too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from derive.render.lines import broken

TEXTS = st.text(alphabet="ab1 =（“，。）”中文字net\n", max_size=80)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("神经元的净输入 net 等于它接收的值", 16, ["神经元的净输入", "net 等于它接收的", "值"]),
        ("可以输入：一二三", 8, ["可以输", "入：一二", "三"]),
        ("逻辑函数（Sigmoid 函数）", 12, ["逻辑函数", "（Sigmoid 函", "数）"]),
        ("the sum of all", 8, ["the sum", "of all"]),
        ("", 8, [""]),
    ],
)
def test_where_lines_end(text: str, width: int, lines: list[str]) -> None:
    """Chinese fills its lines, but none begins with its comma, nor ends with its bracket."""
    assert list(broken(text, width)) == lines


@given(TEXTS, st.integers(4, 40))
def test_nothing_is_lost(text: str, width: int) -> None:
    """All characters are there, and a line that is too broad is a single piece."""
    lines = list(broken(text, width))
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert cell_len(line) <= width or list(broken(line, 1)) == [line]
