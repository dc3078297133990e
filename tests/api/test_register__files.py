"""Pictures and papers through the API of the portal: handed in as files of a form, given out by right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from shared_apps.accounts.umfang import Umfang
from shared_apps.core.uploads.states import Dateipruefung
from shared_apps.providers.models import Einrichtung, Foto, Leistungsbeschreibung, LeqVereinbarung
from shared_apps.regions.models import Gebietskoerperschaft
from shared_apps.signin.services import create_api_token
from tests.factories.register import create_einrichtung, license_einrichtung
from tests.people import Visitor
from tests.shared_apps.core.uploads import corpus

pytestmark = pytest.mark.django_db

KUESTE, SEE = "Jugendhilfe Küste gGmbH", "Haus am See e. V."
HEUTE = date.today()
JSON = {"content_type": "application/json"}


@pytest.fixture(autouse=True)
def platte(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def ines(cast):
    return cast.api("ines")


@pytest.fixture
def haus(db) -> Einrichtung:
    haus = create_einrichtung(anbieter=KUESTE, name="Haus Strandläufer")
    license_einrichtung(haus, nummer="BE 17", plaetze=5)
    return haus


def bilder(haus: Einrichtung) -> str:
    return f"/api/v1/einrichtungen/{haus.pk}/bilder/"


def papiere(haus: Einrichtung, kind: str = "") -> str:
    return f"/api/v1/einrichtungen/{haus.pk}/dokumente/" + (f"{kind}/" if kind else "")


def bild(name: str = "garten.jpg", inhalt: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, corpus.picture() if inhalt is None else inhalt)


def pdf(inhalt: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("papier.pdf", corpus.good_pdf() if inhalt is None else inhalt)


def hand_in(client: Any, haus: Einrichtung, *dateien: SimpleUploadedFile, key: str = "", **mehr: str) -> Any:
    extra = {"headers": {"Idempotency-Key": key}} if key else {}
    return client.post(bilder(haus), {"dateien": list(dateien), "ohne_menschen": "true"} | mehr, **extra)


def test_pictures__handed_in_described_ordered_and_taken_away(ines, haus):
    made = hand_in(ines, haus, bild(), bild("notiz.jpg", b"kein Bild"), bild("leer.jpg", b""), bild("haus.jpg"))
    assert made.status_code == 201, made.text
    erstes, zweites = (b["uuid"] for b in made.json()["bilder"])
    assert [a["name"] for a in made.json()["abgelehnt"]] == ["notiz.jpg", "leer.jpg"]
    assert all(a["grund"] for a in made.json()["abgelehnt"])
    assert [b["ist_zu_sehen"] for b in ines.get(bilder(haus)).json()["bilder"]] == [False, False]
    one = f"/api/v1/bilder/{zweites}/"
    worte = {"titel": "Garten", "alternativtext": "Garten mit Schaukel"}
    assert ines.patch(one, worte, **JSON).json()["ist_zu_sehen"] is True
    assert ines.patch(one, {"titel": "Hof"}, **JSON).json()["alternativtext"] == "Garten mit Schaukel"
    assert list(ines.patch(one, {"titel": ""}, **JSON).json()["felder"]) == ["titel"]
    moved = ines.post(f"{one}verschieben/", {"richtung": "hoch"}, **JSON)
    assert [b["uuid"] for b in moved.json()["bilder"]] == [zweites, erstes]
    assert ines.post(f"{one}verschieben/", {"richtung": "hoch"}, **JSON).status_code == 409, "it is the first"
    assert list(ines.post(f"{one}verschieben/", {"richtung": "links"}, **JSON).json()["felder"]) == ["richtung"]
    for _ in range(2):
        weg = ines.post(f"{one}entfernen/", headers={"Idempotency-Key": "weg"})
        assert (weg.status_code, weg.json()) == (200, {"uuid": zweites})
    assert ines.post(f"{one}entfernen/").status_code == 404
    assert [b["uuid"] for b in ines.get(bilder(haus)).json()["bilder"]] == [erstes]


def test_pictures__without_the_promise_nothing_is_taken(ines, haus):
    for mehr in ({"ohne_menschen": "false"}, {"ohne_menschen": ""}):
        answer = hand_in(ines, haus, bild(), **mehr)
        assert (answer.status_code, list(answer.json()["felder"])) == (422, ["ohne_menschen"])
    answer = ines.post(bilder(haus), {"dateien": [bild()]})
    assert (answer.status_code, list(answer.json()["felder"])) == (422, ["ohne_menschen"])
    assert "Menschen" in answer.json()["detail"]
    ohne = ines.post(bilder(haus), {"ohne_menschen": "true"})
    assert (ohne.status_code, list(ohne.json()["felder"])) == (422, ["dateien"])
    viele = hand_in(ines, haus, *(bild(f"{n}.jpg", b"x") for n in range(11)))
    assert viele.status_code == 422 and "höchstens 10" in viele.json()["felder"]["dateien"][0]
    schlecht = hand_in(ines, haus, bild("notiz.jpg", b"kein Bild"))
    assert (schlecht.status_code, list(schlecht.json()["felder"])) == (422, ["dateien"])
    assert "notiz.jpg" in schlecht.json()["detail"]
    assert not Foto.objects.exists()


def test_pictures__as_json_are_refused_and_half_a_form_is_said(ines, haus):
    als_json = ines.post(bilder(haus), {"dateien": ["x"], "ohne_menschen": True}, **JSON)
    assert als_json.status_code == 415 and "multipart/form-data" in als_json.json()["detail"]
    halb = ines.post(bilder(haus), "--x", content_type="multipart/form-data")
    assert halb.status_code == 400 and "multipart/form-data" in halb.json()["detail"]


def test_pictures__with_one_key_are_taken_once_and_another_file_of_that_name_is_another_request(ines, haus):
    first = hand_in(ines, haus, bild(), key="b")
    again = hand_in(ines, haus, bild(), key="b")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    assert Foto.objects.count() == 1
    other = hand_in(ines, haus, bild(inhalt=corpus.picture("PNG")), key="b")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key")


def test_pictures__of_several_with_one_key_each_one_counts(ines, haus):
    """Another first picture is another request, though the last one is the same: none is taken for handed in."""
    letztes = corpus.picture()
    first = hand_in(ines, haus, bild("a.jpg"), bild("z.jpg", letztes), key="zwei")
    assert first.status_code == 201, first.text
    other = hand_in(ines, haus, bild("b.jpg", corpus.picture("PNG")), bild("z.jpg", letztes), key="zwei")
    assert (other.status_code, other.json().get("code")) == (422, "idempotency_key")
    fewer = hand_in(ines, haus, bild("z.jpg", letztes), key="zwei")
    assert (fewer.status_code, fewer.json().get("code")) == (422, "idempotency_key")
    again = hand_in(ines, haus, bild("a.jpg"), bild("z.jpg", letztes), key="zwei")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    assert Foto.objects.count() == 2


def test_a_picture_is_given_out_when_the_scanner_has_let_it_through(cast, ines, haus):
    uuid = hand_in(ines, haus, bild()).json()["bilder"][0]["uuid"]
    datei = f"/api/v1/bilder/{uuid}/datei/"
    answer = ines.get(datei, headers={"Accept": "image/webp"})
    assert answer.status_code == 200 and answer["Content-Type"] == "image/webp"
    assert "sandbox" in answer["Content-Security-Policy"]
    gross, klein = (len(ines.get(f"{datei}{frage}").getvalue()) for frage in ("", "?klein=1"))
    assert answer.getvalue()[8:12] == b"WEBP" and klein <= gross
    Foto.objects.update(pruefung=Dateipruefung.WARTET)
    assert ines.get(datei).status_code == 404, "nobody knows yet what is in it"
    assert cast.api("jan").get(datei).status_code == 404


@pytest.mark.parametrize("kind", ["leistungsbeschreibung", "leq-vereinbarung"])
def test_papers__entered_replaced_read_and_ended(ines, haus, kind):
    mehr = {"rechtsgrundlage": "78b"} if kind == "leq-vereinbarung" else {}
    made = ines.post(papiere(haus, kind), {"datum": "2026-01-15", "datei": pdf()} | mehr)
    assert made.status_code == 201, made.text
    row = made.json()
    assert (row["art"], row["datum"], row["hinterlegt"], row["ist_ihres"]) == (kind, "2026-01-15", True, True)
    one = f"/api/v1/dokumente/{kind}/{row['uuid']}/"
    answer = ines.get(f"{one}datei/", headers={"Accept": "application/pdf"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == f'attachment; filename="{kind}-2026-01-15.pdf"'
    form = encode_multipart(BOUNDARY, {"datei": pdf()})
    assert ines.put(f"{one}datei/", form, content_type=MULTIPART_CONTENT).json()["uuid"] == row["uuid"]
    schlecht = encode_multipart(BOUNDARY, {"datei": pdf(b"kein PDF")})
    wrong = ines.put(f"{one}datei/", schlecht, content_type=MULTIPART_CONTENT)
    assert (wrong.status_code, list(wrong.json()["felder"])) == (422, ["datei"])
    frueh = ines.post(f"{one}beenden/", {"letzter_tag": "2026-01-14"}, **JSON)
    assert (frueh.status_code, list(frueh.json()["felder"])) == (422, ["letzter_tag"])
    assert ines.post(f"{one}beenden/", {"letzter_tag": "2026-06-30"}, **JSON).json()["letzter_tag"] == "2026-06-30"
    assert ines.post(f"{one}beenden/", {"letzter_tag": "2026-06-30"}, **JSON).status_code == 409
    arten = [d["art"] for d in ines.get(papiere(haus)).json()["dokumente"]]
    assert sorted(arten) == sorted(["betriebserlaubnis", kind])


def test_licences_and_exceptions__as_many_as_a_house_collects(ines, haus, monkeypatch):
    """A program that runs wild does not fill the page that every office opens; each kind has its own figure."""
    monkeypatch.setattr("shared_apps.providers.services.ERLAUBNISSE_MAX", 2)
    ausnahmen, tage = f"/api/v1/einrichtungen/{haus.pk}/ausnahmen/", {"datum": "2026-01-15", "beginn": "2026-02-01"}
    typed = tage | {"letzter_tag": "2026-02-28", "plaetze_mehr": 1, "aktenzeichen": "A 1", "grund": "Andrang"}
    assert [ines.post(ausnahmen, typed, **JSON).status_code for _ in range(3)] == [201, 201, 409]
    erlaubnisse = f"/api/v1/einrichtungen/{haus.pk}/erlaubnisse/"
    typed = {"behoerde": "LAGuS", "plaetze": 5, "alter_von": 6, "alter_bis": 18}
    answers = [
        ines.post(erlaubnisse, typed | {"nummer": f"BE {n}", "datum": tag, "gueltig_ab": tag}, **JSON)
        for n, tag in enumerate(("2026-02-01", "2026-03-01"))
    ]
    assert [answer.status_code for answer in answers] == [201, 409], "one was there"
    assert "schon 2 Einträge dieser Art" in answers[1].json()["detail"]


def test_papers__what_is_wrong_is_said_at_its_field(ines, haus):
    body: dict[str, Callable[[], Any]] = {"datum": lambda: "2026-01-15", "datei": pdf}
    morgen = str(HEUTE + timedelta(days=1))
    for change, kind, feld in (
        ({"datum": lambda: morgen}, "leistungsbeschreibung", "datum"),
        ({"letzter_tag": lambda: "2026-01-14"}, "leistungsbeschreibung", "letzter_tag"),
        ({"datei": lambda: ""}, "leistungsbeschreibung", "datei"),
        ({"datei": lambda: pdf(b"%PDF-")}, "leistungsbeschreibung", "datei"),
        ({}, "leq-vereinbarung", "rechtsgrundlage"),
        ({"rechtsgrundlage": lambda: "78b", "jugendamt": lambda: "VG"}, "leq-vereinbarung", "jugendamt"),
        ({"rechtsgrundlage": lambda: "77", "jugendamt": lambda: "QUATSCH"}, "leq-vereinbarung", "jugendamt"),
    ):
        answer = ines.post(papiere(haus, kind), {name: make() for name, make in (body | change).items()})
        assert (answer.status_code, list(answer.json()["felder"])) == (422, [feld]), answer.text
    assert not Leistungsbeschreibung.objects.exists() and not LeqVereinbarung.objects.exists()
    for kind in ("betriebserlaubnis", "quatsch"):
        assert ines.post(papiere(haus, kind), {"datum": "2026-01-15", "datei": pdf()}).status_code == 404


def test_papers__one_of_an_office_is_read_and_not_changed(vg, ines, haus):
    amt = Gebietskoerperschaft.objects.get(kuerzel="VG")
    made = ines.post(
        papiere(haus, "leq-vereinbarung"),
        {"datum": "2026-01-15", "rechtsgrundlage": "77", "jugendamt": "VG", "datei": pdf()},
    )
    assert (made.status_code, made.json()["jugendamt"]) == (201, amt.kuerzel), made.text
    LeqVereinbarung.objects.update(vom_anbieter=False)
    one = f"/api/v1/dokumente/leq-vereinbarung/{made.json()['uuid']}/"
    assert ines.get(f"{one}datei/").status_code == 200
    assert [d["ist_ihres"] for d in ines.get(papiere(haus)).json()["dokumente"]][-1:] == [False]
    form = encode_multipart(BOUNDARY, {"datei": pdf()})
    assert ines.put(f"{one}datei/", form, content_type=MULTIPART_CONTENT).status_code == 404
    assert ines.post(f"{one}beenden/", {"letzter_tag": "2026-06-30"}, **JSON).status_code == 404


def test_a_licence_gets_its_pdf_and_is_not_ended_here(ines, haus):
    erlaubnis = haus.betriebserlaubnis_liste.get()
    one = f"/api/v1/dokumente/betriebserlaubnis/{erlaubnis.pk}/"
    assert ines.get(f"{one}datei/").status_code == 404, "it has no file yet"
    form = encode_multipart(BOUNDARY, {"datei": pdf()})
    assert ines.put(f"{one}datei/", form, content_type=MULTIPART_CONTENT).json()["hinterlegt"] is True
    assert ines.get(f"{one}datei/").status_code == 200
    assert ines.post(f"{one}beenden/", {"letzter_tag": "2026-06-30"}, **JSON).status_code == 404


def test_files_of_others_do_not_exist(cast, ines, haus):
    foto = hand_in(ines, haus, bild()).json()["bilder"][0]["uuid"]
    papier = ines.post(papiere(haus, "leistungsbeschreibung"), {"datum": "2026-01-15", "datei": pdf()}).json()["uuid"]
    Foto.objects.update(titel="Garten", alternativtext="Garten")
    one, form = f"/api/v1/dokumente/leistungsbeschreibung/{papier}/", encode_multipart(BOUNDARY, {"datei": pdf()})
    jan = cast.api("jan")
    for answer in (
        jan.get(bilder(haus)),
        hand_in(jan, haus, bild()),
        jan.patch(f"/api/v1/bilder/{foto}/", {"titel": "Meins"}, **JSON),
        jan.post(f"/api/v1/bilder/{foto}/verschieben/", {"richtung": "hoch"}, **JSON),
        jan.post(f"/api/v1/bilder/{foto}/entfernen/"),
        jan.get(f"/api/v1/bilder/{foto}/datei/"),
        jan.get(papiere(haus)),
        jan.post(papiere(haus, "leistungsbeschreibung"), {"datum": "2026-01-15", "datei": pdf()}),
        jan.get(f"{one}datei/"),
        jan.put(f"{one}datei/", form, content_type=MULTIPART_CONTENT),
        jan.post(f"{one}beenden/", {"letzter_tag": "2026-06-30"}, **JSON),
    ):
        assert answer.status_code == 404


def test_staff_of_a_house_hand_in_for_their_house_and_billing_reads(cast, haus):
    fritz, bille = cast.api("fritz"), cast.api("bille")
    anderes = create_einrichtung(anbieter=KUESTE, name="Haus Robbe")
    assert hand_in(fritz, haus, bild()).status_code == 201
    assert hand_in(fritz, anderes, bild()).status_code == 404
    assert fritz.get(papiere(anderes)).status_code == 404
    assert bille.get(bilder(haus)).status_code == 200
    assert hand_in(bille, haus, bild()).status_code == 403
    key = create_api_token(user=cast.user("ines"), tenant=None, umfang=[Umfang.REGISTER])
    reader = Visitor(SERVER_NAME="portal.localhost", HTTP_AUTHORIZATION=f"Token {key}")
    assert reader.get(bilder(haus)).status_code == 200
    assert hand_in(reader, haus, bild()).status_code == 403


def test_too_much_at_once_is_said_before_it_is_read(ines, haus, monkeypatch):
    monkeypatch.setattr("shared_apps.core.uploads.grenzen.ANFRAGE_MAX", -(1 << 20))
    answer = hand_in(ines, haus, bild())
    assert (answer.status_code, answer.json()["code"]) == (413, "413")
