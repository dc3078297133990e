"""Einschränkung (Art. 18 DSGVO, § 84 SGB X): the person leaves daily work, data protection can still read her."""

from __future__ import annotations

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import today
from shared_apps.core.errors import Konflikt, RegelVerletzt
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.models import HilfefallZustand, Klient
from tenant_apps.cases.services.klient import lock_klient
from tenant_apps.privacy.enums import Einschraenkungsgrund, Vorgang
from tenant_apps.privacy.selectors import list_verdeckt_gebraucht

FALL_OFFEN = (
    "Für diese Person ist noch ein Fall offen: Mit diesem Grund wird sie erst eingeschränkt, wenn alle ihre Fälle "
    "abgeschlossen sind."
)
#: For what the acting person may not know of (a sealed case). It does not say so.
NOCH_NICHT = (
    "Mit diesem Grund kann diese Person noch nicht eingeschränkt werden. Der Löschlauf schlägt sie vor, sobald es so "
    "weit ist."
)
_FELDER = ["eingeschraenkt_seit", "eingeschraenkt_grund"]


@transaction.atomic
def restrict_klient(*, akteur: Akteur | None, klient: Klient, grund: str) -> Klient:
    """Restrict. Raises `RegelVerletzt` without a reason, `Konflikt` when it is done already, or when the reason is that
    only keeping is left while a case is open (any more, or again: whoever opens one holds the person, too)."""
    if grund not in Einschraenkungsgrund.values:
        raise RegelVerletzt("Bitte wählen Sie den Grund der Einschränkung.", feld="grund")
    klient = lock_klient(klient.pk)
    if klient.eingeschraenkt_seit:
        raise Konflikt("Die Daten sind schon eingeschränkt. Bitte laden Sie die Seite neu.")
    if grund == Einschraenkungsgrund.AUFBEWAHRUNG:
        if klient.hilfefaelle.exclude(zustand=HilfefallZustand.ABGESCHLOSSEN.value).exists():
            raise Konflikt(FALL_OFFEN, code="fall_offen")
        if list_verdeckt_gebraucht([klient.pk]):
            raise Konflikt(NOCH_NICHT, code="noch_nicht")
    klient.eingeschraenkt_seit, klient.eingeschraenkt_grund = today(), grund
    klient.save(update_fields=_FELDER)
    record_access(
        akteur=akteur,
        aktion=Aktion.AENDERN,
        vorgang=Vorgang.KLIENT_EINSCHRAENKEN,
        objekt=klient,
        felder=_FELDER,
        grund=grund,
    )
    return klient


@transaction.atomic
def release_klient(*, akteur: Akteur, klient: Klient, grund: str) -> Klient:
    """Lift a restriction, with the reason in the trail."""
    if not grund.strip():
        raise RegelVerletzt("Bitte nennen Sie den Grund.", feld="grund")
    klient = lock_klient(klient.pk)
    if not klient.eingeschraenkt_seit:
        raise Konflikt("Die Daten sind nicht eingeschränkt. Bitte laden Sie die Seite neu.")
    klient.eingeschraenkt_seit, klient.eingeschraenkt_grund = None, ""
    klient.save(update_fields=_FELDER)
    record_access(
        akteur=akteur,
        aktion=Aktion.AENDERN,
        vorgang=Vorgang.KLIENT_EINSCHRAENKUNG_AUFHEBEN,
        objekt=klient,
        felder=_FELDER,
        grund=grund.strip()[:200],
    )
    return klient
