"""A class set is laid out once: a stamped sheet is the sheet that would have been laid out for the student."""

import pickle
import random
import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from io import BytesIO
from itertools import product

import numpy as np
import pikepdf
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from derive.authoring.exercise import Exercise
from derive.equations.filling import Filling
from derive.equations.scalars import filling
from derive.mathtext.building import about, masked, row, signed, with_numbers
from derive.mathtext.contents import numbers_in
from derive.mathtext.metrics import printable, unprintable
from derive.mathtext.plain import plain
from derive.mathtext.tree import Identifier, Number, Scripts
from derive.render import Layout, pdf
from derive.render.stamping.joined import Impression, join
from derive.render.stamping.marks import Mark
from derive.render.stamping.mould import Mould
from derive.render.stamping.slots import MOST_FAMILIES, Codes, NotStampableError
from derive.sheet.build import Options, build_documents, rounding
from derive.sheet.document import Kind, Letterhead, Logo
from derive.words.errors import RefusedError
from derive.words.languages import language
from tests.shipped import load

NOTHING = Filling({})


def without_curve(exercise):
    """The exercise without the rounds of training, whose curve has another shape for every student."""
    content = exercise.content
    if hasattr(content, "training"):
        content = content.model_copy(update={"training": content.training.model_copy(update={"rounds": None})})
    return Exercise(exercise.name, exercise.path, content)


def with_given(exercise, values):
    """The exercise with other given values."""
    other = replace(exercise)
    other._derivations.update(exercise._derivations)
    other.__dict__["evaluation"] = replace(exercise.evaluation, given=values)
    return other


def printed(exercise, options):
    """The numbers of an exercise as its sheet prints them."""
    mark = language(options.language).decimal_mark
    return filling(exercise.evaluation, rounding(exercise, options), mark)


def variant(exercise, options, seed):
    """The same exercise with other last digits wherever all printed numbers keep their pattern."""
    draw, pattern, values = random.Random(seed), printed(exercise, options).pattern, dict(exercise.evaluation.given)
    for name, value in 6 * list(values.items()):
        sign, digits, exponent = value.as_tuple()
        moved = {**values, name: Decimal((sign, (*digits[:-1], draw.randint(1, 9)), exponent))}
        try:
            if printed(with_given(exercise, moved), options).pattern == pattern:
                values = moved
        except ArithmeticError:  # a formula that has no value there
            continue
    return with_given(exercise, values)


def mark(name="李雷 Nguyễn Ñandú", code="mazur-7QK2M-9X4TC"):
    matrix = segno.make(code, micro=False, error="m").matrix
    return Mark(name, code, tuple(tuple(map(bool, line)) for line in matrix))


@dataclass(frozen=True)
class Set:
    """A pattern, a student of the same set, and the layouts of both."""

    name: str
    language: str
    notation: str | None
    kind: Kind
    layout: Layout

    @cached_property
    def options(self):
        return Options(language=self.language, notation=self.notation)

    @cached_property
    def pattern(self):
        return without_curve(load(self.name))

    @cached_property
    def student(self):
        return variant(self.pattern, self.options, seed=5)

    @cached_property
    def filling(self):
        return printed(self.student, self.options)

    def document(self, exercise):
        return build_documents([exercise], [self.kind], self.options)[self.kind]

    @cached_property
    def mould(self):
        return Mould.of(self.document(self.pattern), self.layout, printed(self.pattern, self.options))

    @cached_property
    def stamped(self):
        return self.mould.stamped(self.filling, mark())

    @cached_property
    def single(self):
        return Mould.single(self.document(self.student), self.layout)

    @cached_property
    def rendered(self):
        """As the student's sheet is laid out where there is no set."""
        return pdf.render(self.document(self.student), self.layout).content


LAYOUTS = [Layout(marked=True), Layout(fillable=True, marked=True, paper="letter")]
EVERYDAY = [
    ("mazur", None, "zh", Kind.WORKSHEET, LAYOUTS[1]),
    ("mazur", "matrix", "es", Kind.KEY, LAYOUTS[0]),
    ("cs231n-neuron", None, "en", Kind.KEY, LAYOUTS[0]),
]
EVERY = [
    *(("mazur", None, "en", kind, layout) for kind, layout in product((Kind.WORKSHEET, Kind.KEY), LAYOUTS)),
    ("mazur", None, "es", Kind.KEY, LAYOUTS[1]),
    ("mazur", "matrix", "en", Kind.WORKSHEET, LAYOUTS[1]),
    ("mazur", "matrix", "zh", Kind.KEY, LAYOUTS[1]),
    ("cs231n-neuron", None, "es", Kind.WORKSHEET, LAYOUTS[0]),
    ("cs231n-neuron", None, "zh", Kind.KEY, LAYOUTS[1]),
    ("softmax-4", None, "en", Kind.KEY, LAYOUTS[1]),
    ("softmax-4", None, "es", Kind.WORKSHEET, LAYOUTS[1]),
    ("softmax-4", None, "zh", Kind.WORKSHEET, LAYOUTS[0]),
]
"""Any two of exercise, language, kind of sheet and layout meet in one of them, or of those above."""
SLOW = [pytest.param(case, marks=pytest.mark.slow) for case in EVERY]
_SETS = {}


@pytest.fixture(params=[*EVERYDAY, *SLOW], ids=lambda case: f"{case[0]}-{case[1]}-{case[2]}-{case[3]}")
def made(request):
    """A set, made once for all tests of a process."""
    name, notation, code, kind, layout = request.param
    return _SETS.setdefault(request.param, Set(name, code, notation, kind, layout))


@pytest.fixture(scope="session")
def small():
    """A set that is laid out quickly."""
    return Set("cs231n-neuron", "en", None, Kind.KEY, Layout(marked=True))


def run(command, *arguments):
    if not shutil.which(command):
        pytest.fail(f"{command} is missing: install poppler-utils")
    return subprocess.run([command, *arguments], capture_output=True, check=True, text=True).stdout


def pixels(content, folder, dots=90):
    folder.mkdir()
    (folder / "sheet.pdf").write_bytes(content)
    run("pdftoppm", "-r", str(dots), str(folder / "sheet.pdf"), str(folder / "page"))
    return [np.asarray(Image.open(page)) for page in sorted(folder.glob("page*.ppm"))]


def words(content, folder, *options):
    path = folder / "words.pdf"
    path.write_bytes(content)
    return run("pdftotext", *options, str(path), "-")


def elements(node):
    """Every structure element below a node."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def alternatives(content):
    with pikepdf.open(BytesIO(content)) as file:
        tags = [(str(element.S), str(element.get("/Alt", ""))) for element in elements(file.Root.StructTreeRoot)]
    return [tag for tag in tags if tag[0] in ("/Formula", "/Figure")]


# A stamped sheet


def test_the_pixels_are_those_of_a_sheet_laid_out_by_itself(made, tmp_path):
    """Digits, signs, the numbers in the diagram and the tables, and the marks."""
    stamped = pixels(made.stamped, tmp_path / "stamped")
    single = pixels(made.single.stamped(NOTHING, mark()), tmp_path / "single")
    assert [page.shape for page in stamped] == [page.shape for page in single]
    assert [
        number for number, pages in enumerate(zip(stamped, single, strict=True)) if (pages[0] != pages[1]).any()
    ] == []


def test_the_digits_are_the_students(made, tmp_path):
    """The test above compares something: other numbers are other pixels."""
    mine = pixels(made.stamped, tmp_path / "mine")
    theirs = pixels(made.mould.stamped(printed(made.pattern, made.options), mark()), tmp_path / "theirs")
    assert any((one != other).any() for one, other in zip(mine, theirs, strict=True))


def test_the_text_is_that_of_an_ordinary_sheet(made, tmp_path):
    """Word for word, as it is searched and copied."""
    stamped = made.mould.stamped(made.filling)
    assert words(stamped, tmp_path, "-raw").split() == words(made.rendered, tmp_path, "-raw").split()


def test_the_alternative_texts_are_those_of_an_ordinary_sheet(made):
    """A screen reader says the student's numbers."""
    stamped = alternatives(made.stamped)
    assert stamped == alternatives(made.rendered)
    assert stamped == alternatives(made.single.stamped(NOTHING, mark()))
    assert stamped != alternatives(made.mould.stamped(printed(made.pattern, made.options), mark()))


def test_the_same_student_is_the_same_file(made):
    """Byte for byte: made twice, from another student's mould, and in another process."""
    other = Mould.of(made.document(made.student), made.layout, made.filling)
    assert made.mould.stamped(made.filling, mark()) == made.stamped
    assert other.stamped(made.filling, mark()) == made.stamped
    assert pickle.loads(pickle.dumps(made.mould)).stamped(made.filling, mark()) == made.stamped


def test_the_file_is_sound(made):
    """It is read without a repair; language, bookmarks and fields are those of an ordinary sheet."""
    with pikepdf.open(BytesIO(made.stamped)) as stamped, pikepdf.open(BytesIO(made.rendered)) as rendered:
        assert stamped.check_pdf_syntax() == []
        assert str(stamped.Root.Lang) == str(rendered.Root.Lang)
        with stamped.open_outline() as mine, rendered.open_outline() as theirs:
            assert [str(part.title) for part in mine.root[0].children] == [
                str(p.title) for p in theirs.root[0].children
            ]
        fields = [
            [(str(field.T), str(field.TU)) for field in file.Root.AcroForm.Fields] if "/AcroForm" in file.Root else []
            for file in (stamped, rendered)
        ]
        assert fields[0] == fields[1]
        assert bool(fields[0]) == (made.layout.fillable and made.kind is Kind.WORKSHEET)


def test_no_digit_of_the_mould_is_left(small):
    """Not in a page, not in an object that a page no longer uses, not in a tag."""
    with pikepdf.open(BytesIO(small.stamped)) as file:
        forms = [o for o in file.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Form"]
        assert forms == []
        assert not [text for _, text in alternatives(small.stamped) if any(ord(letter) > 0xFFFF for letter in text)]


# What is refused


@pytest.mark.parametrize(
    "change",
    [
        lambda node: numbers_in(node)[0],
        lambda node: with_numbers(node, lambda number: replace(number, text=number.text + "0")),
        lambda node: with_numbers(node, lambda number: replace(number, text=number.text.replace(".", ","))),
        about,
        lambda node: with_numbers(node, lambda number: replace(number, exponent=3)),
        lambda node: with_numbers(node, lambda number: replace(number, of="elsewhere")),
    ],
    ids=["sign", "length", "mark", "exactness", "exponent", "source"],
)
def test_another_pattern_is_refused(small, change):
    """Rather no sheet than one with a number that has no room, or another relation before it."""
    numbers = {name: (node, numbers_in(node)) for name, node in small.filling.numbers.items()}
    name = next(name for name, (node, own) in numbers.items() if node not in own and "." in own[0].text)
    other = Filling({**small.filling.numbers, name: change(small.filling.numbers[name])}, small.filling.choices)
    with pytest.raises(RefusedError, match="have other signs, other lengths or other cases"):
        small.mould.stamped(other)


@pytest.mark.parametrize("choice", [{"cases": (1,)}, {"rounded": frozenset({"f"})}, {"outcome": "unchanged"}])
def test_another_choice_is_refused(small, choice):
    """The digits alone do not say which case of a formula holds, what was rounded, or whether the error has fallen."""
    other = Filling(small.filling.numbers, replace(small.filling.choices, **choice))
    with pytest.raises(RefusedError, match="have other signs, other lengths or other cases"):
        small.mould.stamped(other)


def refused(documents, numbers, layout=Layout()):  # noqa: B008  (frozen)
    with pytest.raises(NotStampableError) as caught:
        Mould.of(documents, layout, numbers)
    return str(caught.value)


def test_a_curve_is_not_stamped():
    """The curve of the error has another shape for each student."""
    exercise, options = load("mazur"), Options()
    document = build_documents([exercise], [Kind.WORKSHEET], options)[Kind.WORKSHEET]
    assert "curve of the error" in refused(document, printed(exercise, options))


def test_several_exercises_are_not_stamped(small):
    """They can have quantities of one name."""
    document = build_documents([small.pattern] * 2, [Kind.KEY], small.options)[Kind.KEY]
    assert "2 exercises in one document" in refused(document, small.filling)


def test_a_number_from_elsewhere_is_not_stamped(small):
    """A document whose numbers are not those of the round."""
    assert "not among the quantities of its round (" in refused(small.document(small.pattern), NOTHING)


def test_a_template_that_repeats_a_number_is_not_stamped(small, tmp_path):
    """It cannot be told which of them are on the page."""
    (tmp_path / "pdf").mkdir()
    template = """{% extends 'html/document.html.jinja' %}{% block meta %}
        {% for block in document.sheets[0].blocks if (block | shape) == "Table" %}
        {% for part in block.rows[0][1:] %}{% set lost = part | prose %}{% endfor %}
        {% endfor %}{% endblock %}"""
    (tmp_path / "pdf" / "document.html.jinja").write_text(template)
    document = small.document(small.pattern)
    assert "cannot be told apart" in refused(
        document, printed(small.pattern, small.options), Layout(templates=tmp_path)
    )


def test_more_short_numbers_than_families_are_not_stamped():
    """There are ten numbers of one digit in each family."""
    fitting = Codes.of({f"x{number}": "1" for number in range(10 * MOST_FAMILIES)})
    assert len(fitting.families) == MOST_FAMILIES
    assert len(set(fitting.coded.values())) == 10 * MOST_FAMILIES
    with pytest.raises(NotStampableError, match="more than 60 numbers of one digit"):
        _ = Codes.of({f"x{number}": "1" for number in range(10 * MOST_FAMILIES + 1)}).families


# Marks


def test_the_name_is_on_the_first_page_and_the_code_on_every_page(small, tmp_path):
    """Both as text that can be searched."""
    pages = words(small.stamped, tmp_path).split("\f")[:-1]
    assert ["李雷 Nguyễn Ñandú" in page for page in pages] == [True] + [False] * (len(pages) - 1)
    assert all("mazur-7QK2M-9X4TC" in page for page in pages)


def test_the_name_stands_behind_its_label(tmp_path):
    """On the line for it."""
    worksheet = Set("cs231n-neuron", "en", None, Kind.WORKSHEET, Layout(marked=True))
    boxes = words(worksheet.mould.stamped(worksheet.filling, mark("Ada")), tmp_path, "-bbox")
    places = {
        word: tuple(map(float, place)) for *place, word in re.findall(r'xMin="(.*?)" .*? yMax="(.*?)">(.*?)<', boxes)
    }
    (label_x, label_y), (name_x, name_y) = places["Name"], places["Ada"]
    assert 20 < name_x - label_x < 60
    assert abs(name_y - label_y) < 8


def test_the_name_stands_before_the_title(small):
    """In both places where a file says its title; what is markup there stays text."""
    content = small.mould.stamped(small.filling, mark("A & <B>"))
    with pikepdf.open(BytesIO(content)) as file:
        title = str(file.docinfo.Title)
        with file.open_metadata() as metadata:
            assert metadata["dc:title"] == title
            assert metadata["pdfuaid:part"] == "1"
    assert title.startswith("A & <B> · Gates")


def test_the_qr_code_can_be_read_module_by_module(small, tmp_path):
    """The dark modules are where they belong, 11 mm wide, with room around them on every page."""
    dots = 600
    modules, millimetre = np.array(mark().modules), dots / 25.4
    side = 11 * millimetre / len(modules)
    for page in pixels(small.stamped, tmp_path / "qr", dots)[:2]:
        height, width, _ = page.shape
        left, top = width - 30 * millimetre, height - 14.5 * millimetre
        middles = [round((number + 0.5) * side) for number in range(len(modules))]
        seen = page[np.ix_([round(top) + at for at in middles], [round(left) + at for at in middles])].mean(axis=2)
        assert ((seen < 100) == modules).all()
        quiet = round(2.4 * millimetre)
        around = page[round(top) - quiet : round(top + 11 * millimetre) + quiet, round(left) - quiet : round(left) - 3]
        assert (around > 250).all()


def test_a_name_without_glyphs_is_told():
    """What no font of ours has is drawn as a box; marks that only turn the direction of text are not drawn."""
    assert unprintable("Ñandú 李雷 עדה") == "עדה"
    assert printable("e\u0301 עד\u202e") == "é □□"


def test_a_sheet_needs_no_marks(small):
    """A mould for marks can be used without them, and one without room for them draws none."""
    plain_mould = replace(small, layout=Layout()).mould
    assert small.mould.stamped(small.filling) == small.mould.stamped(small.filling, None)
    assert b"/Type3" not in small.mould.stamped(small.filling)
    with pikepdf.open(BytesIO(plain_mould.stamped(small.filling, mark()))) as file:
        assert "/Mark" not in file.pages[0].Resources.Font or file.pages[0].Resources.Font.Mark is None


# All sheets in one file


def joined(impressions, **options):
    file = BytesIO()
    join(impressions, file, **options)
    return file.getvalue()


@pytest.fixture(scope="session")
def everyone(small):
    """Students in two languages, one of whom has a layout of their own."""
    other = replace(small, language="zh")
    moulds = [(small.mould, small.filling), (other.mould, other.filling), (small.single, NOTHING)]
    return [Impression(*moulds[number % 3], mark(f"Student {number}")) for number in range(6)]


def test_each_student_starts_on_a_right_hand_page(everyone, tmp_path):
    """A blank page follows where a sheet ends on one; without duplex there is none."""
    file = joined(everyone)
    pages = words(file, tmp_path).split("\f")[:-1]
    starts = [number for number, page in enumerate(pages) if "Student" in page]
    assert len(starts) == len(everyone)
    assert all(start % 2 == 0 for start in starts)
    counts = [len(impression.mould.pages) for impression in everyone]
    assert any(count % 2 for count in counts)
    assert len(pages) == sum(count + count % 2 for count in counts)
    with pikepdf.open(BytesIO(joined(everyone, duplex=False))) as single_sided:
        assert len(single_sided.pages) == sum(counts)


def test_a_joined_file_draws_what_the_sheets_draw(everyone, tmp_path):
    """Pixel for pixel."""
    together = pixels(joined(everyone[:3], duplex=False), tmp_path / "together", 60)
    alone = [
        page
        for number, impression in enumerate(everyone[:3])
        for page in pixels(impression.mould.stamped(impression.filling, impression.mark), tmp_path / str(number), 60)
    ]
    assert all((one == other).all() for one, other in zip(together, alone, strict=True))


def test_a_joined_file_is_sound(everyone):
    """It has a bookmark for each student, no field, and the same bytes each time."""
    with pikepdf.open(BytesIO(joined(everyone))) as file:
        assert file.check_pdf_syntax() == []
        assert not [page for page in file.pages if "/Annots" in page]
        with file.open_outline() as outline:
            assert [str(item.title) for item in outline.root] == [f"Student {number}" for number in range(6)]
    assert joined(everyone) == joined(iter(everyone))


def test_fonts_are_shared(small):
    """A further student takes no more than their pages and the characters of their name."""
    sizes = [
        len(joined(Impression(small.mould, small.filling, mark(f"S{number}")) for number in range(count)))
        for count in (10, 20)
    ]
    pages = sum(map(len, map(bytes, small.mould.contents(small.filling))))
    assert sizes[1] - sizes[0] < 10 * pages
    assert (sizes[1] - sizes[0]) / 10 < len(small.stamped) / 2


def test_a_set_of_nobody_is_a_file_without_pages():
    """Nothing to print is no error of ours."""
    with pikepdf.open(BytesIO(joined([]))) as file:
        assert len(file.pages) == 0


def test_a_logo_is_shared_too():
    """An image of the letterhead is on each student's first page."""
    image = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(image, "PNG")
    exercise, head = without_curve(load("cs231n-neuron")), Letterhead("School", logo=Logo(image.getvalue(), "png"))
    document = build_documents([exercise], [Kind.WORKSHEET], Options(letterhead=head))[Kind.WORKSHEET]
    numbers = printed(exercise, Options())
    mould = Mould.of(document, Layout(marked=True), numbers)
    with pikepdf.open(BytesIO(joined([Impression(mould, numbers, mark())] * 3))) as file:
        images = [o for o in file.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"]
        assert len(images) == 1


# Numbers and their patterns


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (signed("-0.25", of="w1"), signed("-#.##", of="w1")),
        (signed("12,5", exact=False, exponent=-3, of="w1"), signed("##,#", exact=False, exponent=-3, of="w1")),
        (Number("1"), Number("1")),
        (row(Identifier("w1"), Number("3", of="w1")), row(Identifier("w1"), Number("#", of="w1"))),
    ],
)
def test_a_mask_hides_the_digits_of_quantities(node, expected):
    """Signs, marks, powers of ten and the numbers of a formula stay."""
    assert masked(node) == expected


@given(st.decimals(-99, 99, places=3, allow_nan=False), st.decimals(-99, 99, places=3, allow_nan=False))
def test_values_have_one_mask_exactly_where_they_are_as_long(one, other):
    """And have the same sign."""
    masks = [masked(signed(f"{value:f}", of="x")) for value in (one, other)]
    lengths = [(len(f"{value:f}"), value.is_signed()) for value in (one, other)]
    assert (masks[0] == masks[1]) == (lengths[0] == lengths[1])


def test_every_number_says_whose_it_is(mazur):
    """Given values and computed ones are their own; what is read off is what it was; a 1 of a formula is nobody's."""
    numbers = printed(mazur, Options(language="en")).numbers
    sources = {name: [number.of for number in numbers_in(node)] for name, node in numbers.items()}
    assert sources["w1"] == ["w1"]
    assert sources["net_h1"] == ["net_h1"]
    assert sources["E_total_new"] == ["E_total_new"]
    assert {source for (source,) in sources.values()} <= {*numbers, ""}


def test_a_relu_on_its_other_side_is_another_pattern(exercise_of):
    """The slope 1 or 0 is a number of the formula, and the case that holds is part of the pattern."""
    patterns = []
    for weight in ("0.5", "-0.5"):
        raw = {
            "title": {"en": "One"},
            "inputs": [Decimal("0.3")],
            "targets": [Decimal("0.4")],
            "loss": "half_squared",
            "learning_rate": Decimal("0.1"),
            "layer": [{"weights": [[Decimal(weight)]], "activation": "leaky_relu"}],
        }
        patterns.append(printed(exercise_of(raw), Options()).pattern)
    assert patterns[0] != patterns[1]
    assert patterns[0][0].cases != patterns[1][0].cases


def test_a_value_in_an_exponent_stays_on_the_line():
    """Which digit it is makes no difference to how an alternative text is written."""
    assert plain(Scripts(Identifier("x"), sup=Number("2", of="t"))) == "x^2"
    assert plain(Scripts(Identifier("x"), sup=Number("2"))) == "x²"
