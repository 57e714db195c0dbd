"""A yes to a group's session ends with the family's membership: what is left of an earlier one goes."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.execute(
        "DELETE FROM group_consent WHERE NOT EXISTS ("
        "SELECT 1 FROM group_session JOIN participant ON participant.id = group_consent.participant_id "
        "JOIN group_family ON group_family.group_id = group_session.group_id "
        "AND group_family.family_id = participant.family_id "
        "WHERE group_session.id = group_consent.meeting_id AND group_family.joined_at <= group_consent.given_at)"
    )


def downgrade() -> None:
    """Nothing to take back: what is gone is asked for anew."""
