"""Anna finds nothing for Lena and lets SoJuS go on looking; when a place comes free she is told, once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.core import mail
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_apps.accounts.models import Mailauftrag
from shared_apps.core.clock import today
from shared_apps.occupancy.models import Platzbindung
from shared_apps.providers.models import Platz
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements import rules
from tenant_apps.placements.models import Suchauftrag, Suche
from tenant_apps.placements.services.auftrag import check_suchauftraege
from tenants.context import in_tenant
from tests import mails
from tests.factories.cases import create_hilfefall
from tests.factories.register import DateRange, create_angebot, occupy_platz
from tests.factories.suchen import search_for
from tests.seiten import text_of

URL = "/suchauftraege/"


@pytest.fixture
def anna(sign_in):
    return sign_in("anna")


@pytest.fixture
def angebot(vg):
    """One house with one place, taken for the whole period."""
    return create_angebot(plaetze=1)


def _period(ab: int = 10, tage: int = 180) -> dict:
    return {"beginn": today() + timedelta(days=ab), "ende": today() + timedelta(days=ab + tage)}


def _take(angebot, vg) -> UUID:
    platz = Platz.objects.get(angebot=angebot)
    zeitraum = DateRange(today(), today() + timedelta(days=900))
    return occupy_platz(platz=platz, tenant=vg, zeitraum=zeitraum)


def _release(bindung: UUID, vg) -> None:
    with in_tenant(vg):
        assert Platzbindung.objects.filter(pk=bindung).update(zustand="FREIGEGEBEN") == 1


def _search(cast, vg, hilfefall: Hilfefall | None = None, **fields) -> Suche:
    akteur = cast.akteur("anna")
    with in_tenant(vg):
        return search_for(akteur, hilfefall, **(_period() | fields))


def _look(vg) -> int:
    with in_tenant(vg):
        return check_suchauftraege()


def _auftrag(vg) -> Suchauftrag:
    with in_tenant(vg):
        return Suchauftrag.objects.select_related("suche").get()


def test_a_place_comes_free__she_is_told_once_until_she_has_looked(anna, cast, vg, angebot):
    bindung = _take(angebot, vg)
    suche = _search(cast, vg)
    gesagt = text_of(anna.post(f"/hze-auswahl/{suche.pk}/weitersuchen/", follow=True))
    assert "SoJuS sucht weiter bis" in gesagt and "Suchauftrag bis" in gesagt
    assert "Sie bekommen dazu eine E-Mail" in gesagt and "Vorpommern-Greifswald" in text_of(anna.get(URL))
    assert _look(vg) == 0, "nothing is free"
    _release(bindung, vg)
    assert (_look(vg), _look(vg)) == (1, 0)
    assert "Suchaufträge: etwas ist frei geworden" in text_of(anna.get("/"))
    seite = text_of(anna.get(URL))
    assert angebot.einrichtung.name in seite
    mails.work()
    (nachricht,) = mail.outbox
    assert nachricht.to == [cast.user("anna").email] and URL in nachricht.body
    assert angebot.einrichtung.name not in nachricht.body + nachricht.subject
    gezeigt = anna.post(f"{URL}{_auftrag(vg).pk}/ansehen/", follow=True)
    assert gezeigt.redirect_chain[-1][0] == f"/hze-auswahl/{suche.pk}/"
    assert "etwas ist frei geworden" not in text_of(anna.get("/"))
    for erwartet in (1, 0):
        bindung = _take(angebot, vg)
        assert _look(vg) == 0
        _release(bindung, vg)
        assert _look(vg) == erwartet, "taken and free again is news again, and no second mail before she has looked"


def test_what_was_free_when_she_ordered_it_is_no_news(anna, cast, vg, angebot):
    suche = _search(cast, vg)
    anna.post(f"/hze-auswahl/{suche.pk}/weitersuchen/")
    anna.post(f"/hze-auswahl/{suche.pk}/weitersuchen/")
    assert (_look(vg), _auftrag(vg).neu) == (0, [])
    neu = create_angebot(plaetze=1)
    _look(vg)
    assert _auftrag(vg).neu == [neu.pk]


def test_the_case_passes_on__so_does_the_order(anna, cast, sign_in, vg, angebot):
    akteur, bernd = cast.akteur("anna"), cast.user("bernd")
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=akteur.user_id)
    bindung = _take(angebot, vg)
    suche = _search(cast, vg, fall)
    anna.post(f"/hze-auswahl/{suche.pk}/weitersuchen/")
    with in_tenant(vg):
        Hilfefall.objects.filter(pk=fall.pk).update(fachkraft_id=bernd.pk)
    _release(bindung, vg)
    assert _look(vg) == 1
    assert Mailauftrag.objects.get(art="SUCHTREFFER").user_id == bernd.pk
    assert _look(vg) == 0
    with in_tenant(vg):
        Hilfefall.objects.filter(pk=fall.pk).update(fachkraft_id=akteur.user_id)
    assert _look(vg) == 1, "she has it now, and was not told"
    with in_tenant(vg):
        Hilfefall.objects.filter(pk=fall.pk).update(fachkraft_id=bernd.pk)
    auftrag = _auftrag(vg)
    assert anna.post(f"{URL}{auftrag.pk}/ansehen/").status_code == 404
    assert anna.post(f"{URL}{auftrag.pk}/beenden/").status_code == 404
    assert sign_in("bernd").post(f"{URL}{auftrag.pk}/beenden/").status_code == 302
    assert _auftrag(vg).beendet_at is not None


def test_its_first_day_has_passed__it_looks_from_today_on(anna, cast, vg, angebot, settings):
    """Taken until yesterday: the search of then finds nothing, a place from today on is what she waits for."""
    suche = _search(cast, vg, beginn=today() - timedelta(days=20), ende=today() + timedelta(days=60))
    platz = Platz.objects.get(angebot=angebot)
    occupy_platz(platz=platz, tenant=vg, zeitraum=DateRange(today() - timedelta(days=40), today() + timedelta(days=1)))
    anna.post(f"/hze-auswahl/{suche.pk}/weitersuchen/")
    settings.FIXED_TODAY = (today() + timedelta(days=1)).isoformat()
    assert _look(vg) == 1 and _auftrag(vg).neu == [angebot.pk]
    gezeigt = anna.post(f"{URL}{_auftrag(vg).pk}/ansehen/", follow=True)
    assert angebot.einrichtung.name in text_of(gezeigt)
    neue = _auftrag(vg).suche
    assert neue.pk != suche.pk and (neue.beginn, neue.letzter_tag) == (today(), suche.letzter_tag)


def test_a_deputy_looks__the_news_stays_for_whoever_is_told_and_no_search_a_day_is_made(
    anna, cast, sign_in, vg, angebot, settings
):
    """Anna is away; Clara, her team's lead, looks day after day. The first day of the search has long passed."""
    akteur = cast.akteur("anna")
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=akteur.user_id, team="Anklam")
    suche = _search(cast, vg, fall, beginn=today() - timedelta(days=20), ende=today() + timedelta(days=60))
    bindung = _take(angebot, vg)
    anna.post(f"/hze-auswahl/{suche.pk}/weitersuchen/")
    _release(bindung, vg)
    occupy_platz(
        platz=Platz.objects.get(angebot=angebot), tenant=vg,
        zeitraum=DateRange(today() - timedelta(days=40), today() + timedelta(days=1)),
    )  # fmt: skip
    start = today()
    for tag in (1, 2, 3):
        settings.FIXED_TODAY = (start + timedelta(days=tag)).isoformat()
        _look(vg)
        gesehen = sign_in("clara").post(f"{URL}{_auftrag(vg).pk}/ansehen/", follow=True)
        assert angebot.einrichtung.name in text_of(gesehen)
        assert "bleibt als neu stehen" in text_of(gesehen) and _auftrag(vg).neu == [angebot.pk]
    with in_tenant(vg):
        assert Suche.objects.count() == 2, "the kept one, and one that shows the news"
    assert "etwas ist frei geworden" in text_of(anna.get("/"))
    for tag in (4, 5):
        settings.FIXED_TODAY = (start + timedelta(days=tag)).isoformat()
        anna.post(f"{URL}{_auftrag(vg).pk}/ansehen/")
        assert _auftrag(vg).neu == []
    with in_tenant(vg):
        assert Suche.objects.count() == 2


def test_it_ends_with_its_last_day_and_with_the_case(anna, cast, vg, angebot, settings):
    akteur = cast.akteur("anna")
    with in_tenant(vg):
        faelle = [create_hilfefall(fachkraft_id=akteur.user_id) for _ in range(2)]
    for fall in faelle:
        anna.post(f"/hze-auswahl/{_search(cast, vg, fall).pk}/weitersuchen/")
    with in_tenant(vg):
        Hilfefall.objects.filter(pk=faelle[0].pk).update(zustand="ABGESCHLOSSEN")
    _look(vg)
    with in_tenant(vg):
        assert [a.suche.hilfefall_id for a in Suchauftrag.objects.filter(beendet_at=None)] == [faelle[1].pk]
    settings.FIXED_TODAY = (today() + timedelta(days=91)).isoformat()
    _look(vg)
    with in_tenant(vg):
        assert not Suchauftrag.objects.filter(beendet_at=None).exists()
    assert "Kein Suchauftrag" in text_of(anna.get(URL))


def test_refused__a_period_that_is_over(anna, cast, vg, angebot):
    suche = _search(cast, vg, beginn=today() - timedelta(days=60), ende=today() - timedelta(days=30))
    assert "ist vorbei" in text_of(anna.post(f"/hze-auswahl/{suche.pk}/weitersuchen/", follow=True))
    with in_tenant(vg):
        assert not Suchauftrag.objects.exists()


_IDS = st.sets(st.integers(1, 6).map(lambda n: UUID(int=n)))


@settings(max_examples=60)
@given(st.lists(_IDS, max_size=6))
def test_news_is_what_came_free_since_she_looked_and_still_is(runden):
    """Whatever is taken and freed between rounds."""
    bekannt: frozenset[UUID] = frozenset()
    neu: frozenset[UUID] = frozenset()
    davor: set[UUID] = set()
    for frei in runden:
        bekannt, neu = rules.neue_angebote(frei, bekannt, neu)
        assert bekannt == frei and neu <= frei and frei - davor <= neu
        davor = set(frei)
