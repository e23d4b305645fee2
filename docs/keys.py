"""The tables of keys in docs/author.md, made from the JSON schema of exercise files.

python docs/keys.py      # writes them anew, after a key has been added or changed
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import fill
from typing import Any, TypeAlias

from derive.authoring.exercise_file import json_schema

Schema: TypeAlias = Mapping[str, Any]

PAGE = Path(__file__).with_name("author.md")
BEGIN, END = "<!-- keys: made by docs/keys.py -->", "<!-- end of keys -->"
WIDTH = 120
_REF = "#/$defs/"
_PLAIN = {"number": "number", "integer": "whole number", "string": "text"}
_BOUNDS = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "up to", "exclusiveMaximum": "below"}


def tables() -> str:
    """All keys of exercise files: a heading and a table for each table of a file."""
    schema = json_schema()
    network, formulas, known = schema["else"], schema["then"], schema["$defs"]
    common = [name for name in network["properties"] if name in formulas["properties"]]
    parts = {
        "In every file": _only(network, common),
        "Beside these in a network": _without(network, common),
        "Beside these in a file with formulas": _without(formulas, common),
    }
    places = _places([network, formulas], known)
    texts = ["\n".join(_table(part, places, head, known)) for head, part in parts.items()]
    texts += ["\n".join(_table(known[name], places, f"`{place}`", known)) for name, place in places.items()]
    return "\n\n".join(texts)


def _only(table: Schema, names: list[str]) -> Schema:
    return {**table, "properties": {name: part for name, part in table["properties"].items() if name in names}}


def _without(table: Schema, names: list[str]) -> Schema:
    return _only(table, [name for name in table["properties"] if name not in names])


def _places(roots: list[Schema], known: Schema) -> dict[str, str]:
    """The heading under which each table stands in a file, in the order in which a reader meets them."""
    found: dict[str, str] = {}
    for root in roots:
        for key, part in root["properties"].items():
            for name in _named(part):
                _visit(name, [key], part.get("type") == "array", known, found)
    return found


def _visit(name: str, path: list[str], is_list: bool, known: Schema, found: dict[str, str]) -> None:
    if name in found:
        return
    place = ".".join(path)
    found[name] = f"[[{place}]]" if is_list else f"[{place}]"
    for key, part in known[name]["properties"].items():
        for inner in _named(part):
            _visit(inner, [*path, key], part.get("type") == "array", known, found)


def _named(part: Any) -> Iterator[str]:
    """The tables that a part of the schema refers to."""
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"].removeprefix(_REF)
        for key, inner in part.items():
            if key != "default":
                yield from _named(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _named(inner)


def _table(table: Schema, places: Mapping[str, str], head: str, known: Schema) -> Iterator[str]:
    yield f"### {head}"
    if table in known.values():
        yield from ("", fill(_prose(table["description"]), WIDTH))
    yield from ("", "| key | may be | left out | what it is |", "|---|---|---|---|")
    needed = table.get("required", ())
    for key, part in table["properties"].items():
        default = "has to be there" if key in needed else _default(part.get("default"))
        yield f"| `{key}` | {_kinds(part, places)} | {default} | {_about(part, known)} |"
    if isinstance(others := table.get("additionalProperties"), dict):
        yield f"| an id, such as `w5` | {_kinds(others, places)} | | The one value that has this id. |"


def _about(part: Schema, known: Schema) -> str:
    """What a key is, in its own words or in those of the table that it is."""
    named = [known[name]["description"] for name in _named(part)]
    return _prose(part.get("description") or next(iter(named), ""))


def _prose(text: str) -> str:
    return " ".join(text.replace("``", "`").replace("|", r"\|").split())


def _default(value: object) -> str:
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case str() | int():
            return f"`{value}`"
        case _:
            return ""


def _kinds(part: Schema, places: Mapping[str, str]) -> str:
    kinds = [kind for kind in part.get("anyOf", [part]) if kind.get("type") != "null"]
    return ", or ".join(_kind(kind, places) for kind in kinds)


def _kind(part: Schema, places: Mapping[str, str]) -> str:
    """What may stand there, in words."""
    match part:
        case {"$ref": name}:
            said = f"a table: `{places[name.removeprefix(_REF)]}`"
        case {"enum": names}:
            said = ", ".join(f"`{name}`" for name in names)
        case {"const": word}:
            said = f"`{word}`"
        case {"type": "boolean"}:
            said = "`true`, `false`"
        case {"type": "array", "items": {"$ref": name}}:
            said = f"tables: `{places[name.removeprefix(_REF)]}`"
        case {"type": "array", "items": items}:
            length = f"at most {part['maxItems']} " if "maxItems" in part else ""
            said = f"a list of {length}{_many(items)}"
        case {"type": "object", "additionalProperties": values}:
            said = f"{_many(values)}, each under a name"
        case {"type": kind}:
            said = f"a {_PLAIN[kind]}{_limits(part)}"
    return said


def _many(part: Schema) -> str:
    if "enum" in part:
        return ", ".join(f"`{name}`" for name in part["enum"])
    return f"lists of {_many(part['items'])}" if "items" in part else f"{_PLAIN[part['type']]}s{_limits(part)}"


def _limits(part: Schema) -> str:
    if "maxLength" in part:
        return f" of at most {part['maxLength']:,} characters"
    match part:
        case {"minimum": low, "maximum": high}:
            return f" from {low} to {high:,}"
    return "".join(f" {words} {part[bound]:,}" for bound, words in _BOUNDS.items() if bound in part)


def renewed(page: str) -> str:
    """The page with the tables as they have to be."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
