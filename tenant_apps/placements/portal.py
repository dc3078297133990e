"""What a provider's request sees of cases, reservations and bookings (docs/adr/0016; tenants.fence.portal).

Before the booking she learns pseudonym, age, sex and need; with the booking name, birth date and case number; after a
cancellation no longer. The database says so here and the screens in `policies.sees_name`, each for itself.
The case and the young person are here, too, and so is what office and house write each other: who may know them follows
from the reservation, of which neither cases nor gespraeche knows.

A restricted person (§ 84 SGB X) leaves the provider's pages with her help: what is over is not shown any more, what
still waits or runs is.
"""

from __future__ import annotations

from tenants.fence.portal import PortalView
from tenants.tables.rights import own_anbieter


def _unless_restricted(row: str, and_over: str) -> str:
    """Not a restricted person's row that is over. An anti-join on few people, which the planner can count."""
    return (
        f"NOT EXISTS (SELECT 1 FROM tenant.cases_klient k WHERE k.id = {row}.klient_id"
        f" AND k.eingeschraenkt_seit IS NOT NULL AND {and_over})"
    )


def own_buchung(row: str, *, narrows: bool = True) -> str:
    """SQL: a booking of hers, not one that is over of a restricted person. `narrows` as in `own_anbieter`."""
    over = f"{row}.zustand NOT IN ('GEBUCHT', 'LAUFEND')"
    return f"{own_anbieter(row, narrows=narrows)} AND {_unless_restricted(row, over)}"


def own_reservierung(row: str) -> str:
    """SQL: a reservation of hers; of a restricted person while it waits or its booking is not over."""
    over = (
        f"{row}.zustand NOT IN ('RESERVIERT', 'ZUGESTIMMT') AND NOT ({row}.zustand = 'GEBUCHT'"
        " AND EXISTS (SELECT 1 FROM tenant.placements_buchung o"
        f" WHERE o.reservierung_id = {row}.id AND o.zustand IN ('GEBUCHT', 'LAUFEND')))"
    )
    return f"{own_anbieter(row)} AND {_unless_restricted(row, over)}"


def _reserved(column: str) -> str:
    """`t` is the case, the person, the search of one of her reservations."""
    return (
        f"EXISTS (SELECT 1 FROM tenant.placements_reservierung r WHERE r.{column} = t.id AND {own_reservierung('r')})"
    )


def _booked(column: str) -> str:
    """The same of one of her bookings. A booking decides, not the reservation's state alone, which she can change."""
    return (
        "EXISTS (SELECT 1 FROM tenant.placements_buchung b"
        " JOIN tenant.placements_reservierung r ON r.id = b.reservierung_id"
        f" WHERE b.{column} = t.id AND b.zustand <> 'STORNIERT' AND r.zustand = 'GEBUCHT' AND {own_buchung('b')})"
    )


def talked_about(row: str, *, matter: str = "true") -> str:
    """SQL: `row` (case and house) is about a case of which she sees a reservation there, for which `matter` holds."""
    return (
        f"EXISTS (SELECT 1 FROM tenant.placements_reservierung r WHERE r.hilfefall_id = {row}.hilfefall_id"
        f" AND r.einrichtung_id = {row}.einrichtung_id AND {matter} AND {own_reservierung('r')})"
    )


#: The house of talk `g` knows the name, from a booking of this case with it.
NAMED_THERE = (
    "EXISTS (SELECT 1 FROM tenant.placements_buchung b"
    " JOIN tenant.placements_reservierung r ON r.id = b.reservierung_id"
    " WHERE b.hilfefall_id = g.hilfefall_id AND b.einrichtung_id = g.einrichtung_id"
    f" AND b.zustand <> 'STORNIERT' AND r.zustand = 'GEBUCHT' AND {own_buchung('b')})"
)


def knows_person(klient_id: str) -> str:
    """SQL: the person (a column with her id) belongs to a reservation she sees."""
    return _reserved("klient_id").replace("t.id", klient_id)


def knows_name(klient_id: str) -> str:
    """SQL: the person belongs to a booking of hers."""
    return _booked("klient_id").replace("t.id", klient_id)


def _people_of(reservierungen: str) -> str:
    """SQL: who leads the case of these reservations, and who has decided them."""
    return f"""SELECT unnest(ARRAY[h.fachkraft_id, r.entschieden_von_id])
        FROM {reservierungen} r JOIN tenant.cases_hilfefall h ON h.id = r.hilfefall_id"""


#: Two pages of her newest reservations; those of her first provider, whose index has them in this order.
_NEWEST = f"""(SELECT n.hilfefall_id, n.entschieden_von_id FROM tenant.placements_reservierung n
        WHERE n.anbieter_id = (sojus_anbieter())[1] AND {own_anbieter("n", narrows=False)}
        ORDER BY n.created_at DESC LIMIT 100)"""
_COLLEAGUES = (
    "SELECT sojus_user()",
    "SELECT m.user_id FROM public.accounts_membership m WHERE m.anbieter_id = ANY (sojus_anbieter())",
)
#: Herself, people of her own providers, colleagues of the office who work on what is hers. Never the whole directory.
KNOWN_PEOPLE = (
    *_COLLEAGUES,
    f"{_people_of('tenant.placements_reservierung')} WHERE {own_anbieter('r')}",
    # Who of the office has written to her house, or read there: the worker in charge, her deputy, her lead.
    "SELECT unnest(ARRAY[n.verfasser_id, n.gelesen_von_id]) FROM tenant.gespraeche_gespraech g"
    f" JOIN tenant.gespraeche_gespraechsnachricht n ON n.gespraech_id = g.id WHERE {own_anbieter('g')}",
)
#: Some of them, found without reading all that is hers: asked first, and enough for a page of what is new.
NEAR_PEOPLE = (*_COLLEAGUES, _people_of(_NEWEST))

#: The young person: what is not named here no provider reads, nor that it is disputed (`privacy.portal`).
KLIENT = PortalView(
    table="cases_klient",
    where=_reserved("klient_id"),
    columns=("id", "geschlecht"),
    shown_when={
        "vorname": _booked("klient_id"),
        "nachname": _booked("klient_id"),
        "geburtsdatum": _booked("klient_id"),
    },
)

PORTAL_VIEWS = (
    PortalView(
        table="accounts_fachkraft",
        shared=True,
        where="t.id = ANY (ARRAY({near_people})) OR t.id = ANY (ARRAY({known_people}))",
        columns=("id", "vorname", "nachname", "telefon", "is_active"),
    ),
    KLIENT,
    # Without the key nobody reads the sealed name, not even from a copy of the row (ADR 0017).
    PortalView(
        table="cases_personenschluessel",
        where=_booked("klient_id"),
        columns=("id", "created_at", "schluessel"),
    ),
    PortalView(
        table="cases_hilfefall",
        where=_reserved("hilfefall_id"),
        columns=("id", "klient_id", "fachkraft_id"),
        shown_when={"fallnummer": _booked("hilfefall_id")},
    ),
    # The need that was searched for; never the offers it was compared with.
    PortalView(
        table="placements_suche",
        where=_reserved("suche_id"),
        columns=("id", "spezialisierungen"),
    ),
    # Not: auswahlvermerk, taschengeld, soll_kosten (they tell the pocket money), rueckzug_grund, zurueckgezogen_von.
    PortalView(
        table="placements_reservierung",
        where=own_reservierung("t"),
        columns=(
            "id", "created_at", "zeitraum", "ohne_ende", "suche_id", "hilfefall_id", "klient_id", "hilfeart_id",
            "anbieter_id", "einrichtung_id", "angebot_id", "platz_id", "platzbindung_id", "pseudonym",
            "alter_bei_beginn", "menge", "tage_je_woche", "stunden_je_woche", "tagesentgelt", "soll_entgelt_exakt",
            "soll_entgelt", "ist_auswaertig", "zustand", "ablauf_at", "entschieden_at", "entschieden_von_id",
            "ablehnungsgrund", "ablehnung_text", "zurueckgezogen_at",
        ),
        update=("zustand", "entschieden_at", "entschieden_von_id", "ablehnungsgrund", "ablehnung_text"),
        check=(
            "OLD.zustand = 'RESERVIERT' AND NEW.zustand IN ('ZUGESTIMMT', 'ABGELEHNT')"
            " AND NEW.entschieden_von_id = sojus_user()"
        ),
    ),
    # Not: soll_kosten, beendigung_text (the office's own words).
    PortalView(
        table="placements_buchung",
        where=own_buchung("t"),
        columns=(
            "id", "created_at", "zeitraum", "reservierung_id", "hilfefall_id", "klient_id",
            "hilfeart_id", "anbieter_id", "einrichtung_id", "angebot_id", "platzbindung_id", "ist_auswaertig",
            "zustand", "gebucht_at", "beginn_tatsaechlich", "ende_tatsaechlich", "beendigungsgrund", "abrechenbar_ab",
        ),
    ),
)  # fmt: skip
