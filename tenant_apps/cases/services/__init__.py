"""Writes of young people and cases."""

from __future__ import annotations

import secrets
from datetime import date

from django.db import IntegrityError, transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import today
from shared_apps.core.eingabe import GEBURT_IN_ZUKUNFT
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.gelesen import Gelesen
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases import policies
from tenant_apps.cases.encrypted import with_indexes
from tenant_apps.cases.enums import Vorgang
from tenant_apps.cases.models import Aufgabenbereich, Fallfreigabe, FreigabeArt, Hilfefall, Klient, KlientGeschlecht
from tenant_apps.cases.personfelder import NeuePerson, angaben_from, angaben_of
from tenant_apps.cases.selectors import pkz_is_taken
from tenant_apps.cases.services.klient import lock_hilfefall, lock_unrestricted
from tenant_apps.cases.services.sperre import seal_hilfefall

#: No vowels and no look-alikes: numbers that are dictated over the phone.
ZEICHEN = "23456789BCDFGHJKMNPQRSTVWXZ"

PKZ_VERGEBEN = (
    "Diese PKZ ist schon vergeben. Bitte prüfen Sie die Nummer; steht die Person in Ihrer Liste, wählen Sie sie dort."
)
ANDERE_SEITE = "Akten der Vormundschaft und Akten des Jugendamtes werden getrennt geführt (§ 68 SGB VIII)."
FALLNUMMER_VERGEBEN = "Diese Fallnummer ist schon vergeben. Bitte prüfen Sie sie oder lassen Sie das Feld leer."


#: Parents may receive help too (§ 19 SGB VIII), nobody was born earlier: a slip of the keyboard, not a person.
FRUEHESTES_GEBURTSJAHR = 1900


def compute_code(length: int) -> str:
    """Random characters that can be read out without mistakes."""
    return "".join(secrets.choice(ZEICHEN) for _ in range(length))


BLEIBT = "Das ist schon eingetragen und kann nicht leer werden."


def check_geburtsdatum(geburtsdatum: date) -> None:
    """`RegelVerletzt` (geburtsdatum) when nobody we help can have been born then."""
    if geburtsdatum > today():
        raise RegelVerletzt(GEBURT_IN_ZUKUNFT, feld="geburtsdatum")
    if geburtsdatum.year < FRUEHESTES_GEBURTSJAHR:
        raise RegelVerletzt(
            "Bitte prüfen Sie das Geburtsdatum: Das Jahr ist vierstellig und nicht vor 1900.", feld="geburtsdatum"
        )


@transaction.atomic
def create_klient(*, akteur: Akteur, person: NeuePerson, aufgabe: Aufgabenbereich = Aufgabenbereich.LEISTUNG) -> Klient:
    """Create a young person. `RegelVerletzt` (pkz, geburtsdatum) when the PKZ is taken or the birth is in the future.

    § 68: guardianship keeps rows of its own; the other side's PKZ is not "taken" here.
    """
    check_geburtsdatum(person.geburtsdatum)
    ist_vormundschaft = aufgabe == Aufgabenbereich.VORMUNDSCHAFT
    if pkz_is_taken(person.pkz, ist_vormundschaft=ist_vormundschaft):
        raise RegelVerletzt(PKZ_VERGEBEN, feld="pkz")
    try:
        with transaction.atomic():
            klient = Klient.objects.create(**angaben_from(person), ist_vormundschaft=ist_vormundschaft)
    except IntegrityError as error:
        raise RegelVerletzt(PKZ_VERGEBEN, feld="pkz") from error
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.KLIENT_ANLEGEN, objekt=klient)
    return klient


@transaction.atomic
def create_unbekannt(*, akteur: Akteur, geschlecht: KlientGeschlecht) -> Klient:
    """A child whose name, birth and PKZ nobody knows yet; the case has its number. `update_klient` enters them.

    Nobody is found by it, and nobody is charged for it before name and birth are there (trigger of billing).
    """
    klient = Klient.objects.create(pkz="", vorname="", nachname="", geburtsdatum=None, geschlecht=geschlecht)
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.KLIENT_ANLEGEN, objekt=klient)
    return klient


@transaction.atomic
def create_hilfefall(
    *,
    akteur: Akteur,
    klient: Klient,
    fallnummer: str = "",
    aufgabe: Aufgabenbereich = Aufgabenbereich.LEISTUNG,
) -> Hilfefall:
    """Open a case with the acting person in charge; without a number it gets one like F26-7K3QZ. From whoever is on
    call at night the office takes it over (`uebernahme_offen`).

    A new case of a sealed person is sealed from the first moment, for those who are named already; the person is
    held, so that nobody seals, unseals or restricts her meanwhile. `Fehlt` or `Konflikt` (eingeschraenkt) when she is
    not there for daily work any more.
    """
    klient = lock_unrestricted(klient.pk)
    ist_vormundschaft = aufgabe == Aufgabenbereich.VORMUNDSCHAFT
    if ist_vormundschaft != klient.ist_vormundschaft:
        raise RegelVerletzt(ANDERE_SEITE, feld="aufgabe")
    try:
        with transaction.atomic():
            fall = Hilfefall.objects.create(
                fallnummer=fallnummer or f"F{today():%y}-{compute_code(6)}",
                klient=klient,
                fachkraft_id=akteur.user_id,
                team=next(iter(sorted(akteur.teams - akteur.geleitete_teams or akteur.teams)), ""),
                aufgabe=aufgabe,
                uebernahme_offen=policies.may_work_nights(akteur),
            )
    except IntegrityError as error:
        raise RegelVerletzt(FALLNUMMER_VERGEBEN, feld="fallnummer") from error
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.FALL_ANLEGEN, objekt=fall)
    if klient.gesperrt:
        benannte = Fallfreigabe.objects.filter(
            hilfefall__klient=klient, art=FreigabeArt.SPERRFALL, beendet_at__isnull=True
        )
        ids = set(benannte.values_list("user_id", flat=True))
        fall = seal_hilfefall(akteur=akteur, hilfefall=fall, benannte=ids, grund="Die Person ist gesperrt.")
        fall.klient = klient
    return fall


@transaction.atomic
def update_klient(*, akteur: Akteur, klient: Klient, person: NeuePerson) -> Klient:
    """Correct the master data; the trail names the fields. `klient` is that of a case of
    `policies.editable_hilfefaelle`.

    What nobody has entered yet may stay empty, of a child of the night; what somebody has entered is not emptied.
    Compared with her row as it is now, and only what is different is written: seal and restriction are not hers.
    """
    klient = lock_unrestricted(klient.pk)
    for name in klient.says_who:
        if getattr(klient, name) and not getattr(person, name):
            raise RegelVerletzt(BLEIBT, feld=name)
    if person.geburtsdatum:
        check_geburtsdatum(person.geburtsdatum)
    felder = [name for name, wert in angaben_from(person).items() if getattr(klient, name) != wert]
    if not felder:
        return klient
    if "pkz" in felder and not klient.gesperrt and pkz_is_taken(person.pkz, ist_vormundschaft=klient.ist_vormundschaft):
        raise RegelVerletzt(PKZ_VERGEBEN, feld="pkz")
    for feld in felder:
        setattr(klient, feld, getattr(person, feld))
    try:
        with transaction.atomic():
            klient.save(update_fields=with_indexes(Klient, felder))
    except IntegrityError as error:
        raise RegelVerletzt(PKZ_VERGEBEN, feld="pkz") from error
    record_access(akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.KLIENT_AENDERN, objekt=klient, felder=felder)
    return klient


@transaction.atomic
def update_stammdaten(
    *, akteur: Akteur, hilfefall: Hilfefall, person: NeuePerson, fallnummer: str, gelesen: Gelesen
) -> Hilfefall:
    """Correct person and number of a case in one step. `Veraltet` when that would take back what somebody has changed
    since it was read (`gelesen`): a Berichtigung (Art. 16 DSGVO) above all. `Fehlt` when the case has
    been sealed without her meanwhile. Person and case are held, in this order."""
    klient = lock_unrestricted(hilfefall.klient_id)
    hilfefall = lock_hilfefall(hilfefall.pk)
    gelesen.check(
        jetzt=angaben_of(klient) | {"fallnummer": hilfefall.fallnummer},
        neu=angaben_from(person) | {"fallnummer": fallnummer},
    )
    update_klient(akteur=akteur, klient=klient, person=person)
    return update_hilfefall(akteur=akteur, hilfefall=hilfefall, fallnummer=fallnummer)


@transaction.atomic
def update_hilfefall(*, akteur: Akteur, hilfefall: Hilfefall, fallnummer: str) -> Hilfefall:
    """Change the number. `hilfefall` comes from `policies.editable_hilfefaelle`. The state moves by steps of its own:
    with the first booking, by `services.abschluss`."""
    if hilfefall.fallnummer == fallnummer:
        return hilfefall
    hilfefall.fallnummer = fallnummer
    try:
        with transaction.atomic():
            hilfefall.save(update_fields=["fallnummer"])
    except IntegrityError as error:
        raise RegelVerletzt(FALLNUMMER_VERGEBEN, feld="fallnummer") from error
    record_access(
        akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.FALL_AENDERN, objekt=hilfefall, felder=["fallnummer"]
    )
    return hilfefall
