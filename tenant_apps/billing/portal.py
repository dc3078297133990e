"""What a provider's request sees and writes of proofs of service and invoices (docs/adr/0016; tenants.fence.portal).

She records and sends; certifying, ordering and paying are the office's. What she sends cannot be changed any more.
"""

from __future__ import annotations

from shared_apps.providers.rights import WHOLE_ANBIETER
from tenant_apps.placements.portal import own_buchung
from tenants.fence.portal import PortalView
from tenants.tables.rights import own_anbieter


def _own_booking(*, narrows: bool = True) -> str:
    own = own_buchung("b", narrows=narrows)
    return f"EXISTS (SELECT 1 FROM tenant.placements_buchung b WHERE b.id = t.buchung_id AND {own})"


_OWN_INVOICE = (
    "EXISTS (SELECT 1 FROM tenant.billing_rechnung r JOIN tenant.placements_buchung b ON b.id = r.buchung_id"
    f" WHERE r.id = t.rechnung_id AND {own_buchung('b')})"
)

#: Who at the office certified, ordered or objected to what she sent (tenants.fence.portal).
KNOWN_PEOPLE = (
    f"""SELECT unnest(ARRAY[i.eingereicht_von_id, i.festgestellt_von_id, i.angeordnet_von_id, i.beanstandet_von_id])
        FROM tenant.billing_rechnung i JOIN tenant.placements_buchung b ON b.id = i.buchung_id
        WHERE {own_anbieter("b")}""",
)

PORTAL_VIEWS = (
    PortalView(
        table="billing_leistungsnachweis",
        where=_own_booking(),
        columns=(
            "id", "created_at", "buchung_id", "monat", "tage", "stunden", "tagesstunden", "bemerkung", "zustand",
            "erfasst_von_id", "eingereicht_at",
        ),
        insert=True,
        update=("tage", "stunden", "tagesstunden", "bemerkung", "zustand", "erfasst_von_id", "eingereicht_at"),
        check=(
            "CASE TG_OP WHEN 'INSERT' THEN NEW.erfasst_von_id = sojus_user() AND NEW.zustand = 'ENTWURF'"
            " AND NEW.eingereicht_at IS NULL"
            " ELSE OLD.zustand IN ('ENTWURF', 'BEANSTANDET') AND NEW.zustand IN (OLD.zustand, 'EINGEREICHT') END"
        ),
    ),
    PortalView(
        table="billing_rechnung",
        where="t.anbieter_id = ANY (sojus_anbieter()) AND " + _own_booking(narrows=False),
        columns=(
            "id", "created_at", "leistungsnachweis_id", "buchung_id", "anbieter_id", "nummer", "monat", "betrag",
            "zustand", "eingereicht_at", "eingereicht_von_id", "befunde", "festgestellt_von_id", "festgestellt_at",
            "angeordnet_von_id", "angeordnet_at", "beanstandung", "beanstandet_von_id", "beanstandet_at",
            "storniert_durch_id",
        ),
        insert=True,
        update=("zustand", "storniert_durch_id"),
        check=(
            "CASE TG_OP WHEN 'INSERT' THEN NEW.zustand = 'EINGEREICHT' AND NEW.eingereicht_von_id = sojus_user()"
            " AND NEW.festgestellt_von_id IS NULL AND NEW.angeordnet_von_id IS NULL AND NEW.beanstandet_von_id IS NULL"
            " AND NEW.festgestellt_at IS NULL AND NEW.angeordnet_at IS NULL AND NEW.beanstandet_at IS NULL"
            " AND NEW.beanstandung = '' AND NEW.storniert_durch_id IS NULL"
            " AND EXISTS (SELECT 1 FROM portal.billing_leistungsnachweis l"
            " WHERE l.id = NEW.leistungsnachweis_id AND l.buchung_id = NEW.buchung_id AND l.monat = NEW.monat)"
            " ELSE OLD.zustand = 'BEANSTANDET' AND NEW.zustand = 'STORNIERT' END"
        ),
    ),
    # Staff of one facility read no account (ADR 0070).
    PortalView(
        table="billing_rechnungskonto",
        where=f"{WHOLE_ANBIETER} AND {_OWN_INVOICE}",
        columns=("id", "created_at", "rechnung_id", "iban", "inhaber"),
    ),
    PortalView(
        table="billing_rechnungsposition",
        where=_OWN_INVOICE,
        columns=(
            "id", "created_at", "rechnung_id", "reihenfolge", "bezeichnung", "zeitraum", "menge", "einheit", "satz",
            "betrag",
        ),
        insert=True,
        check=(
            "EXISTS (SELECT 1 FROM portal.billing_rechnung r"
            " WHERE r.id = NEW.rechnung_id AND r.zustand = 'EINGEREICHT')"
        ),
    ),
    PortalView(
        table="billing_auszahlung",
        where=_OWN_INVOICE,
        columns=("id", "created_at", "rechnung_id", "betrag", "bezahlt_am"),
    ),
)  # fmt: skip
