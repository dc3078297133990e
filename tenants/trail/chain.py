"""The chain of seals over a trail: made in the database, checked in Python.

Every minute a definer function writes the hash of each unsealed row into `posten`, one `siegel` that lists all
those posten and carries the checksum of the seal before, and a copy of number and checksum into the shared
`journal_siegelkopie`. Rows are found by what is not sealed yet, not by their order: a transaction that commits
late is in the next seal. Nothing depends on transaction numbers, so a restored dump is checked as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from psycopg import sql

from tenants.tables.objects import Function
from tenants.trail.parts import Part, table_of
from tenants.trail.triggers import is_trail, tenant_models

#: Rows older than this are only looked for by the nightly, complete run.
WINDOW = "2 days"
#: A row that is older by more than this than the seal before its own was brought in afterwards: that seal would have
#: taken it. As long as the longest transaction we allow for.
BACKDATED = timedelta(minutes=30)
#: A row that is younger than its seal by more than this carries a time that was not.
AHEAD = timedelta(minutes=1)
#: A row this much older than the last seal should have been sealed.
OVERDUE = timedelta(minutes=10)
#: No entry younger than this is ever removed, whatever a protocol of a removal says.
SHORTEST_RETENTION = timedelta(days=365)
#: What a posten is hashed over: a mark that is not set counts as if its column were not there (ADR 0020).
POSTEN_JSON = "(CASE WHEN p.nur_lesen THEN to_jsonb(p) ELSE to_jsonb(p) - 'nur_lesen' END)::text"


@dataclass(frozen=True, slots=True)
class Trail:
    """Tables of one chain. `lesen`: the one whose entries may say only that somebody looked, and end after a time."""

    schema: str
    tables: tuple[str, ...]
    siegel: str
    posten: str
    function: str
    bereinigung: str | None = None
    lesen: str | None = None


def tenant_trail(schema: str) -> Trail:
    """The chain of one office."""
    siegel, posten = table_of(Part.SEALS, office=True), table_of(Part.SEALED, office=True)
    tables = sorted(m._meta.db_table for m in tenant_models() if is_trail(m))
    return Trail(
        schema=schema,
        tables=tuple(t for t in tables if t not in {siegel, posten}),
        siegel=siegel,
        posten=posten,
        function="audit_siegeln",
        bereinigung=table_of(Part.REMOVALS, office=True),
        lesen=table_of(Part.READS, office=True),
    )


def shared_trail() -> Trail:
    """The chain of the shared tables."""
    return Trail(
        schema="public",
        tables=(table_of(Part.CHANGES, office=False),),
        siegel=table_of(Part.SEALS, office=False),
        posten=table_of(Part.SEALED, office=False),
        function="journal_siegeln",
    )


def copies() -> str:
    """The table outside of all offices that has number and checksum of every seal."""
    return table_of(Part.COPIES, office=False)


def restores() -> str:
    """Where a restore is written down: behind its seal the chain began again."""
    return table_of(Part.RESTORES, office=False)


def lock_name(trail: Trail) -> str:
    """Of the advisory lock: one writer of seals at a time."""
    return f"siegel.{trail.schema}"


def _seal_one(trail: Trail, table: str) -> sql.Composed:
    place = sql.Identifier(trail.schema)
    return sql.SQL(
        """
    INSERT INTO {posten} (id, created_at, siegel_id, tabelle, zeile, zeit, zeilenhash, nur_lesen)
    SELECT gen_random_uuid(), s.created_at, s.id, {name}, t.id::text, t.created_at,
           encode(sha256(convert_to({prefix} || to_jsonb(t)::text, 'UTF8')), 'hex'), {lesen}
      FROM {table} t
     WHERE (alles OR letztes IS NULL OR t.created_at > s.created_at - interval {window})
       AND NOT EXISTS (SELECT 1 FROM {posten} p WHERE p.tabelle = {name} AND p.zeile = t.id::text);
    GET DIAGNOSTICS n = ROW_COUNT;
    summe := summe + n;
    s.spalten := s.spalten || jsonb_build_object({name}, (
        SELECT jsonb_agg(attname ORDER BY attname) FROM pg_attribute
         WHERE attrelid = {regclass}::regclass AND attnum > 0 AND NOT attisdropped));
"""
    ).format(
        posten=sql.SQL("{}.{}").format(place, sql.Identifier(trail.posten)),
        table=sql.SQL("{}.{}").format(place, sql.Identifier(table)),
        name=sql.Literal(table),
        prefix=sql.Literal(f"{trail.schema}.{table}|"),
        window=sql.Literal(WINDOW),
        lesen=sql.SQL("t.aktion = 'LESEN'" if table == trail.lesen else "false"),
        regclass=sql.Literal(f"{trail.schema}.{table}"),
    )


def sealing_function(trail: Trail, *, callers: tuple[str, ...]) -> Function:
    """What seals this trail; exactly these roles may call it."""
    place = sql.Identifier(trail.schema)
    siegel = sql.SQL("{}.{}").format(place, sql.Identifier(trail.siegel))
    posten = sql.SQL("{}.{}").format(place, sql.Identifier(trail.posten))
    body = sql.SQL(
        """
#variable_conflict use_variable
DECLARE
    letztes bigint; vorher text; summe integer := 0; n integer; s {siegel}%ROWTYPE;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext({lock}));
    PERFORM set_config('timezone', 'UTC', true);
    SELECT nummer, pruefsumme INTO letztes, vorher FROM {siegel} ORDER BY nummer DESC LIMIT 1;
    s.id := gen_random_uuid(); s.created_at := clock_timestamp(); s.spalten := '{{}}'::jsonb;
    {each}
    IF summe = 0 THEN RETURN 0; END IF;
    -- After the restore of one office its last copies are younger than its seals: their numbers are not given twice.
    SELECT greatest(coalesce(letztes, 0), max(r.verloren_bis)) + 1 INTO s.nummer
      FROM public.{restores} r WHERE r.mandant = {schema};
    s.anzahl := summe; s.vorgaenger := coalesce(vorher, '');
    SELECT array_agg(p.tabelle || ':' || p.zeile || ':' ||
                     substr(encode(sha256(convert_to({posten_json}, 'UTF8')), 'hex'), 1, 32)
                     ORDER BY p.tabelle, p.zeile)
      INTO s.posten FROM {posten} p WHERE p.siegel_id = s.id;
    s.pruefsumme := encode(sha256(convert_to((to_jsonb(s) - 'pruefsumme')::text, 'UTF8')), 'hex');
    INSERT INTO {siegel} SELECT s.*;
    INSERT INTO public.{copy} (id, created_at, mandant, nummer, anzahl, pruefsumme)
    VALUES (s.id, s.created_at, {schema}, s.nummer, s.anzahl, s.pruefsumme);
    RETURN summe;
END
"""
    ).format(
        siegel=siegel,
        posten=posten,
        lock=sql.Literal(lock_name(trail)),
        posten_json=sql.SQL(POSTEN_JSON),
        each=sql.SQL("").join(_seal_one(trail, table) for table in trail.tables),
        copy=sql.Identifier(copies()),
        restores=sql.Identifier(restores()),
        schema=sql.Literal(trail.schema),
    )
    return Function(
        trail.schema,
        trail.function,
        body,
        arguments="alles boolean DEFAULT false",
        returns="integer",
        definer=True,
        callers=callers,
    )


def seal(*, shared: bool = False, alles: bool = False) -> int:
    """Seal what is not sealed yet; call it inside the tenant's fence, or with `shared` on the portal."""
    function = "public.journal_siegeln" if shared else "audit_siegeln"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [alles])
        return cursor.fetchone()[0]


@dataclass(frozen=True, slots=True)
class Mangel:
    """Something that is not as it was sealed: which table, which row, what happened to it."""

    schema: str
    tabelle: str
    zeile: str
    art: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.tabelle} {self.zeile}: {self.art}"


class Kopie(NamedTuple):
    """Checksum of one seal as it was kept elsewhere; `zeit` None: nobody knows since when."""

    summe: str
    zeit: datetime | None = None


#: Mandant → number of a seal → its copies; more than one where anchors of two histories name it.
Copies = dict[str, dict[int, list[Kopie]]]


class Rueckkehr(NamedTuple):
    """A backup was brought back at `zeit`: seals from `letztes` on, made before, are lost; numbers up to `bis`."""

    letztes: int
    bis: int
    zeit: datetime

    def covers(self, nummer: int, zeit: datetime | None) -> bool:
        """Whether a seal of this number, made at this time, was lost with it."""
        return nummer > self.letztes and zeit is not None and zeit < self.zeit


@dataclass(slots=True)
class Befundbericht:
    """What a check saw. `verloren`: seals that a restore made void, told and no fault."""

    schema: str
    siegel: int = 0
    zeilen: int = 0
    unversiegelt: int = 0
    bereinigt: int = 0
    verloren: int = 0
    maengel: list[Mangel] = field(default_factory=list)


@dataclass(slots=True)
class Bereinigung:
    """One sealed protocol of a removal, and how many of its entries are gone indeed."""

    key: str
    von: int
    bis: int
    anzahl: int
    weg: int = 0


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Pruefung:
    """One run over one chain. Reads as the owner; every hash is computed here, none in the database."""

    def __init__(self, trail: Trail, copies: dict[int, list[Kopie]] | None = None, *, over: Any = None) -> None:
        """`copies`: number → copies from files kept elsewhere. `over`: another connection than Django's."""
        self.trail = trail
        self.over = over or connection
        self.report = Befundbericht(trail.schema)
        self.copies = copies
        self.place = sql.Identifier(trail.schema)

    def _table(self, name: str) -> sql.Composed:
        return sql.SQL("{}.{}").format(self.place, sql.Identifier(name))

    def _rows(self, query: sql.Composable, params: list | None = None) -> Iterator[tuple]:
        with self.over.cursor() as cursor:
            cursor.execute(query, params or [])
            while batch := cursor.fetchmany(2000):
                yield from batch

    def _fault(self, tabelle: str, zeile: object, art: str) -> None:
        self.report.maengel.append(Mangel(self.trail.schema, tabelle, str(zeile), art))

    def run(self) -> Befundbericht:
        """Check everything and return what was found. The caller gives it one snapshot (REPEATABLE READ): seals go on
        meanwhile.
        """
        with self.over.cursor() as cursor:
            cursor.execute("SET LOCAL timezone = 'UTC'")
        self.now = next(self._rows(sql.SQL("SELECT clock_timestamp()")))[0]
        self.restores = [
            Rueckkehr(*row)
            for row in self._rows(
                sql.SQL("SELECT letztes_siegel, verloren_bis, created_at FROM public.{} WHERE mandant = %s").format(
                    sql.Identifier(restores())
                ),
                [self.trail.schema],
            )
        ]
        seals = self._check_seals()
        self._check_copies(seals)
        listed = self._check_posten(seals)
        removals = self._removals(listed, seals)
        for table in self.trail.tables:
            self._check_rows(table, seals, removals if table == self.trail.lesen else [])
            self._check_unsealed(table, seals)
        for removal in removals:
            if removal.weg != removal.anzahl:
                art = f"nennt {removal.anzahl} gelöschte Einträge, es fehlen aber {removal.weg}"
                self._fault(self.trail.bereinigung or "", removal.key, art)
        return self.report

    def _check_seals(self) -> dict[str, dict]:
        query = sql.SQL(
            "SELECT id::text, nummer, anzahl, vorgaenger, posten, spalten, pruefsumme, created_at,"
            " (to_jsonb(s) - 'pruefsumme')::text FROM {} s ORDER BY nummer, id"
        ).format(self._table(self.trail.siegel))
        seals, before, expected, last = {}, "", 1, None
        for key, nummer, anzahl, vorgaenger, posten, spalten, summe, zeit, text in self._rows(query):
            if _sha(text) != summe:
                self._fault(self.trail.siegel, key, f"Siegel {nummer} geändert")
            if nummer != expected and any((r.letztes, r.bis) == (expected - 1, nummer - 1) for r in self.restores):
                expected = nummer
            if nummer != expected:
                self._fault(self.trail.siegel, key, f"Siegel {expected} bis {nummer - 1} fehlen vor diesem")
            elif vorgaenger != before:
                self._fault(self.trail.siegel, key, f"Siegel {nummer} schließt nicht an seinen Vorgänger an")
            before, expected = summe, nummer + 1
            seals[key] = {
                "nummer": nummer,
                "anzahl": anzahl,
                "posten": posten,
                "spalten": spalten if isinstance(spalten, dict) else {},
                "summe": summe,
                "zeit": zeit,
                "vorher": last,
            }
            last = zeit
        self.report.siegel = len(seals)
        return seals

    def _check_copies(self, seals: dict[str, dict]) -> None:
        query = sql.SQL("SELECT id::text, nummer, anzahl, pruefsumme, created_at FROM public.{} WHERE mandant = %s")
        stored = {
            nummer: {"id": key, "anzahl": anzahl, "summe": summe, "zeit": zeit}
            for key, nummer, anzahl, summe, zeit in self._rows(
                query.format(sql.Identifier(copies())), [self.trail.schema]
            )
        }
        own = {
            s["nummer"]: {"id": key, "anzahl": s["anzahl"], "summe": s["summe"], "zeit": s["zeit"]}
            for key, s in seals.items()
        }
        for nummer in sorted(stored.keys() | own.keys()):
            if nummer not in own and self._is_lost(nummer, stored[nummer]["zeit"]):
                self.report.verloren += 1
            elif nummer not in own:
                self._fault(self.trail.siegel, f"Siegel {nummer}", "entfernt, die Kopie außerhalb ist noch da")
            elif nummer not in stored:
                self._fault(copies(), f"Siegel {nummer}", "Kopie entfernt")
            elif stored[nummer] != own[nummer]:
                self._fault(copies(), f"Siegel {nummer}", "Kopie und Siegel stimmen nicht überein")
        for nummer, kopie in ((n, k) for n, kept in sorted((self.copies or {}).items()) for k in kept):
            if nummer in own and own[nummer]["summe"] == kopie.summe:
                continue
            if self._is_lost(nummer, kopie.zeit):
                self.report.verloren += 1
            elif nummer not in own:
                self._fault(self.trail.siegel, f"Siegel {nummer}", "entfernt, steht aber in der ausgelagerten Datei")
            else:
                self._fault(self.trail.siegel, f"Siegel {nummer}", "anders als in der ausgelagerten Datei")

    def _is_lost(self, nummer: int, zeit: datetime | None) -> bool:
        return any(r.covers(nummer, zeit) for r in self.restores)

    def _check_posten(self, seals: dict[str, dict]) -> dict[tuple[str, str], str]:
        """Posten against the lists in the seals; returns (table, row) of those that are in order, with their seal."""
        found: dict[str, set[str]] = {key: set() for key in seals}
        query = sql.SQL("SELECT id::text, siegel_id::text, tabelle, zeile, {} FROM {} p").format(
            sql.SQL(POSTEN_JSON), self._table(self.trail.posten)
        )
        good: dict[tuple[str, str], str] = {}
        for key, siegel, tabelle, zeile, text in self._rows(query):
            entry = f"{tabelle}:{zeile}:{_sha(text)[:32]}"
            if siegel in seals and entry in seals[siegel].setdefault("liste", set(seals[siegel]["posten"])):
                found[siegel].add(entry)
                good[tabelle, zeile] = siegel
            else:
                self._fault(self.trail.posten, key, f"Posten geändert oder hinzugefügt ({tabelle} {zeile})")
        for key, seal_ in seals.items():
            for entry in sorted(set(seal_["posten"]) - found[key]):
                tabelle, zeile, _ = entry.split(":") if entry.count(":") == 2 else (entry, "", "")
                self._fault(
                    self.trail.posten, zeile, f"Posten von Siegel {seal_['nummer']} geändert oder entfernt ({tabelle})"
                )
        return good

    def _removals(self, listed: dict[tuple[str, str], str], seals: dict[str, dict]) -> list[Bereinigung]:
        """Sealed protocols of removals that hold: whole segments, one after the other, all of them old enough."""
        if self.trail.bereinigung is None:
            return []
        query = sql.SQL(
            "SELECT id::text, tabelle, stichtag, von_siegel, bis_siegel, anzahl FROM {} ORDER BY bis_siegel, created_at"
        ).format(self._table(self.trail.bereinigung))
        sealed_at = {s["nummer"]: s["zeit"] for s in seals.values()}
        found: list[Bereinigung] = []
        following = 1
        for key, tabelle, stichtag, von, bis, anzahl in self._rows(query):
            siegel = listed.get((self.trail.bereinigung, key))
            if siegel is None:
                continue  # not sealed, or altered: named elsewhere, and covers nothing
            named = [zeit for nummer, zeit in sealed_at.items() if von <= nummer <= bis]
            if tabelle != self.trail.lesen or von != following or len(named) != bis - von + 1:
                self._fault(self.trail.bereinigung, key, f"nennt keinen anschließenden Abschnitt ({von} bis {bis})")
            elif stichtag > seals[siegel]["zeit"] - SHORTEST_RETENTION or max(named, default=stichtag) > stichtag:
                self._fault(self.trail.bereinigung, key, "nennt Einträge, die noch aufzubewahren sind")
            else:
                found.append(Bereinigung(key, von, bis, anzahl))
                following = bis + 1
        return found

    def _versions(self, table: str, seals: dict[str, dict]) -> dict[tuple[str, ...], list[str]]:
        """Columns that came later → the seals made before them."""
        query = sql.SQL(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        )
        now = {row[0] for row in self._rows(query, [f"{self.trail.schema}.{table}"])}
        versions: dict[tuple[str, ...], list[str]] = {}
        for key, seal_ in seals.items():
            later = tuple(sorted(now - set(seal_["spalten"].get(table) or now)))
            versions.setdefault(later, []).append(key)
        return versions

    def _check_rows(self, table: str, seals: dict[str, dict], removals: list[Bereinigung]) -> None:
        versions = self._versions(table, seals)
        query = sql.SQL(
            "SELECT p.zeile, p.zeilenhash, p.nur_lesen, p.siegel_id::text, t.created_at, to_jsonb(t) ->> 'aktion',"
            " (to_jsonb(t) - %s::text[])::text FROM {} p LEFT JOIN {} t ON t.id::text = p.zeile"
            " WHERE p.tabelle = %s AND p.siegel_id = ANY(%s::uuid[])"
        ).format(self._table(self.trail.posten), self._table(table))
        prefix = f"{self.trail.schema}.{table}|"
        for later, keys in versions.items():
            for zeile, wanted, nur_lesen, siegel, created, aktion, text in self._rows(
                query, [list(later), table, keys]
            ):
                self.report.zeilen += 1
                seal_ = seals[siegel]
                removal = next((r for r in removals if nur_lesen and r.von <= seal_["nummer"] <= r.bis), None)
                if text is None and removal is not None:
                    removal.weg += 1
                    self.report.bereinigt += 1
                elif text is None:
                    self._fault(table, zeile, "Zeile entfernt")
                elif removal is not None:
                    self._fault(table, zeile, "steht noch da, obwohl ihr Abschnitt bereinigt ist")
                elif nur_lesen and aktion != "LESEN":
                    self._fault(table, zeile, "als bloßes Lesen versiegelt, ist es aber nicht")
                elif _sha(prefix + text) != wanted:
                    self._fault(table, zeile, "Zeile geändert")
                elif seal_["vorher"] is not None and seal_["vorher"] - created > BACKDATED:
                    self._fault(table, zeile, "Zeile nachträglich hinzugefügt (älter als das Siegel davor)")
                elif created - seal_["zeit"] > AHEAD:
                    self._fault(table, zeile, "Zeile vordatiert (jünger als ihr Siegel)")

    def _check_unsealed(self, table: str, seals: dict[str, dict]) -> None:
        last = max((s["zeit"] for s in seals.values()), default=None)
        query = sql.SQL(
            "SELECT t.id::text, t.created_at FROM {} t WHERE NOT EXISTS"
            " (SELECT 1 FROM {} p WHERE p.tabelle = %s AND p.zeile = t.id::text)"
        ).format(self._table(table), self._table(self.trail.posten))
        for zeile, created in self._rows(query, [table]):
            self.report.unversiegelt += 1
            if created - self.now > AHEAD:
                self._fault(table, zeile, "Zeile vordatiert")
            if last is not None and last - created > OVERDUE:
                self._fault(table, zeile, "Zeile ohne Siegel hinzugefügt, oder ihr Posten entfernt")
