"""Functions, triggers and checks as the code declares them; the fence makes them (`tenants.fence.ensure`)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from psycopg import sql

#: Where a function with the owner's rights looks for names, whatever the caller set.
PATH = "public, pg_temp"
#: Bits of pg_trigger.tgtype.
_TYPE = {"ROW": 1, "BEFORE": 2, "INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}


@dataclass(frozen=True, slots=True)
class Function:
    """One function as the code declares it; the only one of its name in the schema.

    arguments, returns, options: as in CREATE FUNCTION. body: what is between the quotes, letter by letter.
    definer: it runs with the owner's rights, and pins its search path. callers: roles that may call it; None:
    everybody (a trigger's function, which nobody can call, or one that reads no table).
    """

    schema: str
    name: str
    body: sql.Composable
    arguments: str = ""
    returns: str = "trigger"
    language: str = "plpgsql"
    options: str = ""
    definer: bool = False
    callers: tuple[str, ...] | None = None

    @property
    def source(self) -> str:
        """The body as the catalogue keeps it."""
        return as_text(self.body)

    def create(self) -> sql.Composed:
        """The statement that makes or replaces it."""
        pinned = f"SECURITY DEFINER SET search_path = {PATH}" if self.definer else ""
        return sql.SQL("CREATE OR REPLACE FUNCTION {}.{}({}) RETURNS {} LANGUAGE {} {} {} AS {}").format(
            sql.Identifier(self.schema),
            sql.Identifier(self.name),
            *map(sql.SQL, (self.arguments, self.returns, self.language, self.options, pinned)),
            sql.Literal(self.source),
        )


@dataclass(frozen=True, slots=True)
class Trigger:
    """One trigger as the code declares it.

    when: BEFORE or AFTER. events: of INSERT, UPDATE, DELETE, TRUNCATE. function: (schema, name). each: for each ROW or
    STATEMENT. referencing, condition: as in CREATE TRIGGER.
    """

    schema: str
    table: str
    name: str
    when: str
    events: tuple[str, ...]
    function: tuple[str, str]
    each: str = "STATEMENT"
    referencing: str = ""
    condition: str = ""

    @property
    def type(self) -> int:
        """As in pg_trigger.tgtype."""
        return sum(_TYPE.get(word, 0) for word in (self.each, self.when, *self.events))

    def create(self) -> sql.Composed:
        """The statement that makes it."""
        return sql.SQL("CREATE TRIGGER {} {} {} ON {}.{} {} FOR EACH {} {} EXECUTE FUNCTION {}.{}()").format(
            sql.Identifier(self.name),
            sql.SQL(self.when),
            sql.SQL(" OR ".join(self.events)),
            sql.Identifier(self.schema),
            sql.Identifier(self.table),
            sql.SQL(self.referencing),
            sql.SQL(self.each),
            sql.SQL(f"WHEN ({self.condition})" if self.condition else ""),
            *map(sql.Identifier, self.function),
        )


@dataclass(frozen=True, slots=True)
class Check:
    """What each row of a table must satisfy: `condition`, as in CHECK. Names are as the catalogue writes them."""

    schema: str
    table: str
    name: str
    condition: sql.Composable

    def create(self) -> sql.Composed:
        """The statement that makes it for every row to come. No row is read: `tenants.fence.checks.validate` does."""
        return sql.SQL("ALTER TABLE {}.{} ADD CONSTRAINT {} CHECK ({}) NOT VALID").format(
            *map(sql.Identifier, (self.schema, self.table, self.name)), self.condition
        )


def as_text(statement: sql.Composable) -> str:
    """The statement as it is sent; a body of a function becomes a literal of another one."""
    connection.ensure_connection()
    return statement.as_string(connection.connection)
