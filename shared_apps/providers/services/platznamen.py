"""What a house calls its places: all names of an offer at once."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from psycopg.errors import UniqueViolation

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.gelesen import Gelesen
from shared_apps.providers.models import Angebot, Platz
from shared_apps.providers.policies import may_write_own, own_angebote
from shared_apps.providers.services import check_own

NAME_ZWEIMAL = "So heißt schon ein anderer Platz dieses Angebots. Bitte wählen Sie einen anderen Namen."
#: The field of a place by its number, in the form and in a message.
PLATZ_FELD = "platz_{}"
KEIN_PLATZ = "Diesen Platz hat das Angebot nicht."


@transaction.atomic
def update_platznamen(*, akteur: Akteur, angebot: Angebot, namen: Mapping[int, str], gelesen: Gelesen) -> int:
    """Name places of one's own offer, by number; returns how many names have changed.

    `RegelVerletzt` at the place for a name twice. `Veraltet` when a colleague has changed one since they were read.
    """
    check_own(may_write_own(akteur), own_angebote(akteur), angebot.pk)
    rows = Platz.objects.select_for_update(no_key=True).filter(angebot=angebot.pk).order_by("nummer")
    plaetze = {platz.nummer: platz for platz in rows}
    if fremd := set(namen) - set(plaetze):
        raise RegelVerletzt(KEIN_PLATZ, feld=PLATZ_FELD.format(min(fremd)))
    gelesen.check(
        jetzt={PLATZ_FELD.format(nummer): plaetze[nummer].name for nummer in namen},
        neu={PLATZ_FELD.format(nummer): name for nummer, name in namen.items()},
    )
    _check_einmal({nummer: platz.name for nummer, platz in plaetze.items()} | dict(namen), namen)
    geaendert = [nummer for nummer, name in namen.items() if plaetze[nummer].name != name]
    try:
        with transaction.atomic():
            # Two places may swap their names, so all old ones go first.
            Platz.objects.filter(pk__in=[plaetze[nummer].pk for nummer in geaendert]).update(name="")
            for nummer in geaendert:
                plaetze[nummer].name = namen[nummer]
                plaetze[nummer].save(update_fields=["name"])
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise RegelVerletzt(NAME_ZWEIMAL, feld=PLATZ_FELD.format(geaendert[0])) from error
        raise
    return len(geaendert)


def _check_einmal(alle: Mapping[int, str], namen: Mapping[int, str]) -> None:
    zuerst: dict[str, int] = {}
    for nummer, name in sorted(alle.items(), key=lambda paar: (paar[0] in namen, paar[0])):
        if name and zuerst.setdefault(name, nummer) != nummer:
            raise RegelVerletzt(NAME_ZWEIMAL, feld=PLATZ_FELD.format(nummer))
