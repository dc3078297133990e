"""The parts of the market that no service makes: confirmations of days that are over, and accounts to pay to."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid5

from deploy.demo.world.markt import Markt, WeltAngebot, ist_saeumig
from deploy.demo.world.werkzeug import copy_rows
from shared_apps.core.clock import local_date
from shared_apps.providers.models import Angebot, Bankverbindung, Bestaetigungsweg, Vakanzbestaetigung

#: Confirmations of each offer, the newest at its `bestaetigt`.
BESTAETIGUNGEN = 13


def write_bestaetigungen(markt: Markt) -> None:
    """Who confirmed vacancies in the last months: each provider in a rhythm of its own, every six to nine days, and who
    is late, every eleven.

    A confirmation is of the moment it is given. Before any place is held: all are free.
    """
    copy_rows(
        Vakanzbestaetigung,
        (
            {
                "id": uuid5(a.id, str(nr)),
                "created_at": moment,
                "angebot_id": a.id,
                "bestaetigt_at": moment,
                "bestaetigt_von_id": a.einrichtung.anbieter.user_id,
                "weg": Bestaetigungsweg.MAIL if nr % 2 else Bestaetigungsweg.SEITE,
                "frei": len(a.plaetze),
                "gesamt": len(a.plaetze),
            }
            for a in markt.angebote
            for nr, moment in enumerate(_moments(a))
        ),
    )
    newest = [Angebot(pk=a.id, vakanz_bestaetigt_at=a.bestaetigt) for a in markt.angebote if _moments(a)]
    Angebot.objects.bulk_update(newest, ["vakanz_bestaetigt_at"], batch_size=500)


def _moments(angebot: WeltAngebot) -> list[datetime]:
    if angebot.bestaetigt is None:
        return []
    nummer = angebot.einrichtung.anbieter.nummer
    rhythm = 11 if ist_saeumig(nummer) else 6 + nummer % 4
    moments = (angebot.bestaetigt - timedelta(days=nr * rhythm) for nr in range(BESTAETIGUNGEN))
    return [moment for moment in moments if local_date(moment) >= angebot.von]


def write_bankverbindungen(markt: Markt, *, jetzt: datetime) -> None:
    """No screen takes in an account yet."""
    copy_rows(
        Bankverbindung,
        (
            {"id": a.id, "created_at": jetzt, "anbieter_id": a.id, "iban": _iban(a.nummer), "inhaber": a.name[:70]}
            for a in markt.anbieter
        ),
    )


def _iban(nummer: int) -> str:
    """Right check digits, bank code of no bank."""
    konto = f"00000000{nummer:010d}"
    return f"DE{98 - int(konto + '131400') % 97:02d}{konto}"
