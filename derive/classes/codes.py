"""The code of a variant: what is printed on a page, read aloud, typed, and scanned, to make the same sheet again.

A code is the name of an exercise and ten characters, as in ``mazur-7QK2M-9X4TC``. The characters are digits of Douglas
Crockford's base 32 (https://www.crockford.com/base32.html): nine of payload, 45 bits, and one that checks them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from string import ascii_uppercase
from unicodedata import category, normalize

import segno

from derive.words.errors import AuthorError, Problem

SEED_BITS, NUMBER_BITS, MARK_BITS = 20, 15, 10
"""How large the parts of a code can be: a seed, the number of a variant, a mark of what the numbers depend on."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ = {
    **{character: digit for digit, character in enumerate(_ALPHABET)},
    **{character.lower(): digit for digit, character in enumerate(_ALPHABET)},
    **dict.fromkeys("Oo", 0),
    **dict.fromkeys("IiLl", 1),
}
_DIGIT_BITS = 5
_PAYLOAD = (SEED_BITS + NUMBER_BITS + MARK_BITS) // _DIGIT_BITS
_LENGTH = _PAYLOAD + 1
_GROUP = 5


@dataclass(frozen=True, slots=True)
class Code:
    """Which variant of which exercise: 20 bits of seed, 15 of number (from 0), 10 of mark; ``ValueError`` beyond.

    The mark is a fingerprint of the exercise's content and of the options that change its numbers. Whoever makes a
    variant computes it, so that a code typed against another version of the file is recognised.
    """

    exercise: str
    seed: int
    number: int
    mark: int

    def __post_init__(self) -> None:
        sizes = ((self.seed, SEED_BITS), (self.number, NUMBER_BITS), (self.mark, MARK_BITS))
        if any(part >> bits for part, bits in sizes):  # of a negative number the sign is left
            raise ValueError(f"a part of {self!r} has too many bits")

    def __str__(self) -> str:
        """The printed form."""
        return "-".join([self.exercise, self.variant] if self.exercise else [self.variant])

    @property
    def variant(self) -> str:
        """The ten characters without the exercise's name, in two groups."""
        payload = (self.seed << NUMBER_BITS | self.number) << MARK_BITS | self.mark
        mixed = _mixed(payload)
        digits = [mixed >> _DIGIT_BITS * place & 31 for place in reversed(range(_PAYLOAD))]
        text = "".join(_ALPHABET[digit] for digit in (*digits, check_digit(digits)))
        return f"{text[:_GROUP]}-{text[_GROUP:]}"


def parse_code(text: str) -> Code:
    """The code that someone typed; without an exercise's name before it, the code's ``exercise`` is empty.

    Upper and lower case are one, I and L are read as 1 and O as 0, full-width characters as others, and spaces and
    dashes may stand anywhere among the ten characters or nowhere. ``AuthorError`` if the length is wrong, for each
    character that no code has, with its place, and if the check character does not fit.
    """
    variant, exercise = _parted(text)
    digits = [_READ.get(normalize("NFKC", character), -1) for character in variant]
    strange = [place for place, digit in enumerate(digits) if digit < 0]
    if strange:
        raise AuthorError(
            *(_problem(text, "code_character", place=place + 1, found=variant[place]) for place in strange)
        )
    if reduce(_star, digits, 0):
        raise AuthorError(_problem(text, "code_check"))
    payload = _unmixed(reduce(lambda number, digit: number << _DIGIT_BITS | digit, digits[:_PAYLOAD], 0))
    return Code(
        exercise,
        seed=payload >> NUMBER_BITS + MARK_BITS,
        number=payload >> MARK_BITS & (1 << NUMBER_BITS) - 1,
        mark=payload & (1 << MARK_BITS) - 1,
    )


def bare(name: str) -> str:
    """The name of an exercise without what may differ where it is typed: case, dashes, spaces, width."""
    return "".join(filter(str.isalnum, normalize("NFKC", name).casefold()))


def _problem(text: str, code: str, **evidence: object) -> Problem:
    return Problem(code, key=text.strip()[-80:], evidence=evidence)


def _parted(text: str) -> tuple[str, str]:
    """The ten characters of the variant, and the name before them.

    Names have dashes too, so groups of characters are taken from the end until there are ten.
    """
    taken, sums = "", [0]
    for start, group in reversed(list(_groups(text))):
        taken = group + taken
        sums.append(len(taken))
        if len(taken) == _LENGTH:
            return taken, _without_dash(text[:start])
        if len(taken) > _LENGTH:
            break
    found = min(sums[1:], key=lambda length: abs(length - _LENGTH), default=0)
    raise AuthorError(_problem(text, "code_length", found=found, expected=_LENGTH))


def _groups(text: str) -> Iterator[tuple[int, str]]:
    """The runs of characters between spaces, dashes and invisible characters, each with its place."""
    start = 0
    for place, character in enumerate(f"{text} "):
        if character.isspace() or character == "−" or category(character) in ("Pd", "Cf"):
            if start < place:
                yield start, text[start:place]
            start = place + 1


def _without_dash(name: str) -> str:
    """A name without the one dash that parts it from what follows."""
    name = name.strip()
    return name[:-1].rstrip() if name and (name[-1] == "−" or category(name[-1]) == "Pd") else name


# --- the check character ----------------------------------------------------------------------------------------------


def check_digit(digits: Sequence[int]) -> int:
    """The digit that makes Σ 2^i · x_i zero in GF(2^5), where i counts from 0 at the check digit itself.

    It finds every wrong digit, since no 2^i is zero, and every exchange of two digits, since the powers of 2 differ.
    Source: H. Michael Damm, "Totally anti-symmetric quasigroups for all orders n ≠ 2, 6", Discrete Mathematics 307
    (2007); his quasigroup is here x ∗ y = 2x + y over the field.
    """
    return _star(reduce(_star, digits, 0), 0)


def _star(x: int, y: int) -> int:
    """2x + y in GF(2^5), whose elements are polynomials modulo t^5 + t^2 + 1, of which 2, that is t, is primitive."""
    double = x << 1
    return (double ^ 0b100101 if double & 0b100000 else double) ^ y


# --- the mixing -------------------------------------------------------------------------------------------------------

_LOW_BITS, _HIGH_BITS = 23, 22
# The first 64 bits of the fractional parts of √2, √3, √5, √7, √11, √13, as in SHA-512: nobody chose them.
_ROUNDS = (
    0x6A09E667F3BCC908,
    0xBB67AE8584CAA73B,
    0x3C6EF372FE94F82B,
    0xA54FF53A5F1D36F1,
    0x510E527FADE682D1,
    0x9B05688C2B3E6C1F,
)
_GOLDEN = 0x9E3779B97F4A7C15  # 2^64 divided by the golden ratio


def _mixed(payload: int) -> int:
    """A fixed permutation of the 45-bit numbers, so that the codes of neighbours do not look alike.

    It is a Feistel network (each round adds to one half what a function makes of the other, and is its own inverse)
    with the multiplicative hash of Knuth, The Art of Computer Programming 3, section 6.4. It is no secret: whoever
    reads this can undo it. It only keeps people from reading the next student's code off their own.
    """
    return _rounds(payload, range(len(_ROUNDS)))


def _unmixed(mixed: int) -> int:
    """The inverse of the permutation: the same rounds, the last first."""
    return _rounds(mixed, reversed(range(len(_ROUNDS))))


def _rounds(number: int, order: Iterator[int] | range) -> int:
    high, low = number >> _LOW_BITS, number & (1 << _LOW_BITS) - 1
    for place in order:
        if place % 2:
            low ^= _hashed(high, place, _LOW_BITS)
        else:
            high ^= _hashed(low, place, _HIGH_BITS)
    return high << _LOW_BITS | low


def _hashed(half: int, place: int, bits: int) -> int:
    return (half ^ _ROUNDS[place]) * _GOLDEN % (1 << 64) >> 64 - bits


# --- seeds, letters, pictures -----------------------------------------------------------------------------------------


def seed_of(text: str) -> int:
    """The seed that a text stands for, a number or a word: the first 20 bits of the SHA-256 of its UTF-8."""
    digest = sha256(normalize("NFC", text).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest) >> len(digest) * 8 - SEED_BITS


def letter(number: int) -> str:
    """The name of a variant in a set without students: A to Z for 0 to 25, then AA, AB and so on."""
    letters = ""
    number += 1
    while number:
        number, last = divmod(number - 1, len(ascii_uppercase))
        letters = ascii_uppercase[last] + letters
    return letters


def qr_modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The rows of a QR code, dark modules true, with error correction M or, where it costs no space, a higher one.

    There is no margin: who draws it leaves a quiet zone of four light modules on each side (ISO/IEC 18004).
    """
    matrix = segno.make_qr(text, error="m").matrix
    return tuple(tuple(map(bool, row)) for row in matrix)
