"""Papers and pictures of the facilities: one-page PDFs and drawn houses and rooms (Pillow)."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from PIL import Image, ImageDraw

from deploy.demo.world.ablage import save, save_blatt
from deploy.demo.world.markt import Markt, WeltEinrichtung
from deploy.demo.world.werkzeug import Zufall, copy_rows
from shared_apps.core.zeitraum import format_datum
from shared_apps.providers.models import DOKUMENTE, Betriebserlaubnis, Foto, Leistungsbeschreibung, LeqVereinbarung

_TEXTE = {
    "Betriebserlaubnis": "Die Erlaubnis wird nach § 45 SGB VIII erteilt. Änderungen sind unverzüglich "
    "anzuzeigen (§ 47).",
    "Leistungsbeschreibung": "Art, Ziel und Qualität der Leistung nach § 78c SGB VIII: feste Bezugspersonen, "
    "Beteiligung und Beschwerdewege, Schutzkonzept, Zusammenarbeit mit Schule und Herkunftsfamilie.",
    "LEQ-Vereinbarung": "Leistungs-, Entgelt- und Qualitätsentwicklungsvereinbarung nach § 78b SGB VIII. Sie bindet "
    "alle örtlichen Träger (§ 78e). Nach ihrem Ablauf gelten die Entgelte weiter, bis neue vereinbart sind (§ 78d).",
}
_BEHOERDE = "Landesjugendamt Mecklenburg-Vorpommern"
_BREITE, _HOEHE = 960, 640
_FARBEN = ("#8ab6d6", "#a7c6a5", "#e3b778", "#c99a9a", "#9d9ac9", "#7fb5b5", "#c8b28f", "#b7cbd9")
#: Title and spoken description, in the order of a facility's gallery.
_MOTIVE = (
    ("Haus von der Straße", "Gezeichnetes Haus mit Satteldach, Tür und vier Fenstern"),
    ("Gruppenraum", "Gezeichneter Raum mit Sofa, Tisch und Fenster"),
    ("Zimmer", "Gezeichnetes Zimmer mit Bett, Regal und Fenster"),
    ("Küche", "Gezeichnete Küche mit Tisch, Herd und Hängeschränken"),
    ("Garten", "Gezeichneter Garten mit Baum, Bank und Zaun"),
    ("Hof", "Gezeichneter Hof mit Tor und Fahrradständer"),
)


def write_dokumente(markt: Markt, *, zufall: Zufall, jetzt: datetime) -> int:
    """Licence, service description and agreement of every facility, each with a PDF."""
    nach_haus: dict = {}
    for angebot in markt.angebote:
        nach_haus.setdefault(angebot.einrichtung.id, []).append(angebot)
    reihen: dict = {model: [] for model in DOKUMENTE.values()}
    for haus in markt.einrichtungen:
        angebote = nach_haus[haus.id]
        beginn = min(angebot.von for angebot in angebote)
        neuestes = max(
            beginn_satz for angebot in angebote for beginn_satz, _ in angebot.saetze if beginn_satz <= jetzt.date()
        )
        plaetze = sum(len(angebot.plaetze) for angebot in angebote)
        erlaubt = beginn - timedelta(days=zufall.randint(20, 200))
        if not angebote[0].art.startswith("A"):
            nummer = f"LJA {erlaubt.year}/{len(reihen[Betriebserlaubnis]) + 1:04d}"
            alter = {"alter_von": min(a.alter_von for a in angebote), "alter_bis": max(a.alter_bis for a in angebote)}
            zeilen = [
                ("Nummer", nummer),
                ("Genehmigte Plätze", str(plaetze)),
                ("Genehmigtes Alter", f"{alter['alter_von']} bis {alter['alter_bis']} Jahre"),
                ("Erlaubnisbehörde", _BEHOERDE),
            ]
            zeile = _dokument(haus, "Betriebserlaubnis", erlaubt, zeilen, zufall, jetzt)
            reihen[Betriebserlaubnis].append(
                zeile | alter | {"nummer": nummer, "plaetze": plaetze, "behoerde": _BEHOERDE}
            )
        zeilen = [(a.name, f"{len(a.plaetze)} Plätze, {a.alter_von} bis {a.alter_bis} Jahre") for a in angebote]
        datum = beginn - timedelta(days=zufall.randint(5, 60))
        reihen[Leistungsbeschreibung].append(_dokument(haus, "Leistungsbeschreibung", datum, zeilen, zufall, jetzt))
        zeilen = [(a.name, _preis(a.satz_am(neuestes), a.art)) for a in angebote if a.von <= neuestes]
        datum = neuestes - timedelta(days=zufall.randint(10, 50))
        reihen[LeqVereinbarung].append(_dokument(haus, "LEQ-Vereinbarung", datum, zeilen, zufall, jetzt))
    for model, zeilen_db in reihen.items():
        copy_rows(model, zeilen_db)
    return sum(len(zeilen_db) for zeilen_db in reihen.values())


def _preis(cent: int, art: str) -> str:
    return f"{cent // 100},{cent % 100:02d} EUR je {'Stunde' if art.startswith('A') else 'Tag'}"


def _dokument(
    haus: WeltEinrichtung,
    titel: str,
    datum: date,
    zeilen: Iterable[tuple[str, str]],
    zufall: Zufall,
    jetzt: datetime,
) -> dict:
    key = zufall.uuid()
    kopf = [
        ("Einrichtung", haus.name),
        ("Anschrift", f"{haus.zeile['strasse']}, {haus.zeile['plz']} {haus.ort}"),
        ("Anbieter", haus.anbieter.name),
        ("Datum", format_datum(datum)),
    ]
    name = f"register/{key}.pdf"
    return {
        "id": key,
        "created_at": jetzt,
        "einrichtung_id": haus.id,
        "datum": datum,
        "datei": save_blatt(name, titel=titel, zeilen=[*kopf, *zeilen], text=_TEXTE[titel], jetzt=jetzt),
        "gueltig_bis": None,
    }


def write_fotos(markt: Markt, *, zufall: Zufall, jetzt: datetime) -> int:
    """Drawn pictures; each motif exists in several colours and is used by many facilities."""
    dateien = {
        (motiv, farbe): save(f"register/{zufall.uuid()}.webp", _bild(motiv, farbe))
        for motiv in range(len(_MOTIVE))
        for farbe in range(len(_FARBEN))
    }
    reihen = []
    for nummer, haus in enumerate(markt.einrichtungen):
        anzahl = 13 if nummer == 0 else zufall.randint(3, 6)
        for reihe in range(anzahl):
            motiv = reihe % len(_MOTIVE)
            titel, text = _MOTIVE[motiv]
            reihen.append(
                {
                    "id": zufall.uuid(),
                    "created_at": jetzt,
                    "einrichtung_id": haus.id,
                    "datei": dateien[motiv, (nummer + reihe // len(_MOTIVE)) % len(_FARBEN)],
                    "titel": titel if reihe < len(_MOTIVE) else f"{titel} {reihe // len(_MOTIVE) + 1}",
                    "alternativtext": text,
                    "reihenfolge": reihe,
                }
            )
    return copy_rows(Foto, reihen)


def _bild(motiv: int, farbe: int) -> bytes:
    bild = Image.new("RGB", (_BREITE, _HOEHE), "#eef2f4")
    stift = ImageDraw.Draw(bild)
    (_haus, _gruppenraum, _zimmer, _kueche, _garten, _hof)[motiv](stift, _FARBEN[farbe], _FARBEN[farbe - 3])
    puffer = io.BytesIO()
    bild.save(puffer, "WEBP", quality=72, method=2)
    return puffer.getvalue()


def _fenster(stift: ImageDraw.ImageDraw, x: int, y: int, breite: int = 110, hoehe: int = 120) -> None:
    stift.rectangle((x, y, x + breite, y + hoehe), fill="#f9f3d9", outline="#ffffff", width=10)
    stift.line((x + breite // 2, y, x + breite // 2, y + hoehe), fill="#ffffff", width=8)


def _haus(stift: ImageDraw.ImageDraw, wand: str, dach: str) -> None:
    stift.rectangle((0, 0, _BREITE, 430), fill="#d5e6f0")
    stift.rectangle((0, 430, _BREITE, _HOEHE), fill="#b9cfa6")
    stift.rectangle((250, 250, 710, 520), fill=wand)
    stift.polygon([(215, 255), (480, 95), (745, 255)], fill=dach)
    stift.rectangle((440, 390, 520, 520), fill="#6b5a4c")
    for x in (290, 560):
        for y in (275, 400):
            _fenster(stift, x, y, 100, 85)
    stift.rectangle((0, 520, _BREITE, 560), fill="#cfc9bd")


def _raum(stift: ImageDraw.ImageDraw, wand: str) -> None:
    stift.rectangle((0, 0, _BREITE, 440), fill=wand)
    stift.rectangle((0, 440, _BREITE, _HOEHE), fill="#d8c3a0")
    _fenster(stift, 390, 90, 200, 180)


def _gruppenraum(stift: ImageDraw.ImageDraw, wand: str, akzent: str) -> None:
    _raum(stift, wand)
    stift.rounded_rectangle((90, 350, 430, 500), 30, fill=akzent)
    stift.rounded_rectangle((90, 300, 430, 390), 30, fill=akzent, outline="#ffffff", width=4)
    stift.rectangle((540, 420, 840, 445), fill="#8a6b4d")
    stift.rectangle((560, 445, 580, 550), fill="#8a6b4d")
    stift.rectangle((800, 445, 820, 550), fill="#8a6b4d")


def _zimmer(stift: ImageDraw.ImageDraw, wand: str, akzent: str) -> None:
    _raum(stift, wand)
    stift.rectangle((80, 400, 420, 500), fill="#ffffff")
    stift.rectangle((200, 390, 420, 500), fill=akzent)
    stift.rectangle((70, 340, 95, 530), fill="#8a6b4d")
    stift.rectangle((690, 150, 860, 500), fill="#a98a68")
    for y in (230, 310, 390):
        stift.rectangle((700, y, 850, y + 8), fill="#8a6b4d")


def _kueche(stift: ImageDraw.ImageDraw, wand: str, akzent: str) -> None:
    _raum(stift, wand)
    stift.rectangle((60, 60, 340, 170), fill=akzent)
    stift.rectangle((60, 360, 900, 540), fill=akzent)
    stift.rectangle((60, 345, 900, 370), fill="#6e6e6e")
    stift.rectangle((640, 390, 800, 520), fill="#3d4a52")


def _garten(stift: ImageDraw.ImageDraw, himmel: str, akzent: str) -> None:
    stift.rectangle((0, 0, _BREITE, 360), fill=himmel)
    stift.rectangle((0, 360, _BREITE, _HOEHE), fill="#a9c48f")
    stift.rectangle((230, 250, 270, 480), fill="#7a5c43")
    stift.ellipse((110, 80, 390, 330), fill="#6f9b62")
    stift.rectangle((560, 430, 820, 450), fill=akzent)
    stift.rectangle((580, 450, 595, 510), fill=akzent)
    stift.rectangle((785, 450, 800, 510), fill=akzent)
    for x in range(0, _BREITE, 60):
        stift.rectangle((x, 320, x + 24, 390), fill="#efe9dc")


def _hof(stift: ImageDraw.ImageDraw, wand: str, akzent: str) -> None:
    stift.rectangle((0, 0, _BREITE, 420), fill=wand)
    stift.rectangle((0, 420, _BREITE, _HOEHE), fill="#c9c4ba")
    stift.rectangle((340, 150, 640, 420), fill=akzent)
    stift.line((490, 150, 490, 420), fill="#ffffff", width=6)
    for x in (120, 180, 240):
        stift.ellipse((x, 440, x + 90, 530), outline="#47525a", width=8)
