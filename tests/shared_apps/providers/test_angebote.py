"""A provider enters a facility, an offer and its places, and offices find them; nobody else's, nothing that is held."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection, connections
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.accounts.enums import Rolle
from shared_apps.catalogue.models import Hilfeart, Spezialisierung
from shared_apps.core.clock import now
from shared_apps.core.errors import KeinPlatzFrei, Konflikt, Verweigert
from shared_apps.core.gelesen import Gelesen
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.journal.models import JournalEintrag
from shared_apps.occupancy.selectors import count_vakanzen
from shared_apps.occupancy.services import bind_platz
from shared_apps.providers.models import Angebot, Einrichtung
from shared_apps.providers.services import angebote as services
from shared_apps.regions.models import Gebietskoerperschaft, Region
from tenants.context import in_tenant, on_portal
from tenants.models import Tenant
from tests.factories.register import create_angebot, create_einrichtung, occupy_platz
from tests.formulare import gelesen
from tests.people import Cast

KUESTE, SEE = "Jugendhilfe Küste gGmbH", "Haus am See e. V."
OWN = "/anbieter/eigene/"
GELESEN = Gelesen.of({"anzahl": 8})
HEUTE = date.today()
MORGEN = HEUTE + timedelta(days=1)


def offer(angebot: Angebot, tag: date = MORGEN) -> int:
    return angebot.plaetze.filter(gueltig__contains=tag).count()


def kreis(kuerzel: str) -> Gebietskoerperschaft:
    return Gebietskoerperschaft.objects.get(kuerzel=kuerzel)


def test_she_enters_house_offer_and_places_and_a_social_worker_reads_them(vg, cast, sign_in):
    anbieter = cast.anbieter(KUESTE)
    ines = sign_in("ines")
    assert "Neue Einrichtung" in ines.get(OWN).text
    neu = {
        "anbieter": anbieter.pk, "name": "Haus Boddenblick", "gebietskoerperschaft": kreis("VG").pk, "region": "",
        "betriebstage_woche": "7", "betriebstage_jahr": "365", "ort": "Wolgast", "plz": "17438",
    }  # fmt: skip
    page = ines.post(f"{OWN}einrichtungen/neu/", neu, follow=True)
    assert "„Haus Boddenblick“ ist eingetragen." in page.text
    einrichtung = Einrichtung.objects.get(name="Haus Boddenblick")

    angebot = {
        "hilfeart": Hilfeart.objects.get(code="S34").pk, "name": "Wohngruppe Möwe", "beginn": str(HEUTE),
        "plaetze": "3", "geschlecht": "w", "alter_von": "12", "alter_bis": "17",
        "spezialisierungen": [Spezialisierung.objects.order_by("code")[0].pk],
    }  # fmt: skip
    page = ines.post(f"{OWN}einrichtungen/{einrichtung.pk}/angebote/neu/", angebot, follow=True)
    assert "„Wohngruppe Möwe“ ist eingetragen." in page.text
    page = sign_in("anna").get(f"/anbieter/einrichtungen/{einrichtung.pk}/").text
    assert "Wohngruppe Möwe" in page and "12 bis 17 Jahre, nur weiblich" in page and "nicht vereinbart" in page
    moewe = Angebot.objects.get(name="Wohngruppe Möwe")
    with in_tenant(vg):
        assert count_vakanzen([moewe.pk], Zeitraum(MORGEN, MORGEN + timedelta(days=30))) == {moewe.pk: 3}
    assert JournalEintrag.objects.filter(zeile=str(moewe.pk)).exists(), "the register's trail has it"


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(vg, cast, sign_in):
    anbieter = cast.anbieter(KUESTE)
    create_einrichtung(anbieter=anbieter, name="Haus Nord")
    region = Region.objects.filter(gebietskoerperschaft=kreis("HRO"))[0]
    neu = {
        "anbieter": anbieter.pk, "name": "Haus Nord", "gebietskoerperschaft": kreis("VG").pk,
        "betriebstage_woche": "7", "betriebstage_jahr": "365", "ort": "Ückeritz",
    }  # fmt: skip
    ines = sign_in("ines")
    for wrong, said in (
        ({}, "haben Sie schon"),
        ({"name": "Haus Süd", "region": region.pk}, "liegt nicht im Kreis"),
        ({"name": "Haus Süd", "telefon": "abc"}, "Eine Telefonnummer besteht aus Ziffern"),
    ):
        page = ines.post(f"{OWN}einrichtungen/neu/", neu | wrong)
        assert page.status_code == 422
        assert said in page.text and 'value="Ückeritz"' in page.text
    assert Einrichtung.objects.count() == 1


def test_an_offer_is_changed_and_an_old_form_takes_nothing_back(vg, sign_in):
    angebot = create_angebot(anbieter=KUESTE)
    url = f"{OWN}angebote/{angebot.pk}/"
    ines, colleague = sign_in("ines"), sign_in("ines")
    eins, zwei = Spezialisierung.objects.order_by("code")[:2]
    typed = {
        "name": angebot.name,
        "geschlecht": "",
        "alter_von": "6",
        "alter_bis": "12",
        "hinweis": "",
        "beschreibung": "",
    }
    seen = gelesen(ines.get(url).text)
    theirs = gelesen(colleague.get(url).text)
    assert colleague.post(url, typed | theirs | {"spezialisierungen": [eins.pk]}).status_code == 302
    page = ines.post(url, typed | seen | {"alter_bis": "14", "spezialisierungen": [zwei.pk]})
    angebot.refresh_from_db()
    assert (page.status_code, angebot.alter_bis) == (409, 12)
    assert list(angebot.spezialisierungen.all()) == [eins]
    again = typed | gelesen(page.text) | {"alter_bis": "14", "spezialisierungen": [zwei.pk]}
    assert ines.post(url, again).status_code == 302
    angebot.refresh_from_db()
    assert (angebot.alter_von, angebot.alter_bis, list(angebot.spezialisierungen.all())) == (6, 14, [zwei])
    page = ines.post(url, typed | gelesen(ines.get(url).text) | {"alter_von": "16", "alter_bis": "14"})
    assert page.status_code == 422
    assert "Das Höchstalter liegt unter dem Mindestalter." in page.text


def test_places_grow_and_shrink_and_held_ones_stay(vg, hro, sign_in):
    angebot = create_angebot(anbieter=KUESTE, plaetze=3, gueltig=DateRange(date(2015, 1, 1), None))
    erster, zweiter, _ = angebot.plaetze.order_by("nummer")
    occupy_platz(platz=erster, tenant=vg, zeitraum=DateRange(HEUTE, None))
    occupy_platz(platz=zweiter, tenant=hro, zeitraum=DateRange(HEUTE, HEUTE + timedelta(days=90)))
    ines, url = sign_in("ines"), f"{OWN}angebote/{angebot.pk}/plaetze/"

    def ask(anzahl: int, ab: date):
        return ines.post(url, {"anzahl": anzahl, "ab": str(ab)} | gelesen(ines.get(url).text))

    assert ask(5, HEUTE).status_code == 302
    assert offer(angebot) == 5
    page = ask(1, MORGEN)
    assert page.status_code == 409
    assert "2 Plätze sind über diesen Tag hinaus vergeben." in page.text
    assert "Landkreis Vorpommern-Greifswald: 1 Platz reserviert oder gebucht, ohne Ende" in page.text
    assert offer(angebot) == 5, "nothing is done by half"
    assert ask(2, MORGEN).status_code == 302
    assert (offer(angebot, HEUTE), offer(angebot, MORGEN)) == (5, 2)
    assert set(angebot.plaetze.filter(gueltig__contains=MORGEN)) == {erster, zweiter}
    assert "frühestens von heute an" in ask(4, HEUTE - timedelta(days=1)).text
    assert "ist schon eine Änderung der Zahl eingetragen" in ask(4, HEUTE).text
    assert ask(4, MORGEN).status_code == 302
    assert sorted(angebot.plaetze.filter(gueltig__contains=MORGEN).values_list("nummer", flat=True)) == [1, 2, 6, 7]


def test_two_who_count_at_once_do_not_take_each_others_number_back(vg, sign_in):
    angebot = create_angebot(anbieter=KUESTE, plaetze=3, gueltig=DateRange(date(2015, 1, 1), None))
    url = f"{OWN}angebote/{angebot.pk}/plaetze/"
    ines, colleague = sign_in("ines"), sign_in("ines")
    seen = gelesen(ines.get(url).text)
    assert colleague.post(url, {"anzahl": 5, "ab": str(HEUTE)} | gelesen(colleague.get(url).text)).status_code == 302
    page = ines.post(url, {"anzahl": 4, "ab": str(MORGEN)} | seen)
    assert (page.status_code, offer(angebot)) == (409, 5)
    assert "Inzwischen geändert auf: 5. Ihre Eingabe ist eine andere." in page.text
    assert ines.post(url, {"anzahl": 4, "ab": str(MORGEN)} | gelesen(page.text)).status_code == 302
    assert offer(angebot) == 4


def test_nothing_is_opened_in_a_house_that_closes(vg, cast):
    angebot = create_angebot(anbieter=KUESTE, gueltig=DateRange(date(2015, 1, 1), None))
    einrichtung = angebot.einrichtung
    ines = cast.akteur("ines")
    Einrichtung.objects.filter(pk=einrichtung.pk).update(gueltig_bis=MORGEN)
    with pytest.raises(Konflikt, match="Hier ist ein Ende eingetragen"):
        services.create_angebot(
            akteur=ines, einrichtung=einrichtung, hilfeart=angebot.hilfeart, angaben={"name": "Neu"}, beginn=HEUTE,
            plaetze=1,
        )  # fmt: skip


@pytest.mark.parametrize("rolle", [Rolle.EINRICHTUNG, Rolle.ANBIETER_ABRECHNUNG])
def test_who_does_not_speak_for_the_provider_opens_nothing(vg, cast, rolle):
    angebot = create_angebot(anbieter=KUESTE)
    other = replace(cast.akteur("ines"), rollen=frozenset({rolle}))
    for act in (
        lambda: services.create_einrichtung(
            akteur=other, anbieter=angebot.einrichtung.anbieter, gebietskoerperschaft=kreis("VG"), angaben={"name": "X"}
        ),
        lambda: services.create_angebot(
            akteur=other, einrichtung=angebot.einrichtung, hilfeart=angebot.hilfeart, angaben={"name": "X"},
            beginn=HEUTE, plaetze=1,
        ),
        lambda: services.update_platzzahl(akteur=other, angebot=angebot, anzahl=9, ab=MORGEN, gelesen=GELESEN),
    ):  # fmt: skip
        with pytest.raises(Verweigert):
            act()


def test_a_competitors_offer_is_not_there(vg, sign_in):
    foreign = create_angebot(anbieter=SEE)
    ines = sign_in("ines")
    for path in (f"angebote/{foreign.pk}/", f"angebote/{foreign.pk}/plaetze/",
                 f"einrichtungen/{foreign.einrichtung_id}/angebote/neu/"):  # fmt: skip
        assert ines.get(OWN + path).status_code == 404
    page = ines.get(f"/anbieter/einrichtungen/{foreign.einrichtung_id}/").text
    assert "Plätze ändern" not in page and "Neues Angebot" not in page


@pytest.mark.slow
def test_places_shrink_while_offices_reserve__never_below_what_is_held(own_database):
    """Fifty at the same moment, in any order: half of them reserve, half of them change eight places to four."""
    vg = Tenant.objects.get(kuerzel="VG")
    angebot = create_angebot(anbieter=KUESTE, plaetze=8, gueltig=DateRange(date(2015, 1, 1), None))
    ines = Cast().akteur("ines")

    def reserve(_: int) -> str:
        try:
            with in_tenant(vg):
                bind_platz(
                    angebot_id=angebot.pk,
                    zeitraum=Zeitraum(MORGEN, MORGEN + timedelta(days=30)),
                    ablauf_at=now() + timedelta(days=5),
                )
        except KeinPlatzFrei:
            return "none"
        finally:
            connection.close()
        return "held"

    def shrink(_: int) -> str:
        try:
            with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
                services.update_platzzahl(akteur=ines, angebot=angebot, anzahl=4, ab=MORGEN, gelesen=GELESEN)
        except Konflikt:
            return "refused"
        except Exception as error:
            return type(error).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(50) as pool:
        told = list(pool.map(lambda n: reserve(n) if n % 2 else shrink(n), range(50)))
        list(pool.map(lambda _: connections.close_all(), range(50)))
    held = told.count("held")
    with in_tenant(vg):
        from shared_apps.occupancy.models import Platzbindung

        living = Platzbindung.objects.filter(platz__angebot=angebot, zustand="RESERVIERT").values_list(
            "platz", flat=True
        )
        assert len(living) == held
        standing = set(angebot.plaetze.filter(gueltig__contains=MORGEN).values_list("pk", flat=True))
    assert set(living) <= standing
    assert set(told) <= {"held", "none", "refused", "done", "RegelVerletzt"}, told
