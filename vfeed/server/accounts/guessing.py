"""How easily a password is guessed, by lists that come along: common passwords, names, words, the account's own."""

from __future__ import annotations

from collections.abc import Iterable

from zxcvbn import zxcvbn

# Words that anybody who attacks such a service would try first.
AROUND_US = ("vfeed", "practitioner", "supervisor", "health", "visitor", "family", "video", "baby", "parent", "infant")
LONGEST_READ = 72
LEAST_GUESSES_LOG10 = 9
"""A billion guesses, as zxcvbn reckons them: out of reach through the door, and slow against the argon2 hashes."""


def is_guessable(password: str, words: Iterable[str]) -> bool:
    """Return True for a password that few guesses lead to, given words that belong to its account.

    >>> is_guessable("vfeedvfeedvfeed", ["ann"]), is_guessable("blue kettle walks fast", ["ann"])
    (True, False)
    """
    known = [each for each in (*AROUND_US, *words) if each]
    # What comes after 72 letters makes the reckoning slow and no password weaker.
    return float(zxcvbn(password[:LONGEST_READ], user_inputs=known)["guesses_log10"]) < LEAST_GUESSES_LOG10
