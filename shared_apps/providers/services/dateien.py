"""Pictures and papers that a provider hands in (docs/adr/0062), and what the scanner says of them."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core import eingabe
from shared_apps.core.clock import now, today
from shared_apps.core.errors import Gestoert, Konflikt, RegelVerletzt, Verweigert
from shared_apps.core.gelesen import Gelesen
from shared_apps.core.uploads import ablage, annahme, virus
from shared_apps.core.uploads.states import DATEI, Dateipruefung, Dateischritt
from shared_apps.core.zeitraum import EIN_TAG, format_datum
from shared_apps.providers.models import DOKUMENTE, Einrichtung, EinrichtungDokument, Foto, Rechtsgrundlage
from shared_apps.providers.policies import may_write_own, own_dokumente, own_einrichtungen, own_fotos
from shared_apps.providers.selectors.dateien import EINGEREICHT, iter_dateinamen, list_fotos
from shared_apps.providers.services import NICHT_EIGEN, SCHON_BEENDET, check_own, clean_angaben, update_angaben
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.context import on_portal

logger = logging.getLogger(__name__)

#: Folder of the storage; `clear_dateien` looks after it alone.
ORDNER = "hochgeladen"
BILDER_MAX = 40
#: With a file, of all kinds together, those that have ended among them: what a hostile provider fills has a bottom.
DOKUMENTE_MAX = 200
FOTO = ("titel", "alternativtext")
#: For all pictures of a request; one that comes later is asked for again.
SECONDS = 45
#: Of one kind, in one run of the job.
JE_LAUF = 200
#: For one run of the job: what a scanner is slow with is asked about again, and the job stays within its hour.
SCAN_SECONDS = 600

OHNE_MENSCHEN = (
    "Bitte bestätigen Sie, dass auf keinem Bild Menschen zu erkennen sind. Andere Bilder nehmen wir nicht an."
)
ZU_VIELE = f"Eine Einrichtung zeigt höchstens {BILDER_MAX} Bilder. Bitte entfernen Sie zuerst eines."
ZU_VIELE_DOKUMENTE = (
    f"Eine Einrichtung hat höchstens {DOKUMENTE_MAX} Dokumente mit Datei. Bitte ersetzen Sie bei einem älteren die"
    " Datei, statt ein neues hochzuladen."
)
KEIN_PLATZ_OBEN = "Weiter geht es in dieser Richtung nicht."
NUR_NACH_77 = "Nur eine Vereinbarung nach § 77 SGB VIII gilt für ein Jugendamt allein; eine andere bindet alle."
VOR_DATUM = "Der letzte Tag kann nicht vor dem Tag des Dokuments liegen."
NICHT_SELBST = "Dieses Dokument hat ein Jugendamt eingetragen. Ändern kann es nur das Amt."


@dataclass(frozen=True, slots=True)
class Abgelehnt:
    """A file that was not taken, what it was called, and why."""

    name: str
    grund: str


@dataclass(slots=True)
class Bildannahme:
    """What became of the pictures of one request."""

    fotos: list[Foto] = field(default_factory=list)
    abgelehnt: list[Abgelehnt] = field(default_factory=list)


# --- pictures -------------------------------------------------------------------------------------------------------


@transaction.atomic
def submit_fotos(
    *, akteur: Akteur, einrichtung: Einrichtung, dateien: Sequence[UploadedFile], ohne_menschen: bool
) -> Bildannahme:
    """Take in pictures of one's own facility: those that are good, with a reason for each that is not.

    They are shown to others when they have their words (`update_foto`).
    """
    check_own(may_write_own(akteur), own_einrichtungen(akteur), einrichtung.pk)
    if not ohne_menschen:
        raise RegelVerletzt(OHNE_MENSCHEN, feld="ohne_menschen")
    angenommen, ende = Bildannahme(), time.monotonic() + SECONDS
    gute: list[annahme.Bild] = []
    for nummer, datei in enumerate(dateien, start=1):
        try:
            if time.monotonic() > ende:
                raise Konflikt(annahme.BESETZT)
            gute.append(annahme.inspect_bild(datei, groesse=datei.size or 0))
        except (RegelVerletzt, Konflikt, Gestoert) as error:
            angenommen.abgelehnt.append(Abgelehnt(_name(datei, nummer), error.message))
    angenommen.fotos = record_fotos(akteur=akteur, einrichtung=einrichtung, bilder=gute)
    return angenommen


@transaction.atomic
def record_fotos(
    *, akteur: Akteur, einrichtung: Einrichtung, bilder: Sequence[annahme.Bild], worte: Sequence[dict[str, str]] = ()
) -> list[Foto]:
    """Pictures that were looked at and rebuilt (`annahme.inspect_bild`) join those of one's own facility, each with
    files of its own; `worte`: what they show (fields of `FOTO`), where it is known. `RegelVerletzt` for too many."""
    check_own(may_write_own(akteur), own_einrichtungen(akteur), einrichtung.pk)
    fotos = []
    with ablage.writing(ORDNER) as neu:
        _lock_einrichtung(einrichtung.pk)
        vorhandene = list(list_fotos(einrichtung).values_list("reihenfolge", flat=True))
        if len(vorhandene) + len(bilder) > BILDER_MAX:
            raise RegelVerletzt(ZU_VIELE, feld="dateien")
        letzte = max(vorhandene, default=-1)
        for nummer, bild in enumerate(bilder, start=1):
            foto = Foto(
                einrichtung=einrichtung, reihenfolge=min(letzte + nummer, 99), pruefung=_anfang(), hochgeladen_at=now(),
                datei=neu.put(bild.gross, "webp"), vorschau=neu.put(bild.klein, "webp"),
            )  # fmt: skip
            clean_angaben(foto, worte[nummer - 1] if worte else {}, FOTO)
            foto.save(force_insert=True)
            fotos.append(foto)
    return fotos


@transaction.atomic
def update_foto(*, akteur: Akteur, foto: Foto, angaben: dict[str, Any], gelesen: Gelesen) -> Foto:
    """Say what a picture of one's own shows; `Veraltet` as with a facility."""
    check_own(may_write_own(akteur), own_fotos(akteur), foto.pk)
    return update_angaben(foto, angaben, FOTO, gelesen)


@transaction.atomic
def update_reihenfolge(*, akteur: Akteur, foto: Foto, nach_oben: bool) -> None:
    """Change a picture of one's own with its neighbour. `Konflikt` at the end of the row."""
    check_own(may_write_own(akteur), own_fotos(akteur), foto.pk)
    _lock_einrichtung(foto.einrichtung_id)
    fotos = list(list_fotos(foto.einrichtung))
    stelle = next((nummer for nummer, anderes in enumerate(fotos) if anderes.pk == foto.pk), None)
    ziel = None if stelle is None else stelle + (-1 if nach_oben else 1)
    if stelle is None or ziel is None or not 0 <= ziel < len(fotos):
        raise Konflikt(KEIN_PLATZ_OBEN, code="zustand")
    fotos[stelle], fotos[ziel] = fotos[ziel], fotos[stelle]
    for nummer, anderes in enumerate(fotos):
        if anderes.reihenfolge != nummer:
            anderes.reihenfolge = nummer
            anderes.save(update_fields=["reihenfolge"])


@transaction.atomic
def end_foto(*, akteur: Akteur, foto: Foto) -> None:
    """Take a picture of one's own away: its files are deleted, its row says that it was there."""
    check_own(may_write_own(akteur), own_fotos(akteur), foto.pk)
    foto = Foto.objects.select_for_update(no_key=True).get(pk=foto.pk)
    ablage.remove_after_commit(foto.datei.name, foto.vorschau.name)
    foto.datei, foto.vorschau, foto.gueltig_bis = "", "", today()
    foto.save(update_fields=["datei", "vorschau", "gueltig_bis"])


# --- papers ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_dokument(
    *,
    akteur: Akteur,
    einrichtung: Einrichtung,
    kennung: str,
    datum: date,
    letzter_tag: date | None,
    datei: UploadedFile,
    rechtsgrundlage: str = "",
    jugendamt: Gebietskoerperschaft | None = None,
) -> EinrichtungDokument:
    """Enter a paper of one's own facility with its PDF. `RegelVerletzt` says what is wrong with the file.

    `jugendamt`: the only office with which an agreement under § 77 SGB VIII was made; no other one sees it.
    """
    check_own(may_write_own(akteur), own_einrichtungen(akteur), einrichtung.pk)
    if kennung not in EINGEREICHT:
        raise Verweigert(NICHT_EIGEN)
    if datum > today():
        raise RegelVerletzt(eingabe.NOCH_NICHT, feld="datum")
    _check_tage(datum, letzter_tag)
    dokument: Any = DOKUMENTE[kennung](
        einrichtung=einrichtung, datum=datum, gueltig_bis=letzter_tag + EIN_TAG if letzter_tag else None
    )
    if dokument.ist_geheim:
        if jugendamt is not None and rechtsgrundlage != Rechtsgrundlage.P77:
            raise RegelVerletzt(NUR_NACH_77, feld="jugendamt")
        dokument.vom_anbieter, dokument.rechtsgrundlage, dokument.jugendamt = True, rechtsgrundlage, jugendamt
        dokument.clean_fields(exclude=[f.name for f in dokument._meta.fields if f.name != "rechtsgrundlage"])
    inhalt = _inspect_pdf(datei)  # before anything is held: it takes a while
    _lock_einrichtung(einrichtung.pk)
    _check_dokumente(einrichtung.pk)
    with ablage.writing(ORDNER) as neu:
        _put_pdf(dokument, inhalt, neu)
        dokument.save(force_insert=True)
    return dokument


@transaction.atomic
def update_datei(*, akteur: Akteur, dokument: EinrichtungDokument, datei: UploadedFile) -> EinrichtungDokument:
    """Give a paper of one's own its PDF, or another one; the one before is deleted."""
    inhalt = _inspect_pdf(datei)
    _lock_einrichtung(dokument.einrichtung_id)
    dokument = _lock_dokument(akteur, dokument)
    vorher = dokument.datei.name
    if not vorher:
        _check_dokumente(dokument.einrichtung_id)
    with ablage.writing(ORDNER) as neu:
        _put_pdf(dokument, inhalt, neu)
        dokument.save(update_fields=["datei", "pruefung", "hochgeladen_at"])
    ablage.remove_after_commit(vorher)
    return dokument


@transaction.atomic
def end_dokument(*, akteur: Akteur, dokument: EinrichtungDokument, letzter_tag: date) -> EinrichtungDokument:
    """Set the last day of a paper of one's own. It stays readable: what held then is still asked for.

    Not of a licence: places and ages rest on it (`services.erlaubnis`).
    """
    if dokument.kennung not in EINGEREICHT:
        raise Verweigert(NICHT_EIGEN)
    dokument = _lock_dokument(akteur, dokument)
    if dokument.letzter_tag is not None:
        raise Konflikt(SCHON_BEENDET.format(format_datum(dokument.letzter_tag)), code="zustand")
    _check_tage(dokument.datum, letzter_tag)
    dokument.gueltig_bis = letzter_tag + EIN_TAG
    dokument.save(update_fields=["gueltig_bis"])
    return dokument


# --- the scanner ----------------------------------------------------------------------------------------------------


def check_dateien() -> int:
    """Ask the scanner about every file that waits; how many were decided. While it is down they go on waiting.

    One that it cannot judge waits alone. Who comes first is drawn, so that such files never hold up all others.
    """
    entschieden, ohne_befund, ende = 0, 0, time.monotonic() + SCAN_SECONDS
    arten: list[Any] = [Foto, *DOKUMENTE.values()]
    for art in arten:
        with on_portal():
            wartende = art._default_manager.filter(pruefung=Dateipruefung.WARTET).order_by("?")
            namen = list(wartende.values_list("pk", "datei")[:JE_LAUF])
        for pk, name in namen:
            if time.monotonic() > ende:
                break
            try:
                schritt, ist_da = _ask_scanner(name)
            except virus.OhneBefund:
                ohne_befund += 1
                continue
            except virus.NichtErreichbar as error:
                logger.error("files that were handed in wait: the virus scanner is not there (%s)", error)
                return entschieden
            except Exception:  # each storage has errors of its own, and a file may have gone since
                logger.exception("a file that waits for the virus scanner could not be read")
                continue
            with on_portal():
                entschieden += _advance(art, pk, name, schritt, ist_da=ist_da)
    if ohne_befund:
        logger.error("files that were handed in wait: the virus scanner gives no verdict on %d", ohne_befund)
    return entschieden


def clear_dateien() -> int:
    """Remove files that no row names: what a process left that ended between a file and its row."""
    with on_portal():
        return ablage.clear_unnamed(ORDNER, iter_dateinamen())


def _ask_scanner(name: str) -> tuple[Dateischritt, bool]:
    """What follows, and whether there is such a file. Where there is no scanner any more, files count as not scanned;
    so does a row whose file is gone."""
    ist_da = _is_kept(name)
    if not virus.is_configured() or not ist_da:
        return Dateischritt.VERZICHTEN, ist_da
    with default_storage.open(name, "rb") as datei:
        return Dateischritt.ABLEHNEN if virus.scan(datei).schadsoftware else Dateischritt.FREIGEBEN, True


def _is_kept(name: str) -> bool:
    """Whether there is such a file. A row that has let its file go names none, which to a storage is a folder. Where
    not even the folder is there, it is the disk that is missing, and no file is gone: `FileNotFoundError`."""
    if not name:
        return False
    if not (ist_da := default_storage.exists(name)) and not ablage.is_there(ORDNER):
        raise FileNotFoundError(ORDNER)
    return ist_da


def _advance(art: Any, pk: UUID, name: str, schritt: Dateischritt, *, ist_da: bool) -> bool:
    """The state that follows, unless another file has taken this one's place meanwhile."""
    row: Any = art._default_manager.select_for_update(no_key=True).filter(pk=pk, datei=name).first()
    if row is None or schritt not in DATEI.erlaubt(Dateipruefung(row.pruefung)):
        return False
    row.pruefung, changed = DATEI.naechster(Dateipruefung(row.pruefung), schritt), ["pruefung"]
    if row.pruefung == Dateipruefung.BEFALLEN or not ist_da:
        for feld in ("datei", "vorschau"):
            if hasattr(row, feld):
                ablage.remove_after_commit(getattr(row, feld).name)
                setattr(row, feld, "")
                changed.append(feld)
    row.save(update_fields=changed)
    return True


# --- what they share ------------------------------------------------------------------------------------------------


def _anfang() -> Dateipruefung:
    return Dateipruefung.WARTET if virus.is_configured() else Dateipruefung.UNGEPRUEFT


def _inspect_pdf(datei: UploadedFile) -> bytes:
    try:
        return annahme.inspect_pdf(datei, groesse=datei.size or 0)
    except RegelVerletzt as error:
        raise RegelVerletzt(error.message, code=error.code, feld="datei") from error


def _put_pdf(dokument: EinrichtungDokument, inhalt: bytes, neu: ablage.Ablage) -> None:
    dokument.datei = neu.put(inhalt, "pdf")
    dokument.pruefung, dokument.hochgeladen_at = _anfang(), now()


def _check_tage(datum: date, letzter_tag: date | None) -> None:
    if letzter_tag is not None and letzter_tag < datum:
        raise RegelVerletzt(VOR_DATUM, feld="letzter_tag")


def _lock_einrichtung(pk: UUID) -> None:
    """Pictures and papers of one facility change one request after the other; before any row of them is held."""
    Einrichtung.objects.select_for_update(no_key=True).filter(pk=pk).first()


def _check_dokumente(einrichtung_id: UUID) -> None:
    """`RegelVerletzt` when the facility, which is held, has as many papers with a file as it may."""
    arten: list[Any] = list(DOKUMENTE.values())
    davon = (art.objects.filter(einrichtung=einrichtung_id).exclude(datei="").count() for art in arten)
    if sum(davon) >= DOKUMENTE_MAX:
        raise RegelVerletzt(ZU_VIELE_DOKUMENTE, feld="datei")


def _lock_dokument(akteur: Akteur, dokument: EinrichtungDokument) -> EinrichtungDokument:
    art = type(dokument)
    if not may_write_own(akteur):
        raise Verweigert(NICHT_EIGEN)
    row = own_dokumente(akteur, art).select_for_update(of=("self",), no_key=True).filter(pk=dokument.pk).first()
    if row is None:
        raise Verweigert(NICHT_SELBST if art.ist_geheim else NICHT_EIGEN)
    return row


def _name(datei: UploadedFile, nummer: int) -> str:
    """What a file was called, to be read by whoever chose it and by nobody else; never a part of a path."""
    try:
        return eingabe.clean_zeile(datei.name or "")[:60] or f"Datei {nummer}"
    except eingabe.EingabeFehler:
        return f"Datei {nummer}"
