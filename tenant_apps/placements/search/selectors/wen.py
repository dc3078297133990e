"""Whom an offer takes, by what its kind of help asks for at all."""

from __future__ import annotations

from collections.abc import Collection

from shared_apps.catalogue.models import Angebotsfeld, Hilfeart
from shared_apps.catalogue.selectors import list_felder, list_kriterien
from shared_apps.providers.models import Angebot
from tenant_apps.placements import rules


def list_angebotsabweichungen(
    angebot: Angebot, hilfeart: Hilfeart, *, alter: int | None, geschlecht: str, wann: str = "bei Beginn"
) -> tuple[str, ...]:
    """In what respect a person is outside of whom the offer takes, as sentences. A query only where she seems to be:
    the columns of an offer have values, too, where its kind of help knows no such criterion."""
    alle = rules.Wen(angebot.alter_von, angebot.alter_bis, angebot.geschlecht)
    if not _compare(alle, alter, geschlecht, wann):
        return ()
    gefragt = _limit(alle, list_felder(list_kriterien(modul_id=hilfeart.modul_id)))
    return _compare(gefragt, alter, geschlecht, wann)


def _limit(wen: rules.Wen, felder: Collection[str]) -> rules.Wen:
    von, bis = (wen.alter_von, wen.alter_bis) if Angebotsfeld.ALTER in felder else (None, None)
    return rules.Wen(von, bis, wen.geschlecht if Angebotsfeld.GESCHLECHT in felder else "")


def _compare(wen: rules.Wen, alter: int | None, geschlecht: str, wann: str) -> tuple[str, ...]:
    woher = rules.Woher.ANGEBOT
    return rules.list_abweichungen(alter=alter, geschlecht=geschlecht, wen=wen, woher=woher, wann=wann)
