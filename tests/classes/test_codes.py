"""Codes of variants: printed, read aloud, mistyped and scanned."""

from __future__ import annotations

from itertools import combinations, pairwise
from random import Random

import pytest
import segno
from hypothesis import example, given
from hypothesis import strategies as st

from derive.classes.codes import Code, check_digit, letter, parse_code, qr_modules, seed_of
from derive.words.errors import AuthorError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SOME = Code("mazur", seed=123_456, number=7, mark=890)
FROZEN = "mazur-52BME-9NHXC"
PARTS = {"seed": st.integers(0, 2**20 - 1), "number": st.integers(0, 2**15 - 1), "mark": st.integers(0, 2**10 - 1)}
NAMES = st.text(st.characters(categories=("L", "M", "N", "Pd", "Pc"))).filter(lambda name: name == name.strip())


def complaint(text: str) -> str:
    """What is said of a text that is no code."""
    with pytest.raises(AuthorError) as caught:
        parse_code(text)
    return str(caught.value)


@given(st.builds(Code, NAMES, **PARTS))
@example(Code("", 0, 0, 0))
@example(Code("", 2**20 - 1, 2**15 - 1, 2**10 - 1))
@example(Code("lee-2-layers-", 1, 2, 3))
@example(Code("12345-ABCDE", 1, 2, 3))
@example(Code("神经网络", 1, 2, 3))
def test_a_printed_code_is_read_back(code: Code) -> None:
    """Whatever the exercise is called: with dashes, like a code itself, in any script."""
    assert parse_code(str(code)) == code


def test_a_code_never_changes() -> None:
    """What has been printed once is read for ever; the form is the name and twice five characters."""
    assert str(SOME) == FROZEN
    assert parse_code(FROZEN) == SOME
    assert parse_code(SOME.variant) == Code("", SOME.seed, SOME.number, SOME.mark)


WAYS = {
    "lower case": str.lower,
    "without dashes": lambda variant: variant.replace("-", ""),
    "in threes": lambda variant: " ".join(variant.replace("-", "")[at : at + 3] for at in range(0, 10, 3)),
    "letter by letter": lambda variant: " ".join(variant.replace("-", "")),
    "long dashes": lambda variant: variant.replace("-", " – "),
    "full width": lambda variant: "".join(chr(ord(character) + 0xFEE0) for character in variant),
    "O for 0": lambda variant: variant.replace("0", "O"),
    "o for 0": lambda variant: variant.replace("0", "o"),
    "I for 1": lambda variant: variant.replace("1", "I"),
    "l for 1": lambda variant: variant.replace("1", "l"),
    "an invisible space": lambda variant: variant.replace("-", "\u200b"),
    "a line end": lambda variant: f" {variant}\n",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("before", ["", "mazur-", "mazur ", "a-b - ", "网络－"])
def test_a_code_may_be_written_in_many_ways(way: str, before: str) -> None:
    """As people hear it, as they write it down, and as phones and Chinese keyboards type it."""
    for number in range(12):
        code = Code(before.strip(" -－"), 2024, number, 77)
        assert parse_code(before + WAYS[way](code.variant)) == code


def test_every_wrong_character_is_found() -> None:
    """For each code, at each of its ten places, none of the 31 other characters passes."""
    variant = SOME.variant
    for place, character in enumerate(variant):
        for other in ALPHABET:
            if character not in ("-", other):
                assert "a character is wrong" in complaint(variant[:place] + other + variant[place + 1 :])


def test_the_check_finds_every_wrong_digit_and_every_exchange() -> None:
    """The check is linear, so it is enough that no single difference, and no a, b against b, a, has the check 0."""
    places = range(10)
    for place in places:
        for difference in range(1, 32):
            assert not _passes(_word({place: difference}))
    for first, second in combinations(places, 2):
        for difference in range(1, 32):
            assert not _passes(_word({first: difference, second: difference}))


@given(*[st.lists(st.integers(0, 31), min_size=9, max_size=9)] * 2)
def test_the_check_is_linear(first: list[int], second: list[int]) -> None:
    """The check digit of a sum is the sum of the check digits, as the proof above demands."""
    total = [x ^ y for x, y in zip(first, second, strict=True)]
    assert check_digit(total) == check_digit(first) ^ check_digit(second)


def test_neighbours_that_are_exchanged_are_found_in_whole_codes() -> None:
    """The same for printed codes: ten thousand exchanges, the check character's among them."""
    random, found = Random(1), 0
    while found < 10_000:
        characters = list(Code("", random.getrandbits(20), random.getrandbits(15), 5).variant.replace("-", ""))
        place = random.randrange(9)
        if characters[place] != characters[place + 1]:
            characters[place : place + 2] = reversed(characters[place : place + 2])
            assert "two are exchanged" in complaint("".join(characters))
            found += 1


def _word(digits: dict[int, int]) -> list[int]:
    return [digits.get(place, 0) for place in range(10)]


def _passes(word: list[int]) -> bool:
    return check_digit(word[:9]) == word[9]


def test_the_check_is_that_of_the_formula() -> None:
    """Σ 2^i · x_i over GF(2^5), multiplied bit by bit."""

    def times(x: int, y: int) -> int:
        product = 0
        for bit in range(5):
            product ^= (x << bit) * (y >> bit & 1)
        for bit in range(9, 4, -1):
            product ^= (0b100101 << bit - 5) * (product >> bit & 1)
        return product

    digits, power, total = [3, 14, 15, 9, 26, 5, 31, 0, 7], 1, 0
    for digit in reversed(digits):
        power = times(power, 2)
        total ^= times(power, digit)
    assert check_digit(digits) == total


def test_the_codes_of_neighbours_do_not_look_alike() -> None:
    """All 32,768 variants of a seed have different codes, and the next student's has hardly a character in common."""
    variants = [Code("", 42, number, 7).variant for number in range(2**15)]
    assert len(set(variants)) == 2**15
    differing = [sum(x != y for x, y in zip(*pair, strict=True)) for pair in pairwise(variants)]
    assert min(differing) >= 4
    assert sum(differing) / len(differing) > 9.5


WRONG = [
    ("", "has 0 characters after the exercise's name; expected 10, as in mazur-7QK2M-9X4TC"),
    ("mazur", "mazur: has 5 characters after the exercise's name; expected 10, as in mazur-7QK2M-9X4TC"),
    ("mazur-7QK2M-9X4T", "mazur-7QK2M-9X4T: has 9 characters after the exercise's name; expected 10"),
    ("mazur-7QK2M-9X4TCC", "mazur-7QK2M-9X4TCC: has 11 characters after the exercise's name; expected 10"),
    ("mazur7QK2M9X4TC", "mazur7QK2M9X4TC: has 15 characters after the exercise's name; expected 10"),
    ("mazur-7QU2M-9X4TC", "character 3 is 'U', which stands in no code; expected digits and letters other than"),
    ("7QK2M-9X4T*", "7QK2M-9X4T*: character 10 is '*', which stands in no code"),
    ("7QK2M-9X4T½", "character 10 is '½', which stands in no code"),
    (
        "7ÑK2M-9X4TÑ",
        "character 2 is 'Ñ', which stands in no code; expected digits and letters other than I, L, O and U",
    ),
    ("000000-0001", "is no code that was printed: a character is wrong or two are exchanged; compare it with the page"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_what_is_said_of_a_wrong_code(text: str, said: str) -> None:
    """The length, each unknown character with its place, the check character."""
    assert said in complaint(text)


def test_every_unknown_character_is_named() -> None:
    """All at once."""
    assert [line.split(", ")[0] for line in complaint("UQK2M-9X4T!").split("\n")] == [
        "UQK2M-9X4T!: character 1 is 'U'",
        "UQK2M-9X4T!: character 10 is '!'",
    ]


@given(st.one_of(st.text(), st.text(st.sampled_from(ALPHABET + "- uü\0\ud800"))))
def test_any_text_is_a_code_or_refused(text: str) -> None:
    """Nothing else is ever raised, and what is accepted prints as a code that means the same."""
    try:
        code = parse_code(text)
    except AuthorError as error:
        assert_sentences(error)
    else:
        assert parse_code(str(code)) == code


def assert_sentences(error: AuthorError) -> None:
    """Every problem can be said."""
    assert all(problem.sentence for problem in error.problems)


@pytest.mark.parametrize("parts", [(2**20, 0, 0), (0, 2**15, 0), (0, 0, 2**10), (-1, 0, 0)])
def test_what_does_not_fit_into_a_code_is_refused(parts: tuple[int, int, int]) -> None:
    """20, 15 and 10 bits."""
    with pytest.raises(ValueError, match="too many bits"):
        Code("mazur", *parts)


@pytest.mark.parametrize(("text", "seed"), [("1", 0x6B86B), ("", 0xE3B0C), ("spring", 0x622A4), ("\udcff", None)])
def test_a_seed_is_any_text(text: str, seed: int | None) -> None:
    """The first 20 bits of the SHA-256, as sha256sum prints it: of 1 they are 6b86b, of nothing e3b0c."""
    assert 0 <= seed_of(text) < 2**20
    assert seed is None or seed_of(text) == seed


def test_a_seed_does_not_depend_on_how_a_keyboard_makes_an_accent() -> None:
    """One code point or two."""
    assert seed_of("Mart\u00edn") == seed_of("Marti\u0301n") != seed_of("Martin")


@pytest.mark.parametrize(
    ("number", "name"), [(0, "A"), (5, "F"), (25, "Z"), (26, "AA"), (27, "AB"), (701, "ZZ"), (702, "AAA")]
)
def test_variants_without_students_have_letters(number: int, name: str) -> None:
    """As the columns of a spreadsheet."""
    assert letter(number) == name


FINDER = ("#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######")


@pytest.mark.parametrize("text", [str(SOME), "神经网络-7QK2M-9X4TC", "a" * 200])
def test_a_qr_code_is_that_of_segno_without_its_quiet_zone(text: str) -> None:
    """A square of 17 + 4 · version modules that begins with dark ones: the finder pattern is in three corners."""
    rows = qr_modules(text)
    made = segno.make(text, error="m", micro=False)
    assert rows == tuple(tuple(bool(module) for module in row) for row in made.matrix)
    assert {len(row) for row in rows} == {len(rows)} == {17 + 4 * made.version}
    assert made.error in "MQH"
    for vertical, horizontal in ((0, 0), (0, len(rows) - 7), (len(rows) - 7, 0)):
        corner = [row[horizontal : horizontal + 7] for row in rows[vertical : vertical + 7]]
        assert tuple("".join(".#"[module] for module in row) for row in corner) == FINDER
