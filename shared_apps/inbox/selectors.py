"""The worklist of a provider over all youth offices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.clock import real_now, today
from shared_apps.core.liste import Liste, count_up_to, format_count, ordnung, related
from shared_apps.inbox.models import Hinweis, HinweisArt, WartetAuf
from shared_apps.inbox.rules import Eile, beginnzeit, eile, fristtag, restzeit
from shared_apps.inbox.targets import AKTION, ANSEHEN, ERLEDIGT, handover_path
from shared_apps.providers.models import Einrichtung
from tenants.models import Tenant

#: What a row says to whoever may not take the step herself.
KOLLEGIN = "wartet auf Ihren Anbieter"
#: The same of an enquiry that she has answered: what she said is on the office's page.
BEANTWORTET = "beantwortet, das Amt entscheidet noch"
#: Above what is due.
NACHRICHTEN = "Neue Nachrichten"
#: A deadline this near is worth a warning, in every list.
BALD_TAGE = 2


_ZEIGT = related("angebot__hilfeart", "angebot__einrichtung__gebietskoerperschaft")
_DRAN = {"frist": ordnung("eilt_at", "created_at", index="hinweis_dran")}
#: What waits for her, and for the office, the most urgent first; done ones by the time they were done; one matter's.
OFFENE = Liste("inbox:list", _DRAN, "frist", zeigt=_ZEIGT)
BEIM_AMT = Liste("inbox:list office", _DRAN, "frist", zeigt=_ZEIGT)
ERLEDIGTE = Liste(
    "inbox:list done", {"erledigt": ordnung("erledigt_at", index="hinweis_erledigt")}, "-erledigt", zeigt=_ZEIGT
)
GEFUNDENE = Liste("inbox:list number", {"eingang": ordnung("created_at")}, "-eingang", zeigt=_ZEIGT)


@dataclass(frozen=True, slots=True)
class Zeile:
    """One pointer as the worklist shows it."""

    hinweis: Hinweis
    jugendamt: str
    titel: str
    url: str
    aktion: str
    eile: Eile
    #: How much time is left, or that the help is to begin; "" where nothing has to be answered.
    drang: str
    #: The deadline itself, with the time that is left where `drang` says something else.
    frist: str
    stand: str
    #: Somebody else of her provider takes the step.
    macht_jemand_anders: bool = False

    @property
    def frist_stufe(self) -> str:
        """Level of the badge."""
        return {Eile.NACHT: "danger", Eile.NAHE: "warning"}.get(self.eile, "neutral")

    @property
    def ist_still(self) -> bool:
        """It waits for her, as everything in her list does: nothing to be told."""
        waits = not self.hinweis.erledigt_at and self.hinweis.wartet_auf == WartetAuf.ANBIETER
        return waits and not self.macht_jemand_anders

    @property
    def beginnt_heute(self) -> bool:
        """The first day of the help is today."""
        return self.hinweis.beginn == today()


@dataclass(frozen=True, slots=True)
class Gruppe:
    """Rows of one page that are about as urgent; without a heading where that does not matter."""

    titel: str
    zeilen: list[Zeile]
    ist_eilig: bool = False


def list_tenants_by_schema() -> dict[str, Tenant]:
    """All youth offices by their schema name."""
    return {t.schema_name: t for t in Tenant.objects.all()}


def list_hilfearten(einrichtungen: QuerySet[Einrichtung]) -> QuerySet[Hilfeart]:
    """Kinds of help these facilities offer or offered."""
    return Hilfeart.objects.filter(pk__in=einrichtungen.order_by().values("angebote__hilfeart"))


def filter_hinweise(
    hinweise: QuerySet[Hinweis],
    *,
    art: str = "",
    mandant: str = "",
    einrichtung: str = "",
    hilfeart: str = "",
    wartet_auf: str = "",
    erledigt: bool = False,
) -> QuerySet[Hinweis]:
    """Narrow the worklist. `OFFENE`, `BEIM_AMT` and `ERLEDIGTE` say in which order."""
    hinweise = hinweise.filter(erledigt_at__isnull=not erledigt)
    gleich = {
        "art": art,
        "mandant": mandant,
        "angebot__einrichtung": einrichtung,
        "angebot__hilfeart__code": hilfeart,
        "wartet_auf": wartet_auf,
    }
    return hinweise.filter(**{feld: wert for feld, wert in gleich.items() if wert})


def without_nachrichten(hinweise: QuerySet[Hinweis]) -> QuerySet[Hinweis]:
    """What is due; what an office wrote has no deadline and is shown above it."""
    return hinweise.exclude(art=HinweisArt.RUECKFRAGE)


def list_nachrichten(hinweise: QuerySet[Hinweis]) -> list[Hinweis]:
    """What offices wrote and nobody has read, the one that waits longest first. One query, of a page at most: what is
    behind comes up as these are read."""
    return list(_ZEIGT(hinweise.filter(art=HinweisArt.RUECKFRAGE)).order_by("created_at", "pk")[: OFFENE.je_seite])


def find_by_nummer(hinweise: QuerySet[Hinweis], ende: str) -> QuerySet[Hinweis]:
    """Pointers of the matter whose common number says this end of an id, open and done ones."""
    return hinweise.filter(nummer_ende=ende)


def count_hinweise(hinweise: QuerySet[Hinweis]) -> dict[str, str]:
    """How many wait for her, for the office, and how many are done, each counted up to the bound of a list."""
    offen = {"erledigt_at__isnull": True}
    teile: dict[str, dict[str, Any]] = {
        "offen": offen | {"wartet_auf": WartetAuf.ANBIETER},
        "amt": offen | {"wartet_auf": WartetAuf.AMT},
        "erledigt": {"erledigt_at__isnull": False},
    }
    return {name: format_count(*count_up_to(hinweise.filter(**teil))) for name, teil in teile.items()}


def _aktion(hinweis: Hinweis, *, ihre: bool) -> str:
    """What she can still do there: nothing is decided that is settled, held no longer, or somebody else's turn."""
    vorbei = hinweis.erledigt_at is not None or (hinweis.frist_at is not None and hinweis.frist_at < real_now())
    return ANSEHEN if vorbei or not ihre or hinweis.wartet_auf == WartetAuf.AMT else AKTION[HinweisArt(hinweis.art)]


def _titel(hinweis: Hinweis) -> str:
    """What waits for her; the bare name of the matter once it does not wait for her any more."""
    wartet = hinweis.erledigt_at is None and hinweis.wartet_auf == WartetAuf.ANBIETER
    return hinweis.get_art_display() if wartet else ERLEDIGT[HinweisArt(hinweis.art)]


def _stand(hinweis: Hinweis, *, ihre: bool) -> str:
    """Whose turn it is, or what became of it."""
    if hinweis.erledigt_at:
        return hinweis.get_ausgang_display() if hinweis.ausgang else "erledigt"
    if hinweis.art == HinweisArt.ANFRAGE and hinweis.wartet_auf == WartetAuf.AMT:
        return BEANTWORTET
    nur_ansehen = AKTION[HinweisArt(hinweis.art)] == ANSEHEN
    if nur_ansehen:
        return "noch nicht angesehen"
    return hinweis.get_wartet_auf_display() if ihre or hinweis.wartet_auf == WartetAuf.AMT else KOLLEGIN


def _zeit(hinweis: Hinweis) -> tuple[Eile, str, str]:
    """How urgent it is, what says so, and the deadline in words."""
    if hinweis.eilt_at is None or hinweis.frist_at is None or hinweis.erledigt_at is not None:
        return Eile.SPAETER, "", ""
    jetzt, frist = timezone.localtime(real_now()), timezone.localtime(hinweis.frist_at)
    rest, tag = restzeit(frist, jetzt), fristtag(frist, jetzt)
    gruppe = eile(timezone.localtime(hinweis.eilt_at), jetzt)
    if hinweis.eilt_at < hinweis.frist_at and hinweis.beginn and frist >= jetzt and eile(frist, jetzt) != gruppe:
        return gruppe, beginnzeit(hinweis.beginn, today()), f"Frist: {tag}"
    return gruppe, rest, tag


def build_zeilen(hinweise: list[Hinweis], tenants: dict[str, Tenant], *, macht: Callable[[str], bool]) -> list[Zeile]:
    """Rows of one page; a pointer of an office that is gone is left out. `macht`: whether she takes steps of a kind."""
    zeilen = []
    for h in hinweise:
        if tenant := tenants.get(h.mandant):
            gruppe, drang, frist = _zeit(h)
            ihre = macht(h.art)
            zeilen.append(
                Zeile(
                    hinweis=h,
                    jugendamt=tenant.name,
                    titel=_titel(h),
                    url=handover_path(kuerzel=tenant.kuerzel, art=h.art, objekt_id=h.objekt_id),
                    aktion=_aktion(h, ihre=ihre),
                    eile=gruppe,
                    drang=drang,
                    frist=frist,
                    stand=_stand(h, ihre=ihre),
                    macht_jemand_anders=not ihre,
                )
            )
    return zeilen


def group_zeilen(zeilen: Iterable[Zeile], nachrichten: Sequence[Zeile] = ()) -> list[Gruppe]:
    """What offices wrote first; then rows in the order of the list, under a heading for each degree of urgency."""
    neue = [Gruppe(NACHRICHTEN, list(nachrichten))] if nachrichten else []
    return neue + [
        Gruppe(gruppe.value, list(teil), ist_eilig=gruppe == Eile.NACHT)
        for gruppe, teil in groupby(zeilen, key=lambda zeile: zeile.eile)
    ]
