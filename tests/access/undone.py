"""What a request wrote is taken back, again and again, to the same savepoint: one statement for each request."""

from __future__ import annotations

from django.db import connection, transaction


class Undone:
    """A block whose writes nobody sees afterwards; open a transaction before, and roll it back at the end.

    As `transaction.atomic()` with `set_rollback(True)`, which sends three statements: PostgreSQL keeps a savepoint that
    it has rolled back to, so this one is made once.
    """

    def __init__(self) -> None:
        assert connection.in_atomic_block, "nothing could be taken back"
        self.sid = transaction.savepoint()

    def keep(self) -> None:
        """What was written since the last request stays."""
        transaction.savepoint_commit(self.sid)
        self.sid = transaction.savepoint()

    def __enter__(self) -> None:
        connection.savepoint_ids.append(self.sid)  # so that what is to happen after the commit is forgotten with it

    def __exit__(self, *failed: object) -> None:
        connection.savepoint_ids.remove(self.sid)
        connection.needs_rollback = False
        transaction.savepoint_rollback(self.sid)
