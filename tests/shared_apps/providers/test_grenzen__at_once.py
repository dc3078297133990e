"""Many requests at one moment: of contacts, pictures and papers none passes its limit."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.uploads import annahme
from shared_apps.providers.models import Foto, Kontakt, Leistungsbeschreibung
from shared_apps.providers.services import dateien, kontakte
from tenants.context import on_portal
from tests.factories.register import create_einrichtung
from tests.people import Cast
from tests.shared_apps.core.uploads import corpus
from tests.shared_apps.providers.test_kontakte import KUESTE

pytestmark = pytest.mark.slow
AT_ONCE = 6


def at_once(akteur, work) -> list[str]:
    """`work(number)` in as many requests of this person at the same moment: "done" or "refused" of each."""
    barrier = Barrier(AT_ONCE)

    def attempt(number: int) -> str:
        barrier.wait()
        try:
            with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids):
                work(number)
        except RegelVerletzt:
            return "refused"
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sorted(pool.map(attempt, range(AT_ONCE)))


def test_many_at_once__one_more_is_one_more(own_database, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = str(tmp_path)
    ines, haus = Cast().akteur("ines"), create_einrichtung(anbieter=KUESTE)
    inhalt = corpus.picture(size=(9, 9))
    bild = annahme.inspect_bild(io.BytesIO(inhalt), groesse=len(inhalt))
    monkeypatch.setattr(annahme, "inspect_pdf", lambda datei, groesse: corpus.good_pdf())
    for modul, name in ((kontakte, "KONTAKTE_MAX"), (dateien, "BILDER_MAX"), (dateien, "DOKUMENTE_MAX")):
        monkeypatch.setattr(modul, name, 1)
    one = ["done", *["refused"] * (AT_ONCE - 1)]
    for ort in (haus, haus.anbieter):
        angaben = [{"funktion": "SONSTIGES", "telefon": str(100 + n)} for n in range(AT_ONCE)]
        neu = at_once(ines, lambda n, wo=ort, a=angaben: kontakte.create_kontakt(akteur=ines, ort=wo, angaben=a[n]))
        assert neu == one
    assert Kontakt.objects.count() == 2
    assert at_once(ines, lambda _: dateien.record_fotos(akteur=ines, einrichtung=haus, bilder=[bild])) == one

    def paper(number: int) -> None:
        dateien.create_dokument(
            akteur=ines, einrichtung=haus, kennung="leistungsbeschreibung", datum=date(2026, 1, 1 + number),
            letzter_tag=None, datei=SimpleUploadedFile("a.pdf", b"%PDF"),
        )  # fmt: skip

    assert at_once(ines, paper) == one
    assert Foto.objects.count() == Leistungsbeschreibung.objects.count() == 1
