"""The market of the nation by bare SQL: 552 offices, 12,000 offers, 50,000 places, two million holds, most of the past.

A world for benches, in a database of its own. `SOJUS_NATION_FACTOR` makes it smaller ("0.05": half a minute); with
`SOJUS_NATION_KEEP=1` the database stays for the next run of the same state of the code.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from tests import database
from tests.tenants import owner

#: Districts of the other states, the widest first; eight are there already. Together 552.
LAENDER = (186, 96, 54, 46, 41, 33, 18, 17, 15, 14, 13, 6, 2, 2, 1)
#: A district of the widest state, as the search knows it.
IM_WEITESTEN = "N100"


@dataclass(frozen=True, slots=True)
class Nation:
    """How much there is of everything."""

    factor: float = 1.0

    @property
    def angebote(self) -> int:
        return max(2_000, int(12_000 * self.factor))

    @property
    def haeuser(self) -> int:
        return self.angebote * 2 // 3

    @property
    def plaetze(self) -> int:
        return self.angebote * 25 // 6

    @property
    def bindungen_je_platz(self) -> int:
        return max(4, int(40 * min(1.0, self.factor * 2)))


@contextmanager
def nation(groesse: Nation, *, keep: bool) -> Iterator[str]:
    """The name of a database with this world. Without `keep` it is gone afterwards."""
    name = f"test_nation_{database.fingerprint()}_{groesse.angebote}"
    with owner.superuser("postgres") as connection:
        there = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
        if there is None:
            raw = f"{name}_raw"
            with database.cloned(raw):
                fill(raw, groesse)
                connection.execute(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(raw), sql.Identifier(name))
                )
    try:
        yield name
    finally:
        if not keep:
            with owner.superuser("postgres") as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def fill(name: str, groesse: Nation) -> None:
    """Insert everything, without triggers; the indexes of the holds are built at the end, as a restore does."""
    with owner.superuser(name) as connection:
        connection.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'; SET jit = off")
        for statement in _register(groesse):
            connection.execute(statement)
        indexes = _drop_indexes(connection, "occupancy_platzbindung")
        connection.execute(_bindungen(groesse))
        for definition in indexes:
            connection.execute(definition)
        connection.execute("SELECT providers_suchzeilen_neu(), occupancy_luecken_neu()")
        connection.execute("VACUUM ANALYZE")


def _drop_indexes(connection: psycopg.Connection, table: str) -> list[str]:
    """Drop what is built again by the statements that are returned: constraints with an index, and the indexes."""
    constraints = connection.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'x'",
        [table],
    ).fetchall()
    again = []
    for constraint, definition in constraints:
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        again.append(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {definition}")
    indexes = connection.execute(
        "SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE i.indrelid = %s::regclass AND NOT i.indisprimary",
        [table],
    ).fetchall()
    for index, definition in indexes:
        connection.execute(f"DROP INDEX {index}")
        again.append(definition)
    return again


def _register(groesse: Nation) -> list[str]:
    """Districts and their neighbours, providers, houses, licences, offers, rates, places, blocks, stops."""
    laender = ", ".join(f"({n}, {districts})" for n, districts in enumerate(LAENDER, start=1))
    traeger, haeuser, angebote = groesse.haeuser // 2, groesse.haeuser, groesse.angebote
    art = "CASE WHEN n % 20 = 0 THEN 'S42' WHEN n % 20 IN (7, 13) THEN 'T32' WHEN n % 20 = 4 THEN 'A31' ELSE 'S34' END"
    return [
        f"""
        INSERT INTO regions_gebietskoerperschaft (id, created_at, kuerzel, name, kurzname, ags, typ, sitz, nuts3, kfz,
               land, breite, laenge, kachel_spalte, kachel_zeile, sortierung, quelle)
        SELECT md5('kreis' || nr)::uuid, now(), 'N' || nr, 'Landkreis ' || nr, 'Kreis ' || nr, 'N' || nr, 'LK',
               'Stadt ' || nr, '', '', 'Land ' || land, 48 + (land * 37 % 60) / 10.0 + d % 14 / 10.0,
               7 + (land * 53 % 70) / 10.0 + d / 14 / 10.0, 0, 0, 100 + nr, ''
          FROM (SELECT l.n AS land, d, row_number() OVER (ORDER BY l.n, d) AS nr
                  FROM (VALUES {laender}) l (n, zahl) CROSS JOIN LATERAL generate_series(1, l.zahl) d) k
        """,
        """
        INSERT INTO regions_gebietskoerperschaft_nachbarn (from_gebietskoerperschaft_id, to_gebietskoerperschaft_id)
        SELECT a.id, b.id FROM regions_gebietskoerperschaft a JOIN regions_gebietskoerperschaft b
            ON a.land = b.land AND abs(a.sortierung - b.sortierung) BETWEEN 1 AND 3
         WHERE a.kuerzel ~ '^N[0-9]'
        """,
        """
        CREATE TEMP TABLE kreis AS
        SELECT row_number() OVER (ORDER BY sortierung, kuerzel) - 1 AS nr, id, kurzname, breite, laenge
          FROM regions_gebietskoerperschaft
        """,
        f"""
        INSERT INTO providers_anbieter (id, created_at, strasse, plz, ort, telefon, email, web, ansprechpartner, name,
               rechtsform, traegerart_code, register_nr)
        SELECT md5('t' || n)::uuid, now(), '', '', '', '', '', '', '', 'Verein ' || n, '', '', ''
          FROM generate_series(0, {traeger - 1}) n
        """,
        f"""
        INSERT INTO providers_einrichtung (id, created_at, strasse, plz, ort, telefon, email, web, ansprechpartner,
               name, breite, laenge, betriebstage_woche, betriebstage_jahr, beschreibung, anbieter_id,
               gebietskoerperschaft_id)
        SELECT md5('h' || n)::uuid, now(), '', '', k.kurzname, '', '', '', '', 'Haus ' || n,
               k.breite + n * 7919 % 200 / 500.0 - 0.2, k.laenge + n * 104729 % 200 / 500.0 - 0.2, 7, 365, '',
               md5('t' || n % {traeger})::uuid, k.id
          FROM generate_series(0, {haeuser - 1}) n JOIN kreis k ON k.nr = n % (SELECT count(*) FROM kreis)
        """,
        f"""
        INSERT INTO providers_betriebserlaubnis (id, created_at, datum, datei, gueltig_bis, nummer, plaetze, behoerde,
               einrichtung_id)
        SELECT md5('be' || n)::uuid, now(), current_date - 3000, '', CASE WHEN n % 50 = 0 THEN current_date - 10 END,
               'BE ' || n, 99, '', md5('h' || n)::uuid
          FROM generate_series(0, {haeuser - 1}) n
        """,
        f"""
        INSERT INTO providers_angebot (id, created_at, name, geschlecht, alter_von, alter_bis, hinweis, beschreibung,
               gueltig, vakanz_bestaetigt_at, hilfeart_id, einrichtung_id)
        SELECT md5('a' || n)::uuid, now(), 'Gruppe ' || n, (ARRAY['', '', '', 'w', 'm'])[1 + n / 7 % 5], n / 3 % 13,
               12 + n / 5 % 9, '', '',
               daterange(current_date - 3000, CASE WHEN n % 40 = 0 THEN current_date + n % 90 END),
               now() - n % 60 * interval '1 day', h.id, md5('h' || n % {haeuser})::uuid
          FROM generate_series(0, {angebote - 1}) n JOIN catalogue_hilfeart h ON h.code = {art}
        """,
        """
        INSERT INTO providers_angebot_spezialisierungen (angebot_id, spezialisierung_id)
        SELECT a.id, s.id
          FROM providers_angebot a JOIN catalogue_spezialisierung s ON hashtext(a.id::text || s.code) % 5 = 0
        """,
        """
        INSERT INTO providers_entgelt (id, created_at, betrag, einheit, gueltig, angebot_id)
        SELECT gen_random_uuid(), now(), 80 + abs(hashtext(a.id::text || z.nr)) % 26000 / 100.0, h.einheit, z.gueltig,
               a.id
          FROM providers_angebot a JOIN catalogue_hilfeart h ON h.id = a.hilfeart_id CROSS JOIN LATERAL (
               VALUES (1, daterange(current_date - 900, current_date - 300)),
                      (2, daterange(current_date - 300, current_date + 90)),
                      (3, daterange(current_date + 90, NULL))) z (nr, gueltig)
         WHERE hashtext(a.id::text) % 50 <> 0
        """,
        f"""
        INSERT INTO providers_platz (id, created_at, nummer, gueltig, angebot_id)
        SELECT md5('p' || n)::uuid, now(), 1 + n / {angebote}, daterange(current_date - 3000, NULL),
               md5('a' || n % {angebote})::uuid
          FROM generate_series(0, {groesse.plaetze - 1}) n
        """,
        f"""
        INSERT INTO occupancy_platzsperre (id, created_at, zeitraum, grund, notiz, geaendert_at, geaendert_von_id,
               platz_id)
        SELECT md5('s' || n)::uuid, now(), daterange(current_date - 10, current_date + n % 60 + 1), 'RENOVIERUNG', '',
               now(), (SELECT id FROM accounts_user LIMIT 1), md5('p' || n)::uuid
          FROM generate_series(0, {groesse.plaetze - 1}, 41) n
        """,
        f"""
        INSERT INTO occupancy_aufnahmestopp (id, created_at, zeitraum, grund, hinweis, geaendert_at, geaendert_von_id,
               angebot_id)
        SELECT md5('st' || n)::uuid, now(), daterange(current_date - 10, current_date + n % 60 + 1), 'PERSONAL', '',
               now(), (SELECT id FROM accounts_user LIMIT 1), md5('a' || n)::uuid
          FROM generate_series(0, {angebote - 1}, 29) n
        """,
    ]


def _bindungen(groesse: Nation) -> str:
    """Of each place one stay after the other, back into the past: five of six are held today, four of five past ones
    were bookings; every tenth place is reserved later, every twentieth of those holds has lapsed."""
    je = groesse.bindungen_je_platz
    return f"""
        INSERT INTO occupancy_platzbindung (id, created_at, mandant, zeitraum, zustand, ablauf_at, platz_id)
        SELECT gen_random_uuid(), now(), (ARRAY['vg', 'hro', 'lhsn'])[1 + n % 3],
               CASE WHEN k = 0 THEN daterange(heute + 240 + n % 60, CASE WHEN n % 4 > 0 THEN heute + 400 END)
                    WHEN k = 1 THEN daterange(heute - n * 31 % 200, heute + 1 + n * 17 % 230)
                    ELSE daterange(heute - 210 - 60 * (k - 1), heute - 210 - 60 * (k - 1) + 30 + n % 28) END,
               CASE WHEN k = 0 THEN 'RESERVIERT' WHEN (n + k) % 5 = 0 AND k > 1 THEN 'FREIGEGEBEN' ELSE 'GEBUCHT' END,
               CASE WHEN k = 0 THEN now() + interval '3 days' - n / 10 % 20 / 19 * interval '5 days' END,
               md5('p' || n)::uuid
          FROM generate_series(0, {je - 1}) k CROSS JOIN generate_series(0, {groesse.plaetze - 1}) n
         CROSS JOIN (SELECT current_date AS heute) t
         WHERE CASE k WHEN 0 THEN n % 10 = 0 WHEN 1 THEN n % 6 > 0 ELSE true END
    """
