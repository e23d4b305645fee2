"""What is said at the end: how many answers were found in which way, and what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from derive.checking.practice.items import Item
from derive.checking.practice.progress import Progress, Way
from derive.sheet.document import Block, Heading, Items, Paragraph, Table
from derive.words.languages import Language, Prose

_LEFT = ("wrong", "open")


def summary(items: Sequence[Item], progress: Progress, say: Language) -> Iterator[Block]:
    """The blocks of the end; ``items`` are the answers that were to be given."""
    counts = Counter(_outcome(item, progress) for item in items)
    names = [name for name in (*Way, *_LEFT) if counts[name]]
    yield Heading(say.text("practice.summary"))
    yield Table(tuple((say.text(f"practice.way.{name}"), (str(counts[name]),)) for name in names))
    if not {Way.SHOWN, *_LEFT} & set(names):
        yield Paragraph(say.text("report.all_right"), "note")
    if progress.mistakes:
        yield Heading(say.text("heading.remarks"))
        yield Items(tuple(_mistakes(progress, say)))


def _outcome(item: Item, progress: Progress) -> str:
    record = progress.of(item.id)
    if record.is_found:
        return record.way or Way.FIRST
    return "wrong" if record.answer else "open"


def _mistakes(progress: Progress, say: Language) -> Iterator[Prose]:
    """Each mistake with its advice, the commonest first; one that was repeated at the same question counts once."""
    counts = Counter(messages for _, messages in dict.fromkeys(progress.mistakes))
    for messages, n in counts.most_common():
        name = mistake_name(messages, say)
        if n > 1:
            name = say.text("class.times", name=name, n=n)
        is_known = len(messages) == 1 and messages[0].startswith("mistake.")
        advice = say.text(f"{messages[0]}.advice") if is_known else ()
        yield say.text("practice.advice", name=name, advice=advice) if advice else name


def mistake_name(messages: Sequence[str], say: Language) -> Prose:
    """A mistake, or all that it may be."""
    names = [say.text(message) for message in messages]
    return tuple(part for number, name in enumerate(names) for part in ((" / ",) * bool(number) + name))
