"""Reasons are entries of the catalogue: chosen while they are offered, read for ever, and held by a foreign key."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from shared_apps import catalogue
from shared_apps.catalogue.models import Grund, Grundart
from shared_apps.catalogue.selectors import list_gruende, name_gruende
from shared_apps.catalogue.services.pflege import BLEIBT_IMMER, create_eintrag, end_eintrag, update_eintrag
from shared_apps.core.errors import Konflikt, RegelVerletzt
from shared_apps.core.gelesen import Gelesen
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.occupancy.selectors.stopps import list_nichtaufnahmen
from shared_apps.occupancy.services import sperren
from shared_apps.providers.models import Vakanzmeldung
from shared_apps.providers.services.vakanz import submit_vakanzmeldung
from tenants.context import in_tenant, on_portal
from tests.factories.register import create_angebot
from tests.formulare import gelesen
from tests.people import Cast
from tests.tenants.owner import manage, migrate_back, superuser

KUESTE = "Jugendhilfe Küste gGmbH"
HEUTE = date.today()
GESTERN = HEUTE - timedelta(days=1)
PLAN = "/anbieter/eigene/plan/"
DATEI = Path(catalogue.__file__).parent / "reference" / "data" / "gruende.json"


def end(cast, art: Grundart, code: str, tag: date = GESTERN) -> None:
    lena = cast.akteur("lena")
    with on_portal(user_id=lena.user_id):
        end_eintrag(akteur=lena, eintrag=Grund.objects.get(art=art, code=code), letzter_tag=tag)


def test_a_reason_is_entered_chosen_ended_and_stays_where_it_is(vg, cast, sign_in):
    lena, ines, anna = sign_in("lena"), sign_in("ines"), sign_in("anna")
    angebot = create_angebot(anbieter=KUESTE, plaetze=2, name="Wohngruppe Möwe")
    neu = {"art": "SPERRE", "code": "wasser", "name": "Wasserschaden", "sortierung": "5", "ab": "", "letzter_tag": ""}
    page = lena.post("/katalog/gruende/neu/", neu)
    assert page.status_code == 422 and "Großbuchstaben" in page.text and "Wasserschaden" in page.text
    assert lena.post("/katalog/gruende/neu/", neu | {"code": "PERSONAL"}).status_code == 422, "a code of this kind"
    page = lena.post("/katalog/gruende/neu/", neu | {"code": "WASSER"}, follow=True)
    assert "„Wasserschaden“ ist gespeichert." in page.text and "Sperre durch das Haus" in page.text
    stopp = neu | {"art": "STOPP", "code": "WASSER", "name": "Haus unter Wasser"}
    assert lena.post("/katalog/gruende/neu/", stopp).status_code == 302, "the same code for another kind"

    eins, zwei = (f"{PLAN}plaetze/{platz.pk}/" for platz in angebot.plaetze.order_by("nummer"))
    assert "Wasserschaden" in ines.get(eins).text and "Haus unter Wasser" not in ines.get(eins).text
    gesperrt = {"beginn": str(HEUTE), "letzter_tag": "", "grund": "WASSER", "notiz": ""}
    board = ines.post(eins, gesperrt, follow=True).text
    assert "gesperrt, Ende offen, Wasserschaden" in board
    gestoppt = {"beginn": str(HEUTE), "letzter_tag": "", "grund": "WASSER", "hinweis": ""}
    board = ines.post(f"{PLAN}angebote/{angebot.pk}/aufnahmestopp/", gestoppt, follow=True)
    assert "Jugendämter lesen: „Haus unter Wasser“" in board.text

    row = Grund.objects.get(art="SPERRE", code="WASSER")
    page = lena.post(f"/katalog/gruende/{row.pk}/beenden/", {"letzter_tag": str(GESTERN)}, follow=True)
    assert "Der letzte Tag ist eingetragen." in page.text and "heute nicht" in page.text
    page = ines.post(zwei, gesperrt)
    assert page.status_code == 422 and 'value="WASSER"' not in page.text, "not for what is new"
    with on_portal(user_id=cast.akteur("ines").user_id, anbieter_ids=cast.akteur("ines").anbieter_ids):
        sperre = Platzsperre.objects.get()
    url = f"{PLAN}sperren/{sperre.pk}/"
    page = ines.get(url)
    assert page.text.count("Wasserschaden") == 2, "said, and still to be kept"
    bis = {"entscheidung": "aendern", "letzter_tag": str(HEUTE + timedelta(days=9)), "grund": "WASSER", "notiz": ""}
    page = ines.post(url, bis | gelesen(page.text), follow=True)
    assert page.status_code == 200 and "Wasserschaden" in page.text
    assert "Haus unter Wasser" in anna.get(f"/anbieter/einrichtungen/{angebot.einrichtung_id}/").text
    verlauf = lena.get(f"/katalog/verlauf/?eintrag={row.pk}").text
    for said in ("Wasserschaden", "Sperre durch das Haus", "Lena Lorenz", f"bis {GESTERN:%d.%m.%Y}"):
        assert said in verlauf


def test_an_office_reports_with_what_is_offered_today(vg, cast, sign_in):
    angebot, anna = create_angebot(anbieter=KUESTE), sign_in("anna")
    url = f"/anbieter/angebote/{angebot.pk}/war-nicht-frei/"
    assert anna.post(url, {"tag": str(HEUTE), "grund": "STOPP"}).status_code == 302
    end(cast, Grundart.MELDUNG, "STOPP")
    assert "nimmt zurzeit niemanden auf" in anna.get("/anbieter/meldungen/").text
    assert "nimmt zurzeit niemanden auf" not in anna.get(url).text
    akteur = cast.akteur("anna")
    with in_tenant(vg, user_id=akteur.user_id):
        for code in ("STOPP", "RENOVIERUNG", "x" * 40, ""):
            with pytest.raises(RegelVerletzt, match="gibt es nicht"):
                submit_vakanzmeldung(akteur=akteur, angebot=angebot, tag=GESTERN, grund=code)
        assert Vakanzmeldung.objects.count() == 1


def test_what_a_page_names_is_called_otherwise_and_never_ends(vg, cast, sign_in):
    lena, ines = sign_in("lena"), sign_in("ines")
    akteur, angebot = cast.akteur("lena"), create_angebot(anbieter=KUESTE)
    row = Grund.objects.get(code="BELEGT_AUSSERHALB")
    url = f"/katalog/gruende/{row.pk}/"
    assert f"{url}beenden/" not in lena.get("/katalog/gruende/").text and 'name="letzter_tag"' not in lena.get(url).text
    assert "steht immer zur Wahl" in lena.get(f"{url}beenden/").text
    page = lena.post(f"{url}beenden/", {"letzter_tag": str(GESTERN)})
    assert page.status_code == 409 and "Umbenennen können Sie ihn." in page.text
    typed = {"name": "anderweitig belegt", "sortierung": "1", "letzter_tag": str(GESTERN)} | gelesen(lena.get(url).text)
    assert lena.post(url, typed).status_code == 302, "days nobody asked for are no matter"
    assert "„anderweitig belegt“ und den letzten Tag" in ines.get(f"{PLAN}plaetze/{angebot.plaetze.get().pk}/").text
    with on_portal(user_id=akteur.user_id):
        for lie in (
            lambda: end_eintrag(akteur=akteur, eintrag=row, letzter_tag=HEUTE),
            lambda: update_eintrag(
                akteur=akteur, eintrag=row, angaben={"ab": HEUTE + timedelta(days=1)}, gelesen=Gelesen.of({"ab": None})
            ),
        ):
            with pytest.raises(Konflikt, match="steht immer zur Wahl"):
                lie()
        other = Grund.objects.get(code="EINGEWOEHNUNG")
        for lie, said in (
            (lambda: Grund.objects.filter(pk=row.pk).update(gueltig=DateRange(None, HEUTE)), "grund_fest_ohne_ende"),
            (lambda: Grund.objects.filter(pk=row.pk).update(gueltig=DateRange(empty=True)), "grund_fest_ohne_ende"),
            (lambda: Grund.objects.filter(pk=row.pk).update(fest=False), "rest on this"),
            (lambda: Grund.objects.filter(pk=other.pk).update(fest=True), "rest on this"),
            (lambda: Grund.objects.filter(pk=other.pk).update(art="STOPP"), "rest on this"),
            (lambda: Grund.objects.create(art="STOPP", code="IMMER", name="immer", fest=True), "rest on this"),
        ):
            with pytest.raises(DatabaseError, match=said), transaction.atomic():
                lie()
        with pytest.raises(RegelVerletzt, match="beruhen auf ihr"):
            create_eintrag(
                akteur=akteur, model=Grund, angaben={"art": "STOPP", "code": "X1", "name": "X", "fest": True}
            )
    assert str(row) in BLEIBT_IMMER.format(row)


def test_every_kind_is_never_without_a_choice(vg, cast):
    """Whatever she ends, one of each kind stays."""
    lena = cast.akteur("lena")
    with on_portal(user_id=lena.user_id):
        for row in Grund.objects.filter(fest=False):
            end_eintrag(akteur=lena, eintrag=row, letzter_tag=GESTERN)
    for art in Grundart:
        assert len(list_gruende(art)) == 1, art
        assert len(list_gruende(art, auch="PERSONAL")) == (1 if art is Grundart.MELDUNG else 2)


def test_the_database_knows_every_reason_that_a_row_says(vg, cast):
    """A foreign key of kind and code: whatever a service forgets, no row says what the catalogue cannot name."""
    angebot, ines, anna = create_angebot(anbieter=KUESTE), cast.akteur("ines"), cast.akteur("anna")
    zeit = {"zeitraum": DateRange(HEUTE, None), "geaendert_von_id": ines.user_id, "geaendert_at": timezone.now()}
    platz = angebot.plaetze.get()
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        for lie, said in (
            (lambda: Platzsperre.objects.create(platz=platz, grund="WASSER", **zeit), "platzsperre_grund"),
            (lambda: Platzsperre.objects.create(platz=platz, grund="BELEGT", **zeit), "platzsperre_grund"),
            (
                lambda: Platzsperre.objects.create(platz=platz, grund="BELEGT", grund_art="MELDUNG", **zeit),
                "platzsperre_grund_art",
            ),
            (
                lambda: Aufnahmestopp.objects.create(angebot=angebot, grund="EINGEWOEHNUNG", **zeit),
                "aufnahmestopp_grund",
            ),
        ):
            with pytest.raises(DatabaseError, match=said), transaction.atomic():
                lie()
        with pytest.raises(RegelVerletzt, match="gibt es nicht"):
            sperren.create_sperre(akteur=ines, platz=platz, zeitraum=Zeitraum(HEUTE), grund="WASSER")
        with pytest.raises(RegelVerletzt, match="gibt es nicht"):
            sperren.create_stopp(akteur=ines, angebot=angebot, zeitraum=Zeitraum(HEUTE), grund="EINGEWOEHNUNG")
    with (
        in_tenant(vg, user_id=anna.user_id),
        pytest.raises(DatabaseError, match="vakanzmeldung_grund"),
        transaction.atomic(),
    ):
        Vakanzmeldung.objects.create(
            mandant="vg", angebot=angebot, tag=HEUTE, grund="WASSER", gemeldet_at=timezone.now()
        )


def test_the_file_says_what_the_migration_said_and_takes_nothing_back(own_database):
    datei = json.loads(DATEI.read_text())["gruende"]
    felder = ("art", "code", "name", "sortierung", "fest")
    assert sorted(Grund.objects.values_list(*felder)) == sorted(tuple(z[f] for f in felder) for z in datei)
    assert {zeile["art"] for zeile in datei if zeile["fest"]} == set(Grundart.values)
    end(Cast(), Grundart.STOPP, "PERSONAL")
    davor = list(Grund.objects.order_by("pk").values_list())
    manage(own_database, "load_reference")
    assert list(Grund.objects.order_by("pk").values_list()) == davor


def test_rows_from_before_keep_what_they_say_forward_and_backward(own_database):
    """Codes stay in their column; what was no choice of any form becomes an entry that has ended."""
    cast = Cast()
    angebot, ines = create_angebot(anbieter=cast.anbieter(KUESTE), plaetze=2), cast.akteur("ines")
    codes = {"occupancy_platzsperre": "grund", "occupancy_aufnahmestopp": "grund"}
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        for platz, grund in zip(angebot.plaetze.order_by("nummer"), ("RENOVIERUNG", "EINGEWOEHNUNG"), strict=True):
            sperren.create_sperre(akteur=ines, platz=platz, zeitraum=Zeitraum(HEUTE), grund=grund)
        sperren.create_stopp(akteur=ines, angebot=angebot, zeitraum=Zeitraum(HEUTE), grund="PERSONAL")

    def said() -> dict[str, list[tuple]]:
        with superuser(own_database) as connection:
            return {t: sorted(connection.execute(f"SELECT id, {f} FROM {t}").fetchall()) for t, f in codes.items()}

    davor = said()
    for app, number in (("providers", "0013"), ("catalogue", "0004")):  # and what rests on them
        migrate_back(own_database, app, number)
    assert said() == davor, "the release before finds what it wrote"
    with superuser(own_database) as connection:
        assert connection.execute("SELECT to_regclass('catalogue_grund')").fetchone() == (None,)
        connection.execute("UPDATE occupancy_aufnahmestopp SET grund = 'FRUEHER'")
    manage(own_database, "migrate_all")
    assert said()["occupancy_platzsperre"] == davor["occupancy_platzsperre"]
    assert name_gruende(Grundart.STOPP, {"FRUEHER"}) == {"FRUEHER": "FRUEHER"}
    assert "FRUEHER" not in dict(list_gruende(Grundart.STOPP))
    assert list_nichtaufnahmen([angebot.pk], HEUTE)[angebot.pk].grund == "FRUEHER"
