"""An invitation worded for the person it goes to: what they are asked, that they may say no, and nothing they lack."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vfeed.practice.wording import hints

INVITATION = "\n\n".join(
    (
        "{person},",
        "you know {child} better than anybody. We would like to see the two of you together as you usually are.",
        "Would you be willing to be filmed while you play with {child} for a few minutes? Nothing has to be prepared, "
        "and there is no right way to play.",
        "Afterwards we choose short moments in which something good happens, and look at them together. You say what "
        "you see in them.",
        "You may say no, now or later, and need not say why. What we offer you stays the same. The film is yours to "
        "have erased at any time.",
    )
)
"""The text that a worker begins with; it names no programme and asks for one yes."""


@dataclass(frozen=True)
class Found:
    """A word that tells what somebody lacks, as it stands in a text, and what could be said instead."""

    word: str
    instead: str


def invitation_for(person: str, child: str) -> str:
    """The invitation to begin with.

    >>> invitation_for("Dad", "Robin").startswith("Dad,")
    True
    """
    return INVITATION.format(person=person, child=child)


def found_in(text: str) -> list[Found]:
    """What a worker may want to say in another way before a text goes to a family; nothing is refused for it.

    >>> [each.word for each in found_in("He ignored you, but you waited.")]
    ['ignored']
    >>> [each.word for each in found_in("She doesn’t look.")]
    ["doesn't"]
    >>> [each.word for each in found_in("No eye contact: a bad mother.")]
    ['No eye contact', 'bad mother']
    """
    found: dict[str, Found] = {}
    seen: list[range] = []
    # As it may be typed: a curly apostrophe, a line that breaks within words.
    text = re.sub(r"\s+", " ", text.replace("’", "'"))
    for hint in hints():
        for word in hint.words:
            ending = r"\w*" if word.endswith("*") else ""
            for match in re.finditer(rf"(?<!\w){re.escape(word.removesuffix('*'))}{ending}(?!\w)", text, re.IGNORECASE):
                # A word within words that were found already says nothing more.
                if not any(match.start() in each for each in seen):
                    seen.append(range(*match.span()))
                    found.setdefault(match.group().lower(), Found(match.group(), hint.instead))
    return list(found.values())
