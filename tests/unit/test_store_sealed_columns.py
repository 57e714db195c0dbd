"""What a server's database keeps sealed, and that nobody forgets to seal a new column."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import JSON, LargeBinary, String
from sqlalchemy.dialects import postgresql, sqlite

from vfeed.errors import VfeedError
from vfeed.store.sealed import CIPHER, MARK, FieldCipher, SealedJSON, SealedText
from vfeed.store.tables import ID_LENGTH, Base

KEY = bytes(range(32))
# What is written of accounts, code sets and studies, and words of vfeed's own: nothing of a family.
PLAIN = {
    "account", "role", "webauthn", "sign_in", "attempt", "audit", "audit_head", "own_pack", "parent_group", "job",
}  # fmt: skip
PLAIN_COLUMNS = {
    "analysis.version", "blob.file_name", "blob.media_type", "blob.role", "clip.seen", "clip.sha256", "consent.use",
    "group_attendance.came", "group_film.reel_id", "group_session.title", "journal_event.stream",
    "journal_event.type", "participant.kind", "participant.language", "study_clip.family_pseudonym",
    "study_clip.pseudonym", "study_coding.phase", "study_coding.purpose", "study_gamma.lane_id",
    "study_table.name",
    "supervision_share.faces", "supervision_share.purpose", "supervision_share.voices",
    "take_home_link.passphrase_hash", "take_home_link.token_hash", "upload.file_name",
    "evidence_export.confirmed_sum", "evidence_export.purpose", "evidence_export.reels", "referral.direction",
}  # fmt: skip
ACCOUNTS = ("_by", "username", "actor", "owner", "coder", "supervisor")


def readable_columns() -> set[str]:
    """Every column that may hold words and is not sealed, but for ids and names of accounts."""
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        if table.name not in PLAIN
        for column in table.columns
        if isinstance(column.type, String | JSON)
        and getattr(column.type, "length", None) != ID_LENGTH
        and not column.name.endswith(ACCOUNTS)
    }


def test_every_column_that_may_hold_words_of_a_family_is_sealed() -> None:
    assert readable_columns() == PLAIN_COLUMNS
    assert not [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
        and column.name not in {"wrapped", "credential_id", "public_key"}
        # What is left of a study is under its pseudonyms, whose key was destroyed.
        and table.name != "study_table"
    ]


@pytest.mark.parametrize("text", ["", "Robin", "ﺏ “quoted” 🙂", MARK, "x" * 5_000])
def test_a_text_is_sealed_and_opened(text: str) -> None:
    dialect = postgresql.dialect()
    setattr(dialect, CIPHER, FieldCipher(KEY))
    column, found = SealedText(80), SealedText(80, findable=True)
    sealed = [column.process_bind_param(text, dialect) for _ in range(2)]
    assert sealed[0] != sealed[1]
    assert found.process_bind_param(text, dialect) == found.process_bind_param(text, dialect)
    assert [column.process_result_value(each, dialect) for each in sealed] == [text, text]
    assert text == "" or text == MARK or text not in str(sealed)
    assert column.process_bind_param(None, dialect) is None
    document = SealedJSON()
    documents: list[Any] = [text, {"note": text, "n": [1, None]}, None, []]
    for held in documents:
        kept = document.process_bind_param(held, dialect)
        assert isinstance(kept, str)
        assert document.process_result_value(kept, dialect) == held


def test_on_sqlite_nothing_changes() -> None:
    dialect = sqlite.dialect()
    assert SealedText(80).process_bind_param("Robin", dialect) == "Robin"
    assert str(SealedText(80).load_dialect_impl(dialect)) == "VARCHAR(80)"
    assert SealedJSON().process_bind_param({"a": 1}, dialect) == {"a": 1}


def test_what_was_changed_or_sealed_with_another_key_is_refused() -> None:
    cipher = FieldCipher(KEY)
    sealed = cipher.seal("Robin")
    for wrong in (sealed[:-5] + "AAAA=", MARK + "?", MARK):
        with pytest.raises(VfeedError) as error:
            cipher.open(wrong)
        assert error.value.code == "vault_damaged"
    with pytest.raises(VfeedError) as error:
        FieldCipher(bytes(32)).open(sealed)
    assert error.value.code == "vault_damaged"
