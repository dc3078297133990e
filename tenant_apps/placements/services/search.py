"""Keeping a search, found or not: the key figure 'Ergebnislose Suchen' and the Auswahlvermerk rest on it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.accounts.akteur import Akteur
from shared_apps.catalogue.selectors import list_hilfearten
from shared_apps.core.clock import local_date, real_now
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.zahlwort import anzahl, anzahl_stunden
from shared_apps.core.zeitraum import monatserster
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.models import Klient, KlientGeschlecht
from tenant_apps.notifications.services import mark_monate
from tenant_apps.placements import rules
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.models import Suche
from tenant_apps.placements.nacht.selectors.alter import get_alter
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.search.selectors.search import Zahlen, count_angebote
from tenant_apps.placements.services.person import Betroffen
from tenant_apps.placements.vorgaben import STUNDEN_HOECHSTENS
from tenant_apps.vorgaben.selectors import get_vorgabe

HILFEART_BEENDET = "„{}“ wird für neue Suchen nicht mehr angeboten. Bitte wählen Sie eine andere Hilfeart."
ZU_VIELE_STUNDEN = (
    "Ihr Jugendamt sucht mit höchstens {} je Woche. Bitte prüfen Sie die Zahl. Ist sie richtig, können Leitung oder"
    " Administration des Jugendamtes die Grenze ändern."
)
ZU_VIELE = (
    f"Nebeneinander passen höchstens {anzahl(rules.VERGLEICH_BIS, 'Angebot', 'Angebote')}, das wären {{}}."
    " Bitte nehmen Sie erst eines heraus."
)


def compute_bedarf(klient: Klient, kriterien: Kriterien) -> tuple[str, int | None]:
    """Sex letter and age on the first day, as they follow from the young person."""
    try:
        alter = get_alter(klient, kriterien.beginn)
    except rules.PlanwertError:
        alter = None
    return search_geschlecht(klient), alter


def find_widersprueche(klient: Klient, kriterien: Kriterien) -> tuple[str, ...]:
    """Where these criteria ask for somebody else than this young person is, in sentences."""
    geschlecht, alter = compute_bedarf(klient, kriterien)
    wen = rules.Wen(kriterien.alter, kriterien.alter, kriterien.geschlecht)
    return rules.list_abweichungen(alter=alter, geschlecht=geschlecht, wen=wen, woher=rules.Woher.SUCHE)


def search_geschlecht(klient: Klient) -> str:
    """The letter an offer is asked with: m, w, d; empty without an entry, which limits nothing."""
    return "" if klient.geschlecht == KlientGeschlecht.OHNE_ANGABE else klient.geschlecht_kuerzel


def lock_suche(suche_id: UUID) -> Suche:
    """The search, held: after person and case, before the chain of the Auswahlvermerke."""
    return Suche.objects.select_for_update(no_key=True, of=("self",)).select_related("hilfeart").get(pk=suche_id)


@transaction.atomic
def create_suche(
    *, akteur: Akteur, kriterien: Kriterien, betroffen: Betroffen | None = None, zahlen: Zahlen | None = None
) -> Suche:
    """Search and keep the criteria and how much was found, also when nothing is free. `zahlen`: counted already.

    Raises `RegelVerletzt` with the field for criteria that cannot be searched, or a kind of help that has ended.
    """
    angeboten = set(
        list_hilfearten().filter(pk__in=[art.pk for art in kriterien.hilfearten]).values_list("pk", flat=True)
    )
    for art in kriterien.hilfearten:
        if art.pk not in angeboten:
            feld = "hilfeart" if art == kriterien.hilfeart else "weitere_hilfearten"
            raise RegelVerletzt(HILFEART_BEENDET.format(art), feld=feld)
    check_stunden(kriterien)
    zahlen = zahlen or count_angebote(kriterien)
    zeitraum = kriterien.rechenzeitraum
    suche = Suche.objects.create(
        fachkraft_id=akteur.user_id,
        klient=betroffen.klient if betroffen else None,
        hilfefall=betroffen.hilfefall if betroffen else None,
        hilfeart=kriterien.hilfeart,
        weitere_hilfearten=sorted(art.code for art in kriterien.weitere),
        region=kriterien.region,
        reichweite=kriterien.reichweite,
        umkreis_plz=kriterien.umkreis_plz,
        umkreis_km=kriterien.umkreis_km,
        zeitraum=DateRange(zeitraum.beginn, zeitraum.ende),
        ohne_ende=kriterien.ohne_ende,
        tage_je_woche=kriterien.tage_je_woche_oder_ueblich if kriterien.hilfeart.ist_stationaer else None,
        stunden_je_woche=None if kriterien.hilfeart.ist_stationaer else kriterien.stunden_je_woche,
        spezialisierungen=list(kriterien.spezialisierungen),
        verknuepfung=kriterien.verknuepfung,
        sprachen=list(kriterien.sprachen),
        barrierefrei=kriterien.barrierefrei,
        bestaetigt_tage=kriterien.bestaetigt_tage,
        geschlecht=kriterien.geschlecht,
        alter=kriterien.alter,
        merkmale=dict(kriterien.merkmale),
        tage=kriterien.tage,
        wochen=kriterien.wochen,
        angebote_gesamt=zahlen.gesamt,
        angebote_verfuegbar=zahlen.verfuegbar,
        ausschluesse=zahlen.to_json(),
    )
    record_access(akteur=akteur, aktion=Aktion.ANLEGEN, vorgang=Vorgang.SUCHE_ANLEGEN, objekt=suche)
    mark_monate(monate=[monatserster(local_date(real_now()))])
    return suche


def check_stunden(kriterien: Kriterien) -> None:
    """`RegelVerletzt` (stunden_je_woche) for more hours a week than the office takes for meant, also while typing."""
    if kriterien.hilfeart.ist_stationaer or not kriterien.stunden_je_woche:
        return
    if kriterien.stunden_je_woche > (hoechstens := get_vorgabe(STUNDEN_HOECHSTENS)):
        raise RegelVerletzt(ZU_VIELE_STUNDEN.format(anzahl_stunden(hoechstens)), feld="stunden_je_woche")


@transaction.atomic
def update_merkliste(*, akteur: Akteur, suche: Suche, gezeigt: Collection[UUID], gewaehlt: Sequence[UUID]) -> Suche:
    """Put offers of a page aside to be compared, and take those off that are ticked no longer.

    `RegelVerletzt` when they would be more than can be compared; the list stays as it was then.
    """
    suche = Suche.objects.select_for_update(no_key=True, of=("self",)).get(pk=suche.pk)
    liste = rules.merkliste(suche.gemerkt, gezeigt=set(map(str, gezeigt)), gewaehlt=list(map(str, gewaehlt)))
    if len(liste) > rules.VERGLEICH_BIS:
        raise RegelVerletzt(ZU_VIELE.format(len(liste)), feld="angebot")
    if liste == suche.gemerkt:
        return suche
    suche.gemerkt = liste
    suche.save(update_fields=["gemerkt"])
    record_access(akteur=akteur, aktion=Aktion.AENDERN, vorgang=Vorgang.SUCHE_MERKEN, objekt=suche, felder=["gemerkt"])
    return suche
