"""Reads of young people and cases. What the person may see is decided above; the queryset comes in narrowed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Fachkraft
from shared_apps.core.clock import today
from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.core.ordnung import deutsch, deutscher_schluessel
from tenant_apps.cases.models import (
    Amtsperson,
    AnvertrauteNotiz,
    Aufgabenbereich,
    Fallfreigabe,
    Fallnotiz,
    Fallverknuepfung,
    FreigabeArt,
    Hilfefall,
    HilfefallZustand,
    Klient,
)
from tenant_apps.cases.querysets import KlientQuerySet, from_the_night, not_restricted, word_query
from tenant_apps.cases.rules import Personenangaben
from tenant_apps.cases.vorgaben import FREIE_TAGE
from tenant_apps.vorgaben.katalog import Benannt
from tenant_apps.vorgaben.selectors import get_vorgabe
from tenants.crypto import open_sealed

#: A select with more entries helps nobody; the filter narrows it.
AUSWAHL_GRENZE = 100


#: Names are sealed and cannot be sorted by the database.
HILFEFAELLE = Liste(
    "cases:list",
    {
        "fallnummer": ordnung("fallnummer"),
        "angelegt": ordnung("created_at", index="hilfefall_neueste"),
        "stand": ordnung("zustand"),
        "team": ordnung(deutsch("team")),
    },
    "-angelegt",
    zeigt=related("klient", "fachkraft"),
)
#: The oldest first: they wait longest.
AUS_DER_NACHT = Liste(
    "cases:of_the_night",
    {"angelegt": ordnung("created_at", index="hilfefall_aus_der_nacht")},
    "angelegt",
    zeigt=related("fachkraft"),
)
OHNE_FACHKRAFT = Liste("cases:orphaned", {"angelegt": ordnung("created_at")}, "angelegt", zeigt=related("fachkraft"))


def search_klienten(klienten: QuerySet[Klient], text: str = "", *, grenze: int = AUSWAHL_GRENZE) -> list[Klient]:
    """Those of `klienten` whom every word of `text` finds: a whole name, the PKZ, the birth, part of a case number.

    The newest `grenze` in the order of their names: names are encrypted and cannot be sorted in SQL. Each with the
    number of her newest case that can be read (`fallnummer_zuletzt`).
    """
    for wort in text.replace("\x00", " ").replace(",", " ").split()[:5]:
        klienten = klienten.filter(
            word_query(wort) | Q(pk__in=Hilfefall.objects.filter(fallnummer__icontains=wort).values("klient_id"))
        )
    zuletzt = Hilfefall.objects.filter(klient=OuterRef("pk")).order_by("-created_at", "-pk").values("fallnummer")[:1]
    found = klienten.annotate(fallnummer_zuletzt=Subquery(zuletzt)).order_by("-created_at", "-pk")
    return sorted(found[:grenze], key=name_order)


def name_order(klient: Klient) -> tuple:
    """Key to sort people by name in the German order of all lists (`shared_apps.core.ordnung`)."""
    return deutscher_schluessel(klient.nachname), deutscher_schluessel(klient.vorname), klient.pkz


def list_bestrittene(klienten: Iterable[UUID] | None = None) -> dict[UUID, frozenset[str]]:
    """Which of the person's fields are disputed now, by person; of all people the reader's database role reaches.

    The marks belong to app privacy, which is above; they are reached from the person's side.
    """
    offen = Klient.objects.filter(feldvermerke__art="BESTRITTEN", feldvermerke__aufgehoben_at__isnull=True)
    if klienten is not None:
        offen = offen.filter(pk__in=list(klienten))
    found: dict[UUID, set[str]] = {}
    for pk, feld in offen.order_by().values_list("pk", "feldvermerke__feld"):
        found.setdefault(pk, set()).add(feld)
    return {pk: frozenset(felder) for pk, felder in found.items()}


def name_felder(felder: Iterable[str]) -> list[str]:
    """Names of fields of a person as on the screen."""
    return sorted((str(Klient._meta.get_field(feld).verbose_name) for feld in felder), key=deutscher_schluessel)


def get_personenangaben(klient: Klient) -> Personenangaben:
    """What `rules.find_personenbezug` looks for in a text about her: her names, her birth, PKZ and all case numbers.

    For the office, which opens her name: a provider's request does not have it before the booking.
    """
    nummern = Hilfefall.objects.filter(klient=klient).order_by("created_at").values_list("fallnummer", flat=True)
    geboren = klient._meta.get_field("geburtsdatum").to_python(klient.geburtsdatum)
    alle = tuple(nummer for nummer in (klient.pkz, *nummern) if nummer)
    return Personenangaben(klient.vorname or "", klient.nachname or "", geboren, alle)


def find_same_klient(*, pkz: str, vorname: str, nachname: str, geburtsdatum: date) -> Klient | None:
    """The young person with this PKZ, if name and date of birth say that it is the same one."""
    bekannt = Klient.objects.mit_pkz(pkz).filter(ist_vormundschaft=False)
    return bekannt.mit_name(vorname=vorname, nachname=nachname, geburtsdatum=geburtsdatum).first()


def find_namensgleiche(
    klienten: QuerySet[Klient], *, pkz: str, vorname: str, nachname: str, geburtsdatum: date
) -> Klient | None:
    """The newest of `klienten` with these names and this birth under another PKZ: probably the same young person."""
    alle = cast("KlientQuerySet", klienten)  # as every queryset of young people
    gleiche = alle.mit_name(vorname=vorname, nachname=nachname, geburtsdatum=geburtsdatum)
    return gleiche.exclude(pk__in=Klient.objects.mit_pkz(pkz).values("pk")).order_by("-created_at", "-pk").first()


def pkz_is_taken(pkz: str, *, ist_vormundschaft: bool = False) -> bool:
    """Whether the office has somebody with this PKZ on this side of § 68; sealed people do not count."""
    return Klient.objects.mit_pkz(pkz).filter(ist_vormundschaft=ist_vormundschaft, gesperrt=False).exists()


def get_offener_hilfefall(*, faelle: QuerySet[Hilfefall], klient: Klient) -> Hilfefall | None:
    """The newest case of the young person that is not closed, among `faelle`."""
    offen = faelle.filter(klient=klient).exclude(zustand=HilfefallZustand.ABGESCHLOSSEN)
    return offen.order_by("-created_at").first()


def list_rollen(user_id: UUID) -> frozenset[str]:
    """Roles of her own a person has in this office today; empty for strangers, and for a deputy's."""
    own = Amtsperson.objects.filter(user_id=user_id, vertritt_id__isnull=True)
    return frozenset(own.values_list("rolle", flat=True))


def list_teams(user_id: UUID) -> list[str]:
    """Teams of a person, by name."""
    own = Amtsperson.objects.filter(user_id=user_id, vertritt_id__isnull=True).exclude(team="")
    return sorted(set(own.values_list("team", flat=True)), key=deutscher_schluessel)


def list_geleitete_teams() -> set[str]:
    """Teams that somebody leads today, also in somebody's place."""
    rows = Amtsperson.objects.filter(rolle=Rolle.TEAMLEITUNG).exclude(team="")
    return set(rows.order_by().values_list("team", flat=True))


def night_teams(geleitet: Iterable[str]) -> Q:
    """Cases of the night that are due to somebody who leads these teams: those of her teams, and those of a team that
    nobody leads today, or of none, so that none falls through. The one rule of who sees them and who is told.
    """
    return Q(team__in=list(geleitet)) | ~Q(team__in=list_geleitete_teams())


def list_uebernehmende() -> set[UUID]:
    """Who is told that a case of the night waits: each lead to whom one is due (`night_teams`), where there is no lead
    the head of the office. Nobody is told of a sealed one. Two queries, and two for each different set of teams that
    somebody leads.
    """
    rows = not_restricted(Hilfefall.objects.filter(from_the_night(), gesperrt=False)).order_by()
    rows = rows.exclude(aufgabe=Aufgabenbereich.VORMUNDSCHAFT)
    if not rows.exists():
        return set()
    teams: dict[UUID, set[str]] = {}
    leitende = Amtsperson.objects.filter(rolle=Rolle.TEAMLEITUNG)
    for user_id, team in leitende.order_by().values_list("user_id", "team"):
        teams.setdefault(user_id, set()).update({team} - {""})
    if not teams:
        return set(Amtsperson.objects.filter(rolle=Rolle.JUGENDAMTSLEITUNG).values_list("user_id", flat=True))
    faellig = {je: rows.filter(night_teams(je)).exists() for je in {frozenset(eine) for eine in teams.values()}}
    return {user_id for user_id, eine in teams.items() if faellig[frozenset(eine)]}


def list_leitende(teams: Iterable[str]) -> set[UUID]:
    """Who leads these teams today; of a team that nobody leads, or of none, the head of the office. Two queries."""
    gefragt, leitende = set(teams), Amtsperson.objects.filter(rolle=Rolle.TEAMLEITUNG).exclude(team="").order_by()
    wer = list(leitende.filter(team__in=gefragt).values_list("user_id", "team"))
    gefunden = {user_id for user_id, _ in wer}
    if gefragt - {team for _, team in wer}:
        koepfe = Amtsperson.objects.filter(rolle=Rolle.JUGENDAMTSLEITUNG).order_by()
        gefunden.update(koepfe.values_list("user_id", flat=True))
    return gefunden


def list_zustaendige(faelle: Iterable[Hilfefall]) -> set[UUID]:
    """Who is told when the worker of one of these cases does not do what waits: the lead of its team (else the head of
    the office, `list_leitende`); of a sealed case those named in it, and nobody else. Three queries."""
    gesperrte, teams = [], set()
    for fall in faelle:
        if fall.gesperrt:
            gesperrte.append(fall.pk)
        else:
            teams.add(fall.team)
    gilt = Q(gueltig_bis__isnull=True) | Q(gueltig_bis__gt=today())
    benannte = Fallfreigabe.objects.filter(
        gilt, hilfefall__in=gesperrte, art=FreigabeArt.SPERRFALL, beendet_at__isnull=True, gueltig_ab__lte=today()
    )
    return {*benannte.values_list("user_id", flat=True), *list_leitende(teams)}


def list_kollegium(rollen: Iterable[str], *, ohne: Iterable[UUID] = ()) -> list[tuple[str, str]]:
    """People of this office in any of these roles, as choices: id and name with team, each once, by name."""
    people: dict[str, str] = {}
    own = Amtsperson.objects.filter(rolle__in=set(rollen), vertritt_id__isnull=True)
    for person in own.exclude(user_id__in=list(ohne)):
        people.setdefault(str(person.user_id), f"{person}, {person.team}" if person.team else str(person))
    return list(people.items())


@dataclass(frozen=True, slots=True)
class Sicht:
    """One line of "Wer sieht diesen Fall?": who, why, how much, until when; the exception that can be ended."""

    wer: str
    warum: str
    was: str = "Akte"
    bis: date | None = None
    freigabe: Fallfreigabe | None = None


def list_freigaben(fall: Hilfefall) -> QuerySet[Fallfreigabe]:
    """Exceptions that hold today."""
    tag = today()
    gilt = Q(gueltig_bis__isnull=True) | Q(gueltig_bis__gt=tag)
    return fall.freigaben.filter(gilt, beendet_at__isnull=True, gueltig_ab__lte=tag).select_related("user")


def list_sicht(fall: Hilfefall) -> list[Sicht]:
    """Who sees a case and why, as the policies decide it today."""
    arten = [FreigabeArt.SPERRFALL] if fall.gesperrt else [a for a in FreigabeArt if a is not FreigabeArt.SPERRFALL]
    ausnahmen = [
        Sicht(str(f.user), f"{f.get_art_display()}: {f.grund}", bis=f.gueltig_bis, freigabe=f)
        for f in list_freigaben(fall).filter(art__in=arten)
    ]
    if fall.gesperrt:
        return ausnahmen
    sicht = [Sicht(str(fall.fachkraft), "führt den Fall")]
    leute = list(Amtsperson.objects.all())
    sicht += [Sicht(str(p), f"vertritt {fall.fachkraft}") for p in leute if p.vertritt_id == fall.fachkraft_id]
    ist_vormundschaft = fall.aufgabe == Aufgabenbereich.VORMUNDSCHAFT
    if fall.team and not ist_vormundschaft:
        sicht += [
            Sicht(str(p), f"leitet das Team {p.team}")
            for p in leute
            if p.rolle == Rolle.TEAMLEITUNG and p.team == fall.team
        ]
    sicht += ausnahmen
    if not ist_vormundschaft and fall.reservierungen.exists():
        sicht.append(Sicht("Wirtschaftliche Jugendhilfe", "zahlt für diesen Fall", "Name, Fallnummer, Kosten"))
        sicht.append(Sicht("Jugendamtsleitung", "ordnet Zahlungen an", "Fallnummer und Betrag, kein Name"))
    return sicht


def list_verknuepfte(fall: Hilfefall) -> list[Hilfefall]:
    """Cases joined with this one, from either side."""
    paare = Fallverknuepfung.objects.filter(Q(hilfefall=fall) | Q(verbunden=fall)).values_list("hilfefall", "verbunden")
    ids = {pk for paar in paare for pk in paar} - {fall.pk}
    return list(Hilfefall.objects.filter(pk__in=ids).select_related("fachkraft"))


def count_by_fachkraft(faelle: QuerySet[Hilfefall]) -> list[tuple[Fachkraft, int]]:
    """Who is responsible for these cases, each with how many, by name. Two queries."""
    zahlen = dict(faelle.order_by().values_list("fachkraft_id").annotate(Count("pk")))
    leute = Fachkraft.objects.filter(pk__in=zahlen).order_by(deutsch("nachname"), deutsch("vorname"), "pk")
    return [(person, zahlen[person.pk]) for person in leute]


def count_offene(user_id: UUID) -> int:
    """Open cases this person is responsible for, whatever their task. Sealed ones only for those named for them."""
    return Hilfefall.objects.filter(fachkraft_id=user_id).exclude(zustand=HilfefallZustand.ABGESCHLOSSEN).count()


def search_hilfefaelle(faelle: QuerySet[Hilfefall], text: str) -> QuerySet[Hilfefall]:
    """Those whose case number contains, or whose person is found by, every word of `text`."""
    for wort in text.replace("\x00", " ").replace(",", " ").split()[:5]:
        personen = Klient.objects.filter(word_query(wort)).values("pk")
        faelle = faelle.filter(Q(fallnummer__icontains=wort) | Q(klient_id__in=personen))
    return faelle


def get_text(notiz: Fallnotiz | AnvertrauteNotiz) -> str:
    """The text of a note that the person may read."""
    return open_sealed(notiz.text, context=notiz.siegel)


def list_freie_tage() -> frozenset[date]:
    """Days on which nobody of the open office works, besides Saturday and Sunday; none as long as it has named none."""
    return frozenset(Benannt.read(roh).tag for roh in get_vorgabe(FREIE_TAGE))
