"""A worksheet or key as Typst source, so that Typst can be measured on the same content (see class_set.py).

    python benchmarks/typst_sheet.py [--count 3] [--seed 1] -o FOLDER

writes the sources of the first students of a class set of mazur: NUMBER-worksheet.typ and NUMBER-key.typ, and beside
them what pencilgrad writes for LaTeX, NUMBER-worksheet.tex and NUMBER-key.tex.

The sheet has the measures of templates/pdf/page.css, with Typst's own mathematics and New Computer Modern, which is in
its program: matplotlib's STIX has no table of mathematics, and a font that lies in no file is the quickest to find.
What the documents of mazur hold is written, and nothing else: no boxes of a matrix, no lines for a formula.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from derive.authoring.reading import load
from derive.classes.class_set.sheets import Source, documents_of
from derive.classes.codes import seed_of
from derive.classes.variants.generation import variants
from derive.figures.chart.drawing import Caption, Chart, Segment
from derive.figures.drawing import Anchor, Circle, Diagram, Label, Line, Stroke
from derive.mathtext.sizes import height
from derive.mathtext.tree import (
    Aligned,
    Bracket,
    Cases,
    Fraction,
    Identifier,
    Matrix,
    Node,
    Noted,
    Number,
    Operator,
    Root,
    Scripts,
)
from derive.mathtext.writer import TextWriter, are_factors
from derive.render import Layout, tex
from derive.sheet.build import Options, edition
from derive.sheet.document import (
    Block,
    Document,
    Equation,
    Figure,
    Heading,
    Items,
    Kind,
    Lines,
    Paragraph,
    Question,
    Results,
    Sheet,
    Table,
)
from derive.words.languages import Prose, language

# --- formulas --------------------------------------------------------------------------------------------------------

_THIN = r"\u{2009}"
_OPERATORS = {",": r"\,", "/": r"\/", "\u2003": r"\u{2003}", "\u2009": _THIN, "\u2061": "", "′": "prime"}
_NAMED = {"max", "min", "tanh", "sin", "cos", "tan", "ln", "exp"}
_HAT = "\u0302"


class _Typst(TextWriter):
    def identifier(self, node: Identifier) -> str:
        if node.bold:
            return f"bold({self.identifier(replace(node, bold=False))})"
        if node.text.endswith(_HAT):
            return f"hat({node.text.removesuffix(_HAT)})"
        if node.upright:
            return node.text if node.text in _NAMED else f'"{node.text}"'
        return node.text if len(node.text) == 1 else f'italic("{node.text}")'

    def digits(self, node: Number) -> str:
        # A comma would end an argument.
        return node.text.replace(",", r"\,")

    def operator(self, node: Operator) -> str:
        return _OPERATORS.get(node.text, node.text)

    def between(self, before: Node, after: Node) -> str:
        return _THIN if are_factors(before, after) else ""

    def joined(self, pieces: Sequence[str]) -> str:
        text = ""
        for piece in pieces:
            # A letter and what follows it would be one name; but a space beside a word in quotation marks is printed.
            text += " " + piece if text[-1:].isalpha() and piece[:1].isalnum() else piece
        return text

    def fraction(self, node: Fraction) -> str:
        return f"frac({self.write(node.over)}, {self.write(node.under)})"

    def scripts(self, node: Scripts) -> str:
        sub = f"_({self.write(node.sub)})" if node.sub else ""
        sup = f"^({self.write(node.sup)})" if node.sup else ""
        return f"{self.write(node.base)}{sub}{sup}"

    def bracket(self, node: Bracket) -> str:
        left, right = node.marks
        return f"lr({left}{self.write(node.body)}{right})"

    def root(self, node: Root) -> str:
        return f"sqrt({self.write(node.body)})"

    def matrix(self, node: Matrix) -> str:
        return f'mat(delim: "[", {"; ".join(", ".join(map(self.write, cells)) for cells in node.rows)})'

    def noted(self, node: Noted) -> str:
        return f"limits({self.write(node.body)})_({self.write(node.note)})"

    def cases(self, node: Cases) -> str:
        lines = (rf"{self.write(value)}\, &{self.write(condition)}" for value, condition in node.lines)
        return f"cases({', '.join(lines)})"

    def aligned(self, node: Aligned) -> str:
        return " \\\n  ".join(f"{self.write(left)} &{self.write(right)}" for left, right in node.lines)


typst = _Typst().write

# --- text ------------------------------------------------------------------------------------------------------------

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


def _content(prose: Prose | str) -> str:
    """Words and formulas as content in square brackets."""
    parts = (prose,) if isinstance(prose, str) else prose
    return f"[{''.join(_escaped(part) if isinstance(part, str) else _inline(part) for part in parts)}]"


def _escaped(text: str) -> str:
    return _PUNCTUATION.sub(r"\\\g<0>", text)


def _inline(node: Node) -> str:
    return f"$display({typst(node)})$" if height(node) > 1 else f"${typst(node)}$"


# --- figures ---------------------------------------------------------------------------------------------------------

_ANCHORS = {Anchor.START: "left", Anchor.MIDDLE: "center", Anchor.END: "right"}
_BARB = ((0, 0), (-5.5, -1.9), (-4.4, 0), (-5.5, 1.9))


def _network(diagram: Diagram) -> Iterator[str]:
    for line in diagram.lines:
        yield from _line(line)
    yield from map(_circle, diagram.circles)
    yield from (_label(label, diagram.line_height) for label in diagram.labels)


def _line(line: Line) -> Iterator[str]:
    start, *turn, end = (line.start, *line.turn, line.end)
    bend = f"curve.line({_point(turn[0])}), curve.cubic({', '.join(map(_point, turn[1:]))}), " if turn else ""
    yield (f"#place(curve(stroke: {line.stroke.value}, curve.move({_point(start)}), {bend}curve.line({_point(end)})))")
    if line.stroke is Stroke.ARROW:
        x, y = end
        yield f"#place(dx: {x}pt, dy: {y}pt, rotate({line.heading:.2f}deg, origin: top + left, barb))"


def _circle(circle: Circle) -> str:
    body = f"[{_inline(circle.body)}]" if circle.body else "none"
    return f"#disc({circle.x}pt, {circle.y}pt, {circle.radius}pt, {body})"


def _label(label: Label, line_height: float) -> str:
    body = f"[{_inline(label.body)}]"
    if label.halo:
        return f"#haloed({label.x}pt, {label.y}pt, {label.angle}deg, {label.width}pt, {line_height:g}pt){body}"
    return f"#label({label.x}pt, {label.y}pt, {_ANCHORS[label.anchor]}){body}"


def _chart(chart: Chart) -> Iterator[str]:
    yield from (_segment(segment, "pale") for segment in chart.grid)
    yield from (_segment(segment, "axis") for segment in chart.axes)
    first, *others = chart.curve
    points = ", ".join(f"curve.line({_point(point)})" for point in others)
    yield f"#place(curve(stroke: 1pt + ink, curve.move({_point(first)}), {points}))"
    yield from map(_caption, chart.captions)


def _segment(segment: Segment, stroke: str) -> str:
    return f"#place(line(start: {_point(segment.start)}, end: {_point(segment.end)}, stroke: {stroke}))"


def _caption(caption: Caption) -> str:
    body = _content(caption.body if isinstance(caption.body, str) else (caption.body,))
    return f"#label({caption.x}pt, {caption.y}pt, {_ANCHORS[caption.anchor]}){body}"


def _point(point: tuple[float, float]) -> str:
    return f"({point[0]:g}pt, {point[1]:g}pt)"


def _figure(figure: Figure) -> str:
    drawing = figure.diagram
    parts = _network(drawing) if isinstance(drawing, Diagram) else _chart(drawing)
    text = "\n".join(parts)
    return f"#drawing({drawing.width}pt, {drawing.height}pt, {drawing.font_size}pt)[\n{text}\n]"


# --- blocks ----------------------------------------------------------------------------------------------------------


def _table(table: Table) -> str:
    return f"#given({', '.join(_content(cell) for cells in table.rows for cell in cells)})"


def _question(question: Question) -> str:
    number, prompt = question.number, _content(question.prompt)
    if question.blank:
        return f"#asked({number}, {question.blank.room}){prompt}[{_inline(question.equals)}]"
    blocks = question.solution.blocks if question.solution else ()
    return f"#solved({number}){prompt}[\n{_blocks(blocks)}\n]"


def _results(results: Results) -> str:
    head = f"({', '.join(map(_content, results.head))})"
    text = [f"#pagebreak()\n== {_escaped(results.title)}"]
    for name, lines in results.parts:
        cells = [f"[{line.number}], [{_inline(line.symbol)}], [{_inline(line.value)}]" for line in lines]
        text.append(f"#results({results.abreast(lines)}, {_content(name)}, {head}, {', '.join(cells)})")
    return "\n".join(text)


_BLOCKS: dict[type, Callable[[Any], str]] = {
    Heading: lambda block: f"== {_content(block.text)[1:-1]}",
    Paragraph: lambda block: f'#paragraph("{block.role}"){_content(block.text)}',
    Equation: lambda block: f"$ {typst(block.math)} $",
    Items: lambda block: "\n".join(f"- {_content(item)[1:-1]}" for item in block.items),
    Table: _table,
    Figure: _figure,
    Lines: lambda block: f"#lines({', '.join(map(_content, block.labels))})",
    Question: _question,
    Results: _results,
}


def _blocks(blocks: tuple[Block, ...]) -> str:
    return "\n\n".join(_BLOCKS[type(block)](block) for block in blocks)


_PREAMBLE = r"""
#let (ink, soft, rule) = (luma(17), luma(85), luma(204))
#let (weight, arrow, wire) = (0.7pt + luma(119), 0.7pt + ink, 0.7pt + ink)
#let bias = (paint: luma(153), thickness: 0.7pt, dash: (2.5pt, 2pt))
#let (pale, axis) = (0.4pt + rule, (paint: ink, thickness: 0.7pt, cap: "square"))
#set page(paper: "a4", margin: (x: 19mm, top: 15mm, bottom: 18mm), footer: text(8.5pt, soft, foot))
#set text(10.5pt, ink, font: "New Computer Modern", lang: "en")
#set par(leading: 0.72em, spacing: 0.95em)
#set list(body-indent: 3mm, spacing: 0.95em)
#show heading.where(level: 1): set text(18pt)
#show heading.where(level: 1): set block(above: 2.5mm, below: 5mm)
#show heading.where(level: 2): it => block(
  width: 100%, above: 6mm, below: 3.2mm, stroke: (bottom: 0.5pt + luma(153)), inset: (bottom: 1.6mm), sticky: true,
  text(12.5pt, it.body),
)
#show math.equation.where(block: true): set align(left)
#show math.equation.where(block: true): set block(above: 3mm, below: 3mm)
#let roles = (
  source: body => par(text(9.5pt, soft, body)),
  why: body => block(above: 2.8mm, below: 2.8mm, sticky: true, text(luma(68), body)),
  outcome: body => block(above: 2.8mm, below: 2.8mm, text(luma(68), body)),
)
#let paragraph(role, body) = roles.at(role, default: par)(body)
#let lines(..labels) = block(above: 5mm, below: 5mm, grid(
  columns: (3fr, 2fr, 1.3fr), column-gutter: 6mm,
  ..labels.pos().map(it => block(
    width: 100%, inset: (bottom: 1mm), stroke: (bottom: 0.6pt + ink), text(9.5pt, soft, it),
  ))
))
#let given(..cells) = table(
  columns: (40mm, 1fr), inset: (x: 0pt, y: 1.45mm), stroke: (rest: none, bottom: 0.4pt + rule), ..cells
)
#let numbered(number, body) = grid(columns: (7mm, 1fr), strong[#number], body)
#let box-for-answer = box(width: 33mm, height: 8mm, radius: 0.6mm, stroke: 0.7pt + ink, baseline: 2.8mm)
#let asked(number, room, prompt, symbol) = block(breakable: false, above: 1.5mm, below: 1.5mm, {
  grid(
    columns: (62%, 38%), align: (left + horizon, right + horizon),
    numbered(number, prompt), symbol + h(1mm) + box-for-answer,
  )
  v(room * 7.8mm, weak: false)
})
#let solved(number, prompt, solution) = block(above: 4mm, below: 5mm, {
  block(sticky: true, below: 2.8mm, numbered(number, prompt))
  pad(left: 7mm, solution)
})
#let results(abreast, name, head, ..cells) = block(below: 4.5mm, {
  set par(leading: 0.1em) // a formula may stand out of its line by this much, into the next row
  table(
    columns: (5%, 11%, 1fr) * abreast, inset: (x: 0pt, y: 1.15mm), align: (left, left, right).map(it => it + horizon),
    column-gutter: ((0pt, 0pt, 3.5%) * abreast).slice(0, -1), stroke: (x, y) => if y > 1 { (top: 0.4pt + rule) },
    table.header(
      table.cell(colspan: 3 * abreast, align: left, strong(name)), ..(head * abreast).map(it => text(8.5pt, soft, it)),
    ),
    ..cells
  )
})
#let drawing(width, height, size, body) = block(
  width: 100%, above: 3mm, below: 3mm, breakable: false,
  align(center, box(width: width, height: height, { set text(size); set align(left); body })),
)
#let words(side, body) = {
  let width = 200pt // more than any label has, so that none is broken
  let shift = if side == center { width / 2 } else if side == right { width } else { 0pt }
  place(dx: -shift, box(width: width, height: 0pt, place(side + horizon, body)))
}
#let label(x, y, side, body) = place(dx: x, dy: y, words(side, body))
#let haloed(x, y, angle, width, height, body) = place(dx: x, dy: y, rotate(angle, origin: top + left, {
  place(dx: -width / 2, dy: -height / 2, rect(width: width, height: height, fill: white))
  words(center, body)
}))
#let disc(x, y, radius, body) = {
  place(dx: x - radius, dy: y - radius, if body == none { circle(radius: radius, fill: ink) } else {
    circle(radius: radius, fill: white, stroke: 0.8pt + ink)
  })
  label(x, y, center, body)
}
#let barb = polygon(fill: ink, BARB)
"""


def typst_source(document: Document) -> str:
    """The source of a document, complete in itself."""
    before, rest = document.page_number.split("{page}")
    between, behind = rest.split("{pages}")
    pages = f"{before}#counter(page).display(){between}#counter(page).final().first(){behind}"
    foot = f"#let foot = context [{_escaped(document.title)}#h(1fr){pages}]"
    preamble = _PREAMBLE.replace("BARB", ", ".join(map(_point, _BARB)))
    sheets = "\n#pagebreak()\n".join(_sheet(document, sheet) for sheet in document.sheets)
    return f"#set document(title: {_content(document.title)})\n{foot}{preamble}\n{sheets}\n"


def _sheet(document: Document, sheet: Sheet) -> str:
    kind = f"#text(10pt, soft){_content(document.kind_name)}"
    return f"{kind}\n= {_escaped(sheet.title)}\n\n{_blocks(sheet.blocks)}"


# --- the sources of a class ------------------------------------------------------------------------------------------


def class_documents(count: int, seed: str) -> Iterator[Mapping[Kind, Document]]:
    """Worksheet and key of each of the first students, as ``pencilgrad class`` has them."""
    exercise, options = load("mazur"), Options(outlook=False)
    frame = edition(exercise, language(options.language), options)
    for variant in islice(variants(exercise, frame.rounding, seed_of(seed), frame.detail), count):
        yield documents_of(Source.of(variant.exercise).exercise, options)


def main() -> None:
    """Four files a student."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=3, help="students (default: 3)")
    parser.add_argument("--seed", default="1", help="the seed of their numbers (default: 1)")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the folder to write to")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    for number, documents in enumerate(class_documents(arguments.count, arguments.seed), start=1):
        for kind, document in documents.items():
            stem = arguments.output / f"{number}-{kind}"
            stem.with_suffix(".typ").write_text(typst_source(document), encoding="utf-8")
            stem.with_suffix(".tex").write_bytes(tex.render(document, Layout()).content)


if __name__ == "__main__":
    main()
