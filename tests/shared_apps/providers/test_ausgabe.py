"""Register mitnehmen: what leaves the house is all that is kept here, of oneself alone."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.core.clock import today
from shared_apps.providers.models import (
    Bankverbindung,
    Betriebserlaubnis,
    Einrichtung,
    Entgeltvorschlag,
    Kontakt,
    Stammdatenvorschlag,
)
from shared_apps.providers.selectors.ausgabe import NICHT, NICHT_DABEI, TABELLEN
from tenants.context import on_portal
from tests.factories.register import create_angebot, create_einrichtung
from tests.shared_apps.core.sheets import read_cells, read_xlsx

URL = "/anbieter/eigene/mitnehmen/"


@pytest.fixture
def haus(cast) -> Einrichtung:
    cast.user("ines")
    haus = create_einrichtung(name="=Haus Möwe", strasse="Am Bodden 3", plz="17438", ort="Wolgast")
    create_angebot(
        name="Wohngruppe 1", einrichtung=haus, plaetze=3, entgelt="112.70", spezialisierungen=("trauma",),
        hinweis="Mit Bootshaus", alter_von=12, erlaubnis=False,
    )  # fmt: skip
    Betriebserlaubnis.objects.create(einrichtung=haus, datum=today(), nummer="BE-77", plaetze=9, behoerde="LAGuS")
    Bankverbindung.objects.create(anbieter=haus.anbieter, iban="DE02120300000000202051", inhaber="Küste gGmbH")
    Kontakt.objects.create(einrichtung=haus, funktion="BEREITSCHAFT", telefon="03834 110", ist_notruf=True)
    Kontakt.objects.create(anbieter=haus.anbieter, funktion="VERWALTUNG", name="Vera Voß", email="v@example.org")
    fremd = create_angebot(name="Geheimes Haus", anbieter="Haus am See e. V.", entgelt="99.99").einrichtung
    Kontakt.objects.create(einrichtung=fremd, funktion="LEITUNG", name="Fremde Frau", telefon="0381 7")
    return haus


def read_csv(client, tabelle: str) -> list[dict[str, str]]:
    answer = client.get(f"{URL}?format=csv&tabelle={tabelle}")
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))


def test_page_says_what_is_not_in_the_files_and_where_it_is(haus, sign_in):
    page = sign_in("ines").get(URL).text
    assert ">Bilder</th>" in page and "Fotos" not in page, "as everywhere else"
    _, _, rest = page.partition("Was nicht darin steht")
    for was, url in (
        ("PDF-Dateien", "/anbieter/eigene/"), ("Sperren", "/anbieter/eigene/plan/"),
        ("Buchungen", "/anbieter/eigene/buchungen/"), ("war nicht frei", "/anbieter/meldungen/"),
    ):  # fmt: skip
        assert was in rest and f'href="{url}"' in rest, was
    assert 'href="/anbieter/meldungen/"' not in sign_in("bille").get(URL).text.partition("Was nicht")[2]


def test_three_forms_say_the_same(haus, sign_in):
    client = sign_in("ines")
    book = read_xlsx(client.get(f"{URL}?format=xlsx").content)
    data = json.loads(client.get(f"{URL}?format=json").content)
    assert list(book) == [t.titel for t in TABELLEN.values()] and list(data["tabellen"]) == list(TABELLEN)
    for name, tabelle in TABELLEN.items():
        rows, sheet, plain = read_csv(client, name), book[tabelle.titel], data["tabellen"][name]
        assert len(rows) == len(sheet) == len(plain), name
        heads = data["spalten"][name]
        for row, cells, one in zip(rows, sheet, plain, strict=True):
            assert set(row) == set(cells) == set(heads.values()) and set(one) == set(heads), name
            assert row["Kennung"] == cells["Kennung"] == one["id"]
            for key, head in heads.items():
                if isinstance(one[key], str) and not one[key][:1].isdigit():
                    assert row[head].removeprefix("'") == cells[head] == one[key], (name, head)
    assert {name: len(rows) for name, rows in data["tabellen"].items() if rows} == {
        "anbieter": 1, "einrichtungen": 1, "angebote": 1, "plaetze": 3, "entgelte": 1, "betriebserlaubnis": 1,
        "kontakte": 2, "bankverbindung": 1,
    }  # fmt: skip


def test_what_is_shown_is_in_the_file(haus, sign_in):
    client = sign_in("ines")
    data = json.loads(client.get(f"{URL}?format=json").content)["tabellen"]
    (angebot,), (entgelt,), (erlaubnis,) = data["angebote"], data["entgelte"], data["betriebserlaubnis"]
    assert (angebot["hinweis"], angebot["alter_von"], angebot["einrichtung"]) == ("Mit Bootshaus", 12, "=Haus Möwe")
    assert angebot["hilfeart"].startswith("§ 34") and angebot["spezialisierungen"]
    assert Decimal(entgelt["betrag"]) == Decimal("112.70") and entgelt["gueltig_ab"] == "2015-01-01"
    assert entgelt["gueltig_letzter_tag"] is None and entgelt["einheit"] == "Tag"
    assert (erlaubnis["nummer"], erlaubnis["plaetze"], erlaubnis["datei_hinterlegt"]) == ("BE-77", 9, False)
    ruf, verwaltung = sorted(data["kontakte"], key=lambda row: not row["ist_notruf"])
    assert (ruf["telefon"], ruf["einrichtung"], ruf["anbieter"]) == ("03834 110", "=Haus Möwe", None)
    assert (verwaltung["name"], verwaltung["funktion"]) == ("Vera Voß", "Verwaltung und Abrechnung")
    (konto,) = data["bankverbindung"]
    assert (konto["inhaber"], konto["iban"]) == ("Küste gGmbH", "DE02120300000000202051"), "as the page shows it"
    (row,) = read_csv(client, "einrichtungen")
    assert row["Straße und Hausnummer"] == "Am Bodden 3" and row["Name"] == "'=Haus Möwe", "never a formula"
    kinds = {
        kind for rows in read_cells(client.get(f"{URL}?format=xlsx").content).values() for r in rows for kind, _ in r
    }
    assert "f" not in kinds


def test_every_table_of_the_register_is_in_the_file_or_has_its_reason():
    """A table that somebody adds tomorrow is in neither: this fails until she has said which."""
    there = {model.__name__ for model in apps.get_app_config("providers").get_models() if model._meta.managed}
    given = {tabelle.model.__name__ for tabelle in TABELLEN.values()}
    assert there == given | set(NICHT_DABEI) and not given & set(NICHT_DABEI)
    assert all(NICHT_DABEI.values()) and set(NICHT) <= {
        field.name for tabelle in TABELLEN.values() for field in tabelle.model._meta.get_fields()
    }, "a reason for nothing"


def test_proposals_are_in_the_file_with_what_became_of_them(haus, sign_in, cast):
    client = sign_in("ines")
    angebot, akteur = haus.angebote.get(), cast.akteur("ines")
    with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids):
        Entgeltvorschlag.objects.create(
            angebot=angebot, grundleistung="120.00", ab=today(), vereinbart_am=today(), rechtsgrundlage="78b",
            vorgeschlagen_von_id=akteur.user_id,
        )  # fmt: skip
        Stammdatenvorschlag.objects.create(
            anbieter=haus.anbieter, gebietskoerperschaft=haus.gebietskoerperschaft, name="Anders gGmbH",
            begruendung="Umbenannt", bisher={"name": haus.anbieter.name}, vorgeschlagen_von_id=akteur.user_id,
        )  # fmt: skip
    data = json.loads(client.get(f"{URL}?format=json").content)["tabellen"]
    (satz,), (name,) = data["entgeltvorschlaege"], data["stammdatenvorschlaege"]
    assert (satz["angebot"], satz["grundleistung"], satz["zustand"]) == (
        "Wohngruppe 1", "120.00", "wartet auf das Jugendamt",
    )  # fmt: skip
    assert (name["name"], name["begruendung"]) == ("Anders gGmbH", "Umbenannt")
    assert (len(read_csv(client, "entgeltvorschlaege")), len(read_csv(client, "stammdatenvorschlaege"))) == (1, 1)
    andere = json.loads(sign_in("jan").get(f"{URL}?format=json").content)["tabellen"]
    assert andere["entgeltvorschlaege"] == andere["stammdatenvorschlaege"] == []


@pytest.mark.parametrize("tabelle", TABELLEN.values(), ids=str)
def test_every_field_is_in_the_file_or_has_its_reason(tabelle):
    """A column that somebody adds to the register tomorrow goes out tomorrow; of people nothing does."""
    keys = {spalte.key for spalte in tabelle.spalten}
    for field in [*tabelle.model._meta.concrete_fields, *tabelle.model._meta.local_many_to_many]:
        said = {key for key in keys if key == field.name or key.startswith(f"{field.name}_")}
        if field.name in NICHT:
            assert NICHT[field.name] and not said
        elif field.is_relation and field.related_model._meta.app_label not in {"providers", "catalogue", "regions"}:
            assert not said, "somebody who works there"
        else:
            assert said or field.name in {"id", "gueltig_bis"}, f"{field.name} is in no file"
    heads = [spalte.kopf for spalte in tabelle.spalten]
    assert len(set(heads)) == len(heads) == len(keys), "two columns of one name"


def test_nobody_takes_what_is_not_hers(haus, sign_in):
    for datei in ("json", "xlsx", "csv&tabelle=angebote", "csv&tabelle=entgelte", "csv&tabelle=einrichtungen"):
        ines = sign_in("ines").get(f"{URL}?format={datei}").content
        jan = sign_in("jan").get(f"{URL}?format={datei}").content
        assert b"Geheimes Haus" not in ines and b"99.99" not in ines and b"99,99" not in ines
        assert b"Wohngruppe 1" not in jan and b"112.7" not in jan
        assert b"Fremde Frau" not in ines and b"DE02120300000000202051" not in jan
    assert sign_in("anna", at="PORTAL").get(URL).status_code == 403
    at_vg = sign_in("ines", at="VG").get(URL)
    assert at_vg.status_code == 302 and "portal" in at_vg["Location"]


def test_staff_of_one_facility_take_their_facility(haus, sign_in, cast):
    cast.user("fritz")
    ihres = Einrichtung.objects.get(name="Haus Strandläufer")
    own = ihres.pk
    create_angebot(einrichtung=ihres, name="Ihr Angebot")
    data = json.loads(sign_in("fritz", at="PORTAL").get(f"{URL}?format=json").content)["tabellen"]
    assert {row["id"] for row in data["einrichtungen"]} == {str(own)}
    assert "bankverbindung" not in data and b"DE02" not in json.dumps(data).encode()
    assert sign_in("fritz", at="PORTAL").get(f"{URL}?format=csv&tabelle=bankverbindung").status_code == 404
    assert data["kontakte"] == [], "neither of the whole provider nor of another house"
    fritz, ganz = sign_in("fritz", at="PORTAL"), {"anbieter", "bankverbindung", "stammdatenvorschlaege"}
    assert set(data) == set(TABELLEN) - ganz, "no table that is empty for want of a right"
    assert set(read_xlsx(fritz.get(f"{URL}?format=xlsx").content)) == {TABELLEN[name].titel for name in data}
    assert fritz.get(f"{URL}?format=csv&tabelle=anbieter").status_code == 404
    assert "Was dem ganzen Anbieter gehört" in fritz.get(URL).text.partition("Was nicht darin steht")[2]
    assert "Was dem ganzen Anbieter gehört" not in sign_in("ines").get(URL).text
    assert [row["name"] for row in data["angebote"]] == ["Ihr Angebot"]


def test_the_page_names_every_column_and_a_wrong_table_is_none(haus, sign_in):
    client = sign_in("ines")
    page = client.get(URL).text
    for tabelle in TABELLEN.values():
        assert tabelle.titel in page and all(f"<code>{s.key}</code>" in page for s in tabelle.spalten)
    assert client.get(f"{URL}?format=csv&tabelle=kontovorschlag").status_code == 404
    assert client.get(f"{URL}?format=csv").status_code == 404
    assert client.get(f"{URL}?format=exe").status_code == 200


def test_number_of_queries_does_not_grow(haus, sign_in):
    client = sign_in("ines")
    client.get(f"{URL}?format=json")
    with CaptureQueriesContext(connection) as few:
        client.get(f"{URL}?format=json")
    for _ in range(4):
        create_angebot(plaetze=3, spezialisierungen=("trauma",))
    with CaptureQueriesContext(connection) as many:
        client.get(f"{URL}?format=json")
    assert len(many) == len(few)
