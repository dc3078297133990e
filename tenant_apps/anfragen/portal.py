"""What a provider's request sees of enquiries (docs/adr/0016, 0100): what her own houses are asked, and nobody else's.

Never the person, the case, the search, the other houses that were asked, the amounts and the fit. What the child needs
she reads while her answer counts: once it is over, for her, only kind of help, days and her own answer are left.

What is written with a house is here, too: it may be about a reservation or an enquiry, and this is the lowest app that
knows both (ADR 0101).
"""

from __future__ import annotations

from tenant_apps.anfragen.states import HAUSANFRAGE, HAUSANFRAGE_OFFEN, HausanfrageAktion, HausanfrageZustand
from tenant_apps.placements.portal import NAMED_THERE, talked_about
from tenants.fence.portal import PortalView
from tenants.tables.rights import own_anbieter

_NOT_RESTRICTED = (
    "NOT EXISTS (SELECT 1 FROM tenant.cases_klient k WHERE k.id = {klient} AND k.eingeschraenkt_seit IS NOT NULL)"
)


def _asked(states: str = "") -> str:
    """`t` is an Anfrage, and one of her houses is asked in it (and its answer counts)."""
    return (
        "EXISTS (SELECT 1 FROM tenant.anfragen_hausanfrage a"
        f" WHERE a.anfrage_id = t.id AND {own_anbieter('a')}{states})"
    )


def _asked_about(row: str, *, matter: str) -> str:
    """SQL: `row` (case and house) is about a case for which her house there is or was asked; `matter` says by which
    Hausanfrage `a`."""
    return (
        "EXISTS (SELECT 1 FROM tenant.anfragen_hausanfrage a JOIN tenant.anfragen_anfrage f ON f.id = a.anfrage_id"
        f" WHERE {matter} AND f.hilfefall_id = {row}.hilfefall_id AND a.einrichtung_id = {row}.einrichtung_id"
        f" AND {own_anbieter('a')} AND {_NOT_RESTRICTED.format(klient='f.klient_id')})"
    )


#: Open, or accepted.
_ZAEHLT = ", ".join(f"'{zustand.value}'" for zustand in (*sorted(HAUSANFRAGE_OFFEN), HausanfrageZustand.ANGENOMMEN))
_COUNTS = _asked(f" AND a.zustand IN ({_ZAEHLT})")
#: Who leads the case now: she is called back.
KNOWN_PEOPLE = (
    "SELECT h.fachkraft_id FROM tenant.anfragen_hausanfrage a JOIN tenant.anfragen_anfrage n ON n.id = a.anfrage_id"
    f" JOIN tenant.cases_hilfefall h ON h.id = n.hilfefall_id WHERE {own_anbieter('a')}",
)
#: Whose the enquiry is that an entry (NEW) of a house is about: it may not learn which of them are for one child.
PEOPLE_OF_ENTRY = (
    "SELECT n.klient_id FROM tenant.anfragen_hausanfrage a JOIN tenant.anfragen_anfrage n ON n.id = a.anfrage_id"
    " WHERE a.id = NEW.objekt_id OR a.id = ANY (NEW.objekte)",
)
#: What a house can do to its own part; the rest is the office's.
_ANTWORTEN = (
    HausanfrageAktion.ZUSAGEN,
    HausanfrageAktion.RUECKFRAGEN,
    HausanfrageAktion.ANRUFEN,
    HausanfrageAktion.ABSAGEN,
)
#: From a state to those that an answer leads to, as `states` has it.
_SCHRITT = " OR ".join(
    f"OLD.zustand = '{von.value}' AND NEW.zustand = '{danach[aktion].value}'"
    for von, danach in HAUSANFRAGE.uebergaenge.items()
    for aktion in _ANTWORTEN
    if aktion in danach
)
#: The request's clock is not the database's.
_SPIEL = "interval '5 minutes'"

PORTAL_VIEWS = (
    PortalView(
        table="anfragen_anfrage",
        where=f"{_asked()} AND {_NOT_RESTRICTED.format(klient='t.klient_id')}",
        columns=(
            "id", "created_at", "zeitraum", "ohne_ende", "hilfeart_id", "dringlichkeit",
            "antwort_bis_at",
        ),
        shown_as={"fachkraft_id": "SELECT h.fachkraft_id FROM tenant.cases_hilfefall h WHERE h.id = t.hilfefall_id"},
        shown_when=dict.fromkeys(("alter_von", "alter_bis", "geschlecht", "bedarf"), _COUNTS),
    ),
    PortalView(
        table="anfragen_hausanfrage",
        where=f"{own_anbieter('t')} AND EXISTS (SELECT 1 FROM tenant.anfragen_anfrage n WHERE n.id = t.anfrage_id"
        f" AND {_NOT_RESTRICTED.format(klient='n.klient_id')})",
        columns=(
            "id", "created_at", "anfrage_id", "anbieter_id", "einrichtung_id", "angebot_id", "zustand", "antwort_at",
            "antwort_von_id", "absagegrund", "antwort_text", "haelt_bis_at", "beendet_at", "reservierung_id",
        ),
        update=("zustand", "antwort_at", "antwort_von_id", "absagegrund", "antwort_text", "haelt_bis_at"),
        check=(
            # A step of hers, in her name, now, before the deadline; a hold is said as it is.
            f"({_SCHRITT}) AND NEW.antwort_von_id = sojus_user()"
            f" AND NEW.antwort_at BETWEEN now() - {_SPIEL} AND clock_timestamp() + {_SPIEL}"
            " AND EXISTS (SELECT 1 FROM portal.anfragen_anfrage n WHERE n.id = NEW.anfrage_id"
            f" AND n.antwort_bis_at >= now() - {_SPIEL})"
            " AND (NEW.haelt_bis_at IS NOT DISTINCT FROM OLD.haelt_bis_at OR NEW.zustand = 'ZUGESAGT' AND EXISTS"
            " (SELECT 1 FROM public.occupancy_platzbindung b"
            " WHERE b.id = NEW.id AND b.zustand = 'RESERVIERT' AND b.ablauf_at = NEW.haelt_bis_at))"
        ),
    ),
    # A talk she begins is her own house's and about a reservation she sees: the check option refuses any other. About
    # an enquiry the office begins; from then on she reads and writes there, too.
    PortalView(
        table="gespraeche_gespraech",
        where=(
            f"{own_anbieter('t')} AND ({talked_about('t')} OR EXISTS"
            " (SELECT 1 FROM tenant.gespraeche_gespraechsnachricht n WHERE n.gespraech_id = t.id"
            f" AND {_asked_about('t', matter='a.id = n.bezug_id')}))"
        ),
        columns=("id", "created_at", "hilfefall_id", "anbieter_id", "einrichtung_id"),
        insert=True,
    ),
    # Of a matter of that talk that she sees. What was written while the house knew the name, only while it knows it:
    # a cancelled booking takes both. She writes in her own name for her side, and marks what she has read, once.
    PortalView(
        table="gespraeche_gespraechsnachricht",
        where=(
            "EXISTS (SELECT 1 FROM tenant.gespraeche_gespraech g WHERE g.id = t.gespraech_id"
            f" AND {own_anbieter('g')} AND ({talked_about('g', matter='r.platzbindung_id = t.bezug_id')}"
            f" OR {_asked_about('g', matter='a.id = t.bezug_id')})"
            f" AND (NOT t.nach_buchung OR {NAMED_THERE}))"
        ),
        columns=(
            "id", "created_at", "gespraech_id", "bezug_id", "absender", "verfasser_id", "text", "nach_buchung",
            "gelesen_at", "gelesen_von_id",
        ),
        insert=True,
        update=("gelesen_at", "gelesen_von_id"),
        check=(
            "CASE WHEN TG_OP = 'INSERT'"
            " THEN NEW.absender = 'ANBIETER' AND NEW.verfasser_id = sojus_user() AND NEW.gelesen_at IS NULL"
            " ELSE OLD.absender = 'JUGENDAMT' AND OLD.gelesen_at IS NULL AND NEW.gelesen_von_id = sojus_user() END"
        ),
    ),
)  # fmt: skip
