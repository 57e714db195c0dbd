"""What is kept: tables, migrations, the encrypted vault, uploads, the audit trail."""

from vfeed.store.store import Store

__all__ = ["Store"]
