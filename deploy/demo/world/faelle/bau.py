"""Distributing what was drawn among the people of the office, and writing it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings

from deploy.demo.world.faelle.hinweise import Hinweise, write_hinweise
from deploy.demo.world.faelle.reihen import Reihen
from deploy.demo.world.faelle.vorgang import Momente, WeltVorgang
from deploy.demo.world.faelle.ziehung import Ziehung
from deploy.demo.world.werkzeug import copy_rows
from shared_apps.core.clock import real_now
from shared_apps.occupancy.models import Platzbindung
from tenant_apps.audit.models import Protokoll
from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.placements.enums import Vorgang
from tenant_apps.placements.models import Auswahlvermerk, Buchung, Reservierung, Suche
from tenant_apps.placements.rules import reservierung_ablauf
from tenant_apps.placements.states import BUCHUNG_LEBEND, RESERVIERUNG_LEBEND

#: asd-vg has this many living cases: two pages of her list.
EIGENE_FAELLE = 56
#: For how long the provider is told what has become of a reservation: the last months fill a page or two.
ERLEDIGT_SEIT = timedelta(days=180)


class AmtBau(Ziehung, Reihen, Hinweise):
    """Draws the cases of one office, and writes them."""

    def assign(self) -> None:
        """Who is in charge. At VG exactly 56 living cases belong to `asd-vg`, the others to colleagues."""
        kollegen = self.leute.asd[1:] if self.kz == "VG" else self.leute.asd
        for vorgang in self.vorgaenge:
            vorgang.asd = self.zufall.choice(kollegen)
        if self.kz != "VG":
            return
        offen = [v for v in self.vorgaenge if v.zustand in RESERVIERUNG_LEBEND]
        laufend = [v for v in self.vorgaenge if v.buchung in BUCHUNG_LEBEND]
        for vorgang in [*offen[:14], *laufend][:EIGENE_FAELLE]:
            vorgang.asd = self.leute.asd[0]

    def write(self) -> None:
        """Write everything; the tenant must be open."""
        self.assign()
        reihen: dict[Any, list[dict]] = {
            m: [] for m in (Klient, Hilfefall, Suche, Auswahlvermerk, Reservierung, Buchung, Protokoll)
        }
        reihen[Suche] += self.leere
        bindungen: list[Any] = []
        hinweise: list[Any] = []
        for nummer, vorgang in enumerate(self.vorgaenge, 1):
            self._write_one(vorgang, nummer, reihen, bindungen, hinweise)
        for model, zeilen in reihen.items():
            copy_rows(model, zeilen)
        Platzbindung.objects.bulk_create(bindungen, batch_size=1000)
        write_hinweise(hinweise)

    def _write_one(self, v: WeltVorgang, nummer: int, reihen: dict, bindungen: list, hinweise: list) -> None:
        momente = self._draw_momente(v)
        suche = self._suche_of(v)
        reihen[Klient].append(self._klient_row(v, nummer))
        reihen[Hilfefall].append(self._fall_row(v, nummer))
        reihen[Suche].append(suche)
        reihen[Auswahlvermerk].append(self._vermerk_row(v, suche, momente.gewaehlt))
        reihen[Reservierung].append(self._reservierung_row(v, suche, momente))
        reihen[Protokoll].append(
            self._protokoll_row(v, momente.gewaehlt, Vorgang.RESERVIERUNG_ANLEGEN, Reservierung, v.ids["reservierung"])
        )
        if v.buchung:
            reihen[Buchung].append(self._buchung_row(v, momente.gebucht))
            reihen[Protokoll].append(
                self._protokoll_row(v, momente.gebucht, Vorgang.RESERVIERUNG_BUCHEN, Buchung, v.ids["buchung"])
            )
        bindungen.append(self._bindung(v, momente.gewaehlt))
        if hinweis := self._hinweis(v, momente.gewaehlt):
            hinweise.append(hinweis)
        if momente.gewaehlt > self.zeit.jetzt - ERLEDIGT_SEIT and (erledigt := self._erledigt(v, momente)):
            hinweise.append(erledigt)

    def _draw_momente(self, v: WeltVorgang) -> Momente:
        """When each step was; with it the ids of the rows, and the deadline."""
        zufall, jetzt = self.zufall, self.zeit.jetzt
        assert v.gesucht
        gewaehlt = v.gesucht + timedelta(minutes=zufall.randint(2, 15))
        v.ablauf = reservierung_ablauf(gewaehlt, settings.RESERVIERUNG_TAGE)
        if settings.FIXED_TODAY:  # what runs out does so by the real clock
            v.ablauf += real_now() - jetzt
        for name in ("klient", "hilfefall", "suche"):
            v.ids[name] = zufall.uuid(v.gesucht)
        for name in ("vermerk", "reservierung", "bindung"):
            v.ids[name] = zufall.uuid(gewaehlt)
        entschieden = min(gewaehlt + timedelta(hours=zufall.randint(3, 60)), jetzt - timedelta(minutes=15))
        gebucht = min(entschieden + timedelta(hours=zufall.randint(1, 40)), jetzt - timedelta(minutes=5))
        return Momente(gewaehlt, entschieden, gebucht)
