"""The register: everybody who is signed in reads it, on every host."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shared_apps.core.clock import today
from shared_apps.providers.models import Anbieter, Betriebserlaubnis, Entgelt, Foto, LeqVereinbarung
from tests.factories.register import create_angebot, create_einrichtung, license_einrichtung
from tests.shared_apps.core.sheets import read_xlsx

KUESTE, SEE = "Jugendhilfe Küste gGmbH", "Haus am See e. V."
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def markt(vg):
    """Two providers: one in VG and HRO, the other in LHSN."""
    create_angebot(anbieter=KUESTE, kreis="VG", hilfeart="S34", name="Möwennest")
    create_angebot(anbieter=KUESTE, kreis="HRO", hilfeart="A31", name="Familienhilfe", entgelt="61.50")
    create_angebot(anbieter=SEE, kreis="LHSN", hilfeart="S34", name="Seeblick", entgelt="120.00")


@pytest.mark.usefixtures("markt")
class TestList:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", {KUESTE, SEE}),
            ("?kreis=HRO", {KUESTE}),
            ("?hilfeart=A31", {KUESTE}),
            ("?kreis=VG&hilfeart=A31", set()),
            ("?suche=see", {SEE}),
            ("?suche=KÜSTE", {KUESTE}),
            ("?suche=gibtesnicht", set()),
            ("?kreis=XX", {KUESTE, SEE}),
        ],
    )
    def test_search_and_filters(self, sign_in, query, found):
        page = sign_in("anna").get(f"/anbieter/{query}").content.decode()
        assert {name for name in (KUESTE, SEE) if f">{name}</a>" in page} == found
        if not found:
            assert "Kein Anbieter gefunden" in page

    def test_districts_are_called_by_their_names(self, sign_in):
        page = sign_in("anna").get("/anbieter/").text
        assert ">Vorpommern-Greifswald, Rostock (Stadt)<" in page and ">Schwerin" in page

    @pytest.mark.parametrize("who", ["anna", "ines", "karla", "lars"])
    def test_same_on_every_host_for_everybody(self, sign_in, who):
        assert KUESTE in sign_in(who).get("/anbieter/").content.decode()

    def test_strangers_see_nothing(self):
        assert Client(SERVER_NAME="vg.localhost").get("/anbieter/").status_code == 302

    def test_ended_provider_is_gone(self, sign_in):
        Anbieter.objects.filter(name=SEE).update(gueltig_bis=date(2020, 1, 1))
        assert SEE not in sign_in("anna").get("/anbieter/").content.decode()

    def test_number_of_queries_does_not_grow(self, sign_in):
        client = sign_in("anna")
        client.get("/anbieter/")
        with CaptureQueriesContext(connection) as few:
            client.get("/anbieter/")
        for n in range(8):
            create_angebot(anbieter=f"Anbieter {n}")
        with CaptureQueriesContext(connection) as many:
            client.get("/anbieter/")
        assert len(many) == len(few)


@pytest.mark.usefixtures("markt")
class TestCsv:
    def rows(self, client, query=""):
        response = client.get(f"/anbieter/?format=csv{query}")
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))

    def test_offers_behind_the_list(self, sign_in):
        rows = self.rows(sign_in("anna"), "&kreis=HRO")
        assert [(r["Angebot"], r["Entgelt"], r["Kreis"]) for r in rows] == [("Familienhilfe", "61,50", "HRO")]

    def test_formulas_are_disarmed(self, sign_in):
        create_angebot(anbieter="=HYPERLINK(1)", name="@SUM(A1)", hinweis="+49 klick")
        row = next(r for r in self.rows(sign_in("anna")) if "HYPERLINK" in r["Anbieter"])
        assert row["Anbieter"] == "'=HYPERLINK(1)"
        assert row["Angebot"] == "'@SUM(A1)"
        assert row["Hinweis"] == "'+49 klick"


@pytest.mark.usefixtures("markt")
class TestDetail:
    def test_provider_lists_its_facilities(self, sign_in):
        anbieter = Anbieter.objects.get(name=KUESTE)
        page = sign_in("anna").get(f"/anbieter/{anbieter.pk}/").content.decode()
        assert "Möwennest" in page
        assert "Familienhilfe" in page
        assert "Seeblick" not in page

    def test_facility_shows_rate_of_today_and_history(self, sign_in):
        angebot = create_angebot(entgelt=None)
        for lower, upper, betrag in ((2015, 2018, "80.00"), (2018, None, "97.97")):
            Entgelt.objects.create(
                angebot=angebot,
                betrag=Decimal(betrag),
                gueltig=DateRange(date(lower, 1, 1), date(upper, 1, 1) if upper else None),
            )
        page = sign_in("anna").get(f"/anbieter/einrichtungen/{angebot.einrichtung_id}/").content.decode()
        assert "97,97\u00a0€ je Tag" in page
        assert "01.01.2015 – 31.12.2017" in page
        assert "ab 01.01.2018" in page

    def test_unknown_is_404(self, sign_in):
        path = "/anbieter/einrichtungen/0199c0de-0000-7000-8000-000000000001/"
        assert sign_in("anna").get(path).status_code == 404


class TestFiles:
    def erlaubnis(self, model=Betriebserlaubnis, **fields):
        einrichtung = create_einrichtung(anbieter=KUESTE)
        dokument = model(einrichtung=einrichtung, datum=date(2025, 5, 2), **fields)
        dokument.datei.save("egal.pdf", ContentFile(PDF))
        return dokument

    def test_pdf_is_saved_by_signed_in_people_only_and_never_a_page_of_ours(self, vg, sign_in):
        dokument = self.erlaubnis(nummer="BE-1", plaetze=8)
        path = f"/anbieter/dokumente/betriebserlaubnis/{dokument.pk}/"
        response = sign_in("anna").get(path)
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == 'attachment; filename="betriebserlaubnis-2025-05-02.pdf"'
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert b"".join(response.streaming_content) == PDF
        assert Client(SERVER_NAME="vg.localhost").get(path).status_code == 302

    def test_kind_must_fit_the_document(self, vg, sign_in):
        dokument = self.erlaubnis(nummer="BE-1", plaetze=8)
        client = sign_in("anna")
        for kind in ("leistungsbeschreibung", "leq-vereinbarung", "quatsch"):
            assert client.get(f"/anbieter/dokumente/{kind}/{dokument.pk}/").status_code == 404

    def test_missing_file_is_404(self, vg, sign_in):
        dokument = self.erlaubnis(nummer="BE-1", plaetze=8)
        dokument.datei.storage.delete(dokument.datei.name)
        assert sign_in("anna").get(f"/anbieter/dokumente/betriebserlaubnis/{dokument.pk}/").status_code == 404

    def test_agreement_with_its_calculation_is_hidden_from_competitors(self, vg, sign_in):
        dokument = self.erlaubnis(LeqVereinbarung)
        path = f"/anbieter/dokumente/leq-vereinbarung/{dokument.pk}/"
        for who in ("jan", "lars"):  # neither a competitor nor the operator
            assert sign_in(who).get(path).status_code == 404
        for who in ("anna", "ines", "karla"):
            assert sign_in(who).get(path).status_code == 200
        page = sign_in("jan").get(f"/anbieter/einrichtungen/{dokument.einrichtung_id}/").content.decode()
        assert "LEQ-Vereinbarung" not in page
        assert path not in page

    def test_photo(self, vg, sign_in):
        foto = Foto(einrichtung=create_einrichtung(), titel="Garten", alternativtext="Ein Garten mit Bäumen")
        foto.datei.save("garten.webp", ContentFile(b"RIFF0000WEBP"))
        response = sign_in("anna").get(f"/anbieter/fotos/{foto.pk}/")
        assert response["Content-Type"] == "image/webp"
        assert response["Cache-Control"] == "private, max-age=3600"


@pytest.mark.usefixtures("markt")
class TestErlaubnis:
    """Narrowed by the licence of a facility (§ 45 SGB VIII)."""

    @pytest.fixture
    def haeuser(self):
        tag = timedelta(days=1)
        enden = {"Gültig": None, "Lang": 181 * tag, "Endet": 180 * tag, "Verlängert": 30 * tag, "Aus": -tag}
        for name, ende in enden.items():
            haus = create_einrichtung(anbieter=name, name=f"Haus {name}")
            license_einrichtung(haus, nummer=f"BE {name}", datum=date(2015, 1, 1), gueltig_bis=ende and today() + ende)
            create_angebot(einrichtung=haus, name=f"Gruppe {name}", erlaubnis=False)
            if name == "Verlängert":
                license_einrichtung(haus, nummer="BE neu", datum=today(), gueltig_ab=today() + ende)
        create_angebot(anbieter="Ohne", name="Gruppe Ohne", erlaubnis=False)
        create_angebot(anbieter="Ambulant", hilfeart="A31", name="Familienhilfe", erlaubnis=False)

    def names(self, client, query):
        page = client.get(f"/anbieter/?{query}")
        return {a.name for a, _ in page.context["zeilen"]} - {KUESTE, SEE}

    def test_list(self, sign_in, haeuser):
        client = sign_in("anna")
        assert self.names(client, "erlaubnis=gueltig") == {"Gültig", "Lang", "Endet", "Verlängert"}
        assert self.names(client, "erlaubnis=laeuft_ab") == {"Endet"}
        assert self.names(client, "erlaubnis=fehlt") == {"Aus", "Ohne"}
        assert client.get("/anbieter/?erlaubnis=gueltig").context["chips"][0]["label"] == "Betriebserlaubnis: gültig"

    def test_with_kind_of_help_it_is_the_same_facility(self, sign_in, haeuser):
        create_angebot(anbieter="Endet", hilfeart="A31", name="Familienhilfe", erlaubnis=False)
        assert self.names(sign_in("anna"), "erlaubnis=laeuft_ab&hilfeart=S34") == {"Endet"}
        assert self.names(sign_in("anna"), "erlaubnis=laeuft_ab&hilfeart=A31") == set()

    def test_files(self, sign_in, haeuser):
        client = sign_in("anna")
        text = client.get("/anbieter/?format=csv&erlaubnis=laeuft_ab").content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
        letzter = f"{today() + timedelta(days=179):%d.%m.%Y}"
        found = [(r["Angebot"], r["Betriebserlaubnis"], r["gilt bis"]) for r in rows]
        assert found == [("Gruppe Endet", "BE Endet", letzter)]
        (sheet,) = read_xlsx(client.get("/anbieter/?format=xlsx&erlaubnis=laeuft_ab").content).values()
        assert [row["Angebot"] for row in sheet] == ["Gruppe Endet"]

    def test_is_for_offices_and_the_state(self, sign_in, haeuser):
        page = sign_in("ines", at="PORTAL").get("/anbieter/?erlaubnis=laeuft_ab").content.decode()
        assert 'name="erlaubnis"' not in page
        assert "Gültig" in page, "she is not told whose licence runs out"
        assert 'name="erlaubnis"' in sign_in("karla", at="PORTAL").get("/anbieter/").content.decode()
