"""Pictures from the phone and papers from the desk: handed in, described, ordered, refused, read by an office."""

from __future__ import annotations

import re

import pytest

from shared_apps.providers.models import Foto
from tests.e2e.browser import DESK, PHONE
from tests.factories.register import create_angebot
from tests.shared_apps.core.uploads import corpus


def _file(name: str, inhalt: bytes, kind: str = "image/jpeg") -> dict[str, object]:
    return {"name": name, "mimeType": kind, "buffer": inhalt}


@pytest.mark.parametrize(("size", "script"), [(DESK, True), (PHONE, False)], ids=["1280", "390 without script"])
def test_pictures_and_papers(world, visit, size, script):
    haus = create_angebot(anbieter="Jugendhilfe Küste gGmbH").einrichtung
    world.cast.user("ines")
    ines = visit("portal", size=size, script=script, dark=size == PHONE)
    ines.expected_statuses = {422}
    ines.sign_in("ines")
    ines.open(f"/anbieter/einrichtungen/{haus.pk}/")
    ines.at(haus.name)
    ines.picture(f"dateien-{size[0]}-einrichtung")
    ines.follow("Bilder")
    ines.at("Bilder")
    ines.picture(f"dateien-{size[0]}-bilder-leer")
    ines.page.get_by_label("Auf keinem Bild sind Menschen zu erkennen.").check()
    ines.field("Bilder").set_input_files([_file("plan.svg", corpus.SVG)])
    ines.press("Hochladen")
    ines.at("Bilder")
    ines.sees("plan.svg: Das ist kein Bild, das wir annehmen.")
    ines.picture(f"dateien-{size[0]}-bilder-fehler")
    bilder = [corpus.picture_with_position(), corpus.picture(size=(1600, 900)), corpus.picture("PNG")]
    ines.field("Bilder").set_input_files(
        [_file(f"{nummer}.jpg", inhalt) for nummer, inhalt in enumerate([*bilder, b"GIF89a"])]
    )
    ines.press("Hochladen")
    ines.at("Bild beschreiben")
    ines.sees("3 Bilder sind hochgeladen.")
    ines.sees("Nicht hochgeladen: 3.jpg.")
    ines.picture(f"dateien-{size[0]}-bild-beschreiben")
    ines.fill("Bildunterschrift", "Garten")
    ines.press("Speichern")
    ines.at("Bild beschreiben")
    ines.picture(f"dateien-{size[0]}-bild-fehler")
    ines.fill("Alternativtext", "Garten mit Schaukel und Obstbäumen")
    ines.press("Speichern")
    ines.at("Bild beschreiben")
    ines.fill("Bildunterschrift", "Küche")
    ines.fill("Alternativtext", "Helle Küche mit großem Tisch")
    ines.press("Speichern")
    ines.at("Bild beschreiben")
    ines.sees("Der Text zum Bild „Küche“ ist gespeichert.")
    ines.follow("Später")
    ines.at("Bilder")
    ines.picture(f"dateien-{size[0]}-bilder")
    ines.press("Nach vorn: Bild Küche")
    ines.at("Bilder")
    assert Foto.objects.filter(einrichtung=haus).order_by("reihenfolge")[0].titel == "Küche"
    ines.follow("Entfernen: Bild 3")
    ines.at("Bild entfernen?")
    ines.picture(f"dateien-{size[0]}-bild-entfernen")
    ines.press("Bild entfernen")
    ines.at("Bilder")
    ines.sees("2 Bilder")

    ines.open(f"/anbieter/eigene/einrichtungen/{haus.pk}/dokumente/")
    ines.at("Dokumente")
    ines.picture(f"dateien-{size[0]}-dokumente-leer")
    ines.follow("LEQ-Vereinbarung hochladen")
    ines.at("LEQ-Vereinbarung hochladen")
    ines.fill("Vom", "01.03.2026")
    ines.choose("Rechtsgrundlage", "77")
    ines.field("PDF-Datei").set_input_files(_file("leq.pdf", corpus.bad_pdfs()["encrypted"][0], "application/pdf"))
    ines.press("Speichern")
    ines.at("LEQ-Vereinbarung hochladen")
    ines.sees("mit einem Kennwort geschützt")
    ines.picture(f"dateien-{size[0]}-dokument-fehler")
    ines.field("PDF-Datei").set_input_files(_file("leq.pdf", corpus.good_pdf(), "application/pdf"))
    ines.press("Speichern")
    ines.at("Dokumente")
    ines.sees("LEQ-Vereinbarung: Das Dokument ist hochgeladen.")
    ines.follow("Leistungsbeschreibung hochladen")
    ines.fill("Vom", "01.02.2026")
    ines.field("PDF-Datei").set_input_files(_file("lb.pdf", corpus.good_pdf(), "application/pdf"))
    ines.press("Speichern")
    ines.at("Dokumente")
    ines.picture(f"dateien-{size[0]}-dokumente")
    ines.follow(re.compile("Beenden: Leistungsbeschreibung"))
    ines.at("Leistungsbeschreibung beenden?")
    ines.picture(f"dateien-{size[0]}-dokument-beenden")
    ines.press("Beenden")
    ines.at("Dokumente")

    world.cast.user("anna")
    anna = visit("vg", size=size, script=script, dark=size == PHONE)
    anna.sign_in("anna")
    anna.open(f"/anbieter/einrichtungen/{haus.pk}/")
    anna.at(haus.name)
    anna.sees("vom Anbieter eingereicht")
    anna.sees("Küche")
    anna.picture(f"dateien-{size[0]}-amt")
    anna.never_sees("Hochladen", "Nach vorn")
    with anna.page.expect_download() as saved:
        anna.page.get_by_role("link", name="LEQ-Vereinbarung").click()
    assert saved.value.suggested_filename == "leq-vereinbarung-2026-03-01.pdf"
