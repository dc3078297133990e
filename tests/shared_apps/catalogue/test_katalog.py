"""The Landesjugendamt keeps the catalogue; who changed what is noted; what has ended stays where it is used."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.catalogue.models import Hilfeart, Katalogaenderung, Kriterium, Modul, Spezialisierung, Sprache
from shared_apps.catalogue.services.pflege import create_eintrag, end_eintrag, update_eintrag
from shared_apps.catalogue.views import find_common_quelle
from shared_apps.core.errors import Verweigert
from shared_apps.core.gelesen import Gelesen
from shared_apps.providers.models import Angebot
from tenants.context import in_tenant, on_portal
from tests.factories.register import create_angebot, create_einrichtung
from tests.factories.suchen import search_for
from tests.formulare import gelesen
from tests.people import Cast
from tests.tenants.owner import manage, superuser

KUESTE = "Jugendhilfe Küste gGmbH"
GESTERN = date.today() - timedelta(days=1)
KATALOG = (Modul, Kriterium, Hilfeart, Spezialisierung, Sprache)


def test_where_entries_come_from_is_said_once__but_for_those_from_elsewhere(vg, sign_in):
    quelle = Hilfeart.objects.get(code="S34").quelle
    assert sign_in("lena").get("/katalog/").text.count(quelle) == 1
    rows = list(Hilfeart.objects.all())
    rows[0].quelle = "Erlass des Ministeriums"
    assert find_common_quelle(rows) == quelle and find_common_quelle([]) == ""


def test_she_enters_changes_and_ends_and_the_history_says_who(vg, sign_in):
    lena = sign_in("lena")
    neu = {"code": "FGM", "name": "Pferdegestützte Arbeit", "sortierung": "20", "ab": "", "letzter_tag": ""}
    page = lena.post("/katalog/spezialisierungen/neu/", neu)
    assert page.status_code == 422 and "Kleinbuchstaben" in page.text and "Pferdegestützte Arbeit" in page.text
    page = lena.post("/katalog/spezialisierungen/neu/", neu | {"code": "pferde"}, follow=True)
    assert "„Pferdegestützte Arbeit“ ist gespeichert." in page.text
    zweimal = lena.post("/katalog/spezialisierungen/neu/", neu | {"code": "pferde"})
    assert zweimal.status_code == 422 and "Diesen Code gibt es schon" in zweimal.text
    row = Spezialisierung.objects.get(code="pferde")
    url = f"/katalog/spezialisierungen/{row.pk}/"
    seen = gelesen(lena.get(url).text)
    typed = {"name": "Tiergestützte Arbeit", "sortierung": "20", "ab": "2026-02-01", "letzter_tag": "2026-01-01"}
    page = lena.post(url, typed | seen)
    assert page.status_code == 422 and "Der letzte Tag liegt vor dem ersten." in page.text
    assert lena.post(url, typed | seen | {"letzter_tag": ""}).status_code == 302
    assert lena.post(url, typed | seen | {"name": "Anders", "letzter_tag": ""}).status_code == 409, "an old form"
    page = lena.post(f"{url}beenden/", {"letzter_tag": "2026-12-31"}, follow=True)
    assert "Der letzte Tag ist eingetragen." in page.text
    row.refresh_from_db()
    assert (row.name, row.gueltig) == ("Tiergestützte Arbeit", DateRange(date(2026, 2, 1), date(2027, 1, 1)))
    verlauf = lena.get(f"/katalog/verlauf/?eintrag={row.pk}").text
    for said in ("Pferdegestützte Arbeit", "Tiergestützte Arbeit", "Lena Lorenz", "ab 01.02.2026", "bis 31.12.2026"):
        assert said in verlauf
    assert verlauf.count("Tiergestützte Arbeit</th>") == 0 and verlauf.count("<td") >= 4 * 6


def test_a_module_is_switched_on_with_a_hilfeart_and_off_without_an_offer(vg, sign_in):
    lena, sgb8 = sign_in("lena"), Modul.objects.get(code="sgb8")
    kita = Modul.objects.get(code="kita")
    angebot = create_angebot()

    def switch(modul: Modul, **mehr: str):
        url = f"/katalog/module/{modul.pk}/"
        typed = {"name": modul.name, "rechtsgrundlage": modul.rechtsgrundlage, "sortierung": modul.sortierung}
        return lena.post(url, typed | mehr | gelesen(lena.get(url).text))

    page = switch(kita, eingeschaltet="on")
    assert page.status_code == 409 and "noch keine Hilfeart" in page.text
    page = switch(sgb8)
    assert page.status_code == 409 and "1 Angebot." in page.text
    Angebot.objects.filter(pk=angebot.pk).update(gueltig=DateRange(date(2015, 1, 1), date.today()))
    assert switch(sgb8).status_code == 302
    seite = sign_in("anna").get("/").text
    assert "Hilfen zur Erziehung</h3>" in seite and "Kindertagesbetreuung</h3>" in seite, "switched off: no link"


def test_what_an_administrator_changed_survives_the_next_file(own_database):
    lena = Cast().akteur("lena")
    trauma, heim = Spezialisierung.objects.get(code="trauma"), Hilfeart.objects.get(code="S34")
    with on_portal(user_id=lena.user_id):
        update_eintrag(
            akteur=lena, eintrag=trauma, angaben={"name": "Trauma"}, gelesen=Gelesen.of({"name": trauma.name})
        )
        create_eintrag(akteur=lena, model=Spezialisierung, angaben={"code": "sport", "name": "Sport", "sortierung": 3})
        end_eintrag(akteur=lena, eintrag=heim, letzter_tag=date.today())
    with superuser(own_database) as connection:  # the files of an older release
        connection.execute("UPDATE catalogue_spezialisierung SET sortierung = 99 WHERE code = 'trauma'")
        connection.execute("UPDATE catalogue_hilfeart SET name = 'Heim' WHERE code = 'S34'")

    def rows() -> list[tuple]:
        return [row for model in KATALOG for row in model.objects.order_by("pk").values_list()]

    manage(own_database, "load_reference")
    once = rows()
    manage(own_database, "load_reference")
    assert rows() == once, "loading twice is loading once"
    trauma.refresh_from_db()
    assert (trauma.name, trauma.sortierung) == ("Trauma", 2), "what nobody touched comes from the file"
    heim.refresh_from_db()
    assert heim.name.startswith("Heimerziehung") and heim.letzter_tag == date.today()
    assert Spezialisierung.objects.filter(code="sport").exists()


def test_what_has_ended_is_chosen_no_more_and_stays_where_it_is_used(vg, cast, sign_in):
    trauma, ukrainisch = Spezialisierung.objects.get(code="trauma"), Sprache.objects.get(code="uk")
    angebot = create_angebot(anbieter=cast.anbieter(KUESTE), spezialisierungen=("trauma",))
    angebot.sprachen.add(ukrainisch)
    anderes = create_angebot(einrichtung=angebot.einrichtung)
    lena = cast.akteur("lena")
    with on_portal(user_id=lena.user_id):
        for row in (trauma, ukrainisch, Hilfeart.objects.get(code="T32")):
            end_eintrag(akteur=lena, eintrag=row, letzter_tag=GESTERN)
        morgen = {"ab": date.today() + timedelta(days=1)}
        pflege = Hilfeart.objects.get(code="S33")
        update_eintrag(akteur=lena, eintrag=pflege, angaben=morgen, gelesen=Gelesen.of({"ab": None}))
    ines, anna = sign_in("ines"), sign_in("anna")
    neu = ines.get(f"/anbieter/eigene/einrichtungen/{angebot.einrichtung_id}/angebote/neu/").text
    assert "§ 34 Heim" in neu and "Tagesgruppe" not in neu and "Vollzeitpflege" not in neu
    assert "Traumap" not in neu and "Ukrainisch" not in neu and "Deutsch" in neu
    eigene = ines.get(f"/anbieter/eigene/angebote/{angebot.pk}/").text
    assert "Traumap" in eigene and "Ukrainisch" in eigene, "hers stays hers"
    assert "Traumap" not in ines.get(f"/anbieter/eigene/angebote/{anderes.pk}/").text
    haus = anna.get(f"/anbieter/einrichtungen/{angebot.einrichtung_id}/").text
    assert "Traumapädagogik" in haus and "Ukrainisch" in haus
    suche = anna.get("/hze-auswahl/").text
    assert "Tagesgruppe" not in suche and "Traumap" not in suche
    worker = cast.akteur("anna")
    with in_tenant(vg):
        gestern = search_for(worker)
    with on_portal(user_id=lena.user_id):
        end_eintrag(akteur=lena, eintrag=angebot.hilfeart, letzter_tag=GESTERN)
    wieder = anna.post(f"/hze-auswahl/{gestern.pk}/erneut/", {"reichweite": "LAND"}, follow=True)
    assert "für neue Suchen nicht mehr angeboten" in wieder.text, "the kept search stays, and is not made again"
    alt = {"beginn": "2026-01-01", "ende": "2026-02-01", "hilfeart": "T32", "reichweite": "EIGENE"}
    assert anna.post("/hze-auswahl/", alt).status_code == 422
    lied = {"hilfeart": Hilfeart.objects.get(code="T32").pk, "name": "Gruppe", "beginn": "2026-01-01", "plaetze": "1"}
    page = ines.post(f"/anbieter/eigene/einrichtungen/{angebot.einrichtung_id}/angebote/neu/", lied)
    assert page.status_code == 422 and not Angebot.objects.filter(name="Gruppe").exists()


@pytest.mark.parametrize("name", ["karla", "lars", "ines"])
def test_nobody_else_writes(name, vg, cast, sign_in):
    """The ministry and the operator read; a provider does not even that. The database says so again."""
    akteur = cast.akteur(name)
    trauma = Spezialisierung.objects.get(code="trauma")
    angaben = {"code": "x", "name": "X", "sortierung": 1}
    with on_portal(user_id=akteur.user_id):
        with pytest.raises(Verweigert):
            create_eintrag(akteur=akteur, model=Spezialisierung, angaben=angaben)
        with pytest.raises(Verweigert):
            end_eintrag(akteur=akteur, eintrag=trauma, letzter_tag=date.today())
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Spezialisierung.objects.create(**angaben)
        assert Spezialisierung.objects.filter(pk=trauma.pk).update(name="Y") == 0
    client = sign_in(name)
    assert client.get("/katalog/").status_code == (403 if name == "ines" else 200)
    assert client.get("/katalog/spezialisierungen/neu/").status_code == 403


def test_the_database_notes_every_change_and_holds_what_offers_rest_on(vg, cast):
    lena = cast.akteur("lena")
    heim = Hilfeart.objects.get(code="S34")
    with on_portal(user_id=lena.user_id):
        for feld, wert in (
            ("code", "S99"),
            ("einheit", "STUNDE"),
            ("form", "AMBULANT"),
            ("hat_barbetrag", False),
            ("erlaubnispflichtig", False),
            ("entgeltrecht", "77"),
        ):
            with pytest.raises(DatabaseError, match="rest on this"), transaction.atomic():
                Hilfeart.objects.filter(pk=heim.pk).update(**{feld: wert})
        Hilfeart.objects.filter(pk=heim.pk).update(name="Heim")
        (row,) = Katalogaenderung.objects.all()
        assert (row.user_id, row.feld, row.nachher) == (lena.user_id, "name", "Heim")
        assert row.vorher.startswith("Heimerziehung")
        for lie in (
            lambda: Katalogaenderung.objects.create(tabelle="x", zeile=uuid4(), feld="y", user_id=uuid4()),
            lambda: Katalogaenderung.objects.update(user_id=uuid4()),
            lambda: Katalogaenderung.objects.all()._raw_delete("default"),
            lambda: Spezialisierung.objects.all()._raw_delete("default"),
        ):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                lie()


@pytest.mark.parametrize(
    ("art", "weg"), [("hilfearten", "edit"), ("nichts", "neu"), ("module", "neu"), ("module", "end")]
)
def test_what_is_not_there_is_not_found(art, weg, vg, sign_in):
    lena, sgb8 = sign_in("lena"), Modul.objects.get(code="sgb8")
    path = {"edit": f"{uuid4()}/", "neu": "neu/", "end": f"{sgb8.pk}/beenden/"}[weg]
    assert lena.get(f"/katalog/{art}/{path}").status_code == 404


def test_an_ambulant_offer_has_no_places_on_any_page(vg, cast, sign_in):
    """What is paid by the hour has hours a week; never places, days of operation, shifts."""
    anbieter = cast.anbieter(KUESTE)
    einrichtung = create_einrichtung(anbieter=anbieter, name="Dienst Nord")
    ines, anna = sign_in("ines"), sign_in("anna")
    a31 = Hilfeart.objects.get(code="A31")
    neu = f"/anbieter/eigene/einrichtungen/{einrichtung.pk}/angebote/neu/?hilfeart={a31.pk}"
    typed = {
        "hilfeart": a31.pk, "name": "Familienhilfe", "beginn": "2017-01-01", "plaetze": "3", "alter_von": "0",
        "alter_bis": "20", "gruppe": "Team Ost", "ausschluss": "keine akute Gewalt", "barrierefrei": "TEILWEISE",
        "schule": "Regionalschule 300 m", "therapie": "Praxis im Haus",
        "sprachen": [Sprache.objects.get(code="uk").pk, Sprache.objects.get(code="ar").pk],
    }  # fmt: skip
    ohne_stunden = ines.post(neu, typed)
    assert ohne_stunden.status_code == 422 and "Stunden je Woche insgesamt" in ohne_stunden.text
    assert ines.post(neu, typed | {"stunden_je_woche": "60,5"}).status_code == 302
    angebot = Angebot.objects.get(name="Familienhilfe")
    eigene = f"/anbieter/eigene/angebote/{angebot.pk}/"
    seiten = {path: ines.get(path) for path in (neu, "/anbieter/eigene/", f"/anbieter/einrichtungen/{einrichtung.pk}/",
        eigene, f"{eigene}plaetze/", f"{eigene}beenden/", f"/anbieter/{anbieter.pk}/")}  # fmt: skip
    seiten["changed"] = ines.post(
        f"{eigene}plaetze/",
        {"anzahl": "2", "ab": str(date.today())} | gelesen(seiten[f"{eigene}plaetze/"].text),
        follow=True,
    )
    seiten["office"] = anna.get(f"/anbieter/einrichtungen/{einrichtung.pk}/")
    suche = {
        "beginn": "2027-06-01",
        "ende": "2027-11-30",
        "reichweite": "EIGENE",
        "hilfeart": "A31",
        "stunden_je_woche": "4",
    }
    ergebnis = anna.post("/hze-auswahl/", suche, follow=True)
    seiten["result"] = ergebnis
    seiten["detail"] = anna.get(f"{ergebnis.redirect_chain[-1][0]}angebote/{angebot.pk}/")
    for name, seite in seiten.items():
        assert seite.status_code == 200, name
        for wort in ("Plätze", "Betriebstage", "Schichtdienst"):
            assert wort not in seite.text.partition("<main")[2], (name, wort)  # the head names the board
    for name in ("office", "detail"):
        for said in ("60,50", "Team Ost", "keine akute Gewalt", "teilweise", "Regionalschule 300 m", "Praxis im Haus",
                     "Arabisch, Ukrainisch"):  # fmt: skip
            assert said in seiten[name].text, (name, said)
    assert "2 Hilfen" in seiten["changed"].text
