"""A list whose job was given up (ADR 0025): tried again, or broken off by a person.

A job is given up when it has failed too often, or its worker has died over it too often. Nothing happens by itself
then. Parts that are read in are there, the others are not; a way back is done in one transaction, so nothing of it is.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from shared_apps.accounts.addresses import public_base
from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import MailArt
from shared_apps.accounts.models import Mailauftrag, User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.core.clock import real_now
from shared_apps.core.errors import Konflikt
from shared_apps.einlesen.enums import Befund
from shared_apps.einlesen.models import Einlesung
from shared_apps.einlesen.policies import visible_einlesungen
from shared_apps.einlesen.selectors import LAEUFT, list_stehende
from shared_apps.einlesen.services.vorbereiten import lock_einlesung, record_befunde, run_einlesung_later
from shared_apps.einlesen.states import EINLESUNG, EinlesungAktion, EinlesungZustand
from shared_apps.mails.door import Nachricht, submit_mailauftrag, writes_mail
from tenants.context import on_portal

NICHT_STEHENGEBLIEBEN = (
    "Die Liste ist nicht stehen geblieben: Daran wird gearbeitet. Bitte warten Sie, bis sie fertig ist."
)
NICHT_EINGELESEN = "Nicht eingelesen: Das Einlesen blieb stehen und wurde abgebrochen."
RUECKNAHME_ABGEBROCHEN = "Die Rücknahme blieb stehen und wurde abgebrochen. Es ist alles, wie es war."


@transaction.atomic
def submit_again(*, akteur: Akteur, einlesung: Einlesung) -> Einlesung:
    """Hand the list to a job once more, which goes on where the last one was. `Konflikt` while one is at work."""
    einlesung = _locked(akteur, einlesung)
    run_einlesung_later(einlesung)
    return einlesung


@transaction.atomic
def end_einlesung(*, akteur: Akteur, einlesung: Einlesung) -> Einlesung:
    """Break a list off: what is read in stays and can be taken back, the other lines are faulty and can be sent again.

    A way back that stopped leaves the list read in, as before. `Konflikt` while a job is at work.
    """
    einlesung = _locked(akteur, einlesung)
    if einlesung.zustand == EinlesungZustand.FREIGEGEBEN:
        uebrige = einlesung.zeilen.filter(ist_erledigt=False).exclude(befund=Befund.FEHLERHAFT)
        nummern = list(uebrige.values_list("nummer", flat=True))
        meldung = [("", NICHT_EINGELESEN)]
        record_befunde(einlesung, dict.fromkeys(nummern, Befund.FEHLERHAFT), dict.fromkeys(nummern, meldung))
    else:
        einlesung.grund = RUECKNAHME_ABGEBROCHEN
    einlesung.zustand = EINLESUNG.naechster(EinlesungZustand(einlesung.zustand), EinlesungAktion.ABBRECHEN)
    einlesung.save(update_fields=["zustand", "grund"])
    return einlesung


def _locked(akteur: Akteur, einlesung: Einlesung) -> Einlesung:
    """The list, held: a job that takes it up at this moment waits, and then finds what was done here."""
    einlesung = lock_einlesung(akteur, einlesung, EinlesungAktion.ABBRECHEN)
    if not list_stehende([einlesung]):
        raise Konflikt(NICHT_STEHENGEBLIEBEN, code="zustand")
    return einlesung


# --- whoever asked for it is told -------------------------------------------------------------------------------------


def notify_stehende() -> int:
    """Tell whoever handed in a list that stopped, or asked for it back, once for each standstill; how many lists."""
    with on_portal():
        rows = Einlesung.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)  # held: somebody works
        laufende = list(rows.select_related("tenant").filter(zustand__in=LAEUFT))
        stehen = list_stehende(laufende)
        weiter = [e.pk for e in laufende if e.stillstand_gemeldet_at is not None and e.pk not in stehen]
        Einlesung.objects.filter(pk__in=weiter).update(stillstand_gemeldet_at=None)  # the operator took its job up
        neue = [e for e in laufende if e.stillstand_gemeldet_at is None and e.pk in stehen]
        for einlesung in neue:
            submit_mailauftrag(
                art=MailArt.LISTE_STEHT, user_id=_asked_by(einlesung), tenant=einlesung.tenant, bezug_id=einlesung.pk
            )
            einlesung.stillstand_gemeldet_at = real_now()
            einlesung.save(update_fields=["stillstand_gemeldet_at"])
    return len(neue)


def _asked_by(einlesung: Einlesung) -> UUID:
    """Who handed in the list, or wants it taken back."""
    zurueck = einlesung.aufgehoben_von_id if einlesung.zustand == EinlesungZustand.RUECKNAHME else None
    return zurueck or einlesung.eingereicht_von_id


@writes_mail(MailArt.LISTE_STEHT)
def build_stillstand_mail(mail: Mailauftrag) -> Nachricht | None:
    """That a list has stopped, and where to read what holds of it: no file's name, no row. None for somebody who no
    longer sees the list, and when it goes on by now."""
    user = mail.find_empfaenger(User.objects.filter(is_active=True))
    akteur = get_akteur(user=user, tenant=mail.tenant) if user else None
    if user is None or akteur is None:
        return None
    stehende = visible_einlesungen(akteur).filter(zustand__in=LAEUFT, stillstand_gemeldet_at__isnull=False)
    einlesung = mail.find_bezug(stehende)
    if einlesung is None:
        return None
    text = (
        "Guten Tag,\n\neine Liste, an der Sie arbeiten, ist stehen geblieben. Von selbst geht es nicht weiter. Was von"
        " der Liste gilt und was Sie tun können, lesen Sie nach der Anmeldung"
        f" hier:\n\n{public_base(mail.tenant)}/anbieter/einlesen/{einlesung.pk}/\n"
    )
    return Nachricht(an=user.email, betreff="Eine Liste ist stehen geblieben", text=text)
