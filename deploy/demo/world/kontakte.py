"""Whom offices call: each house has a telephone for the night, each provider somebody for its bills."""

from __future__ import annotations

from deploy.demo.world.leute import find_akteur
from deploy.demo.world.markt import Markt
from deploy.demo.world.werkzeug import at_portal
from shared_apps.accounts.akteur import Akteur
from shared_apps.providers.models import Anbieter, Einrichtung, Kontaktfunktion
from shared_apps.providers.services.kontakte import create_kontakt


def enter_kontakte(markt: Markt) -> int:
    """Entered by somebody of each provider, as at the portal; numbers of no exchange. Returns how many."""
    haeuser = Einrichtung.objects.in_bulk([haus.id for haus in markt.einrichtungen])
    anbieter = Anbieter.objects.in_bulk({haus.anbieter.id for haus in markt.einrichtungen})
    akteure: dict[str, Akteur] = {}
    anzahl = 0
    for haus in markt.einrichtungen:
        wer = haus.anbieter
        orte: list[tuple[Anbieter | Einrichtung, dict]] = [
            (haeuser[haus.id], build_notruf(f"0000 7{haus.nummer:05d}", f"haus{haus.nummer}.example"))
        ]
        if wer.username not in akteure:
            akteure[wer.username] = find_akteur(wer.username, None)
            orte.append((anbieter[wer.id], _build_verwaltung(wer.nummer)))
        akteur = akteure[wer.username]
        with at_portal(akteur):
            for ort, angaben in orte:
                create_kontakt(akteur=akteur, ort=ort, angaben=angaben)
        anzahl += len(orte)
    return anzahl


def build_notruf(telefon: str, host: str) -> dict:
    """Somebody answers day and night; who it is changes."""
    return {
        "funktion": Kontaktfunktion.BEREITSCHAFT, "name": "", "telefon": telefon,
        "email": f"bereitschaft@{host}", "ist_notruf": True,
    }  # fmt: skip


def _build_verwaltung(nummer: int) -> dict:
    return {
        "funktion": Kontaktfunktion.VERWALTUNG, "name": "", "telefon": f"0000 8{nummer:05d}",
        "email": f"rechnungen@anbieter{nummer}.example", "ist_notruf": False,
    }  # fmt: skip
