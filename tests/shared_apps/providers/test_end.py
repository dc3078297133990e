"""An offer, a facility, a provider ends: by its own people, when nothing of it runs beyond the day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier, Event

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.core.clock import today
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.occupancy.services import release_platz
from shared_apps.providers import services
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung
from tenant_apps.placements.search.selectors.search import search_angebote
from tenants.context import in_tenant, on_portal
from tenants.models import Tenant
from tests.factories.register import create_angebot, occupy_platz, period
from tests.factories.suchen import kriterien_folie
from tests.people import Cast

KUESTE, SEE = "Jugendhilfe Küste gGmbH", "Haus am See e. V."
MORGEN = today() + timedelta(days=1)
BIS_MORGEN = DateRange(date(2026, 1, 1), MORGEN + timedelta(days=1))
DARUEBER = DateRange(date(2026, 1, 1), MORGEN + timedelta(days=2))


@pytest.fixture
def angebot(vg) -> Angebot:
    return create_angebot(anbieter=KUESTE, kreis="VG", plaetze=3, name="Möwennest")


def run(cast: Cast, service, who: str = "ines", **row):
    """Call a service as a request at the portal calls it."""
    akteur = cast.akteur(who)
    with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids, einrichtung_ids=akteur.einrichtung_ids):
        return service(akteur=akteur, **row)


def end_all(cast: Cast, angebot: Angebot, tag: date = MORGEN) -> None:
    """From the bottom to the top."""
    run(cast, services.end_angebot, angebot=angebot, letzter_tag=tag)
    run(cast, services.end_einrichtung, einrichtung=angebot.einrichtung, letzter_tag=tag)
    run(cast, services.end_anbieter, anbieter=angebot.einrichtung.anbieter, letzter_tag=tag)


# -- one meaning --------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [Anbieter, Einrichtung, Angebot])
def test_last_day__is_the_same_day_for_search_register_page_and_database(vg, sign_in, level):
    """The search took `gueltig_bis` for the last day, the lists for the first day after it."""
    angebot = create_angebot(anbieter=KUESTE, kreis="VG", plaetze=3, name="Möwennest")
    danach = today() + timedelta(days=1)
    fields = {"gueltig": DateRange(date(2015, 1, 1), danach)} if level is Angebot else {"gueltig_bis": danach}
    level.objects.update(**fields)
    assert level.objects.get().letzter_tag == today() and not level.objects.get().ist_beendet

    def found(letzter: date) -> bool:
        kriterien = kriterien_folie(beginn=today() - timedelta(days=9), ende=letzter)
        with in_tenant(vg):
            return bool(search_angebote(kriterien).treffer)

    assert found(today()) and not found(danach)
    row = f">{KUESTE}</a>" if level is Anbieter else "Möwennest"
    path = "/anbieter/" if level is Anbieter else f"/anbieter/{angebot.einrichtung.anbieter_id}/"
    assert row in sign_in("anna").get(path).text, "on its last day it is still there"
    occupy_platz(platz=angebot.plaetze.first(), tenant=vg, zeitraum=DateRange(date(2026, 1, 1), danach))
    with pytest.raises(IntegrityError), transaction.atomic():
        occupy_platz(
            platz=angebot.plaetze.last(), tenant=vg,
            zeitraum=DateRange(date(2026, 1, 1), danach + timedelta(days=1)),
        )  # fmt: skip
    with on_portal(anbieter_ids=[angebot.einrichtung.anbieter_id]):
        vorbei = today() - timedelta(days=1)
        with pytest.raises(IntegrityError), transaction.atomic():
            level.objects.update(
                **({"gueltig": DateRange(date(2015, 1, 1), today())} if level is Angebot else {"gueltig_bis": today()})
            )
    assert level.objects.get().letzter_tag > vorbei


# -- what runs ----------------------------------------------------------------------------------


def test_end_angebot__held_places_are_named_by_office_and_nothing_else_is(cast, vg, hro, angebot):
    eins, zwei, drei = angebot.plaetze.all()
    occupy_platz(platz=eins, tenant=vg, zeitraum=BIS_MORGEN)  # goes on the last day: no hindrance
    occupy_platz(platz=zwei, tenant=hro, zeitraum=period("2026-12-01", "2027-05-31"))
    occupy_platz(platz=drei, tenant=hro, zeitraum=period("2026-12-01", "2027-06-30"))
    with pytest.raises(Konflikt) as error:
        run(cast, services.end_angebot, angebot=angebot, letzter_tag=MORGEN)
    assert error.value.code == "laeuft_noch"
    assert "Rostock: 2 Plätze reserviert oder gebucht, bis 30.06.2027" in error.value.message
    assert "Greifswald" not in error.value.message
    ended = run(cast, services.end_angebot, angebot=angebot, letzter_tag=date(2027, 6, 30))
    assert ended.letzter_tag == date(2027, 6, 30)


def test_end__from_the_bottom_to_the_top(cast, vg, angebot):
    einrichtung, anbieter = angebot.einrichtung, angebot.einrichtung.anbieter
    with pytest.raises(Konflikt, match=f"Einrichtung „{einrichtung.name}“"):
        run(cast, services.end_anbieter, anbieter=anbieter, letzter_tag=MORGEN)
    with pytest.raises(Konflikt, match="Angebot „Möwennest“"):
        run(cast, services.end_einrichtung, einrichtung=einrichtung, letzter_tag=MORGEN)
    end_all(cast, angebot)
    assert Anbieter.objects.get(pk=anbieter.pk).letzter_tag == MORGEN
    with pytest.raises(Konflikt, match="schon ein Ende"):
        run(cast, services.end_anbieter, anbieter=anbieter, letzter_tag=MORGEN + timedelta(days=9))


def test_end_einrichtung__not_before_its_offers(cast, vg, angebot):
    run(cast, services.end_angebot, angebot=angebot, letzter_tag=MORGEN)
    with pytest.raises(Konflikt, match="Möwennest"):
        run(cast, services.end_einrichtung, einrichtung=angebot.einrichtung, letzter_tag=today())
    assert run(cast, services.end_einrichtung, einrichtung=angebot.einrichtung, letzter_tag=MORGEN)


def test_end_angebot__inside_its_own_period(cast, vg):
    angebot = create_angebot(anbieter=KUESTE, gueltig=DateRange(date(2026, 1, 1), date(2027, 1, 1)))
    for tag, meldung in ((date(2026, 12, 31), "ohnehin am 31.12.2026"), (date(2025, 12, 31), "erst am 01.01.2026")):
        with pytest.raises(RegelVerletzt, match=meldung) as error:
            run(cast, services.end_angebot, angebot=angebot, letzter_tag=tag)
        assert error.value.feld == "letzter_tag"
    run(cast, services.end_angebot, angebot=angebot, letzter_tag=date(2026, 12, 30))
    back = run(cast, services.reopen_angebot, angebot=angebot)
    assert (back.gueltig.upper, back.gueltig_zuvor) == (date(2027, 1, 1), None), "as long as it was agreed, not longer"


# -- the way back -------------------------------------------------------------------------------


def test_reopen__from_the_top_to_the_bottom_while_it_lies_ahead(cast, vg, angebot):
    einrichtung, anbieter = angebot.einrichtung, angebot.einrichtung.anbieter
    end_all(cast, angebot)
    with pytest.raises(Konflikt, match=f"„{einrichtung.name}“ endet am"):
        run(cast, services.reopen_angebot, angebot=angebot)
    with pytest.raises(Konflikt, match=f"„{anbieter.name}“ endet am"):
        run(cast, services.reopen_einrichtung, einrichtung=einrichtung)
    run(cast, services.reopen_anbieter, anbieter=anbieter)
    run(cast, services.reopen_einrichtung, einrichtung=einrichtung)
    assert run(cast, services.reopen_angebot, angebot=angebot).letzter_tag is None
    with pytest.raises(Konflikt, match="kein Ende"):
        run(cast, services.reopen_angebot, angebot=angebot)


def test_reopen__not_what_is_over(cast, vg, angebot):
    gestern = today() - timedelta(days=1)
    end_all(cast, angebot, gestern)
    for service, row in (
        (services.reopen_anbieter, {"anbieter": angebot.einrichtung.anbieter}),
        (services.reopen_einrichtung, {"einrichtung": angebot.einrichtung}),
        (services.reopen_angebot, {"angebot": angebot}),
    ):
        todo = "wenden Sie sich an den Betrieb" if "anbieter" in row else "tragen Sie bitte neu ein"
        with pytest.raises(Konflikt, match=f"ist vorbei.*{todo}"):
            run(cast, service, **row)


# -- who ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["jan", "fritz", "bille"])
def test_end__not_a_competitor_not_staff_of_a_facility_not_who_bills(cast, vg, angebot, who):
    rows = {"angebot": angebot, "einrichtung": angebot.einrichtung, "anbieter": angebot.einrichtung.anbieter}
    for name, row in rows.items():
        for service, more in ((f"end_{name}", {"letzter_tag": MORGEN}), (f"reopen_{name}", {})):
            with pytest.raises(Verweigert):
                run(cast, getattr(services, service), who, **{name: row}, **more)


# -- screens ------------------------------------------------------------------------------------


def test_pages__what_runs_has_its_way_then_it_ends_and_comes_back(vg, hro, sign_in, angebot):
    ines, typed = sign_in("ines"), {"letzter_tag": f"{MORGEN:%d.%m.%Y}"}
    own, haus = "/anbieter/eigene/", angebot.einrichtung
    pages = {
        "angebot": f"{own}angebote/{angebot.pk}/", "einrichtung": f"{own}einrichtungen/{haus.pk}/",
        "anbieter": f"{own}{haus.anbieter_id}/",
    }  # fmt: skip
    held = occupy_platz(platz=angebot.plaetze.first(), tenant=hro, zeitraum=DARUEBER)
    refused = ines.post(f"{pages['angebot']}beenden/", typed)
    assert refused.status_code == 409 and typed["letzter_tag"] in refused.text
    assert "Rostock: 1 Platz" in refused.text and "/weiter/hro/?ziel=/faelle/" in refused.text
    for above, below in (("einrichtung", "angebot"), ("anbieter", "einrichtung")):
        assert f"{pages[below]}beenden/" in ines.post(f"{pages[above]}beenden/", typed).text
    with in_tenant(hro):
        release_platz(bindung_id=held)
    for page in pages.values():
        assert "beenden?" in ines.get(f"{page}beenden/").text
        assert "Das Ende ist eingetragen." in ines.post(f"{page}beenden/", typed, follow=True).text
    shown = f"beendet zum {typed['letzter_tag']}"
    for path in (own, "/anbieter/", f"/anbieter/{haus.anbieter_id}/"):
        assert shown in ines.get(path).text, path
    assert f"Beendet zum {typed['letzter_tag']}" in ines.get(f"/anbieter/einrichtungen/{haus.pk}/").text
    assert "Nehmen Sie zuerst dieses Ende zurück" in ines.get(f"{pages['angebot']}ende-zuruecknehmen/").text
    for page in reversed(pages.values()):
        assert typed["letzter_tag"] in ines.get(f"{page}ende-zuruecknehmen/").text
        assert "Das Ende ist zurückgenommen." in ines.post(f"{page}ende-zuruecknehmen/", follow=True).text
    assert "beendet zum" not in ines.get(own).text
    for page in pages.values():
        nothing_ended = ines.get(f"{page}ende-zuruecknehmen/").text
        assert "kein Ende eingetragen" in nothing_ended and "Ende zurücknehmen</span>" not in nothing_ended


def test_pages__buttons_for_who_may_at_the_portal(vg, sign_in, angebot):
    haus = angebot.einrichtung
    pages = [f"/anbieter/einrichtungen/{haus.pk}/", f"/anbieter/{haus.anbieter_id}/"]
    for who, at, may in (("ines", None, True), ("jan", None, False), ("bille", None, False), ("anna", None, False),
                         ("ines", "VG", False)):  # fmt: skip
        for page in pages:
            assert ("/beenden/" in sign_in(who, at=at).get(page).text) == may, (who, at, page)
    for path in (f"angebote/{angebot.pk}", f"einrichtungen/{haus.pk}", f"{haus.anbieter_id}"):
        for step in ("beenden", "ende-zuruecknehmen"):
            url = f"/anbieter/eigene/{path}/{step}/"
            assert sign_in("jan").get(url).status_code == 404, "a competitor's"
            assert sign_in("bille").get(url).status_code == 403
            assert sign_in("ines", at="VG").get(url).status_code == 302, "written at the portal only"


def test_pages__an_ended_facility_finds_its_provider_no_more(vg, cast, sign_in, angebot):
    Einrichtung.objects.filter(pk=angebot.einrichtung_id).update(name="Haus Seestern")
    anna = sign_in("anna")
    assert f">{KUESTE}</a>" in anna.get("/anbieter/?suche=Seestern").text
    Einrichtung.objects.update(gueltig_bis=today())
    assert f">{KUESTE}</a>" not in anna.get("/anbieter/?suche=Seestern").text
    assert "Möwennest" not in anna.get("/anbieter/?format=csv").content.decode()


# -- two at the same moment ---------------------------------------------------------------------


@pytest.fixture
def vg_alone(own_database, django_db_blocker):
    with django_db_blocker.unblock():
        yield Tenant.objects.get(kuerzel="VG")


@pytest.mark.parametrize("first", ["hold", "end"])
def test_race__an_end_and_a_hold_beyond_it_exclude_each_other(vg_alone, first):
    """Two connections: the second waits until the first one's transaction is over, and is then refused."""
    cast, angebot = Cast(), create_angebot(anbieter=KUESTE, kreis="VG")
    cast.user("ines")
    platz, done, release, start = angebot.plaetze.get(), Event(), Event(), Barrier(2)

    def end() -> None:
        run(cast, services.end_angebot, angebot=angebot, letzter_tag=MORGEN)

    def hold() -> None:
        occupy_platz(platz=platz, tenant=vg_alone, zeitraum=DARUEBER)

    def lead(work) -> str:
        start.wait()
        with transaction.atomic():
            work()
            done.set()
            release.wait(10)
        connection.close()
        return "ok"

    def follow(work) -> str:
        start.wait()
        done.wait(10)
        later = ThreadPoolExecutor(1).submit(lambda: (Event().wait(0.3), release.set()))
        try:
            work()
            return "ok"
        except Konflikt as error:
            return error.code
        except IntegrityError as error:
            return error.__cause__.diag.constraint_name
        finally:
            later.result()
            connection.close()

    eins, zwei = (hold, end) if first == "hold" else (end, hold)
    with ThreadPoolExecutor(2) as pool:
        results = [task.result() for task in (pool.submit(lead, eins), pool.submit(follow, zwei))]
    assert results == ["ok", "laeuft_noch" if first == "hold" else "bindung_nach_dem_ende"]
