"""Which name or form a provider wants instead, and which office it may ask."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from shared_apps.accounts.models import Membership
from shared_apps.core.clock import today
from shared_apps.core.liste import Liste, ordnung, related
from shared_apps.journal.models import JournalEintrag
from shared_apps.providers.models import Anbieter, Einrichtung, Stammdatenvorschlag
from shared_apps.providers.querysets import valid_on
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.models import Tenant

#: What an office looked at when it let the provider in; trigger `providers_zugelassen_bleibt` has the same.
ZUGELASSEN = ("name", "rechtsform", "register_nr", "anerkennung")

with_names = related("anbieter", "gebietskoerperschaft")
STAMMDATEN = Liste(
    "providers:master_changes",
    {"neueste": ordnung("created_at", index="stammdaten_zeit")},
    "-neueste",
    zeigt=with_names,
)


def read_zugelassenes(anbieter: Anbieter) -> dict[str, Any]:
    """What holds now."""
    return {name: getattr(anbieter, name) for name in ZUGELASSEN}


def list_pruefende_haeuser() -> QuerySet[Einrichtung]:
    """Facilities, of every provider, at whose youth office it is checked: those that somebody else has entered, and
    only where there is none, those of its own people. They enter one anywhere, alone and at once, and would choose with
    it who confirms (ADR 0075). Function `providers_amt_prueft` has the same."""
    leute = Membership.objects.filter(anbieter_id=OuterRef(OuterRef("anbieter_id")), user_id=OuterRef("user_id"))
    von_ihnen = JournalEintrag.objects.filter(
        Exists(leute), tabelle=Einrichtung._meta.db_table, zeile=Cast(OuterRef("pk"), TextField()), art="ANLEGEN"
    )
    haeuser = Einrichtung.objects.filter(
        valid_on(today()), gebietskoerperschaft__kuerzel__in=Tenant.objects.values("kuerzel")
    )
    haeuser = haeuser.alias(ist_selbst_eingetragen=Exists(von_ihnen))
    andere = haeuser.filter(ist_selbst_eingetragen=False, anbieter_id=OuterRef("anbieter_id"))
    return haeuser.filter(Q(ist_selbst_eingetragen=False) | ~Exists(andere))


def list_pruefende(anbieter: Anbieter) -> QuerySet[Gebietskoerperschaft]:
    """Districts whose youth office the provider may ask."""
    haeuser = list_pruefende_haeuser().filter(anbieter=anbieter).order_by()
    return Gebietskoerperschaft.objects.filter(pk__in=haeuser.values("gebietskoerperschaft_id"))


def list_vorschlaege(vorschlaege: QuerySet[Stammdatenvorschlag], *, zustand: str = "") -> QuerySet[Stammdatenvorschlag]:
    """Of what may be seen, those in this state; all without one."""
    return STAMMDATEN.order(vorschlaege.filter(zustand=zustand) if zustand else vorschlaege)


def compare(vorschlag: Stammdatenvorschlag) -> list[tuple[str, str, str]]:
    """(label, before, proposed) of what is to change."""
    zeilen = []
    for name in ZUGELASSEN:
        feld = Stammdatenvorschlag._meta.get_field(name)
        worte = dict(getattr(feld, "choices", None) or ())
        alt, neu = vorschlag.bisher.get(name, ""), getattr(vorschlag, name)
        if alt != neu:
            zeilen.append((str(feld.verbose_name), str(worte.get(alt, alt) or "–"), str(worte.get(neu, neu) or "–")))
    return zeilen
