"""What a provider's request sees of enquiries (docs/adr/0016, 0100): what her own houses are asked, and nobody else's.

Never the case, the search, the other houses that were asked, the amounts and the fit. What the child needs she reads
while her answer counts: once it is over, for her, only kind of help, days and her own answer are left.
"""

from __future__ import annotations

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


#: Open, or accepted.
_COUNTS = _asked(" AND a.zustand IN ('ANGEFRAGT', 'ANRUF', 'RUECKFRAGE', 'ZUGESAGT', 'ANGENOMMEN')")
#: Who asks: she is called back.
KNOWN_PEOPLE = (
    "SELECT n.fachkraft_id FROM tenant.anfragen_hausanfrage a JOIN tenant.anfragen_anfrage n ON n.id = a.anfrage_id"
    f" WHERE {own_anbieter('a')}",
)

PORTAL_VIEWS = (
    PortalView(
        table="anfragen_anfrage",
        where=f"{_asked()} AND {_NOT_RESTRICTED.format(klient='t.klient_id')}",
        columns=(
            "id", "created_at", "zeitraum", "ohne_ende", "klient_id", "fachkraft_id", "hilfeart_id", "dringlichkeit",
            "antwort_bis_at",
        ),
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
            "OLD.zustand IN ('ANGEFRAGT', 'ANRUF', 'RUECKFRAGE', 'ZUGESAGT')"
            " AND NEW.zustand IN ('ANRUF', 'RUECKFRAGE', 'ZUGESAGT', 'ABGESAGT')"
            " AND NEW.antwort_von_id = sojus_user()"
        ),
    ),
)  # fmt: skip
