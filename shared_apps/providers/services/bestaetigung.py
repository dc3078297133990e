"""Who said when that the vacancies of an offer are right."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import now, today
from shared_apps.providers.models import Angebot, Bestaetigungsweg, Vakanzbestaetigung
from shared_apps.providers.policies import own_angebote
from shared_apps.providers.querysets import not_ended
from shared_apps.providers.selectors.angebote import count_frei


@transaction.atomic
def record_bestaetigung(*, akteur: Akteur, angebote: Iterable[UUID], weg: Bestaetigungsweg) -> int:
    """Write down that the vacancies of these own offers are right, and what they are now; how many offers it were.

    Left out are offers of others, ended ones, and those with an open report: an office waits for an answer there. The
    offers are held meanwhile, as a hold of a place holds them, so the counts are those of this very moment. What a
    program says through the API is never said to have been on a page, whatever it did (`weg`).
    """
    weg = Bestaetigungsweg.PROGRAMM if akteur.ist_programm else weg
    rows = own_angebote(akteur).filter(not_ended(today()), pk__in=list(angebote), vakanz_gemeldet_at=None)
    held = list(Angebot.objects.select_for_update(no_key=True).filter(pk__in=rows.values("pk")).order_by("pk"))
    ids, jetzt = [angebot.pk for angebot in held if angebot.vakanz_gemeldet_at is None], now()
    frei = count_frei(ids, today())
    Vakanzbestaetigung.objects.bulk_create(
        Vakanzbestaetigung(
            angebot_id=angebot_id, bestaetigt_at=jetzt, bestaetigt_von_id=akteur.user_id, weg=weg,
            frei=frei.get(angebot_id, (0, 0))[0], gesamt=frei.get(angebot_id, (0, 0))[1],
        )
        for angebot_id in ids
    )  # fmt: skip
    return Angebot.objects.filter(pk__in=ids).update(vakanz_bestaetigt_at=jetzt)
