"""Berichtigung and "bestritten" (Art. 16, 18 DSGVO, § 84 SGB X)."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import now
from shared_apps.core.errors import Konflikt, RegelVerletzt
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.encrypted import with_indexes
from tenant_apps.cases.models import Klient
from tenant_apps.cases.personfelder import BESTREITBARE
from tenant_apps.cases.selectors import pkz_is_taken
from tenant_apps.cases.services import PKZ_VERGEBEN
from tenant_apps.cases.services.klient import lock_klient
from tenant_apps.privacy.enums import VermerkArt, Vorgang
from tenant_apps.privacy.models import Feldvermerk

#: Fields a person can dispute or have corrected.
FELDER = BESTREITBARE


def _check(feld: str, grund: str) -> None:
    if feld not in FELDER:
        raise RegelVerletzt("Bitte wählen Sie die Angabe.", feld="feld")
    if not grund.strip():
        raise RegelVerletzt("Bitte nennen Sie den Grund.", feld="grund")


@transaction.atomic
def dispute_feld(*, akteur: Akteur, klient: Klient, feld: str, grund: str) -> Feldvermerk:
    """Mark a field as disputed; shown wherever the person is shown until it is ended."""
    _check(feld, grund)
    try:
        with transaction.atomic():
            vermerk = Feldvermerk.objects.create(
                klient=klient,
                feld=feld,
                art=VermerkArt.BESTRITTEN,
                grund=grund.strip()[:500],
                erfasst_von_id=akteur.user_id,
            )
    except IntegrityError as error:
        raise Konflikt("Diese Angabe ist schon als bestritten vermerkt.") from error
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.KLIENT_BESTREITEN, objekt=klient, felder=[feld])
    return vermerk


@transaction.atomic
def end_bestritten(*, akteur: Akteur, vermerk: Feldvermerk) -> Feldvermerk:
    """The dispute is settled. `Fehlt` when the person has been sealed meanwhile."""
    klient = lock_klient(vermerk.klient_id)
    vermerk = Feldvermerk.objects.select_for_update().get(pk=vermerk.pk)
    if vermerk.aufgehoben_at or vermerk.art != VermerkArt.BESTRITTEN:
        raise Konflikt("Dieser Vermerk ist schon aufgehoben. Bitte laden Sie die Seite neu.")
    vermerk.aufgehoben_at, vermerk.aufgehoben_von_id = now(), akteur.user_id
    vermerk.save(update_fields=["aufgehoben_at", "aufgehoben_von"])
    record_access(
        akteur=akteur,
        aktion=Aktion.AENDERN,
        vorgang=Vorgang.KLIENT_BESTRITTEN_AUFHEBEN,
        objekt=klient,
        felder=[vermerk.feld],
    )
    return vermerk


@transaction.atomic
def correct_klient(*, akteur: Akteur, klient: Klient, feld: str, wert: Any, grund: str) -> Feldvermerk:
    """Write the right value; the old one is kept sealed beside the reason, the dispute about it ends."""
    _check(feld, grund)
    klient = lock_klient(klient.pk)
    field = Klient._meta.get_field(feld)
    alt, neu = getattr(klient, feld), field.to_python(wert)
    if not neu:
        raise RegelVerletzt("Bitte geben Sie die richtige Angabe ein.", feld="wert")
    if alt == neu:
        raise RegelVerletzt("Diese Angabe steht schon so da.", feld="wert")
    if feld == "pkz" and pkz_is_taken(neu):
        raise RegelVerletzt(PKZ_VERGEBEN, feld="wert")
    setattr(klient, feld, neu)
    klient.save(update_fields=with_indexes(Klient, [feld]))
    vermerk = Feldvermerk.objects.create(
        klient=klient,
        feld=feld,
        art=VermerkArt.BERICHTIGT,
        alter_wert=str(alt),
        grund=grund.strip()[:500],
        erfasst_von_id=akteur.user_id,
    )
    for bestritten in Feldvermerk.objects.filter(
        klient=klient, feld=feld, art=VermerkArt.BESTRITTEN, aufgehoben_at__isnull=True
    ):
        end_bestritten(akteur=akteur, vermerk=bestritten)
    record_access(
        akteur=akteur,
        aktion=Aktion.AENDERN,
        vorgang=Vorgang.KLIENT_BERICHTIGEN,
        objekt=klient,
        felder=[feld],
        grund="Art. 16 DSGVO",
    )
    return vermerk
