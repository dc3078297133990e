"""Is somebody still bringing data back (docs/adr/0035)? Asked by whoever would let people in.

Everything returns into an empty database: a table says so until the last right is made. One office returns beside the
others: what it had is renamed, and a comment on that schema says so. Every role may read both in the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

MARK = "sojus_rueckkehr"
RUNNING, DONE = "SoJuS: Rückkehr läuft", "SoJuS: Stand vor der Rückkehr vom"
DEFECT = "_defekt"

ALLES = (
    "Die Daten kehren gerade zurück, oder die Rückkehr wurde abgebrochen. Lassen Sie Webserver und Arbeiter stehen und"
    " rufen Sie „manage.py restore“ noch einmal auf, bis der Befehl sagt, dass die Daten zurück sind. Ist hier seitdem"
    " gearbeitet worden und soll gelten, was da ist: „manage.py end_rueckkehr“."
)


def amt_kehrt_zurueck(kuerzel: str) -> str:
    """What the operator of an office in between has to do."""
    return (
        f"Die Rückkehr von {kuerzel} ist nicht zu Ende. Rufen Sie „manage.py restore … --tenant {kuerzel}“ noch einmal"
        " auf; erst wenn der Befehl fertig ist, lässt sich die Wartung beenden. Ist dort seitdem gearbeitet worden und"
        f" soll gelten, was da ist: „manage.py end_rueckkehr --tenant {kuerzel}“."
    )


def is_returning() -> bool:
    """Whether everything is coming back, or a return of everything was broken off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relname = %s)",
            [MARK],
        )
        return bool(cursor.fetchone()[0])


#: Schemas of offices whose return is not over, each with that word; parameters: `defects`, RUNNING.
RETURNING = (
    "SELECT 'rueckkehr', left(n.nspname, -length('_defekt')) FROM pg_namespace n WHERE n.nspname = ANY (%s)"
    " AND starts_with(obj_description(n.oid, 'pg_namespace'), %s)"
)


def defects(schemas: Iterable[str]) -> list[str]:
    """Where the state of these offices before their return is kept."""
    return [f"{schema}{DEFECT}" for schema in schemas]


def returning_offices(schemas: Iterable[str]) -> set[str]:
    """Those of these offices whose return is under way or was broken off."""
    with connection.cursor() as cursor:
        cursor.execute(RETURNING, [defects(schemas), RUNNING])
        return {schema for _, schema in cursor.fetchall()}
