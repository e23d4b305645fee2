"""Practising in the terminal: what is said to what is typed, in every language, and that it always comes to an end."""

import re
from functools import cache

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import resources
from derive.checking.practice.commands import COMMANDS
from derive.checking.practice.conversation import Practice
from derive.checking.practice.hints import hints_of, result_of
from derive.checking.practice.progress import Way
from derive.checking.verification import diagnosis
from derive.checking.verification.verdicts import Verdict
from derive.choices import languages
from derive.commands.cli import main
from derive.mathtext.plain import plain
from derive.mistakes.trials import trials_of
from derive.sheet.build import Options, edition
from derive.sheet.document import Equation, Heading, Paragraph, Table
from derive.words.languages import as_text, language
from tests.shipped import load


@cache
def practice_of(name, lang="en", first=1, **options):
    """A sheet to practise, which remembers nothing of a conversation."""
    return Practice(edition(load(name), language(lang), Options(language=lang, outlook=False, **options)), first)


@pytest.fixture(scope="module")
def mazur_sheet():
    return practice_of("mazur")


@pytest.fixture(scope="module")
def symbolic_sheet():
    return practice_of("deep-symbolic", notation="net-out")


def played(practice, lines):
    """The turns of a conversation, the first included, until it is over or there are no more lines."""
    turns = [practice.begin()]
    for line in lines:
        if turns[-1].is_over:
            break
        turns.append(practice.reply(turns[-1].progress, line))
    return turns


def text_of(turn):
    return "\n".join(said(block) for block in turn.said)


def said(block):
    match block:
        case Heading(text) | Paragraph(text):
            return as_text(text)
        case Equation(math):
            return plain(math)
        case Table(rows):
            return "\n".join("  ".join(map(as_text, cells)) for cells in rows)
        case _:
            return "\n".join(map(as_text, block.items))


def run(*arguments, lines=(), code=0, environment=None):
    typed = "".join(f"{line}\n" for line in lines)
    result = CliRunner().invoke(
        main, ["practice", *arguments], input=typed, catch_exceptions=False, env=environment or {"COLUMNS": "100"}
    )
    assert result.exit_code == code, result.output
    return result.output


# --- conversations ----------------------------------------------------------------------------------------------------

# For each line that is typed, what the reply has to contain.
CONVERSATIONS = {
    "right, and on": ("mazur", "en", [("0.3775", "Right.\n2/42"), ("0.59327", "3/42")]),
    "known mistake": (
        "mazur",
        "en",
        [
            ("0.0275", "It looks like this mistake: bias forgotten."),
            ("0.0275", "net_h1 = w1 i1 + w2 i2"),
            ("0.3775", "2/42"),
        ],
    ),
    "followed": (
        "mazur",
        "en",
        [("0.41", "Not right."), ("skip", "2/42"), ("0.601088", "Right: it follows from your net_h1 = 0.41.")],
    ),
    "not followed where it makes all easy": (
        "mazur",
        "en",
        [("1", "Not right."), ("skip", "2/42"), ("0.731059", "Not right.")],
    ),
    "coarse": (
        "mazur",
        "en",
        [
            ("0.38", "Right as far as it goes, but more digits are asked for: 6 significant figures."),
            ("skip", "2/42"),
            ("back", "Your answer: 0.38"),
            ("0.3775", "Right.\n2/42"),
        ],
    ),
    "hints with wrong answers left": (
        "mazur",
        "en",
        [
            ("0.41", "Not right."),
            ("skip", "2/42"),
            ("", "Hint 1 of 4\nThe logistic"),
            ("", "Hint 2 of 4\nout_h1 = "),
            ("", "Hint 3 of 4\nWith the right earlier values, not with your own:\nout_h1 = "),
        ],
    ),
    "sign": ("mazur", "en", [("-0.3775", "Almost. The size is right; the sign is the opposite.")]),
    "ten": ("mazur", "en", [("3.775", "Almost. The digits are right")]),
    "exchanged": ("mazur", "en", [("0.3757", "Almost. Two neighbouring digits are exchanged.")]),
    "unreadable": ("mazur", "en", [("0.37?75", "0.37?75\n    ^\nThe number ends here; what is ?75?")]),
    "hints": (
        "mazur",
        "en",
        [
            ("", "Hint 1 of 4\nMultiply each incoming value by its weight"),
            ("?", "Hint 2 of 4\nnet_h1 = w1 i1 + w2 i2 + b1"),
            ("hint", "Hint 3 of 4\nnet_h1 = 0.15 × 0.05 + 0.20 × 0.10 + 0.35"),
            ("？", "Hint 4 of 4\nnet_h1 = 0.377500\n2/42"),
        ],
    ),
    "hints of the steps on the way": (
        "not-so-random-walk",
        "en",
        [
            *[("skip", f"{number}/50") for number in range(2, 13)],
            ("?", "multiply the two derivatives"),
            ("?", "δ_o1 = ∂E_total/∂out_o1 ⋅ ∂out_o1/∂net_o1"),
            ("?", "≈ 0.88955 − 0.1 ≈ 0.78955"),
            ("?", "∂out_o1/∂net_o1 = out_o1 (1 − out_o1)"),
            ("?", "δ_o1 ≈ 0.78955 × 0.098250"),
            ("?", "δ_o1 ≈ 0.07757"),
        ],
    ),
    "back and again": (
        "mazur",
        "en",
        [
            ("back", "This is the first question."),
            ("0.41", "Not right."),
            ("skip", "2/42"),
            ("0.601088", "3/42"),
            ("back", "2/42  Calculate the output of neuron h1. (6 significant figures)\nYour answer: 0.601088"),
            ("back", "1/42"),
            ("0.5", "Not right."),
            ("0.3775", "2/42"),
            ("back", "Your answer: 0.3775"),
            ("skip", "Your answer 0.601088 no longer fits the answers before it."),
            ("0.593270", "3/42"),
        ],
    ),
    "show": (
        "mazur",
        "en",
        [("0.41", "Not right."), ("show", "Learning rate  η = 0.5\nYour answers so far\n1  net_h1  0.41  wrong\n1/42")],
    ),
    "help": ("mazur", "en", [("HELP", "quit  stop here, with a summary")]),
    "quit": ("mazur", "en", [("quit", "Summary\nnot answered  42")]),
    "gates": (
        "cs231n-product",
        "en",
        [
            ("3", "(a whole number)"),
            ("-12", "3/6"),
            ("3", "same factor in place of the other: Differentiating"),
            ("quit", "wrong sign of a local derivative / same factor in place of the other"),
        ],
    ),
    "Spanish": (
        "cs231n-product",
        "es",
        [
            ("Pista", "Pista 1 de 4\nAplica la operación"),
            ("3,0", "Correcto.\n2/6  Calcula f. (un número entero)"),
            ("12", "Casi. El valor absoluto es correcto"),
            ("ATRAS", "1/6"),
            ("atrás", "Esta es la primera pregunta."),
            ("saltar", "2/6"),
            ("ver", "Tus respuestas hasta ahora\n1  q1  3,0  correcta\n2  f  12  signo equivocado"),
            (
                "quit",
                "Resumen\ncorrectas con pistas  1\nsin corregir  1\nsin responder  4\nQué salió mal\nsigno equivocado",
            ),
        ],
    ),
    "Spanish decimals": ("mazur", "es", [("0,41", "No es correcto."), ("skip", "2/42"), ("0,601088", "net_h1 = 0,41")]),
    "Chinese": (
        "mazur",
        "zh",
        [
            ("０．０２７５", "看起来是这个错误：漏掉偏置。"),
            ("提示", "提示 1/4"),
            ("0.41", "不对。"),
            ("跳过", "2/42"),
            ("0.601088", "正确：由你的 net_h1 = 0.41 得出。\n3/42"),
            ("返回", "你的答案：0.601088"),
            ("查看", "你目前的答案\n1  net_h1  0.41  错误\n2  out_h1  0.601088  按你前面的数值是对的"),
            ("帮助", "退出, quit  到此结束，并显示总结"),
            ("退出", "一次答对  1\n未改正  1\n未作答  40\n哪里出了错\n漏掉偏置："),
        ],
    ),
    "symbols": (
        "deep-symbolic",
        "en",
        [
            ("w1 i1 + w2 i2 + w3 i3 + w4 i4", "Right.\n2/57  Calculate the output of neuron h1."),
            ("1/(1 + e^(-net_h1)", "The bracket ( is never closed."),
            ("out_h1", "The formula uses out_h1, which is itself calculated from this answer."),
            ("1/(1 + e^net_h1)", "It looks like"),
            ("", "Hint 1 of 2"),
            ("", "Hint 2 of 2\nout_h1 = 1/(1 + e^(−net_h1))\n3/57"),
            ("w5 i1 + w6 i2 + w7 i3 - w8 i4", "sign"),
            ("skip", "4/57"),
            ("quit", "right at the first try  1\nanswer shown  1\nleft wrong  1\nnot answered  54"),
        ],
    ),
}


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_conversation(name):
    """Each line that is typed, and what has to be said to it."""
    exercise, lang, lines = CONVERSATIONS[name]
    practice = practice_of(exercise, lang, notation="net-out" if exercise == "deep-symbolic" else None)
    turns = played(practice, [line for line, _ in lines])
    for (line, wanted), turn in zip(lines, turns[1:], strict=True):
        assert wanted in text_of(turn), line


def test_the_beginning_has_all_that_one_needs(mazur_sheet):
    """Title, given values, conventions, what can be typed, the first question and what is asked for."""
    turn = mazur_sheet.begin()
    text = text_of(turn)
    places = [
        text.index(part)
        for part in (
            "A step-by-step backpropagation example",
            "2 inputs, then a hidden layer of 2 neurons",
            "w1 = 0.15    w2 = 0.20    b1 = 0.35",
            "The error of an output is half its squared distance",
            "skip  on to the next question",
            "Forward pass: hidden layer",
            "1/42  Calculate the net input of neuron h1. (6 significant figures)",
        )
    ]
    assert places == sorted(places)
    assert turn.prompt == "net_h1 = "


def test_a_heading_stands_where_a_part_begins(mazur_sheet):
    """And not above each question."""
    turns = played(mazur_sheet, ["skip"] * 12)
    heads = [any(isinstance(block, Heading) for block in turn.said) for turn in turns[1:]]
    assert [number for number, has_head in enumerate(heads, start=2) if has_head] == [5, 9, 12]


def test_what_is_right_is_not_asked_again(mazur_sheet):
    """Who has gone back goes on to the next question that is open."""
    turns = played(mazur_sheet, ["0.3775", "0.593270", "back", "back", "0.3775"])
    assert [turn.progress.at for turn in turns] == [0, 1, 2, 1, 0, 2]


def test_one_is_told_once_to_try_again(mazur_sheet):
    """At the first wrong answer to a question."""
    _, first, second, _, other = played(mazur_sheet, ["0.5", "0.6", "skip", "7"])
    again = "Try again, or press Enter for a hint."
    assert [again in text_of(turn) for turn in (first, second, other)] == [True, False, True]


def test_the_entries_of_a_matrix_are_asked_one_by_one():
    """Each with its own symbol, formula and result."""
    turns = played(practice_of("mazur", notation="matrix"), ["", "", "", "", ""])
    assert [turn.prompt for turn in turns] == ["z1⁽¹⁾ = "] * 4 + ["z2⁽¹⁾ = "] * 2
    assert "z⁽¹⁾[2×1] = W⁽¹⁾[2×2] x[2×1]" in text_of(turns[2])
    assert "z1⁽¹⁾ = 0.15 × 0.05 + 0.20 × 0.10 + 0.35" in text_of(turns[3])
    assert "z1⁽¹⁾ = 0.377500" in text_of(turns[4])


def test_how_an_answer_was_found_is_counted(mazur_sheet):
    """At the first try, later, with hints, or shown; in the summary each with its number."""
    lines = ["0.3775", "0.5", "0.593270", "", "0.3925", "", "", "", "", "quit"]
    *_, last = played(mazur_sheet, lines)
    ways = [record.way for record in last.progress.records.values()]
    assert ways == [Way.FIRST, Way.LATER, Way.HINTS, Way.SHOWN]
    assert (
        "first try  1\nright after another try  1\nright with hints  1\nanswer shown  1\nnot answered  38"
        in text_of(last)
    )


def test_who_has_found_everything_is_told_so():
    """However many tries it took; not if anything was shown or is missing."""
    lines = ["3", "-12", "-4", "3", "-4", "-4"]
    praise = "Every answer is right. Well done!"
    assert praise in text_of(played(practice_of("cs231n-product"), ["7", *lines])[-1])
    assert praise not in text_of(played(practice_of("cs231n-product"), [*lines[:5], "", "", "", "", ""])[-1])
    assert praise not in text_of(played(practice_of("cs231n-product"), [*lines[:5], "skip"])[-1])


def test_a_mistake_is_summed_up_once_a_question(mazur_sheet):
    """With its advice; the same at two questions counts twice."""
    *_, last = played(mazur_sheet, ["0.0275", "0.0275", "skip", "skip", "0.0425", "quit"])
    text = text_of(last)
    assert text.count("bias forgotten") == 1
    assert "bias forgotten (2×): The net input has one more term" in text


# --- what holds for every exercise ------------------------------------------------------------------------------------

NAMES = [name for name in resources.exercises() if not load(name).is_large]
SHEETS = [pytest.param(name, marks=pytest.mark.slow if number % 3 else []) for number, name in enumerate(NAMES)]


@pytest.mark.parametrize("name", SHEETS)
def test_what_the_last_hint_shows_is_right(name):
    """It can be read as an answer, and it is the right one."""
    practice = practice_of(name, notation="net-out" if load(name).is_symbolic else None)
    answers = {
        item.id: practice._judge.read(item.id, plain(result_of(practice.edition, item))) for item in practice.items
    }
    judged = practice._judge.judged(answers, [])
    assert {name: own.verdict for name, own in judged.items()} == dict.fromkeys(answers, Verdict.CORRECT)


@pytest.mark.parametrize("name", SHEETS)
def test_only_the_last_hint_gives_the_answer(name):
    """Words first; what the quantity comes to at the end."""
    practice = practice_of(name, notation="net-out" if load(name).is_symbolic else None)
    for item in practice.items:
        first, *between, last = ("\n".join(map(said, hint)) for hint in hints_of(practice.edition, item))
        symbol, result = (
            plain(practice.edition.notation.symbol(item.quantity)),
            plain(result_of(practice.edition, item)),
        )
        answer = re.compile(rf"{re.escape(symbol)}\s*[=≈] {re.escape(result)}$")
        assert answer.search(last)
        assert not any(map(answer.search, (first, *between)))


def test_a_long_answer_is_shown_shortened(symbolic_sheet):
    """Where it is shown again."""
    turns = played(symbolic_sheet, ["+".join(["w1"] * 50), "skip", "back"])
    assert "Your answer: w1+w1+" in text_of(turns[-1])
    assert len(text_of(turns[-1]).splitlines()[-1]) < 80


@pytest.mark.parametrize("arguments", [{"name": "cs231n-product"}, {"name": "mazur", "detail": "results"}])
def test_hints_alone_lead_to_the_end(arguments):
    """Whoever only presses Enter sees the whole derivation."""
    turns = played(practice_of(**arguments), [""] * 2000)
    assert turns[-1].is_over
    assert {record.way for record in turns[-1].progress.records.values()} == {Way.SHOWN}


@pytest.mark.parametrize("lang", languages())
def test_the_words_for_commands_are_told_apart(lang):
    """Those of every language, and the English ones in each."""
    practice, say = practice_of("cs231n-product", lang), language(lang)
    first = practice.begin().progress
    for command in COMMANDS:
        own, english = (practice.reply(first, word) for word in (say.plain(f"practice.command.{command}"), command))
        assert own == english
    assert len({text_of(practice.reply(first, command)) for command in COMMANDS}) == len(COMMANDS)


_TYPED = st.one_of(
    st.text(max_size=30),
    st.sampled_from([*COMMANDS, "", "?", "0.3775", "0.0275", "1", "1e9999", "-", "…", "1,234", "½", "skip "]),
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(_TYPED, max_size=12))
def test_whatever_is_typed_is_answered(lines):
    """Every line has a reply, and the end is always there to be had."""
    practice = _SHARED
    turn = played(practice, lines)[-1]
    assert turn.said
    assert practice.end(turn.progress).is_over
    assert turn.is_over or turn.prompt


_SHARED = practice_of("cs231n-product")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=40), st.text(alphabet="w12i+-*/^()netouh_ ", max_size=30)), max_size=6))
def test_whatever_is_typed_for_a_formula_is_answered(symbolic_sheet, lines):
    """The same for formulas."""
    turn = played(symbolic_sheet, lines)[-1]
    assert symbolic_sheet.end(turn.progress).is_over


@pytest.mark.parametrize(
    "text", ["9" * 1_000_000, "9**9**9**9", "__import__('os')", "\x1b[2J\x00", "(" * 5000, "\ud800"]
)
@pytest.mark.parametrize("sheet", ["mazur_sheet", "symbolic_sheet"])
def test_a_hostile_line_costs_nothing(sheet, text, request):
    """It cannot be read, nothing is counted, and what is shown of it is short and printable."""
    practice = request.getfixturevalue(sheet)
    first, second = played(practice, [text])
    assert second.progress == first.progress
    assert second.prompt == first.prompt
    assert len(text_of(second)) < 500
    assert "\x1b" not in text_of(second)


def test_what_mistakes_lead_to_is_compiled_once(mazur_sheet, monkeypatch):
    """Not for each question anew, which would keep one waiting for a second at each wrong answer."""
    asked = []
    monkeypatch.setattr(diagnosis, "trials_of", lambda own, names: asked.append(names) or trials_of(own, names))
    played(mazur_sheet, ["17.3", "skip"] * 5)
    assert len(asked) >= 5
    assert len(set(asked)) == 1


@pytest.mark.parametrize(("truncation", "verdict"), [(True, Verdict.CORRECT), (False, Verdict.COARSE)])
def test_digits_may_be_cut_off_where_the_sheet_says_so(mazur, truncation, verdict):
    """As when handed-in answers are checked."""
    sheet = mazur.content.sheet.model_copy(update={"truncation": truncation})
    own = mazur.with_numbers(mazur.content.model_copy(update={"sheet": sheet}))
    practice = Practice(edition(own, language("en"), Options(outlook=False)))
    last = played(practice, ["0.3775", "0.593269"])[-1]
    assert last.progress.of("out_h1").verdict is verdict


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_prints_a_conversation():
    """Prompts with what was typed, when it does not come from a keyboard; the end of the input ends it well."""
    shown = run("mazur", lines=["0.0275", "0.3775"])
    assert "net_h1 = 0.0275\nNot right." in shown
    assert "net_h1 = 0.3775\nRight." in shown
    assert shown.index("Right.") < shown.index("Summary") < shown.index("bias forgotten: The net input")


def test_no_input_at_all_is_no_failure():
    """As when the command stands in a script."""
    assert "Summary" in run("mazur")


@pytest.mark.parametrize("error", [KeyboardInterrupt, EOFError])
def test_an_interruption_ends_with_the_summary(monkeypatch, error):
    """Ctrl-C and Ctrl-D."""

    def interrupted(prompt):
        raise error

    monkeypatch.setattr("builtins.input", interrupted)
    assert re.search(r"Summary .*\n +not answered +42\n", run("mazur"))


def test_bytes_that_are_no_text_are_an_answer():
    """One that cannot be read."""
    result = CliRunner().invoke(main, ["practice", "mazur"], input=b"\xff\xfe\x80\n0.3775\n", catch_exceptions=False)
    assert result.exit_code == 0
    assert "2/42" in result.output


def test_a_narrow_terminal_loses_nothing():
    """Lines are broken, and a caret stands under its place."""
    shown = run("mazur", lines=["0.37x" + 40 * "7", "", "", ""], environment={"COLUMNS": "32"})
    lines = shown.splitlines()
    assert max(len(line.rstrip()) for line in lines if not line.startswith("net_h1 = ")) <= 32
    place = next(number for number, line in enumerate(lines) if line.strip() == "^")
    assert lines[place - 1][lines[place].index("^")] == "x"
    assert "0.15×0.05+0.20×0.10+0.35" in re.sub(r"\s", "", shown)


def test_new_numbers_can_be_had_again(monkeypatch):
    """By the code that is printed with them."""
    monkeypatch.setattr("derive.commands.practising.randbits", lambda bits: 77)
    shown = run("cs231n-product", "--new")
    code = re.search(r"Code of these numbers: (\S+)", shown)[1]
    assert "x = −2    y = 5    z = −4" not in shown
    assert run("cs231n-product", "--code", code) == shown
    assert run("cs231n-product", "--code", code.removeprefix("cs231n-product-").lower()) == shown


def test_one_can_begin_in_the_middle():
    """What comes before is taken as right, and is not counted."""
    shown = run("mazur", "--from", "42", lines=["0.291028"])
    assert "42/42  Calculate the new total error." in shown
    assert re.search(r"Right\.\n\nSummary .*\n +right at the first try +1\n", shown)
    assert "not answered" not in shown


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["deep-symbolic"], 1, "or --notation net-out"),
        (["mazur", "--from", "43"], 2, "--from: is 43; expected at most 42"),
        (["mazur", "--new", "--code", "x"], 2, "--code and --new cannot be used together"),
        (["mazur", "--code", "ehlert-00000-00000"], 2, "is a code of 'ehlert', not of 'mazur'"),
        (["mazur", "--code", "1"], 2, "expected 10"),
        (["mazur", "--code", "00000-00000", "--digits", "2"], 2, ""),
        (["mazzur"], 2, "there is no shipped exercise"),
    ],
)
def test_what_cannot_be_practised_is_refused(arguments, code, said):
    """Before anything is asked."""
    shown = run(*arguments, code=code)
    assert said in shown
    assert shown.count("\n") <= 2


@pytest.mark.parametrize("arguments", [[], ["--notation", "matrix"], ["--new"]])
def test_a_large_network_is_refused(tmp_path, arguments):
    """Its values have no names to be asked for by."""
    file = tmp_path / "large.toml"
    file.write_text('title.en = "Large"\ninputs = 200\nlayer = [{ units = 200 }]\n', encoding="utf-8")
    assert "choose a smaller network" in run(str(file), *arguments, code=1)
