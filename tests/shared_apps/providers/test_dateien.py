"""Pictures and papers of a facility: several at once, scanned, by right; and nothing is left of what was refused."""

from __future__ import annotations

import errno
import io
import os
import re
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from PIL import Image

from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt, Verweigert
from shared_apps.core.uploads import annahme, grenzen
from shared_apps.core.uploads.states import Dateipruefung
from shared_apps.providers.models import (
    Betriebserlaubnis,
    Einrichtung,
    Foto,
    Leistungsbeschreibung,
    LeqVereinbarung,
)
from shared_apps.providers.services import dateien as services
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.context import on_portal
from tests.factories.register import create_einrichtung
from tests.formulare import gelesen
from tests.shared_apps.core.uploads import corpus
from tests.shared_apps.core.uploads.scanner import EICAR, Scanner

KUESTE, SEE = "Jugendhilfe Küste gGmbH", "Haus am See e. V."
P = Dateipruefung


@pytest.fixture
def platte(settings, tmp_path) -> Callable[[], list[Path]]:
    """A disk of this test's own; what is on it."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return lambda: sorted(path for path in (tmp_path / "media").rglob("*") if path.is_file())


@pytest.fixture
def haus(vg, platte) -> Einrichtung:
    return create_einrichtung(anbieter=KUESTE, name="Haus Strandläufer")


@pytest.fixture
def scanner(settings):
    with Scanner() as standing_in:
        settings.CLAMD = standing_in.address
        yield standing_in


def _bilder(haus: Einrichtung) -> str:
    return f"/anbieter/eigene/einrichtungen/{haus.pk}/bilder/"


def _dokumente(haus: Einrichtung) -> str:
    return f"/anbieter/eigene/einrichtungen/{haus.pk}/dokumente/"


def _file(inhalt: bytes, name: str = "bild.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, inhalt, "image/jpeg")


def _post(client: Client, haus: Einrichtung, *dateien: SimpleUploadedFile, ja: bool = True, **words):
    return client.post(_bilder(haus), {"dateien": list(dateien), **({"ohne_menschen": "on"} if ja else {})}, **words)


def _foto(haus: Einrichtung, **fields) -> Foto:
    foto = Foto(einrichtung=haus, **({"titel": "Garten", "alternativtext": "Ein Garten"} | fields))
    foto.datei.save("x.webp", io.BytesIO(corpus.picture("WEBP")))
    return foto


# --- pictures -------------------------------------------------------------------------------------------------------


def test_several_at_once_each_described_and_then_seen_by_the_offices(haus, sign_in, platte):
    ines, anna = sign_in("ines"), sign_in("anna")
    seite = f"/anbieter/einrichtungen/{haus.pk}/"
    assert b"Bilder</span></a>" in ines.get(seite).content
    antwort = _post(ines, haus, _file(corpus.picture_with_position()), _file(corpus.picture("PNG"), "zwei.png"))
    erstes, zweites = Foto.objects.order_by("reihenfolge")
    assert antwort["Location"] == f"/anbieter/eigene/bilder/{erstes.pk}/"
    assert erstes.pruefung == P.UNGEPRUEFT and len(platte()) == 4
    assert b"sojus-gallery" not in anna.get(seite).content
    assert anna.get(f"/anbieter/fotos/{erstes.pk}/").status_code == 404

    weg = f"/anbieter/eigene/bilder/{erstes.pk}/"
    leer = ines.post(weg, {**gelesen(ines.get(weg).content.decode()), "titel": "Garten", "alternativtext": ""})
    assert leer.status_code == 422 and b'value="Garten"' in leer.content
    texte = {"titel": "Garten", "alternativtext": "Garten mit Schaukel"}
    antwort = ines.post(weg, gelesen(ines.get(weg).content.decode()) | texte)
    assert antwort["Location"] == f"/anbieter/eigene/bilder/{zweites.pk}/", "on to the next one without words"
    page = anna.get(seite).content.decode()
    assert f'src="/anbieter/fotos/{erstes.pk}/?klein=1" alt="Garten mit Schaukel"' in page
    assert str(zweites.pk) not in page
    klein, gross = (anna.get(f"/anbieter/fotos/{erstes.pk}/{size}") for size in ("?klein=1", ""))
    assert Image.open(io.BytesIO(klein.getvalue())).size == (360, 480)
    assert Image.open(io.BytesIO(gross.getvalue())).size == (480, 640)
    assert gross["Content-Type"] == "image/webp" and gross["X-Content-Type-Options"] == "nosniff"
    assert gross["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_names_on_disk_say_nothing_and_cannot_be_guessed(haus, sign_in, platte):
    for name in ("../../../etc/passwd", "CON.jpg", "a\u202egpj.exe", "x" * 300 + ".jpg", "Kind Mia Muster.jpg", ".jpg"):
        assert _post(sign_in("ines"), haus, _file(corpus.picture(size=(9, 9)), name)).status_code == 302
    assert len(platte()) == 12
    for path in platte():
        assert re.fullmatch(r"hochgeladen/[0-9a-f]{32}\.webp", str(path.relative_to(path.parents[1])))
        assert path.stat().st_mode & 0o777 == 0o600
        assert str(Foto.objects.first().pk) not in path.name


def test_three_good_of_four_are_taken_and_the_fourth_is_named(haus, sign_in, platte):
    gute = [_file(corpus.picture(size=(20, 20)), f"{nummer}.jpg") for nummer in range(3)]
    page = _post(sign_in("ines"), haus, *gute, _file(corpus.SVG, "plan.svg"), follow=True).content.decode()
    assert "3 Bilder sind hochgeladen." in page
    assert "Nicht hochgeladen: plan.svg. Das ist kein Bild" in page
    assert Foto.objects.count() == 3 and len(platte()) == 6


@pytest.mark.parametrize("case", corpus.bad_pictures())
def test_a_picture_that_is_none_is_refused_and_leaves_nothing(haus, sign_in, platte, case):
    inhalt, said = corpus.bad_pictures()[case]
    antwort = _post(sign_in("ines"), haus, _file(inhalt, "urlaub.jpg"))
    page = antwort.content.decode()
    assert antwort.status_code == 422
    assert re.search(rf"urlaub\.jpg: [^<]*{said}", page), re.findall("urlaub[^<]*", page)
    assert 'name="ohne_menschen" checked' in page or "checked" in page, "what was ticked stays"
    assert not Foto.objects.exists() and not platte()


def test_without_the_word_that_nobody_is_seen_none_is_taken(haus, sign_in, platte):
    antwort = _post(sign_in("ines"), haus, _file(corpus.picture()), ja=False)
    assert antwort.status_code == 422 and not platte()
    assert _post(sign_in("ines"), haus).status_code == 422
    assert sign_in("ines").post(_bilder(haus), {"dateien": "kein Bild", "ohne_menschen": "on"}).status_code == 422


def test_too_many_at_once_and_too_many_in_all(haus, sign_in, platte, monkeypatch):
    klein = corpus.picture(size=(9, 9))
    viele = [_file(klein, f"{nummer}.jpg") for nummer in range(grenzen.BILDER_JE_ANFRAGE + 1)]
    antwort = _post(sign_in("ines"), haus, *viele)
    assert antwort.status_code == 422 and "höchstens 10 auf einmal" in antwort.content.decode()
    monkeypatch.setattr(services, "BILDER_MAX", 1)
    antwort = _post(sign_in("ines"), haus, _file(klein), _file(klein))
    assert antwort.status_code == 422 and "höchstens" in antwort.content.decode()
    assert not platte() and not Foto.objects.exists()


def test_one_that_was_looked_at_is_entered_for_several_houses_each_with_files_of_its_own(
    haus, cast, platte, django_capture_on_commit_callbacks
):
    ines = cast.akteur("ines")
    zweites = create_einrichtung(anbieter=haus.anbieter)
    inhalt = corpus.picture()
    bild = annahme.inspect_bild(io.BytesIO(inhalt), groesse=len(inhalt))
    worte = [{"titel": "Garten", "alternativtext": "Garten mit Schaukel"}]
    for ziel in (haus, zweites):
        services.record_fotos(akteur=ines, einrichtung=ziel, bilder=[bild], worte=worte)
    assert len(platte()) == 4
    with django_capture_on_commit_callbacks(execute=True):
        services.end_foto(akteur=ines, foto=haus.fotos.get())
    assert len(platte()) == 2 and zweites.fotos.get().alternativtext == "Garten mit Schaukel"
    with pytest.raises(Verweigert):
        services.record_fotos(akteur=cast.akteur("jan"), einrichtung=haus, bilder=[bild])
    with pytest.raises(RegelVerletzt):
        services.record_fotos(akteur=ines, einrichtung=haus, bilder=[bild] * (services.BILDER_MAX + 1))
    assert len(platte()) == 2


def test_a_request_of_200_megabytes_is_not_read(haus, sign_in, platte):
    """The web server refuses it before (tests/deploy/test_web_worker.py); wherever another one serves, so do we."""
    ines = sign_in("ines")
    antwort = ines.generic(
        "POST", _bilder(haus), b"--x\r\n", "multipart/form-data; boundary=x", CONTENT_LENGTH=str(200 * grenzen.MB)
    )
    assert antwort.status_code == 413 and "Die Dateien sind zu groß" in antwort.content.decode()
    assert not platte()


@pytest.mark.parametrize(
    "body", [b"", b"--x", b"--x\r\nContent-Disposition: form-data; name=dateien; filename=a\r\n\r\nx", b"\0" * 99]
)
def test_a_body_that_is_no_form_is_no_error_of_ours(haus, sign_in, platte, body):
    antwort = sign_in("ines").generic("POST", _bilder(haus), body, "multipart/form-data; boundary=x")
    assert 400 <= antwort.status_code < 500 and not platte()


def test_order_is_changed_one_place_at_a_time_and_both_ends_hold(haus, sign_in):
    fotos = [_foto(haus, reihenfolge=5, titel=f"Bild {nummer}") for nummer in range(3)]
    ines = sign_in("ines")

    def order() -> list[str]:
        return [foto.titel[-1] for foto in Foto.objects.order_by("reihenfolge", "id")]

    def move(nummer: int, **words: str) -> str:
        weg = f"/anbieter/eigene/bilder/{fotos[nummer].pk}/verschieben/"
        return ines.post(weg, words, follow=True).content.decode()

    move(2, hoch="")
    assert order() == ["0", "2", "1"]
    move(0)
    assert order() == ["2", "0", "1"]
    assert "Weiter geht es in dieser Richtung nicht." in move(1)
    assert "Weiter geht es in dieser Richtung nicht." in move(2, hoch="")
    assert order() == ["2", "0", "1"]


def test_removed_the_files_are_gone_and_the_row_says_when(haus, sign_in, platte, django_capture_on_commit_callbacks):
    _post(sign_in("ines"), haus, _file(corpus.picture()))
    foto = Foto.objects.get()
    weg = f"/anbieter/eigene/bilder/{foto.pk}/entfernen/"
    assert "Bild entfernen?" in sign_in("ines").get(weg).content.decode() and len(platte()) == 2
    with django_capture_on_commit_callbacks(execute=True):
        sign_in("ines").post(weg)
    foto.refresh_from_db()
    assert (foto.datei.name, foto.vorschau.name, foto.gueltig_bis) == ("", "", today())
    assert not platte()
    assert sign_in("ines").get(weg).status_code == 404
    assert sign_in("ines").get(f"/anbieter/fotos/{foto.pk}/").status_code == 404


# --- papers ---------------------------------------------------------------------------------------------------------


def _paper(client: Client, haus: Einrichtung, kind: str, inhalt: bytes | None = None, **fields: str):
    daten = {"datum": "01.03.2026", "datei": _file(inhalt or corpus.good_pdf(), "../LEQ 2026.pdf")} | fields
    return client.post(f"{_dokumente(haus)}{kind}/", daten)


def test_an_agreement_with_one_office_alone_is_one_under_77(haus, sign_in, platte):
    ines, amt = sign_in("ines"), Gebietskoerperschaft.objects.get(kuerzel="VG")
    antwort = _paper(ines, haus, "leq-vereinbarung", rechtsgrundlage="78b", jugendamt=str(amt.pk))
    assert antwort.status_code == 422 and "eine andere bindet alle" in antwort.content.decode()
    _paper(ines, haus, "leq-vereinbarung", rechtsgrundlage="77", jugendamt=str(amt.pk))
    leq = LeqVereinbarung.objects.get()
    assert leq.jugendamt == amt and f"nur mit {amt.name}" in ines.get(_dokumente(haus)).content.decode()
    weg = f"/anbieter/dokumente/leq-vereinbarung/{leq.pk}/"
    assert sign_in("anna").get(weg).status_code == 200 and sign_in("gerd").get(weg).status_code == 404


def test_an_agreement_is_handed_in_and_offices_read_who_did_it(haus, sign_in, platte):
    ines = sign_in("ines")
    antwort = _paper(ines, haus, "leq-vereinbarung", rechtsgrundlage="77", letzter_tag="31.12.2027")
    assert antwort["Location"] == _dokumente(haus)
    leq = LeqVereinbarung.objects.get()
    assert leq.vom_anbieter and leq.rechtsgrundlage == "77" and leq.letzter_tag == date(2027, 12, 31)
    assert re.fullmatch(r"hochgeladen/[0-9a-f]{32}\.pdf", leq.datei.name)
    page = ines.get(_dokumente(haus)).content.decode()
    assert "§ 77 SGB VIII" in page and "31.12.2027" in page and "nicht auf Viren geprüft" in page
    weg = f"/anbieter/dokumente/leq-vereinbarung/{leq.pk}/"
    assert "vom Anbieter eingereicht" in sign_in("anna").get(f"/anbieter/einrichtungen/{haus.pk}/").content.decode()
    gelesenes = sign_in("anna").get(weg)
    assert gelesenes.getvalue() == corpus.good_pdf()
    assert gelesenes["Content-Disposition"] == 'attachment; filename="leq-vereinbarung-2026-03-01.pdf"'
    assert gelesenes["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert sign_in("jan").get(weg).status_code == 404, "no competitor"


@pytest.mark.parametrize("case", corpus.bad_pdfs())
def test_a_pdf_that_is_more_or_less_than_one_is_refused_and_leaves_nothing(haus, sign_in, platte, case):
    inhalt, said = corpus.bad_pdfs()[case]
    daten = {"datum": "2026-03-01", "datei": _file(inhalt, "leq.pdf"), "letzter_tag": "2027-12-31"}
    antwort = sign_in("ines").post(f"{_dokumente(haus)}leistungsbeschreibung/", daten)
    page = antwort.content.decode()
    assert antwort.status_code == 422 and said in page, re.findall("kern-error.*?</p>", page, re.DOTALL)
    assert "2026-03-01" in page and "2027-12-31" in page, "what was typed stays"
    assert not Leistungsbeschreibung.objects.exists() and not platte()


def test_any_paper_gets_its_pdf_and_another_one_in_its_place(haus, sign_in, platte, django_capture_on_commit_callbacks):
    erlaubnis = Betriebserlaubnis.objects.create(einrichtung=haus, datum=date(2025, 1, 1), nummer="BE 1", plaetze=9)
    weg = f"/anbieter/eigene/dokumente/betriebserlaubnis/{erlaubnis.pk}/datei/"
    ines = sign_in("ines")
    assert "kein PDF" in ines.get(_dokumente(haus)).content.decode()
    assert 'enctype="multipart/form-data"' in ines.get(weg).content.decode(), "without it no file would be sent"
    for inhalt in (corpus.good_pdf(), corpus.good_pdf_with_object_streams()):
        with django_capture_on_commit_callbacks(execute=True):
            assert ines.post(weg, {"datei": _file(inhalt)}).status_code == 302
        assert [path.read_bytes() for path in platte()] == [inhalt], "the one before is gone"
    antwort = ines.post(weg, {"datei": _file(corpus.HTML)})
    assert antwort.status_code == 422 and len(platte()) == 1, "what is there stays when the new one is refused"
    erlaubnis.refresh_from_db()
    assert erlaubnis.hochgeladen_at and (erlaubnis.nummer, erlaubnis.plaetze) == ("BE 1", 9)


def test_too_many_papers_of_a_house__page_and_program_say_so__and_nothing_is_left(
    haus, sign_in, platte, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(services, "DOKUMENTE_MAX", 2)
    ines = sign_in("ines")
    erlaubnis = Betriebserlaubnis.objects.create(einrichtung=haus, datum=date(2025, 1, 1), nummer="BE 1", plaetze=9)
    for kind in ("leistungsbeschreibung", "leq-vereinbarung"):
        assert _paper(ines, haus, kind, rechtsgrundlage="77").status_code == 302
    antwort = _paper(ines, haus, "leistungsbeschreibung")
    assert antwort.status_code == 422 and services.ZU_VIELE_DOKUMENTE in antwort.text and "01.03.2026" in antwort.text
    weg = f"/anbieter/eigene/dokumente/betriebserlaubnis/{erlaubnis.pk}/datei/"
    assert ines.post(weg, {"datei": _file(corpus.good_pdf())}).status_code == 422, "a file is a file"
    assert len(platte()) == 2 and Leistungsbeschreibung.objects.count() == 1
    papier = Leistungsbeschreibung.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        weg = f"/anbieter/eigene/dokumente/leistungsbeschreibung/{papier.pk}/datei/"
        assert ines.post(weg, {"datei": _file(corpus.good_pdf())}).status_code == 302, "another in its place"
    assert len(platte()) == 2
    zweites = create_einrichtung(anbieter=haus.anbieter, name="Haus Möwe")
    assert _paper(ines, zweites, "leistungsbeschreibung").status_code == 302, "each house has its own"


def test_a_paper_ends_once_not_before_its_day_and_stays_readable(haus, sign_in):
    ines = sign_in("ines")
    _paper(ines, haus, "leistungsbeschreibung")
    papier = Leistungsbeschreibung.objects.get()
    weg = f"/anbieter/eigene/dokumente/leistungsbeschreibung/{papier.pk}/beenden/"
    assert ines.post(weg, {"letzter_tag": "28.02.2026"}).status_code == 422
    assert ines.post(weg, {"letzter_tag": "30.06.2026"}).status_code == 302
    assert ines.post(weg, {"letzter_tag": "31.07.2026"}).status_code == 409
    papier.refresh_from_db()
    assert papier.gueltig_bis == date(2026, 7, 1)
    assert sign_in("anna").get(f"/anbieter/dokumente/leistungsbeschreibung/{papier.pk}/").status_code == 200


def test_days_that_cannot_be_and_a_kind_that_is_not_entered_here(haus, sign_in, platte):
    ines = sign_in("ines")
    morgen = f"{today() + timedelta(days=1):%d.%m.%Y}"
    assert _paper(ines, haus, "leistungsbeschreibung", datum=morgen).status_code == 422
    assert _paper(ines, haus, "leistungsbeschreibung", letzter_tag="01.02.2026").status_code == 422
    assert _paper(ines, haus, "leq-vereinbarung", rechtsgrundlage="").status_code == 422
    for kind in ("betriebserlaubnis", "quatsch"):
        assert _paper(ines, haus, kind).status_code == 404
    assert not platte()


# --- rights ---------------------------------------------------------------------------------------------------------


def test_nobody_but_its_own_people_comes_near(haus, sign_in, platte):
    """Another provider, staff of the house next door: it does not exist. Billing and offices: they may not."""
    nebenan = create_einrichtung(anbieter=KUESTE, name="Haus nebenan")
    foto = _foto(nebenan)
    papier = Leistungsbeschreibung.objects.create(einrichtung=nebenan, datum=date(2026, 1, 1))
    eigene = "/anbieter/eigene"
    wege = [
        _bilder(nebenan), f"{eigene}/bilder/{foto.pk}/", f"{eigene}/bilder/{foto.pk}/verschieben/",
        f"{eigene}/bilder/{foto.pk}/entfernen/", _dokumente(nebenan), f"{_dokumente(nebenan)}leistungsbeschreibung/",
        f"{eigene}/dokumente/leistungsbeschreibung/{papier.pk}/datei/",
        f"{eigene}/dokumente/leistungsbeschreibung/{papier.pk}/beenden/",
    ]  # fmt: skip
    vorher = platte()
    for who, status in (("jan", 404), ("fritz", 404), ("bille", 403)):
        for weg in wege:
            methods = ("post",) if "verschieben" in weg else ("get",) if weg == wege[4] else ("get", "post")
            daten = {"dateien": [_file(corpus.picture())], "ohne_menschen": "on", "datei": _file(corpus.good_pdf())}
            for method in methods:
                assert getattr(sign_in(who), method)(weg, daten).status_code == status, (who, weg)
    assert sign_in("fritz").get(_bilder(haus)).status_code == 200, "her own house"
    assert platte() == vorher


def test_what_an_office_entered_is_not_the_providers_to_change(haus, sign_in):
    leq = LeqVereinbarung.objects.create(einrichtung=haus, datum=date(2026, 1, 1))
    ines = sign_in("ines")
    assert "vom Jugendamt eingetragen" in ines.get(_dokumente(haus)).content.decode()
    for step in ("datei", "beenden"):
        assert ines.get(f"/anbieter/eigene/dokumente/leq-vereinbarung/{leq.pk}/{step}/").status_code == 404


def test_the_database_holds_an_agreement_to_the_same(haus):
    """Whatever a page forgets: her own, marked as hers, never an office's, never a competitor's, never moved."""
    fremdes = create_einrichtung(anbieter=SEE)
    amt = LeqVereinbarung.objects.create(einrichtung=haus, datum=date(2026, 1, 1))
    see = LeqVereinbarung.objects.create(einrichtung=fremdes, datum=date(2026, 1, 1), vom_anbieter=True)
    with on_portal(anbieter_ids=[haus.anbieter_id]):
        mine = LeqVereinbarung.objects.create(einrichtung=haus, datum=date(2026, 2, 1), vom_anbieter=True)
        rows = LeqVereinbarung.objects
        assert rows.filter(pk=mine.pk).update(rechtsgrundlage="77") == 1
        assert rows.filter(pk__in=[amt.pk, see.pk]).update(vom_anbieter=True) == 0
        assert not rows.filter(pk=see.pk).exists()
        for lie in (
            lambda: rows.create(einrichtung=haus, datum=date(2026, 2, 1)),
            lambda: rows.create(einrichtung=fremdes, datum=date(2026, 2, 1), vom_anbieter=True),
            lambda: rows.filter(pk=mine.pk).update(vom_anbieter=False),
            lambda: rows.filter(pk=mine.pk).update(einrichtung=fremdes),
        ):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                lie()


def test_nobody_lets_a_file_through_in_the_scanners_place(haus, cast):
    foto, ines = _foto(haus, pruefung=P.WARTET), cast.user("ines")
    with on_portal(user_id=ines.pk, anbieter_ids=[haus.anbieter_id]):
        rows = Foto.objects.filter(pk=foto.pk)
        lies = [lambda: rows.update(pruefung=P.FREI), lambda: Foto.objects.create(einrichtung=haus, pruefung=P.FREI)]
        for lie in lies:
            with pytest.raises(DatabaseError, match="only the scanner"), transaction.atomic():
                lie()
    Foto.objects.filter(pk=foto.pk).update(pruefung=P.FREI)
    with on_portal(user_id=ines.pk, anbieter_ids=[haus.anbieter_id]):
        Foto.objects.filter(pk=foto.pk).update(titel="Hof")
        with pytest.raises(DatabaseError, match="only the scanner"), transaction.atomic():
            Foto.objects.filter(pk=foto.pk).update(datei="register/anderes.webp")
    with pytest.raises(DatabaseError, match="not kept"), transaction.atomic():
        Foto.objects.filter(pk=foto.pk).update(pruefung=P.BEFALLEN)


# --- the scanner ----------------------------------------------------------------------------------------------------


def test_what_waits_is_given_to_nobody_until_the_scanner_has_said_yes(haus, sign_in, scanner, platte):
    ines, anna = sign_in("ines"), sign_in("anna")
    _post(ines, haus, _file(corpus.picture()))
    _paper(ines, haus, "leistungsbeschreibung")
    foto, papier = Foto.objects.get(), Leistungsbeschreibung.objects.get()
    Foto.objects.update(titel="Garten", alternativtext="Ein Garten")
    wege = (f"/anbieter/fotos/{foto.pk}/", f"/anbieter/dokumente/leistungsbeschreibung/{papier.pk}/")
    for page in (_bilder(haus), _dokumente(haus)):
        assert "wird noch geprüft" in ines.get(page).content.decode()
    assert [who.get(weg).status_code for who in (ines, anna) for weg in wege] == [404] * 4
    assert str(foto.pk) not in anna.get(f"/anbieter/einrichtungen/{haus.pk}/").content.decode()

    assert services.check_dateien() == 2
    assert len(scanner.received) == 2 and corpus.good_pdf() in scanner.received
    assert [who.get(weg).status_code for who in (ines, anna) for weg in wege] == [200] * 4
    assert services.check_dateien() == 0 and len(scanner.received) == 2, "asked once"


def test_what_it_refuses_is_deleted_and_its_people_are_told(
    haus, sign_in, scanner, platte, django_capture_on_commit_callbacks
):
    ines = sign_in("ines")
    _paper(ines, haus, "leistungsbeschreibung", corpus.pdf_of(*corpus._bodies(), head=b"%PDF-1.7\n%" + EICAR + b"\n"))
    _post(ines, haus, _file(corpus.picture()))
    scanner.answer = b"stream: Sojus.Test FOUND\0"
    assert len(platte()) == 3
    with django_capture_on_commit_callbacks(execute=True):
        assert services.check_dateien() == 2
    foto, papier = Foto.objects.get(), Leistungsbeschreibung.objects.get()
    assert not platte() and (foto.datei, foto.vorschau, papier.datei) == ("", "", "")
    assert foto.pruefung == papier.pruefung == P.BEFALLEN
    assert "Schadsoftware gefunden, Datei gelöscht" in ines.get(_dokumente(haus)).content.decode()
    assert "Der Virenscanner hat Schadsoftware gefunden." in ines.get(_bilder(haus)).content.decode()
    scanner.answer = None
    weg = f"/anbieter/eigene/dokumente/leistungsbeschreibung/{papier.pk}/datei/"
    assert ines.post(weg, {"datei": _file(corpus.good_pdf())}).status_code == 302
    assert services.check_dateien() == 1
    papier.refresh_from_db()
    assert papier.pruefung == P.FREI


def test_while_it_is_down_files_wait_and_are_asked_about_again(haus, sign_in, settings, caplog):
    with Scanner() as standing_in:
        settings.CLAMD = standing_in.address
    _post(sign_in("ines"), haus, _file(corpus.picture()), _file(corpus.picture("PNG")))
    assert services.check_dateien() == 0
    assert "the virus scanner is not there" in caplog.text
    assert set(Foto.objects.values_list("pruefung", flat=True)) == {P.WARTET}
    with Scanner() as standing_in:
        settings.CLAMD = standing_in.address
        assert services.check_dateien() == 2
    assert set(Foto.objects.values_list("pruefung", flat=True)) == {P.FREI}


def test_a_picture_that_was_taken_away_while_it_waited_holds_up_nobody(
    haus, sign_in, scanner, platte, django_capture_on_commit_callbacks
):
    """Its row has no file any more, and the name of none is the folder of all."""
    ines = sign_in("ines")
    _post(ines, haus, _file(corpus.picture()))
    weg = Foto.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        assert ines.post(f"/anbieter/eigene/bilder/{weg.pk}/entfernen/").status_code == 302
    assert not platte()
    _paper(ines, haus, "leistungsbeschreibung")
    services.check_dateien()
    assert Leistungsbeschreibung.objects.get().pruefung == P.FREI
    weg.refresh_from_db()
    assert weg.pruefung == P.UNGEPRUEFT and len(scanner.received) == 1
    assert services.check_dateien() == 0


def test_one_file_without_a_verdict_holds_up_no_other(haus, sign_in, scanner, caplog):
    """A scanner may give one file up (too nested, too slow, an error of its own); the others are judged."""
    ines = sign_in("ines")
    boese = corpus.pdf_of(*corpus._bodies(), head=b"%PDF-1.7\n%bomb\n")
    scanner.gives_up_on = b"%bomb"
    for number in range(4):
        _paper(ines, haus, "leistungsbeschreibung", boese, datum=f"0{number + 1}.02.2026")
    _paper(ines, haus, "leq-vereinbarung", rechtsgrundlage="78b")
    _paper(ines, haus, "leistungsbeschreibung", datum="06.02.2026")
    assert services.check_dateien() == 2
    assert LeqVereinbarung.objects.get().pruefung == P.FREI
    assert Leistungsbeschreibung.objects.filter(pruefung=P.WARTET).count() == 4
    assert "the virus scanner gives no verdict on 4" in caplog.text


def test_an_installation_that_gives_its_scanner_up_says_not_scanned(haus, sign_in, scanner, settings):
    _post(sign_in("ines"), haus, _file(corpus.picture()))
    settings.CLAMD = None
    assert services.check_dateien() == 1
    assert Foto.objects.get().pruefung == P.UNGEPRUEFT
    assert "nicht auf Viren geprüft" in sign_in("ines").get(_bilder(haus)).content.decode()


def test_a_verdict_about_a_file_that_was_exchanged_meanwhile_counts_for_nobody(haus, sign_in, scanner, monkeypatch):
    ines = sign_in("ines")
    _paper(ines, haus, "leistungsbeschreibung")
    papier = Leistungsbeschreibung.objects.get()
    real = services._ask_scanner

    def exchanged(name: str):
        verdict = real(name)
        Leistungsbeschreibung.objects.filter(pk=papier.pk).update(datei="hochgeladen/neu.pdf")
        return verdict

    monkeypatch.setattr(services, "_ask_scanner", exchanged)
    assert services.check_dateien() == 0
    assert Leistungsbeschreibung.objects.get().pruefung == P.WARTET


class EimerFehler(Exception):
    """What a bucket says is no `OSError`."""


@pytest.mark.parametrize("step", ["exists", "_open"])
def test_a_file_that_the_bucket_does_not_give_out_holds_up_no_other(haus, sign_in, scanner, monkeypatch, caplog, step):
    """The job of the minute ended at the first of them, and all others waited for its next draw."""
    ines = sign_in("ines")
    for number in range(4):
        _paper(ines, haus, "leistungsbeschreibung", datum=f"0{number + 1}.02.2026")
    broken = Leistungsbeschreibung.objects.first()
    real = getattr(FileSystemStorage, step)

    def refuses(storage, name, *args):
        if name == broken.datei.name:
            raise EimerFehler
        return real(storage, name, *args)

    monkeypatch.setattr(FileSystemStorage, step, refuses)
    assert services.check_dateien() == 3
    assert "could not be read" in caplog.text
    broken.refresh_from_db()
    assert broken.pruefung == P.WARTET and broken.datei
    monkeypatch.undo()
    assert services.check_dateien() == 1


def test_while_the_disk_is_not_there_no_file_counts_as_gone(haus, sign_in, scanner, settings, caplog):
    """A mount that was missing for a minute emptied the rows, and what came back was nobody's and was cleared away."""
    _paper(sign_in("ines"), haus, "leistungsbeschreibung")
    there, settings.MEDIA_ROOT = settings.MEDIA_ROOT, f"{settings.MEDIA_ROOT}-elsewhere"
    assert services.check_dateien() == 0 and "could not be read" in caplog.text
    settings.MEDIA_ROOT = there
    assert services.check_dateien() == 1
    papier = Leistungsbeschreibung.objects.get()
    assert papier.pruefung == P.FREI and papier.datei


def test_a_scanner_that_dies_in_the_middle_has_said_nothing(haus, sign_in, scanner):
    """While it reads, and while it answers: half an answer is none, whatever it says so far."""
    ines = sign_in("ines")
    _paper(ines, haus, "leistungsbeschreibung")
    _post(ines, haus, _file(corpus.picture()))
    for half in (b"stream: OK", b"stream: Eicar FOUND", b"stream: O"):
        scanner.answer = half
        assert services.check_dateien() == 0
    scanner.dies_after = 100
    assert services.check_dateien() == 0
    scanner.answer = scanner.dies_after = None
    assert services.check_dateien() == 2
    assert Leistungsbeschreibung.objects.get().pruefung == Foto.objects.get().pruefung == P.FREI


# --- a disk that is full --------------------------------------------------------------------------------------------


@pytest.fixture
def volle_platte(monkeypatch):
    """It takes half of a file."""
    real = FileSystemStorage._save

    def half(storage, name, content):
        real(storage, name, ContentFile(content.read()[:10]))
        raise OSError(errno.ENOSPC, "No space left on device")

    return lambda: monkeypatch.setattr(FileSystemStorage, "_save", half)


def test_what_cannot_be_stored_is_said_and_leaves_nothing(haus, sign_in, cast, platte, volle_platte, caplog):
    """It was an unexpected error, and half a file stayed."""
    ines = sign_in("ines")
    _paper(ines, haus, "leistungsbeschreibung")
    papier, kept = Leistungsbeschreibung.objects.get(), platte()
    volle_platte()
    ersetzen = f"/anbieter/eigene/dokumente/leistungsbeschreibung/{papier.pk}/datei/"
    for antwort in (
        _post(ines, haus, _file(corpus.picture())),
        _paper(ines, haus, "leistungsbeschreibung", datum="03.02.2026"),
        ines.post(ersetzen, {"datei": _file(corpus.good_pdf())}),
        cast.api("ines").post(
            f"/api/v1/einrichtungen/{haus.pk}/bilder/",
            {"dateien": [_file(corpus.picture())], "ohne_menschen": "true"},
        ),
    ):
        assert antwort.status_code == 503
        assert "konnte gerade nicht gespeichert werden" in antwort.content.decode()
    assert "a file could not be stored" in caplog.text, "whoever runs the portal is told"
    assert platte() == kept and not Foto.objects.exists() and Leistungsbeschreibung.objects.get().datei
    assert ines.get(f"/anbieter/dokumente/leistungsbeschreibung/{papier.pk}/").status_code == 200


def test_no_room_to_look_at_a_file_is_said(haus, sign_in, platte, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(annahme.tempfile, "TemporaryFile", full)
    ines = sign_in("ines")
    antworten = [_post(ines, haus, _file(corpus.picture())), _paper(ines, haus, "leistungsbeschreibung")]
    assert [antwort.status_code for antwort in antworten] == [422, 503]
    for antwort in antworten:
        assert "können gerade nicht geprüft werden" in antwort.content.decode()
    assert not platte()


def test_a_file_that_cannot_be_read_now_is_no_unexpected_error(haus, sign_in, monkeypatch):
    foto = _foto(haus)

    def refuses(*args):
        raise EimerFehler

    monkeypatch.setattr(FileSystemStorage, "_open", refuses)
    antwort = sign_in("ines").get(f"/anbieter/fotos/{foto.pk}/")
    assert antwort.status_code == 503 and "lässt sich gerade nicht öffnen" in antwort.content.decode()


# --- what a crash leaves --------------------------------------------------------------------------------------------


def test_a_process_that_ends_between_file_and_row_leaves_nothing_for_long(haus, sign_in, platte, monkeypatch):
    _post(sign_in("ines"), haus, _file(corpus.picture()))
    kept = platte()

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(Foto, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        _post(sign_in("ines"), haus, _file(corpus.picture()))
    assert platte() == kept, "an error removes its files"
    monkeypatch.setattr("shared_apps.core.uploads.ablage.remove", lambda name: None)
    with pytest.raises(KeyboardInterrupt):
        _post(sign_in("ines"), haus, _file(corpus.picture()))
    monkeypatch.undo()
    orphans = set(platte()) - set(kept)
    assert orphans, "kill -9 does not"
    assert services.clear_dateien() == 0, "a request that still runs has not named its files yet"
    for path in platte():
        os.utime(path, (time.time() - 90_000,) * 2)
    assert services.clear_dateien() == len(orphans)
    assert platte() == kept and services.clear_dateien() == 0


def test_more_than_can_be_looked_at_at_once_is_asked_for_again(haus, sign_in, platte, monkeypatch):
    monkeypatch.setattr(annahme, "TURN_SECONDS", 0)
    taken = [annahme._turn.acquire() for _ in range(annahme.AT_ONCE)]
    try:
        antwort = _post(sign_in("ines"), haus, _file(corpus.picture()))
    finally:
        for _ in taken:
            annahme._turn.release()
    assert antwort.status_code == 422 and "in einer Minute noch einmal" in antwort.content.decode()
    assert not platte()
