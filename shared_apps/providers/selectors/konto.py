"""The account of a provider, who keeps it, and who is the second person beside whom (ADR 0070, 0075)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership, Postfach, User
from shared_apps.accounts.selectors import valid_on
from shared_apps.core.clock import local_date, real_now, today
from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.core.ordnung import deutsch
from shared_apps.journal.models import JournalEintrag
from shared_apps.providers.models import Anbieter, Bankverbindung, Kontovorschlag
from shared_apps.providers.querysets import valid_on as goes_on
from shared_apps.providers.rules import Zulassungen, sind_unabhaengig
from shared_apps.providers.states import KontoZustand

#: Who speaks for the whole provider, and who bills; trigger function `providers_konto_pruefen` has the same.
KONTO_ROLLEN = (Rolle.ANBIETER, Rolle.ANBIETER_ABRECHNUNG)
#: Of an account: where its link leads, where mail about it goes, what opens it. Whoever alters it for somebody else has
#: a hand in how she gets in. Function `providers_zulassungskette` has the same.
ZUGANG = ("einladung_nr", "email", "password")
#: How many past accounts a page shows.
FRUEHERE = 10

with_names = related("anbieter", "gebietskoerperschaft")
#: Accounts that an office is asked for.
KONTEN = Liste(
    "providers:account_checks",
    {"neueste": ordnung("created_at", index="kontovorschlag_zeit_land")},
    "-neueste",
    zeigt=with_names,
)


def find_bankverbindung(anbieter: Anbieter) -> Bankverbindung | None:
    """The account that holds."""
    return Bankverbindung.objects.filter(anbieter=anbieter).first()


def list_vorschlaege(anbieter: Anbieter) -> Sequence[Kontovorschlag]:
    """The latest ones with who signed them, newest first; the first may be open."""
    rows = Kontovorschlag.objects.filter(anbieter=anbieter).select_related(
        "vorgeschlagen_von", "entschieden_von", "gebietskoerperschaft"
    )
    return list(rows.order_by("-created_at", "-id")[: FRUEHERE + 1])


def list_zu_pruefende(vorschlaege: QuerySet[Kontovorschlag], *, zustand: str = "") -> QuerySet[Kontovorschlag]:
    """Of what an office may see, those in this state, as it is now; all without one."""
    if zustand == KontoZustand.VORGESCHLAGEN:
        vorschlaege = vorschlaege.filter(zustand=zustand, gilt_bis__gte=real_now())
    elif zustand == KontoZustand.ABGELAUFEN:
        abgelaufen = Q(zustand=zustand) | Q(zustand=KontoZustand.VORGESCHLAGEN, gilt_bis__lt=real_now())
        vorschlaege = vorschlaege.filter(abgelaufen)
    elif zustand:
        vorschlaege = vorschlaege.filter(zustand=zustand)
    return KONTEN.order(vorschlaege)


def list_kontofuehrende(anbieter_id: UUID, *, seit: datetime | None = None) -> QuerySet[User]:
    """People of the provider who keep its account today; `seit`: who already had the role then."""
    rollen = Q(anbieter_id=anbieter_id, rolle__in=KONTO_ROLLEN)
    if seit is not None:
        rollen &= Q(created_at__lte=seit)
    rows = Membership.objects.filter(valid_on(today()), rollen)
    return User.objects.filter(pk__in=rows.values("user_id"), is_active=True)


def list_zweite(anbieter_id: UUID, *, ohne: UUID) -> QuerySet[User]:
    """Everybody else who keeps the account beside `ohne`."""
    return list_kontofuehrende(anbieter_id).exclude(pk=ohne)


def list_zulassungen(anbieter_id: UUID) -> Zulassungen:
    """Everybody who ever had a role at this provider → who let her in, as the journal says, and who is herself under
    another address (`rules.Zulassungen`): accounts with one mailbox are behind each other, and whoever let somebody
    in from outside is behind her as the person she is here."""
    rollen = {str(pk): user_id for pk, user_id in _rollen(anbieter_id)}
    zugelassen: dict[UUID, set[UUID]] = {user_id: {user_id} for user_id in rollen.values()}
    for zeile, wer in _eingetragen("accounts_membership", rollen, Q(art="ANLEGEN")):
        zugelassen[rollen[zeile]].add(wer)
    wie = Q(art="ANLEGEN") | Q(felder__overlap=list(ZUGANG))
    for zeile, wer in _eingetragen("accounts_user", map(str, zugelassen), wie):
        zugelassen[UUID(zeile)].add(wer)
    dieselben = _dieselben(set(zugelassen), set(zugelassen).union(*zugelassen.values()))
    return {wen: set().union(*(dieselben[wer] for wer in von)) - {wen} for wen, von in zugelassen.items()}


def _dieselben(leute: Set[UUID], konten: Set[UUID]) -> dict[UUID, set[UUID]]:
    """Account → she herself and those of `leute` who have her mailbox."""
    rows = User.objects.filter(pk__in=konten).exclude(email="").values_list("pk", Postfach("email"))
    postfach = dict(rows)
    hier: dict[str, set[UUID]] = defaultdict(set)
    for user_id in leute & set(postfach):
        hier[postfach[user_id]].add(user_id)
    return {konto: {konto} | (hier[postfach[konto]] if konto in postfach else set()) for konto in konten}


def _rollen(anbieter_id: UUID) -> Iterable[tuple[UUID, UUID]]:
    return Membership.objects.filter(anbieter_id=anbieter_id).values_list("pk", "user_id")


def _eingetragen(tabelle: str, zeilen: Iterable[str], welche: Q) -> list[tuple[str, UUID]]:
    rows = JournalEintrag.objects.filter(welche, tabelle=tabelle, zeile__in=list(zeilen), user_id__isnull=False)
    entries = rows.order_by().values_list("zeile", "user_id").distinct()
    return [(zeile, wer) for zeile, wer in entries if wer is not None]


def list_bestaetigende(anbieter_id: UUID, *, neben: UUID, seit: datetime | None = None) -> list[User]:
    """Who of the provider may confirm what `neben` enters; `seit`: what she entered then, so who was there before."""
    zulassungen = list_zulassungen(anbieter_id)
    leute = list_kontofuehrende(anbieter_id, seit=seit).exclude(pk=neben)
    leute = leute.order_by(deutsch("nachname"), deutsch("vorname"), "pk")
    return [user for user in leute if sind_unabhaengig(neben, user.pk, zulassungen)]


def list_ausgeschiedene(vorschlag: Kontovorschlag) -> QuerySet[User]:
    """Who could have confirmed what an office is asked for, if her role had not ended in the 90 days before it was
    entered. Function `providers_ausgeschiedene` says who that is."""
    if vorschlag.gebietskoerperschaft_id is None:
        return User.objects.none()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wer FROM providers_ausgeschiedene(%s, %s, %s)",
            [vorschlag.anbieter_id, vorschlag.vorgeschlagen_von_id, local_date(vorschlag.created_at)],
        )
        wer = [row[0] for row in cursor.fetchall()]
    return User.objects.filter(pk__in=wer, is_active=True)


@dataclass(frozen=True, slots=True)
class Kontoaufgaben:
    """What there is to do about the account of one's providers (providers/_konto_zu_tun.html)."""

    #: Waits for her signature, or a colleague entered it: she may say no before the office decides.
    wartende: Sequence[Kontovorschlag] = ()
    #: Providers whom nobody can pay: no account holds, none waits, and they go on.
    ohne: Sequence[Anbieter] = ()


def get_kontoaufgaben(anbieter: QuerySet[Anbieter], *, user_id: UUID) -> Kontoaufgaben:
    """For one of these providers' people who keep the account. Two queries."""
    wartende = Kontovorschlag.objects.filter(zustand=KontoZustand.VORGESCHLAGEN, gilt_bis__gte=real_now())
    fremde = wartende.filter(anbieter__in=anbieter).exclude(vorgeschlagen_von=user_id)
    gilt = Bankverbindung.objects.filter(anbieter=OuterRef("pk"))
    ohne = anbieter.filter(goes_on(today()), ~Exists(gilt), ~Exists(wartende.filter(anbieter=OuterRef("pk"))))
    return Kontoaufgaben(
        list(fremde.select_related("anbieter").order_by("-created_at", "-id")),
        list(ohne.order_by(deutsch("name"), "pk")),
    )
