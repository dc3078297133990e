"""Auskunft (Art. 15 DSGVO, § 83 SGB X): given or refused, each with its entry in the trail."""

from __future__ import annotations

from hashlib import sha256

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.errors import RegelVerletzt
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.models import Klient
from tenant_apps.privacy.enums import AuskunftArt, Versagungsgrund, Vorgang
from tenant_apps.privacy.felder import ABSCHNITTE
from tenant_apps.privacy.models import Auskunft


@transaction.atomic
def issue_auskunft(*, akteur: Akteur, klient: Klient, art: AuskunftArt, inhalt: bytes) -> Auskunft:
    """Note that this file was given out; the file itself is not kept, its fingerprint is."""
    auskunft = Auskunft.objects.create(
        klient=klient, art=art, erteilt_von_id=akteur.user_id, pruefsumme=sha256(inhalt).hexdigest()
    )
    record_access(
        akteur=akteur,
        aktion=Aktion.AUSGEBEN,
        vorgang=Vorgang.AUSKUNFT_AUSGEBEN,
        objekt=klient,
        felder=[abschnitt.modell for abschnitt in ABSCHNITTE],
        grund="Art. 15 DSGVO, § 83 SGB X",
    )
    return auskunft


@transaction.atomic
def reject_auskunft(*, akteur: Akteur, klient: Klient, grund: str, begruendung: str) -> Auskunft:
    """Refuse an Auskunft with its legal reason and an explanation that is kept for the supervisory authority."""
    if grund not in Versagungsgrund.values:
        raise RegelVerletzt("Bitte wählen Sie den Grund der Versagung.", feld="grund")
    if not begruendung.strip():
        raise RegelVerletzt("Bitte erläutern Sie die Versagung; sie wird dokumentiert.", feld="begruendung")
    auskunft = Auskunft.objects.create(
        klient=klient,
        art=AuskunftArt.VERSAGT,
        versagungsgrund=grund,
        begruendung=begruendung.strip()[:1000],
        erteilt_von_id=akteur.user_id,
    )
    record_access(
        akteur=akteur,
        aktion=Aktion.ANLEGEN,
        vorgang=Vorgang.AUSKUNFT_VERSAGEN,
        objekt=klient,
        grund=Versagungsgrund(grund),
    )
    return auskunft
