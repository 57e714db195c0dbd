"""What a parent reads is easy to read.

Measured by LIX (Björnsson 1968): the words of a sentence on average, and the per cent of words with more than six
letters. Books for children lie at about 25, newspapers at 40 and above, official papers at 50. It counts nothing but
lengths: whether a text is understood, only its readers can say.
"""

from __future__ import annotations

import html
import re
from typing import get_args

import pytest
from app_site import Site, put_stills
from filled_store import TODAY, agree

from vfeed.practice.caregiver_catalogues import english
from vfeed.practice.consent import Use
from vfeed.practice.sessions import ShownReel

EASY = 30
LONGEST_SENTENCE = 25
BLOCK = "p|li|h[1-6]|label|button|div|section|header|figcaption|legend|td|th|small|summary|option|article"
# About six years old, and a sentence of a law.
RHYME = "The cat sat on the mat. It saw a fly. The fly sat on a wall."
LAW = (
    "The controller shall communicate information concerning rectification or restriction of processing to each "
    "recipient to whom the personal data have been disclosed, unless this proves impossible or involves "
    "disproportionate effort."
)


def sentences(text: str) -> list[str]:
    return [each for each in re.split(r"(?<=[.!?:;])\s+|\n+", text) if words(each)]


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*", text)


def lix(text: str) -> float:
    all_words = words(text)
    return len(all_words) / len(sentences(text)) + 100 * sum(len(word) > 6 for word in all_words) / len(all_words)


def too_hard(text: str) -> list[str]:
    """What is against a text; empty for one that is easy."""
    long = [each for each in sentences(text) if len(words(each)) > LONGEST_SENTENCE]
    return [*long, *([f"LIX {lix(text):.0f}"] if lix(text) > EASY else [])]


def read_on(page: str) -> str:
    """What somebody reads of a page, a line for each block."""
    main = page[page.index("<main") : page.index("</main>")]
    main = re.sub(r"<(nav|script|svg|style)\b.*?</\1>", "", main, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "", re.sub(rf"</?(?:{BLOCK})\b[^>]*>", "\n", main)))


def test_the_measure_tells_a_rhyme_from_a_law() -> None:
    assert lix(RHYME) < 10 and not too_hard(RHYME)
    assert lix(LAW) > 60 and len(too_hard(LAW)) == 2


def test_the_parents_room_is_easy_to_read() -> None:
    spoken = english()
    text = "\n".join([*spoken.words.values(), *spoken.questions.values()])
    assert too_hard(text) == []


@pytest.mark.parametrize("use", get_args(Use))
def test_what_is_read_with_a_parent_who_withdraws_is_easy(site: Site, use: str) -> None:
    agree(site.store, site.home, use)
    consent = next(row for row in site.store.consents.for_family(site.home.family.id) if row.use == use)
    address = f"/families/{site.home.family.id}/consents/{consent.id}/withdraw"
    assert too_hard(read_on(site.signed_in("practitioner").get(address).text)) == []


@pytest.mark.parametrize("page", ["erase", "invitation", "/help/your-film", "/help/filming", "destroy"])
def test_what_is_read_with_a_parent_before_or_after_the_films_is_easy(site: Site, page: str) -> None:
    of_family = f"/families/{site.home.family.id}/{page}"
    address = {"destroy": f"/clips/{site.clip.id}/destroy"}.get(page, page if page.startswith("/") else of_family)
    assert too_hard(read_on(site.signed_in("practitioner").get(address).text)) == []


def test_what_a_parent_opens_at_home_is_easy(site: Site) -> None:
    agree(site.store, site.home, "take_home")
    site.put(f"reel:{site.reel_id}", b"film")
    put_stills(site)
    reel = ShownReel(clip_id=site.clip.id, reel_id=site.reel_id)
    held = site.store.sessions.begin(site.home.family.id, site.home.visit.id, "pat", held_on=TODAY, reels=[reel])
    made = site.store.take_home.offer(held.id, 7, "pat")
    browser, address = site.browser(), f"/take-home/{made.token}"
    pages = [browser.get(address), browser.post(address, data={"passphrase": "wrong"}), browser.get("/take-home/no")]
    pages.append(browser.post(address, data={"passphrase": made.passphrase}, follow_redirects=True))
    assert [page.status_code for page in pages] == [200, 422, 404, 200]
    assert [too_hard(read_on(page.text)) for page in pages] == [[], [], [], []]
