"""A disk that has no room for what comes in: said as such, and what was typed beside the file is kept.

Before, it was an unexpected error (500), and everything typed was gone.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from shared_apps.accounts.models import Portalentwurf
from shared_apps.core.uploads.handler import KEIN_RAUM
from shared_apps.providers.models import Foto, LeqVereinbarung
from tenants.context import on_portal
from tests.factories.register import create_einrichtung
from tests.shared_apps.core.uploads import corpus

KUESTE = "Jugendhilfe Küste gGmbH"
ORIGIN = {"HTTP_ORIGIN": "http://portal.localhost"}


@pytest.fixture
def haus(vg, settings, tmp_path):
    """Each file waits on disk."""
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE, settings.FILE_UPLOAD_TEMP_DIR = 0, str(tmp_path)
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return create_einrichtung(anbieter=KUESTE)


def _nothing_at_all(settings, monkeypatch) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = os.devnull


def _half_a_file(settings, monkeypatch) -> None:
    real = TemporaryFileUploadHandler.receive_data_chunk

    def half(handler, data: bytes, start: int) -> None:
        real(handler, data[:10], start)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", half)


@pytest.fixture(params=[_nothing_at_all, _half_a_file])
def full(request, haus, settings, monkeypatch) -> None:
    request.param(settings, monkeypatch)


def _paper(client, haus, **words):
    seite = f"/anbieter/eigene/einrichtungen/{haus.pk}/dokumente/leq-vereinbarung/"
    felder = {"datei": SimpleUploadedFile("leq.pdf", corpus.good_pdf()), "rechtsgrundlage": "78b"}
    return seite, client.post(seite, felder | {"datum": "01.03.2026"}, **words)


def test_form_whose_file_finds_no_room__is_kept_and_led_back_to(haus, full, cast, sign_in, tmp_path, caplog):
    ines = sign_in("ines")
    seite, antwort = _paper(ines, haus, **ORIGIN)
    assert antwort.status_code == 503
    assert KEIN_RAUM in antwort.text and "aufbewahrt" in antwort.text
    with on_portal(user_id=cast.user("ines").pk):
        entwurf = Portalentwurf.objects.get()
    assert f'href="{seite}?entwurf={entwurf.pk}"' in antwort.text
    assert 'value="01.03.2026"' in ines.get(f"{seite}?entwurf={entwurf.pk}").text
    assert "found no room" in caplog.text, "whoever runs the portal is told"
    assert not LeqVereinbarung.objects.exists() and not [path for path in Path(tmp_path).iterdir() if path.is_file()]


def test_program_whose_file_finds_no_room__is_told(haus, full, cast):
    antwort = cast.api("ines").post(
        f"/api/v1/einrichtungen/{haus.pk}/bilder/",
        {"dateien": [SimpleUploadedFile("bild.jpg", corpus.picture())], "ohne_menschen": "true"},
    )
    assert (antwort.status_code, antwort.json()) == (503, {"code": "gestoert", "detail": KEIN_RAUM})
    assert not Foto.objects.exists()


def test_with_room__the_same_file_is_taken(haus, sign_in):
    assert _paper(sign_in("ines"), haus)[1].status_code == 302
    assert LeqVereinbarung.objects.count() == 1
