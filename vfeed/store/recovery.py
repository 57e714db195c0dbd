"""The master key on paper: as lines that can be typed in again, whole or in parts of which some are needed."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import xor

from vfeed.errors import VfeedError
from vfeed.store.keyring import KEY_BYTES

LINE_BYTES, CHECK_BYTES, GROUP = 8, 2, 4
LINES = KEY_BYTES // LINE_BYTES
MOST_PARTS = 9
FIELD = 0x11B
"""Shamir's polynomials have their bytes in the field of AES, GF(2^8)."""


def lines_of(secret: bytes, part: int = 0) -> list[str]:
    """The secret as four lines of sixteen letters and digits; each line checks itself, its place and its part.

    >>> lines_of(bytes(32))[0]
    'AAAA AAAA AAAA AAOU'
    """
    pieces = [secret[start : start + LINE_BYTES] for start in range(0, KEY_BYTES, LINE_BYTES)]
    letters = [base64.b32encode(piece + _check(piece, at, part)).decode() for at, piece in enumerate(pieces)]
    return [" ".join(line[start : start + GROUP] for start in range(0, len(line), GROUP)) for line in letters]


def secret_of(lines: Sequence[str], part: int = 0) -> bytes:
    """The secret again; raises VfeedError `invalid_input` naming the first line that was not typed as it stands."""
    if len(lines) != LINES:
        raise VfeedError("invalid_input", f"A key has {LINES} lines.", hint="Type every line of the sheet.")
    return b"".join(_piece_of(line, at, part) for at, line in enumerate(lines))


def split(secret: bytes, parts: int, needed: int) -> dict[int, bytes]:
    """Shares of a secret by number, of which `needed` give it back and fewer tell nothing (Shamir, 1979).

    Raises VfeedError `invalid_input` for numbers that do not fit.
    """
    if not 2 <= needed <= parts <= MOST_PARTS:
        raise VfeedError(
            "invalid_input",
            "A key cannot be split like that.",
            hint=f"At least 2 parts must be needed, and there are at most {MOST_PARTS}.",
        )
    curves = [[byte, *secrets.token_bytes(needed - 1)] for byte in secret]
    return {number: bytes(_at(curve, number) for curve in curves) for number in range(1, parts + 1)}


def joined(shares: Mapping[int, bytes]) -> bytes:
    """The secret of enough shares; of too few, bytes that mean nothing."""
    weights = {number: _weight(number, shares.keys()) for number in shares}
    return bytes(_sum(_times(share[at], weights[each]) for each, share in shares.items()) for at in range(KEY_BYTES))


def _check(piece: bytes, at: int, part: int) -> bytes:
    return hashlib.sha256(bytes([part, at]) + piece).digest()[:CHECK_BYTES]


def _piece_of(line: str, at: int, part: int) -> bytes:
    # No 0, 1 or 8 stands on a sheet: they were meant for the letters that they look like.
    letters = "".join(line.split()).upper().replace("0", "O").replace("1", "I").replace("8", "B")
    try:
        raw = base64.b32decode(letters)
    except ValueError:
        raw = b""
    piece = raw[:LINE_BYTES]
    if len(raw) != LINE_BYTES + CHECK_BYTES or raw[LINE_BYTES:] != _check(piece, at, part):
        raise VfeedError(
            "invalid_input",
            f"Line {at + 1} is not as it stands on the sheet.",
            hint="Look at it again.",
        )
    return piece


def _times(one: int, two: int) -> int:
    product = 0
    while two:
        product ^= one if two & 1 else 0
        one = (one << 1) ^ (FIELD if one & 0x80 else 0)
        two >>= 1
    return product


def _inverse(value: int) -> int:
    # In this field every value but 0 has value^255 = 1.
    result = 1
    for _ in range(254):
        result = _times(result, value)
    return result


def _at(curve: Sequence[int], x: int) -> int:
    value = 0
    for part in reversed(curve):
        value = _times(value, x) ^ part
    return value


def _weight(number: int, numbers: Iterable[int]) -> int:
    """What a share counts for at 0, by Lagrange."""
    weight = 1
    for other in numbers:
        if other != number:
            weight = _times(weight, _times(other, _inverse(other ^ number)))
    return weight


def _sum(values: Iterable[int]) -> int:
    return reduce(xor, values, 0)
