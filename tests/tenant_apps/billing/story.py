"""Ines bills what she rendered for a booking of VG: the stories of this folder begin here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.accounts.akteur import Akteur
from shared_apps.providers.models import Entgelt
from tenant_apps.billing.models import Leistungsnachweis, Rechnung
from tenant_apps.billing.services.issue import bill_monat
from tenant_apps.billing.services.record import record_leistungsnachweis
from tenant_apps.placements.enums import Beendigungsgrund
from tenant_apps.placements.models import Buchung
from tenant_apps.placements.services.end import end_buchung
from tests.tenant_apps.placements.story import Story

JUNI = date(2017, 6, 1)


def record(story: Story, buchung: Buchung, monat: date = JUNI, tage=range(1, 31), **fields) -> Leistungsnachweis:
    """Ines records a month, by default all thirty days of June 2017."""
    ines = story.akteur("ines")
    with story.at_vg():
        return record_leistungsnachweis(buchung=buchung, monat=monat, akteur=ines, tage=tage, **fields)


def bill(story: Story, buchung: Buchung, monat: date = JUNI, tage=range(1, 31), nummer: str = "") -> Rechnung:
    """Ines records and bills."""
    nachweis = record(story, buchung, monat, tage)
    ines = story.akteur("ines")
    with story.at_vg():
        return bill_monat(nachweis=nachweis, akteur=ines, nummer=nummer)


def change_entgelt(story: Story, ab: date, betrag: str) -> None:
    """A new rate from a day on."""
    alt = story.angebot.entgelte.get()
    Entgelt.objects.filter(pk=alt.pk).update(gueltig=DateRange(alt.gueltig.lower, ab))
    Entgelt.objects.create(
        angebot=story.angebot, betrag=Decimal(betrag), einheit=alt.einheit, gueltig=DateRange(ab, None)
    )


def end_on_15_juni(buchung: Buchung, akteur: Akteur) -> None:
    """The help ends in the middle of the month that is charged already, and who records it knows."""
    end_buchung(
        buchung=buchung,
        akteur=akteur,
        letzter_tag=date(2017, 6, 15),
        grund=Beendigungsgrund("22"),
        trotz_rechnung=True,
    )
