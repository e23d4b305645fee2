"""The formats: a PDF that everyone can read, HTML that stands alone, LaTeX that prints what it is given."""

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pikepdf
import pytest
from PIL import Image

from derive.render import FORMATS, Layout, renderer_for
from derive.sheet.build import Options, build_document
from derive.sheet.document import Heading, Kind, Letterhead, Logo, Results
from derive.words.errors import AuthorError, RefusedError
from derive.words.languages import as_text
from tests.shipped import load

HOSTILE = (
    r"\input{/etc/passwd} <script>alert(1)</script> <img src='file:///etc/passwd'> "
    r"{{ 7*7 }} ((( 7*7 ))) $x^2$ % & # ~ _"
)


def png() -> bytes:
    file = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, "PNG")
    return file.getvalue()


PIXEL = png()


@pytest.fixture(scope="session")
def rendered(tmp_path_factory):
    """Renders mazur once for each combination that is asked for; returns the path of the file.

    Where the exercise is no matter, it is ``one-weight``, which is laid out in a sixth of the time.
    """
    folder, made = tmp_path_factory.mktemp("sheets"), {}

    def render(suffix, language="en", kind=Kind.WORKSHEET, letterhead=None, exercise="mazur", **layout):
        key = suffix, language, kind, letterhead, str(exercise), Layout(**layout)
        if key not in made:
            path = folder / f"{len(made)}{suffix}"
            options = Options(language=language, letterhead=letterhead or Letterhead())
            document = build_document([load(exercise)], kind, options)
            path.write_bytes(renderer_for(path)(document, Layout(**layout)).content)
            made[key] = path
        return made[key]

    return render


@pytest.fixture
def hostile(tmp_path):
    """An exercise whose every text tries to be more than text."""
    path = tmp_path / "hostile.toml"
    text = load("one-weight").path.read_text(encoding="utf-8")
    quoted = "'''" + HOSTILE + "'''"
    text = re.sub(r'(?m)^(title\.\w+|source) = ".*"$', lambda found: f"{found[1]} = {quoted}", text)
    path.write_text(f"{text}\n[course]\nschool = {quoted}\ninstructor = {quoted}\n", encoding="utf-8")
    return path


both = pytest.mark.parametrize("kind", [Kind.WORKSHEET, Kind.KEY])
languages = pytest.mark.parametrize("language", ["en", "es", "zh"])


def test_an_unknown_suffix_names_the_formats(tmp_path):
    """The suffix chooses the format."""
    with pytest.raises(
        AuthorError, match=r"cannot tell a format from 'a.docx'; end the name in one of .pdf, .html, .tex"
    ):
        renderer_for(tmp_path / "a.docx")


# PDF


@both
@languages
def test_pdf_is_tagged_and_says_its_language(rendered, language, kind):
    """PDF/UA-1: marked, with a title to display, a language, a structure tree and its identifier."""
    with pikepdf.open(rendered(".pdf", language, kind)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert str(pdf.Root.Lang) == {"en": "en", "es": "es", "zh": "zh-Hans"}[language]
        assert "/StructTreeRoot" in pdf.Root
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert load("mazur").title(language) in metadata["dc:title"]


@both
@languages
def test_pdf_has_a_bookmark_for_each_part(rendered, language, kind):
    """The sheet, and below it the headings."""
    with pikepdf.open(rendered(".pdf", language, kind)) as pdf, pdf.open_outline() as outline:
        (sheet,) = outline.root
        assert str(sheet.title) == load("mazur").title(language)
        (built,) = build_document([load("mazur")], kind, Options(language=language)).sheets
        headings = [as_text(block.text) for block in built.blocks if isinstance(block, Heading)]
        results = [block.title for block in built.blocks if isinstance(block, Results)]
        assert [str(child.title) for child in sheet.children] == headings + results
        assert len(headings + results) == (11 if kind is Kind.WORKSHEET else 12)


@both
@languages
def test_pdf_embeds_subset_fonts_and_misses_no_glyph(rendered, language, kind):
    """Every font is embedded as a subset, and no string shows glyph 0, the box for what is missing."""
    with pikepdf.open(rendered(".pdf", language, kind)) as pdf:
        for page in pdf.pages:
            for font in page.Resources.Font.values():
                assert re.fullmatch(r"/[A-Z]{6}\+.+", str(font.BaseFont))
                descriptor = font.DescendantFonts[0].FontDescriptor
                assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
            assert not [
                shown for shown in strings(page) if b"\0\0" in [shown[i : i + 2] for i in range(0, len(shown), 2)]
            ]


def strings(page):
    """The strings that a page shows, as glyph numbers of two bytes."""
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "TJ":
            yield from (bytes(part) for part in operands[0] if isinstance(part, pikepdf.String))
        elif str(operator) == "Tj":
            yield bytes(operands[0])


@languages
def test_pdf_figure_is_described(rendered, language):
    """The network and the curve of the error have their alternative texts in the tags."""
    begun = {"en": ["Diag", "Curv"], "es": ["Diag", "Curv"], "zh": ["全连接神", "误差随更"]}
    with pikepdf.open(rendered(".pdf", language)) as pdf:
        figures = [e for e in elements(pdf.Root.StructTreeRoot) if e.get("/S") == "/Figure"]
        assert [str(e.Alt)[:4] for e in figures] == begun[language]


@both
def test_pdf_formulas_are_tagged_with_their_text(rendered, kind):
    """A screen reader says the formula; no link is left that leads nowhere."""
    with pikepdf.open(rendered(".pdf", kind=kind)) as pdf:
        tags = [(str(e.S), str(e.get("/Alt", ""))) for e in elements(pdf.Root.StructTreeRoot)]
        formulas = [text for tag, text in tags if tag == "/Formula"]
        assert len(formulas) > 90
        assert all(formulas)
        assert "/Link" not in {tag for tag, _ in tags}
        assert "out = 1/(1 + e^(−net))" in formulas


def test_formulas_that_a_template_repeats_are_text(rendered, tmp_path):
    """Rather no alternative text than a wrong one."""
    (tmp_path / "pdf").mkdir()
    template = """{% extends 'html/document.html.jinja' %}{% block meta %}
        {% for block in document.sheets[0].blocks if (block | shape) == "Question" %}
        {% set lost = block.prompt | prose %}
        {% endfor %}{% endblock %}"""
    (tmp_path / "pdf" / "document.html.jinja").write_text(template)
    with pikepdf.open(rendered(".pdf", exercise="one-weight", templates=tmp_path)) as pdf:
        assert not {"/Formula", "/Link"} & {str(e.S) for e in elements(pdf.Root.StructTreeRoot)}


def elements(node):
    """Every structure element below a node."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def test_pdf_text_can_be_selected(rendered):
    """The numbers of the key can be searched and copied."""
    text = pdf_text(rendered(".pdf", kind=Kind.KEY))
    assert "0.15 × 0.05 + 0.20 × 0.10 + 0.35" in re.sub(r"\s+", " ", text)


def pdf_text(path):
    if not shutil.which("pdftotext"):
        pytest.fail("pdftotext is missing: install poppler-utils")
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True, text=True).stdout


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_paper(rendered, paper, size):
    """A4 or Letter."""
    with pikepdf.open(rendered(".pdf", exercise="one-weight", paper=paper)) as pdf:
        assert tuple(round(float(side)) for side in pdf.pages[0].MediaBox[2:]) == size


@languages
def test_fillable_boxes_are_fields_named_by_their_quantity(rendered, language):
    """One text field for each question, with the question as its tooltip."""
    document = build_document([load("mazur")], Kind.WORKSHEET, Options(language=language))
    questions = {block.quantity: block.tooltip for block in document.sheets[0].blocks if hasattr(block, "quantity")}
    with pikepdf.open(rendered(".pdf", language, fillable=True)) as pdf:
        fields = {str(field.T): str(field.TU) for field in pdf.Root.AcroForm.Fields}
        assert fields == questions
        assert {str(field.FT) for field in pdf.Root.AcroForm.Fields} == {"/Tx"}


def test_a_fillable_sheet_stays_small(rendered):
    """The font of the fields is embedded whole, so it has to be a small one."""
    assert rendered(".pdf", fillable=True).stat().st_size < rendered(".pdf").stat().st_size + 120_000


@pytest.mark.parametrize("fillable", [pytest.param(False, marks=pytest.mark.slow), True])
def test_the_same_sheet_is_the_same_file(rendered, tmp_path, fillable):
    """Byte for byte, made by two processes at two times, with two orders of what is hashed."""
    own = rendered(".pdf", fillable=fillable)
    command = [sys.executable, "-m", "derive", "worksheet", "mazur", "-o", "two.pdf"]
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    subprocess.run(
        [*command, *(["--fillable"] if fillable else [])],
        cwd=tmp_path,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        check=True,
    )
    assert int(own.stat().st_mtime) < int((tmp_path / "two.pdf").stat().st_mtime)  # a time stamp would differ
    assert own.read_bytes() == (tmp_path / "two.pdf").read_bytes()


# Text from files


def test_hostile_text_prints_as_itself_in_pdf(rendered, hostile):
    """Nothing is run, fetched or evaluated."""
    text = re.sub(r"\s+", "", pdf_text(rendered(".pdf", exercise=hostile)))
    assert re.sub(r"\s+", "", HOSTILE) in text


def test_hostile_text_prints_as_itself_in_html(rendered, hostile):
    """It is text of the page, not markup."""
    page = Page(rendered(".html", exercise=hostile).read_text(encoding="utf-8"))
    assert HOSTILE in page.text
    assert not {"script", "img", "iframe", "object", "link"} & page.tags


def test_hostile_text_prints_as_itself_in_latex(rendered, hostile):
    """Every special character is escaped."""
    source = rendered(".tex", exercise=hostile).read_text(encoding="utf-8")
    assert r"\textbackslash{}input\{/etc/passwd\} \textless{}script\textgreater{}alert(1)" in source
    assert r"\% \& \# \textasciitilde{} \_" in source
    assert r"\input" not in source
    assert "((( 7*7 )))" in source  # the template language does not see it


def test_weasyprint_fetches_nothing_else(rendered, tmp_path, caplog):
    """A template that asks for a file or an address gets nothing."""
    folder = tmp_path / "pdf"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(PIXEL)
    url = (tmp_path / "secret.png").as_uri()
    (folder / "page.css").write_text(f"body {{ background: url({url}); }} @import url(http://127.0.0.1:9/x.css);")
    path = rendered(".pdf", exercise="one-weight", templates=tmp_path)
    with pikepdf.open(path) as pdf:
        assert not [o for o in pdf.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"]
    assert "a sheet fetches nothing but its own fonts" in caplog.text


# HTML


class Page(HTMLParser):
    """The text, the tags and the addresses of a page."""

    def __init__(self, source):
        super().__init__()
        self.text, self.tags, self.addresses = "", set(), []
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.addresses += [value for name, value in attributes if name in ("src", "href", "data", "action")]

    def handle_data(self, data):
        self.text += data


@both
@languages
def test_html_stands_alone(rendered, language, kind):
    """No script, no address to fetch; formulas in MathML; the language is said."""
    source = rendered(".html", language, kind).read_text(encoding="utf-8")
    page = Page(source)
    assert {"math", "mfrac", "svg"} <= page.tags
    assert "script" not in page.tags
    assert not page.addresses
    assert "url(" not in source
    assert f'<html lang="{"zh-Hans" if language == "zh" else language}">' in source


@languages
def test_mathml_is_well_formed(rendered, language):
    """Every formula and the diagram can be read by an XML parser."""
    source = rendered(".html", language, Kind.KEY).read_text(encoding="utf-8")
    formulas = re.findall(r"<math.*?</math>", source, re.DOTALL) + re.findall(r"<svg.*?</svg>", source, re.DOTALL)
    assert len(formulas) > 100
    for formula in formulas:
        ET.fromstring(formula)


def test_html_answer_boxes_are_inputs_when_fillable(rendered):
    """Named by their quantity, labelled by their question."""
    source = rendered(".html", fillable=True).read_text(encoding="utf-8")
    assert source.count("<input ") == 42
    assert 'name="net_h1" title="1. Calculate the net input of neuron h1. net_h1"' in source


# LaTeX


@both
@languages
def test_latex_is_made_to_be_edited(rendered, language, kind):
    """Macros with the field's names, TikZ for the network, one line for each thing; a paragraph is a thing."""
    source = rendered(".tex", language, kind).read_text(encoding="utf-8")
    assert source.count("\\question{") == 43  # with the comment at its definition
    assert "\\begin{tikzpicture}" in source
    note = load("mazur").note(language)
    assert max(len(line) for line in source.splitlines() if line[:40] != note[:40]) < 400
    assert ("ctexart" in source) == (language == "zh")


def test_latex_has_room_for_matrices_of_many_columns(rendered):
    """More than 10 stop the compilation, unless the document says so; this key has a row of 13."""
    source = rendered(".tex", kind=Kind.KEY, exercise="two-groups").read_text(encoding="utf-8")
    before, _, behind = source.partition(r"\begin{document}")
    assert " & ".join("1" * 13) in behind
    assert int(re.search(r"\\setcounter{MaxMatrixCols}{(\d+)}", before)[1]) >= 13


def test_latex_formulas_are_those_of_mazurs_page(rendered):
    """The chain rule as a person would type it."""
    source = rendered(".tex", kind=Kind.KEY).read_text(encoding="utf-8")
    expected = (
        r"\frac{\partial E_{\mathrm{total}}}{\partial w_{5}} &= "
        r"\frac{\partial E_{\mathrm{total}}}{\partial\mathit{out}_{o1}} \cdot "
        r"\frac{\partial\mathit{out}_{o1}}{\partial\mathit{net}_{o1}} \cdot "
        r"\frac{\partial\mathit{net}_{o1}}{\partial w_{5}} \\"
    )
    assert expected in source


ENGINES = [("pdflatex", "en"), ("pdflatex", "es"), ("xelatex", "zh"), ("xelatex", "en"), ("lualatex", "es")]


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "language"), ENGINES)
def test_latex_compiles_whatever_its_texts_are(tmp_path, hostile, engine, language):
    """Unchanged, with hostile texts, accents, Chinese where the sheet is Chinese, and a logo."""
    if not shutil.which(engine) and not os.environ.get("CI"):
        pytest.skip(f"{engine} is not installed")
    name = "李雷 Ñandú" if language == "zh" else "Ñandú ☺"
    options = Options(language=language, letterhead=Letterhead("Smith & Sons", "100 % maths", name, Logo(PIXEL, "png")))
    rendering = renderer_for(tmp_path / "sheet.tex")(build_document([load(hostile)], Kind.KEY, options), Layout())
    (tmp_path / "sheet.tex").write_bytes(rendering.content)
    for suffix, content in rendering.companions.items():
        (tmp_path / f"sheet{suffix}").write_bytes(content)
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "sheet.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]


@pytest.mark.slow
@pytest.mark.parametrize("exercise", ["cs231n-neuron", "deep-symbolic", "softmax-4", "xor-notes"])
def test_latex_of_every_kind_of_exercise_compiles(rendered, tmp_path, exercise):
    """Gates, matrices, symbols, several samples."""
    if not shutil.which("pdflatex") and not os.environ.get("CI"):
        pytest.skip("pdflatex is not installed")
    shutil.copy(rendered(".tex", "es", Kind.KEY, exercise=exercise), tmp_path / "sheet.tex")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "sheet.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]


# The head of the sheet, and templates of one's own


def test_letterhead_and_logo(rendered):
    """School, course, instructor and logo are on the page."""
    head = Letterhead("Springfield High", "ML 101", "E. Krabappel", Logo(PIXEL, "png"))
    text = pdf_text(rendered(".pdf", exercise="one-weight", letterhead=head))
    assert "Springfield High" in text
    assert "ML 101" in text
    assert "E. Krabappel" in text
    assert 'src="data:image/png;base64,' in rendered(".html", letterhead=head).read_text(encoding="utf-8")
    with pikepdf.open(rendered(".pdf", exercise="one-weight", letterhead=head)) as pdf:
        assert [o for o in pdf.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"]


def test_an_own_style_sheet_is_taken_and_the_rest_is_ours(rendered, tmp_path):
    """The folder need hold only what is changed."""
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "screen.css").write_text("body { color: rebeccapurple }")
    source = rendered(".html", templates=tmp_path).read_text(encoding="utf-8")
    assert "rebeccapurple" in source
    assert "<math" in source


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{% if %}", "line 1"),
        ("\n\n{{ document.nonsense }}", "line 3"),
        ("{{ document.__class__.__mro__ }}", "unsafe"),
        ("{{ ''.__class__.__base__.__subclasses__() }}", "unsafe"),
        ("{% include 'no/such.html' %}", "no/such.html"),
        ("{{ 1 // 0 }}", "line 1"),
    ],
)
def test_a_mistake_in_a_template_is_told_with_its_place(tmp_path, template, reason):
    """The sandbox refuses what is no template's business, and no traceback is shown."""
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "document.html.jinja").write_text(template)
    document = build_document([load("mazur")], Kind.WORKSHEET, Options())
    with pytest.raises(AuthorError, match=reason) as caught:
        renderer_for(tmp_path / "a.html")(document, Layout(templates=tmp_path))
    assert "document.html.jinja" in str(caught.value)


def test_every_format_has_a_module():
    """Each line of the table leads to a module that renders."""
    for suffix in FORMATS:
        assert callable(renderer_for(Path(f"x{suffix}")))


def test_a_fillable_sheet_is_made_in_silence(rendered, caplog):
    """What libraries think of the fonts is not for the instructor."""
    rendered(".pdf", "es", fillable=True, paper="letter")
    assert not [record for record in caplog.records if record.levelname == "WARNING"]


def test_a_word_without_end_stays_on_the_page(rendered, tmp_path):
    """A title of 200 letters is broken somewhere rather than cut."""
    path = tmp_path / "long.toml"
    title = "W" * 200
    path.write_text(
        re.sub(r'title\.en = ".*"', f'title.en = "{title}"', load("one-weight").path.read_text()), encoding="utf-8"
    )
    text = pdf_text(rendered(".pdf", exercise=path))
    assert re.sub(r"\s", "", text).count("W" * 40) >= 5
    assert max(line.count("W") for line in text.splitlines()) < 60


def test_no_room_for_temporary_files_is_one_sentence(monkeypatch):
    """WeasyPrint writes fonts to files; where it cannot, the sentence says which folder is meant."""
    document = build_document([load("mazur")], Kind.WORKSHEET, Options())
    monkeypatch.setattr(
        "weasyprint.HTML.write_pdf", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "No space left"))
    )
    with pytest.raises(RefusedError, match=r"folder for temporary files \(No space left\).*TMPDIR"):
        renderer_for(Path("x.pdf"))(document, Layout())


@both
def test_the_foot_of_a_page_is_an_artifact(rendered, kind):
    """All marked content of a page hangs in the tree, and there is unmarked decoration on each: its foot."""
    with pikepdf.open(rendered(".pdf", kind=kind)) as pdf:
        hung = {element.objgen for element in elements(pdf.Root.StructTreeRoot)}
        for page, content in zip(pdf.pages, pdf.Root.StructTreeRoot.ParentTree.Nums[1::2], strict=False):
            steps = list(pikepdf.parse_content_stream(page))
            marked = {
                int(step.operands[1].MCID)
                for step in steps
                if str(step.operator) == "BDC" and "/MCID" in step.operands[1]
            }
            assert marked == {number for number, element in enumerate(content) if element is not None}
            assert all(content[number].objgen in hung for number in marked)
            assert [step for step in steps if str(step.operator) == "BMC" and step.operands[0] == pikepdf.Name.Artifact]


OTHERS = [
    *("cs231n-neuron", "deep-symbolic", "gradient-check"),
    *(pytest.param(name, marks=pytest.mark.slow) for name in ("cs231n-vector", "demofox-2", "softmax-4", "udacity-a")),
]
"""Gates, matrices, symbols, a check, a wide output layer, several samples."""


@pytest.mark.parametrize("exercise", OTHERS)
def test_every_kind_of_exercise_has_its_glyphs_and_tags(rendered, exercise):
    """Fonts are subsets, no glyph is missing, figures are described and formulas are tagged with a text."""
    path = rendered(".pdf", "es", Kind.KEY, exercise=exercise)
    check_margins(path)
    with pikepdf.open(path) as pdf:
        for page in pdf.pages:
            assert all(re.fullmatch(r"/[A-Z]{6}\+.+", str(font.BaseFont)) for font in page.Resources.Font.values())
            assert not [
                shown for shown in strings(page) if b"\0\0" in [shown[i : i + 2] for i in range(0, len(shown), 2)]
            ]
        tags = [(str(element.S), str(element.get("/Alt", ""))) for element in elements(pdf.Root.StructTreeRoot)]
    assert {tag for tag, _ in tags} >= {"/Formula", "/Figure", "/H1"}
    assert [tag for tag, text in tags if tag in ("/Formula", "/Figure") and not text] == []


@pytest.mark.parametrize("exercise", OTHERS)
def test_every_kind_of_exercise_stands_alone_in_html(rendered, exercise):
    """Well-formed formulas, no script, nothing to fetch."""
    source = rendered(".html", "zh", Kind.KEY, exercise=exercise).read_text(encoding="utf-8")
    page = Page(source)
    assert not page.addresses
    assert "script" not in page.tags
    for formula in re.findall(r"<math.*?</math>", source, re.DOTALL) + re.findall(r"<svg.*?</svg>", source, re.DOTALL):
        ET.fromstring(formula)


WIDE = [("en", Kind.WORKSHEET), ("es", Kind.KEY), ("zh", Kind.WORKSHEET), ("zh", Kind.KEY)]


@pytest.mark.parametrize(
    ("exercise", "language", "kind"),
    [
        *(("mazur", language, kind) for language in ("en", "es", "zh") for kind in (Kind.WORKSHEET, Kind.KEY)),
        ("wide", "en", Kind.KEY),
        ("wide", "es", Kind.WORKSHEET),
        *(pytest.param("wide", language, kind, marks=pytest.mark.slow) for language, kind in WIDE),
    ],
)
def test_nothing_stands_outside_the_margins(rendered, tmp_path_factory, language, kind, exercise):
    """Every word of every page lies between the margins of 19 mm, whatever the language and however many digits."""
    if exercise == "wide":
        exercise = tmp_path_factory.getbasetemp() / "wide.toml"
        values = [[round(-0.912345 + 0.1 * row * column, 6) for column in range(8)] for row in range(8)]
        lines = ['title.en = "Wide"', f"inputs = {values[1]}", "targets = [0.5]", "learning_rate = 0.00001"]
        lines += [
            "[[layer]]",
            f"weights = {values[:3]}",
            'activation = "tanh"',
            "[[layer]]",
            f"weights = [{values[2][:3]}]",
        ]
        exercise.write_text("\n".join([*lines, "[sheet]", "figures = 15"]), encoding="utf-8")
    check_margins(rendered(".pdf", language, kind, exercise=exercise))


def check_margins(path):
    """No word of a page is in its margins."""
    boxes = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, check=True, text=True).stdout
    edges = [
        (float(left), float(right), word)
        for left, right, word in re.findall(r'xMin="([\d.]+)".*?xMax="([\d.]+)".*?>(.*?)</word>', boxes)
    ]
    assert len(edges) > 150
    margin = 19 / 25.4 * 72
    assert [edge for edge in edges if edge[0] < margin - 1 or edge[1] > 595.3 - margin + 1] == []


def test_a_field_shows_what_a_key_prints(rendered, tmp_path):
    """A minus sign that is copied from the key into a box is drawn by the field's own font."""
    filled = tmp_path / "filled.pdf"
    with pikepdf.open(rendered(".pdf", fillable=True)) as pdf:
        for field in pdf.Root.AcroForm.Fields:
            field.V = pikepdf.String("−1,2·10^-3 × ½")
        fonts = pdf.Root.AcroForm.DR.Font
        (name,) = {re.search(r"/(\S+) [\d.]+ Tf", str(field.DA))[1] for field in pdf.Root.AcroForm.Fields}
        assert str(fonts[f"/{name}"].BaseFont).endswith("Field")
        pdf.save(filled)
    assert pdf_text(filled).count("−1,2·10^-3 × ½") == 42
