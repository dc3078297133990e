"""Approvals as they stand, and the trail as far as this transaction may read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from shared_apps.accounts.models import Fachkraft
from shared_apps.core.clock import real_now
from shared_apps.core.labels import label_datenbankrolle, label_felder, label_objektart
from shared_apps.core.liste import Liste, ordnung
from tenant_apps.audit import labels
from tenant_apps.audit.models import Aenderung, Freigabe, Protokoll, Protokollbereinigung
from tenant_apps.audit.states import FreigabeZustand

ANTRAEGE = Liste("audit:home", {"neueste": ordnung("created_at")}, "-neueste", je_seite=20)
PROTOKOLL = Liste("audit:read", {"neueste": ordnung("created_at", index="protokoll_zeit")}, "-neueste")
AENDERUNGEN = Liste("audit:read changes", {"neueste": ordnung("created_at", index="aenderung_zeit")}, "-neueste")
EIGENE = Liste("audit:own", {"neueste": ordnung("created_at", index="protokoll_wer")}, "-neueste")


def find_valid_freigabe(*, user_id: UUID, vorgang: str, objekt_id: UUID | None = None) -> Freigabe | None:
    """The approval this person may use now, or None. With `objekt_id`: one for exactly this object, or for all."""
    found = Freigabe.objects.filter(
        vorgang=vorgang, beantragt_von=user_id, zustand=FreigabeZustand.BEWILLIGT, gueltig_bis__gt=real_now()
    )
    if objekt_id is not None:
        found = found.filter(objekt_id=objekt_id) | found.filter(objekt_id=None)
    return found.order_by("-gueltig_bis").first()


def list_freigaben(*, vorgang: str | None = None) -> QuerySet[Freigabe]:
    """All approvals ever asked for, newest first; they stay for ever."""
    rows = Freigabe.objects.all()
    return rows.filter(vorgang=vorgang) if vorgang else rows


def find_last_bereinigung() -> Protokollbereinigung | None:
    """The last removal of entries after their time."""
    return Protokollbereinigung.objects.first()


@dataclass(frozen=True, slots=True)
class Eintrag:
    """One line of the trail as screens and exports show it."""

    pk: UUID
    zeit: datetime
    wer: str
    rolle: str
    vertretung: str
    aktion: str
    vorgang: str
    objekt: str
    kennung: str
    betroffene: int
    felder: str
    grund: str

    @property
    def ist_objekt(self) -> bool:
        """Whether the id is one the list can be narrowed to."""
        return len(self.kennung) == 36

    @property
    def kurz(self) -> str:
        """Enough of the id to tell two objects apart on paper: the end, its beginning is the time."""
        return f"Nr. …{self.kennung[-6:]}" if len(self.kennung) > 12 else f"Nr. {self.kennung}"


@dataclass(frozen=True, slots=True)
class ProtokollSuche:
    """What to look for; empty fields do not narrow."""

    wer: str = ""
    aktion: str = ""
    objekt_id: UUID | None = None
    von: date | None = None
    bis: date | None = None


def _in_period(rows: QuerySet, suche: ProtokollSuche) -> QuerySet:
    if suche.von:
        rows = rows.filter(created_at__date__gte=suche.von)
    if suche.bis:
        rows = rows.filter(created_at__date__lte=suche.bis)
    if suche.wer:
        rows = rows.filter(user_id__in=list(Fachkraft.objects.filter(username=suche.wer).values_list("pk", flat=True)))
    return rows.order_by("-created_at", "pk")


def list_protokoll(suche: ProtokollSuche, *, user_id: UUID | None = None) -> QuerySet[Protokoll]:
    """Entries this transaction may read (row-level security), newest first; of one person only, when given."""
    rows = Protokoll.objects.all() if user_id is None else Protokoll.objects.filter(user_id=user_id)
    if suche.aktion:
        rows = rows.filter(aktion=suche.aktion)
    if suche.objekt_id:
        rows = rows.filter(Q(objekt_id=suche.objekt_id) | Q(personen__contains=[suche.objekt_id]))
    return _in_period(rows, suche)


def list_aenderungen(suche: ProtokollSuche) -> QuerySet[Aenderung]:
    """Changed rows this transaction may read, newest first."""
    rows = Aenderung.objects.all()
    if suche.aktion:
        rows = rows.filter(art=suche.aktion)
    if suche.objekt_id:
        rows = rows.filter(zeile=str(suche.objekt_id))
    return _in_period(rows, suche)


def as_eintraege(rows: Iterable[Protokoll | Aenderung]) -> list[Eintrag]:
    """Lines with the names of the people who acted, and of those they stood in for."""
    rows = list(rows)
    gemeint = {r.user_id for r in rows if r.user_id}.union(*(getattr(r, "vertretung_fuer", ()) for r in rows))
    namen = {f.pk: str(f) for f in Fachkraft.objects.filter(pk__in=gemeint)}
    return [_eintrag(row, namen) for row in rows]


def _eintrag(row: Protokoll | Aenderung, namen: dict[UUID, str]) -> Eintrag:
    wer = "System" if row.user_id is None else namen.get(row.user_id, "unbekannt")
    if isinstance(row, Aenderung):
        return Eintrag(
            row.pk, row.created_at, wer, label_datenbankrolle(row.datenbankrolle), "", row.get_art_display(), "",
            label_objektart(row.tabelle), row.zeile, 0, label_felder(row.tabelle, row.felder), "",
        )  # fmt: skip
    objekt = label_objektart(row.objekt_art)
    if row.anzahl is not None:
        objekt = f"{objekt}: {row.anzahl} {'Zeile' if row.anzahl == 1 else 'Zeilen'}"
    vertretung = ", ".join(namen.get(pk, "unbekannt") for pk in row.vertretung_fuer)
    return Eintrag(
        row.pk, row.created_at, wer, labels.label_rollen(row.rolle), vertretung, row.get_aktion_display(),
        labels.label_vorgang(row.vorgang), objekt, str(row.objekt_id or ""), len(row.personen),
        label_felder(row.objekt_art, row.felder), labels.label_grund(row.grund),
    )  # fmt: skip
