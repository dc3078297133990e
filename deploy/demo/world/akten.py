"""Papers and pictures of the facilities: one-page PDFs and drawn houses and rooms (Pillow)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from deploy.demo.world.ablage import build_blatt, save_blatt
from deploy.demo.world.leute import find_akteur
from deploy.demo.world.listen import BEHOERDE
from deploy.demo.world.markt import Markt, WeltAngebot, WeltEinrichtung
from deploy.demo.world.werkzeug import Zufall, at_portal, copy_rows
from shared_apps.accounts.akteur import Akteur
from shared_apps.core.uploads import annahme
from shared_apps.core.zeitraum import format_datum
from shared_apps.providers.models import (
    DOKUMENTE,
    Betriebserlaubnis,
    Einrichtung,
    EinrichtungDokument,
    Leistungsbeschreibung,
    LeqVereinbarung,
    Rechtsgrundlage,
)
from shared_apps.providers.services.dateien import create_dokument, record_fotos, update_datei

_TEXTE = {
    "Betriebserlaubnis": "Die Erlaubnis wird nach § 45 SGB VIII erteilt. Änderungen sind unverzüglich "
    "anzuzeigen (§ 47).",
    "Leistungsbeschreibung": "Art, Ziel und Qualität der Leistung nach § 78c SGB VIII: feste Bezugspersonen, "
    "Beteiligung und Beschwerdewege, Schutzkonzept, Zusammenarbeit mit Schule und Herkunftsfamilie.",
    "LEQ-Vereinbarung": "Leistungs-, Entgelt- und Qualitätsentwicklungsvereinbarung nach § 78b SGB VIII. Sie bindet "
    "alle örtlichen Träger (§ 78e). Nach ihrem Ablauf gelten die Entgelte weiter, bis neue vereinbart sind (§ 78d).",
}
_BREITE, _HOEHE = 960, 640
#: Of these the walls that are painted; a picture is looked at once for each.
_GEZEIGTE_FARBEN = (0, 2, 4, 6)
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


@dataclass(frozen=True, slots=True)
class Papier:
    """One paper of a facility, before it is a file."""

    haus: WeltEinrichtung
    art: type[EinrichtungDokument]
    titel: str
    datum: date
    zeilen: list[tuple[str, str]]

    @property
    def blatt(self) -> dict[str, Any]:
        """What its page says."""
        kopf = [
            ("Einrichtung", self.haus.name),
            ("Anschrift", f"{self.haus.zeile['strasse']}, {self.haus.zeile['plz']} {self.haus.ort}"),
            ("Anbieter", self.haus.anbieter.name),
            ("Datum", format_datum(self.datum)),
        ]
        return {"titel": self.titel, "zeilen": [*kopf, *self.zeilen], "text": _TEXTE[self.titel]}


def write_dokumente(markt: Markt, *, zufall: Zufall, jetzt: datetime) -> int:
    """Licence, service description and agreement of every facility, each with a PDF.

    Somebody of the provider hands in those of the houses that are shown first; setting a page and looking at it takes
    0.3 s, so all others get their rows, and become PDFs when they are opened (`ablage`).
    """
    nach_haus: dict = {}
    for angebot in markt.angebote:
        nach_haus.setdefault(angebot.einrichtung.id, []).append(angebot)
    papiere = [
        papier
        for haus in markt.einrichtungen
        for papier in _draw_papiere(haus, nach_haus[haus.id], zufall, jetzt.date())
    ]
    gezeigt = {markt.erstes_haus(nummer).id for nummer in (1, 2)}
    reihen: dict = {model: [] for model in DOKUMENTE.values()}
    erlaubnisse = {row.einrichtung_id: row for row in Betriebserlaubnis.objects.all()}
    for papier in papiere:
        if papier.haus.id in gezeigt:
            hand_in(papier, find_akteur(papier.haus.anbieter.username, None), papier.haus.id, jetzt=jetzt)
        elif papier.art is Betriebserlaubnis:
            row = erlaubnisse[papier.haus.id]
            row.datei = save_blatt(f"register/{row.pk}.pdf", **papier.blatt, jetzt=jetzt)
            reihen[Betriebserlaubnis].append(row)
        else:
            reihen[papier.art].append(_row(papier, zufall.uuid(), jetzt))
    Betriebserlaubnis.objects.bulk_update(reihen[Betriebserlaubnis], ["datei"], batch_size=500)
    for model in (Leistungsbeschreibung, LeqVereinbarung):
        copy_rows(model, reihen[model])
    return len(papiere)


def _draw_papiere(haus: WeltEinrichtung, angebote: list[WeltAngebot], zufall: Zufall, heute: date) -> Iterator[Papier]:
    beginn = min(angebot.von for angebot in angebote)
    neuestes = max(tag for angebot in angebote for tag, _ in angebot.saetze if tag <= heute)
    if (erlaubnis := haus.erlaubnis) is not None:
        zeilen = [
            ("Nummer", erlaubnis.nummer),
            ("Genehmigte Plätze", str(erlaubnis.plaetze)),
            ("Genehmigtes Alter", f"{erlaubnis.alter_von} bis {erlaubnis.alter_bis} Jahre"),
            ("Erlaubnisbehörde", BEHOERDE),
        ]
        yield Papier(haus, Betriebserlaubnis, "Betriebserlaubnis", erlaubnis.datum, zeilen)
    zeilen = [(a.name, f"{_menge(a)}, {a.alter_von} bis {a.alter_bis} Jahre") for a in angebote]
    datum = beginn - timedelta(days=zufall.randint(5, 60))
    yield Papier(haus, Leistungsbeschreibung, "Leistungsbeschreibung", datum, zeilen)
    zeilen = [(a.name, _preis(a.satz_am(neuestes), a)) for a in angebote if a.von <= neuestes]
    datum = neuestes - timedelta(days=zufall.randint(10, 50))
    yield Papier(haus, LeqVereinbarung, "LEQ-Vereinbarung", datum, zeilen)


def _menge(angebot: WeltAngebot) -> str:
    stunden = angebot.stunden
    return f"{len(angebot.plaetze)} Plätze" if stunden is None else f"{stunden} Stunden je Woche"


def _preis(cent: int, angebot: WeltAngebot) -> str:
    return f"{cent // 100},{cent % 100:02d} EUR je {'Tag' if angebot.stunden is None else 'Stunde'}"


def _row(papier: Papier, key: UUID, jetzt: datetime) -> dict[str, Any]:
    row = {
        "id": key,
        "created_at": jetzt,
        "einrichtung_id": papier.haus.id,
        "datum": papier.datum,
        "datei": save_blatt(f"register/{key}.pdf", **papier.blatt, jetzt=jetzt),
        "hochgeladen_at": jetzt,
        "gueltig_bis": None,
    }
    return row | ({"vom_anbieter": True} if papier.art is LeqVereinbarung else {})


def hand_in(papier: Papier, akteur: Akteur, einrichtung_id: UUID, *, jetzt: datetime) -> None:
    """Somebody of the provider hands the paper in as a PDF; that of a licence joins the licence that is there."""
    pdf = SimpleUploadedFile(f"{papier.titel}.pdf", build_blatt(**papier.blatt, jetzt=jetzt), "application/pdf")
    einrichtung = Einrichtung.objects.get(pk=einrichtung_id)
    with at_portal(akteur):
        if papier.art is Betriebserlaubnis:
            erlaubnis = Betriebserlaubnis.objects.get(einrichtung=einrichtung)
            update_datei(akteur=akteur, dokument=erlaubnis, datei=pdf)
        else:
            create_dokument(
                akteur=akteur,
                einrichtung=einrichtung,
                kennung=papier.art.kennung,
                datum=papier.datum,
                letzter_tag=None,
                datei=pdf,
                rechtsgrundlage=Rechtsgrundlage.P78B if papier.art is LeqVereinbarung else "",
            )


def enter_fotos(markt: Markt) -> int:
    """Drawn pictures, looked at as every picture that is handed in, then entered by somebody of each provider.

    Each motif exists in four colours and is looked at once (0.2 s each); each house gets files of its own.
    """
    gezeichnet = {(motiv, farbe): _inspect(motiv, farbe) for motiv in range(len(_MOTIVE)) for farbe in _GEZEIGTE_FARBEN}
    haeuser = Einrichtung.objects.in_bulk([haus.id for haus in markt.einrichtungen])
    akteure: dict[str, Akteur] = {}
    anzahl = 0
    for haus in markt.einrichtungen:
        wie_viele = 13 if haus.nummer == 1 else 2 + haus.nummer % 3
        farben = [
            _GEZEIGTE_FARBEN[(haus.nummer + nr // len(_MOTIVE)) % len(_GEZEIGTE_FARBEN)] for nr in range(wie_viele)
        ]
        if haus.anbieter.username not in akteure:
            akteure[haus.anbieter.username] = find_akteur(haus.anbieter.username, None)
        akteur = akteure[haus.anbieter.username]
        with at_portal(akteur):
            fotos = record_fotos(
                akteur=akteur,
                einrichtung=haeuser[haus.id],
                bilder=[gezeichnet[nr % len(_MOTIVE), farbe] for nr, farbe in enumerate(farben)],
                worte=[build_worte(nr) for nr in range(wie_viele)],
            )
        anzahl += len(fotos)
    return anzahl


def build_worte(nummer: int) -> dict[str, str]:
    """What the picture of this place in a gallery shows."""
    titel, text = _MOTIVE[nummer % len(_MOTIVE)]
    runde = nummer // len(_MOTIVE)
    return {"titel": f"{titel} {runde + 1}" if runde else titel, "alternativtext": text}


def _inspect(motiv: int, farbe: int) -> annahme.Bild:
    inhalt = draw_bild(motiv, farbe)
    return annahme.inspect_bild(io.BytesIO(inhalt), groesse=len(inhalt))


def draw_bild(motiv: int, farbe: int) -> bytes:
    """A picture of its own making, as a camera would send one."""
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
