"""Deletion run: preview, second person, run, protocol without names (§ 84 SGB X, § 9b SGB VIII)."""

from __future__ import annotations

import secrets
from datetime import date
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import now, today
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.billing.models import Leistungsnachweis, Rechnung
from tenant_apps.cases.models import Hilfefall, Klient, Personenschluessel
from tenant_apps.placements.models import Buchung, IdempotencyRecord, Reservierung, Suche
from tenant_apps.privacy.enums import Einschraenkungsgrund, LoeschlaufZustand
from tenant_apps.privacy.models import Feldvermerk, Loeschlauf, Loeschposition
from tenant_apps.privacy.policies import may_approve_run
from tenant_apps.privacy.rules import HZE, Schritt
from tenant_apps.privacy.selectors import list_faellig
from tenant_apps.privacy.services.einschraenkung import restrict_klient

#: What stands where a text about a deleted person stood and must not be empty.
GELOESCHT = "gelöscht"


@transaction.atomic
def create_loeschlauf(*, akteur: Akteur, stichtag: date | None = None) -> Loeschlauf:
    """Preview: who is due for which step. Raises `RegelVerletzt` when nobody is, `Konflikt` while one waits."""
    stichtag = stichtag or today()
    if stichtag > today():
        raise RegelVerletzt("Der Stichtag liegt in der Zukunft.", feld="stichtag")
    faellig = list(list_faellig(stichtag))
    if not faellig:
        raise RegelVerletzt("Zu diesem Stichtag ist nichts einzuschränken oder zu löschen.", feld="stichtag")
    try:
        with transaction.atomic():
            lauf = Loeschlauf.objects.create(stichtag=stichtag, erstellt_von_id=akteur.user_id)
    except IntegrityError as error:
        raise Konflikt("Es wartet schon eine Vorschau auf die zweite Person.") from error
    Loeschposition.objects.bulk_create(
        [
            Loeschposition(
                lauf=lauf, person_id=f.klient.pk, schritt=f.schritt.value, klasse=HZE.code, faellig_am=f.seit
            )
            for f in faellig
        ],
        batch_size=1000,
    )
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang="loeschlauf.vorschau", objekt=lauf)
    return lauf


def _lock_preview(lauf: Loeschlauf) -> Loeschlauf:
    lauf = Loeschlauf.objects.select_for_update().get(pk=lauf.pk)
    if lauf.zustand != LoeschlaufZustand.VORSCHAU:
        raise Konflikt("Über diesen Löschlauf ist schon entschieden. Bitte laden Sie die Seite neu.")
    return lauf


@transaction.atomic
def reject_loeschlauf(*, akteur: Akteur, lauf: Loeschlauf) -> Loeschlauf:
    """Discard a preview; nothing was changed."""
    lauf = _lock_preview(lauf)
    lauf.zustand = LoeschlaufZustand.VERWORFEN
    lauf.save(update_fields=["zustand"])
    record_access(akteur=akteur, aktion=Aktion.AENDERN, vorgang="loeschlauf.verwerfen", objekt=lauf, felder=["zustand"])
    return lauf


@transaction.atomic
def approve_loeschlauf(*, akteur: Akteur, lauf: Loeschlauf, ausgenommen: frozenset[UUID] = frozenset()) -> Loeschlauf:
    """The second person approves and the run is done, all or nothing. `ausgenommen`: positions that stay as they are.

    What is not due any more (a case was opened again since the preview) is left out.
    """
    lauf = _lock_preview(lauf)
    if not may_approve_run(akteur, lauf):
        raise Verweigert("Einen Löschlauf gibt eine zweite Person frei, nicht die, die ihn vorbereitet hat.")
    lauf.zustand, lauf.freigegeben_von_id, lauf.freigegeben_at = LoeschlaufZustand.FREIGEGEBEN, akteur.user_id, now()
    lauf.save(update_fields=["zustand", "freigegeben_von", "freigegeben_at"])
    faellig = {f.klient.pk: f.schritt.value for f in list_faellig(lauf.stichtag)}
    for position in lauf.positionen.select_for_update():
        if position.pk in ausgenommen or faellig.get(position.person_id) != position.schritt:
            position.ausgenommen = True
        elif position.schritt == Schritt.LOESCHEN.value:
            _delete(lauf, position.person_id)
            lauf.geloescht += 1
        else:
            klient = Klient.objects.get(pk=position.person_id)
            restrict_klient(akteur=akteur, klient=klient, grund=Einschraenkungsgrund.AUFBEWAHRUNG)
            lauf.eingeschraenkt += 1
        position.erledigt_at = now()
        position.save(update_fields=["ausgenommen", "erledigt_at"])
    lauf.zustand, lauf.ausgefuehrt_at = LoeschlaufZustand.AUSGEFUEHRT, now()
    lauf.save(update_fields=["zustand", "ausgefuehrt_at", "geloescht", "eingeschraenkt"])
    record_access(
        akteur=akteur, aktion=Aktion.LOESCHEN, vorgang="loeschlauf.ausfuehren", objekt=lauf, felder=["zustand"]
    )
    return lauf


def _delete(lauf: Loeschlauf, person: UUID) -> None:
    """Shred the key and empty every text about the person; amounts stay under a number that leads nowhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT privacy_vermerke_leeren(%s, %s)", [lauf.pk, person])
    Feldvermerk.objects.filter(klient_id=person).update(grund="", alter_wert="")
    _drop_answers(person)
    Suche.objects.filter(klient_id=person).update(
        spezialisierungen=[], geschlecht="", alter=None, klient=None, hilfefall=None
    )
    for reservierung in Reservierung.objects.filter(klient_id=person):
        reservierung.pseudonym = f"X-{secrets.token_hex(6)}"
        reservierung.ablehnung_text = reservierung.rueckzug_grund = ""
        reservierung.alter_bei_beginn = 0
        reservierung.save(update_fields=["pseudonym", "ablehnung_text", "rueckzug_grund", "alter_bei_beginn"])
    Buchung.objects.filter(klient_id=person).update(beendigung_text="")
    Leistungsnachweis.objects.filter(buchung__klient_id=person).update(bemerkung="")
    Rechnung.objects.filter(buchung__klient_id=person).exclude(beanstandung="").update(beanstandung=GELOESCHT)
    Rechnung.objects.filter(buchung__klient_id=person).update(befunde=[])
    for fall in Hilfefall.objects.filter(klient_id=person):
        fall.fallnummer = f"X-{secrets.token_hex(6)}"
        fall.save(update_fields=["fallnummer"])
    Personenschluessel.objects.filter(pk=person).delete()
    Klient.objects.filter(pk=person).update(
        pkz="", vorname="", nachname="", geburtsdatum="", geschlecht="7", pkz_index="", suchindex=[]
    )


def _drop_answers(person: UUID) -> None:
    """Kept answers of the API name the person; they are sealed, so they are looked through one by one."""
    nummern = list(Hilfefall.objects.filter(klient_id=person).values_list("fallnummer", flat=True))
    doomed = [
        record.pk
        for record in list(IdempotencyRecord.objects.all())
        if str(person) in record.response or any(nummer in record.response for nummer in nummern)
    ]
    IdempotencyRecord.objects.filter(pk__in=doomed).delete()
