"""What the journal of the shared tables says about a provider's own people, keys and register data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from shared_apps.accounts.models import ApiToken, Membership, User
from shared_apps.core.labels import label_art, label_felder
from shared_apps.core.liste import Liste, ordnung
from shared_apps.journal.models import JournalEintrag
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung

#: What the filter offers: code, label, models.
BEREICHE: tuple[tuple[str, str, tuple[type[Model], ...]], ...] = (
    ("rollen", "Rollen", (Membership,)),
    ("schluessel", "API-Schlüssel", (ApiToken,)),
    ("stammdaten", "Stammdaten", (Anbieter, Einrichtung, Angebot)),
)
#: Noted at every call of a machine: no change anybody made.
NUR_BENUTZT = ["zuletzt_at"]


@dataclass(frozen=True, slots=True)
class Journalzeile:
    """One change as the provider's administration reads it."""

    wann: datetime
    wer: str
    art: str
    bereich: str
    was: str
    felder: str


def _own(anbieter_ids: Iterable[UUID]) -> dict[type[Model], QuerySet]:
    """Rows of these providers. Keys only of people who work nowhere else."""
    ids = list(anbieter_ids)
    rollen = Membership.objects.filter(anbieter_id__in=ids)
    anderswo = Membership.objects.exclude(anbieter_id__in=ids)  # those without a provider as well
    return {
        Membership: rollen.select_related("user"),
        ApiToken: ApiToken.objects.filter(user__in=rollen.values("user"))
        .exclude(user__in=anderswo.values("user"))
        .select_related("user"),
        Anbieter: Anbieter.objects.filter(pk__in=ids),
        Einrichtung: Einrichtung.objects.filter(anbieter_id__in=ids),
        Angebot: Angebot.objects.filter(einrichtung__anbieter_id__in=ids),
    }


JOURNAL = Liste("members:journal", {"neueste": ordnung("created_at", index="journal_zeit")}, "-neueste")


def list_own_journal(
    anbieter_ids: Iterable[UUID], *, bereich: str = "", von: date | None = None, bis: date | None = None
) -> QuerySet[JournalEintrag]:
    """Changes of the providers' own rows, newest first."""
    own = _own(anbieter_ids)
    gewaehlt = Q(pk__in=[])
    for code, _, models in BEREICHE:
        for model in models if bereich in ("", code) else ():
            keys = [str(pk) for pk in own[model].values_list("pk", flat=True)]
            gewaehlt |= Q(tabelle=model._meta.db_table, zeile__in=keys)
    rows = JournalEintrag.objects.filter(gewaehlt).exclude(felder=NUR_BENUTZT)
    if von:
        rows = rows.filter(created_at__date__gte=von)
    if bis:
        rows = rows.filter(created_at__date__lte=bis)
    return rows


def as_journalzeilen(eintraege: Iterable[JournalEintrag], anbieter_ids: Iterable[UUID]) -> list[Journalzeile]:
    """With names: of the rows, of the columns, and of whoever acted as far as she belongs to the provider."""
    eintraege, ids = list(eintraege), list(anbieter_ids)
    own = _own(ids)
    wer: dict[UUID | None, str] = {
        u.pk: u.name
        for u in User.objects.filter(
            pk__in={e.user_id for e in eintraege if e.user_id}, memberships__anbieter_id__in=ids
        )
    }
    bereiche = {model._meta.db_table: label for _, label, models in BEREICHE for model in models}
    was: dict[tuple[str, str], str] = {}
    for model, rows in own.items():
        table = model._meta.db_table
        found = rows.filter(pk__in={e.zeile for e in eintraege if e.tabelle == table})
        was |= {(table, str(row.pk)): _label(row) for row in found}
    return [
        Journalzeile(
            wann=e.created_at,
            wer=wer.get(e.user_id) or ("System" if e.user_id is None else "außerhalb Ihrer Organisation"),
            art=label_art(e.art),
            bereich=bereiche[e.tabelle],
            was=was[e.tabelle, e.zeile],
            felder=label_felder(e.tabelle, e.felder),
        )
        for e in eintraege
    ]


def _label(row: Model) -> str:
    if isinstance(row, Membership):
        return f"{row.user.name}: {row.get_rolle_display()}"
    if isinstance(row, ApiToken):
        return f"{row.user.name}: {row.bezeichnung or 'ohne Bezeichnung'}"
    return str(row)
