"""Suchauftrag: a search goes on looking, and whoever is responsible is told when a place comes free."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from uuid import UUID

from django.db import DatabaseError, transaction

from shared_apps.accounts.addresses import public_base
from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import AMT, MailArt
from shared_apps.accounts.models import Mailauftrag, Membership, User
from shared_apps.accounts.selectors import valid_on
from shared_apps.core.clock import real_now, today
from shared_apps.core.errors import Konflikt, RegelVerletzt, SojusError
from shared_apps.core.zahlwort import anzahl
from shared_apps.mails.door import Nachricht, submit_mailauftrag, writes_mail
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.states import HilfefallZustand
from tenant_apps.placements import rules
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.models import Suchauftrag, Suche
from tenant_apps.placements.search.selectors.fast_passend import change_kriterien
from tenant_apps.placements.search.selectors.kriterien import Kriterien, kriterien_of
from tenant_apps.placements.search.selectors.search import search_seite
from tenant_apps.placements.search.selectors.treffer import Eingrenzung, Sortierung
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.services.search import create_suche
from tenants.context import on_portal, require_schema
from tenants.models import Tenant

logger = logging.getLogger(__name__)

#: The number of free offers that are compared, the cheapest first: who has more to choose from needs no order.
VERGLICHEN = 100
#: The number of orders of an office that one round looks at, longest not looked at first.
JE_LAUF = 50
VORBEI = "Der Zeitraum dieser Suche ist vorbei. Bitte suchen Sie mit neuen Daten."
GENUG = f"Es sind mehr als {anzahl(VERGLICHEN, 'Angebot', 'Angebote')} frei. Bitte grenzen Sie die Suche ein."
GESCHLOSSEN = "Der Fall ist abgeschlossen. Für ihn wird nicht mehr gesucht."


@transaction.atomic
def create_suchauftrag(*, akteur: Akteur, suche: Suche) -> Suchauftrag:
    """Go on looking for this search; what is free now is known. The same order again when there is one.

    `RegelVerletzt` for a period that is over, a closed case, or more free offers than are compared.
    """
    rows = Suche.objects.select_related("hilfeart", "klient", "hilfefall")
    suche = rows.select_for_update(of=("self",)).get(pk=suche.pk)
    if offen := suche.auftraege.filter(beendet_at__isnull=True).first():
        return offen
    if suche.endet_am and suche.endet_am < today():
        raise RegelVerletzt(VORBEI)
    if suche.hilfefall and suche.hilfefall.zustand == HilfefallZustand.ABGESCHLOSSEN:
        raise RegelVerletzt(GESCHLOSSEN)
    frei, alle = _list_freie(_kriterien_heute(suche))
    if alle > VERGLICHEN:
        raise RegelVerletzt(GENUG)
    auftrag = Suchauftrag.objects.create(
        suche=suche,
        fachkraft_id=akteur.user_id,
        gilt_bis=rules.sucht_bis(today(), suche.endet_am),
        bekannt=frei,
        geprueft_at=real_now(),
    )
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.SUCHAUFTRAG_ANLEGEN, objekt=auftrag)
    return auftrag


@transaction.atomic
def end_suchauftrag(*, akteur: Akteur, auftrag: Suchauftrag) -> Suchauftrag:
    """No longer. Ended already is as good."""
    auftrag = Suchauftrag.objects.select_for_update().get(pk=auftrag.pk)
    if auftrag.beendet_at is None:
        auftrag.beendet_at = real_now()
        auftrag.save(update_fields=["beendet_at"])
        record_access(
            akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.SUCHAUFTRAG_BEENDEN, objekt=auftrag,
            felder=["beendet_at"],
        )  # fmt: skip
    return auftrag


@transaction.atomic
def resolve_suchauftrag(*, akteur: Akteur, auftrag: Suchauftrag) -> Suche:
    """The search that shows what is new. The news counts as read once the person who is told opens it; when a deputy
    opens it, it stays unread for her.

    Where the first day of the kept search has passed and it does not show the news any more, a further search from
    today on is made, and the order follows that one from then on.
    `Konflikt` when it has ended meanwhile, `RegelVerletzt` when it cannot be searched any more.
    """
    rows = Suchauftrag.objects.select_for_update(of=("self",))
    auftrag = rows.select_related("suche__hilfeart", "suche__klient", "suche__hilfefall").get(pk=auftrag.pk)
    if auftrag.beendet_at is not None:
        raise Konflikt("Dieser Suchauftrag ist beendet.")
    suche = auftrag.suche
    geaendert = []
    if (ab := rules.sucht_ab(today(), suche.beginn)) != suche.beginn and not _shows(suche, auftrag.neu):
        betroffen = Betroffen(suche.klient, suche.hilfefall) if suche.klient and suche.hilfefall else None
        suche = create_suche(akteur=akteur, kriterien=change_kriterien(suche, beginn=ab), betroffen=betroffen)
        auftrag.suche = suche
        geaendert.append("suche")
    if akteur.user_id == auftrag.empfaenger_id:
        auftrag.neu, auftrag.gemeldet_an = [], None
        geaendert += ["neu", "gemeldet_an"]
    auftrag.save(update_fields=geaendert)
    record_access(
        akteur=akteur, aktion=Aktion.AENDERN if geaendert else Aktion.LESEN, vorgang=Vorgang.SUCHAUFTRAG_ANSEHEN,
        objekt=auftrag, felder=[name for name in geaendert if name != "gemeldet_an"],
    )  # fmt: skip
    return suche


def _shows(suche: Suche, neu: Sequence[UUID]) -> bool:
    """Whether all of these can be reserved out of the search as it was kept."""
    return not neu or set(neu) <= set(_list_freie(kriterien_of(suche))[0])


def check_suchauftraege() -> int:
    """Look again for every order of the open office, longest not looked at first; ends what is over.

    Returns how many people are told. Row by row under a lock: what somebody holds, or did not come to, is next time's.
    """
    rows = Suchauftrag.objects.filter(beendet_at__isnull=True).order_by("geprueft_at", "id")
    rows = rows.select_related("suche__hilfeart", "suche__hilfefall", "suche__klient").select_for_update(
        of=("self",), skip_locked=True
    )
    return _tell([auftrag for auftrag in rows[:JE_LAUF] if _check(auftrag)])


def _check(auftrag: Suchauftrag) -> bool:
    """Whether there is news that whoever is responsible now was not told of yet."""
    suche, jetzt = auftrag.suche, real_now()
    fall = suche.hilfefall
    vorbei = auftrag.gilt_bis < today() or (suche.endet_am is not None and suche.endet_am <= today())
    if vorbei or (fall and fall.zustand == HilfefallZustand.ABGESCHLOSSEN):
        Suchauftrag.objects.filter(pk=auftrag.pk).update(beendet_at=jetzt)
        return False
    try:
        with transaction.atomic():
            frei, alle = _list_freie(_kriterien_heute(suche))
    except (SojusError, DatabaseError) as error:  # one that cannot be searched for holds up no other one
        logger.error("an order could not be searched for: %s", type(error).__name__)
        Suchauftrag.objects.filter(pk=auftrag.pk).update(geprueft_at=jetzt)
        return False
    bekannt, neu = rules.neue_angebote(frei, auftrag.bekannt, auftrag.neu)
    if alle > VERGLICHEN:  # what moves up into the first hundred has not come free
        neu &= frozenset(auftrag.neu)
    Suchauftrag.objects.filter(pk=auftrag.pk).update(bekannt=sorted(bekannt), neu=sorted(neu), geprueft_at=jetzt)
    return bool(neu) and auftrag.gemeldet_an != auftrag.empfaenger_id


def _kriterien_heute(suche: Suche) -> Kriterien:
    """What the order looks for now."""
    return change_kriterien(suche, beginn=rules.sucht_ab(today(), suche.beginn))


def _list_freie(kriterien: Kriterien) -> tuple[list[UUID], int]:
    """Offers that can be reserved now, the cheapest ones, and how many there are."""
    kriterien.check()
    markt = search_seite(
        kriterien, sortierung=Sortierung.KOSTEN.value, eingrenzung=Eingrenzung(), ab=0, hoechstens=VERGLICHEN
    )
    return [zeile.angebot for zeile in markt.zeilen], markt.frei


def _tell(auftraege: Sequence[Suchauftrag]) -> int:
    """A mail to whoever is responsible for each of these: one each, and none until she has looked. Returns to how many;
    where none is taken the next round asks again."""
    leute = {auftrag.empfaenger_id for auftrag in auftraege}
    if not leute:
        return 0
    schema = require_schema()
    with on_portal():
        tenant = Tenant.objects.get(schema_name=schema)
        gesagt = {
            user_id
            for user_id in sorted(leute)
            if submit_mailauftrag(art=MailArt.SUCHTREFFER, user_id=user_id, tenant=tenant) is not None
        }
    for auftrag in auftraege:
        if auftrag.empfaenger_id in gesagt:
            Suchauftrag.objects.filter(pk=auftrag.pk).update(gemeldet_an=auftrag.empfaenger_id)
    return len(gesagt)


@writes_mail(MailArt.SUCHTREFFER)
def build_suchtreffer_mail(mail: Mailauftrag) -> Nachricht | None:
    """To somebody of that office: that there is news, never of whom or what."""
    if mail.tenant is None:
        return None
    rollen = Membership.objects.filter(valid_on(today()), tenant=mail.tenant, rolle__in=AMT)
    user = mail.find_empfaenger(User.objects.filter(pk__in=rollen.values("user_id"), is_active=True))
    if user is None:
        return None
    text = (
        "Guten Tag,\n\nzu einem Ihrer Suchaufträge in SoJuS gibt es etwas Neues:\n\n"
        f"{public_base(mail.tenant)}/suchauftraege/\n\nBis Sie dort nachgesehen haben, kommt dazu keine weitere E-Mail."
    )
    return Nachricht(an=user.email, betreff="Neues zu einem Suchauftrag", text=text)
