"""The rates of a list, beside what is agreed or waits for each offer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.geld import format_geld
from shared_apps.core.zeitraum import format_datum
from shared_apps.einlesen.enums import Befund
from shared_apps.einlesen.katalog import normalize_name
from shared_apps.einlesen.services.objekt import Listensatz, Objekt
from shared_apps.einlesen.services.worte import Worte
from shared_apps.providers.models import Rechtsgrundlage
from shared_apps.providers.rules import Entgeltsatz, Entgeltzeit
from shared_apps.providers.services.entgelte import NICHT_FUER_ANDERE, check_einzelentgelt, check_satz

KEINE_GRUNDLAGE = "„{}“ ist nicht möglich. Bitte schreiben Sie § 78b oder § 77."
ENTGELT_ANDERS = (
    "Ab dem {} sind schon {} vereinbart. Was vereinbart ist, ändert sich nicht; ein neues Entgelt gilt ab einem"
    " späteren Tag."
)
ENTGELT_WARTET = "Für dieses Angebot wartet schon ein Vorschlag auf Bestätigung. Bitte entscheiden Sie ihn zuerst."
KEIN_AMT = "„{}“ ist kein Jugendamt im Verzeichnis. Bitte geben Sie sein Kürzel an, oder lassen Sie die Zelle leer."
NUR_EINES = "Der Betrieb schlägt je Angebot nur ein Entgelt vor. Bitte behalten Sie die Zeile mit dem neuesten."
#: Where a list has what the rule names otherwise than the amount.
_SPALTE = {"ab": "entgelt_ab", "vereinbart_am": "vereinbart_am"}


class Satzplan(Worte):
    """A line that repeats the three numbers and names another rate is one more rate of the offer."""

    def _gather_satz(self, nummer: int, werte: dict[str, Any], angebot: Objekt) -> None:
        if "grundleistung" not in werte:
            for code in ("entgelt_ab", "investition", "sonderleistung", "entgelt_amt"):
                if code in werte:
                    self.miss(nummer, "grundleistung")
                    return
            return
        if "entgelt_ab" not in werte:
            self.miss(nummer, "entgelt_ab")
            return
        grundlage = self._grundlage(nummer, werte.get("rechtsgrundlage", ""))
        if grundlage is None:
            return
        ab = werte["entgelt_ab"]
        satz = Entgeltsatz(
            werte["grundleistung"], werte.get("investition", Decimal(0)), werte.get("sonderleistung", Decimal(0)),
            ab, werte.get("vereinbart_am", min(ab, today())), grundlage,
        )  # fmt: skip
        amt = werte.get("entgelt_amt", "")
        if not any(satz == anderer.satz and amt == anderer.amt for anderer in angebot.saetze):
            angebot.saetze.append(Listensatz(nummer, satz, amt))

    def _grundlage(self, nummer: int, text: str) -> str | None:
        wort = normalize_name(text).replace("§", "").removesuffix("sgbviii")
        if wort in {"", "78b"}:
            return Rechtsgrundlage.P78B
        if wort == "77":
            return Rechtsgrundlage.P77
        self.say(nummer, "rechtsgrundlage", KEINE_GRUNDLAGE.format(text))
        return None

    def _jugendamt(self, listensatz: Listensatz, objekt: Objekt) -> Listensatz | None:
        """The rate with the office it alone holds for, by the rules of the page; None when it cannot."""
        if not listensatz.amt:
            return listensatz
        kreis = self.kreise.get(normalize_name(listensatz.amt))
        if kreis is None:
            self.say(listensatz.nummer, "entgelt_amt", KEIN_AMT.format(listensatz.amt))
            return None
        if self.eigener_kreis is None or kreis.pk != self.eigener_kreis.pk:
            self.say(listensatz.nummer, "entgelt_amt", NICHT_FUER_ANDERE)
            return None
        try:
            check_einzelentgelt(objekt.fest["hilfeart"], listensatz.satz.rechtsgrundlage)
        except RegelVerletzt as error:
            code = "rechtsgrundlage" if error.feld == "rechtsgrundlage" else "entgelt_amt"
            self.say(listensatz.nummer, code, error.message)
            return None
        return replace(listensatz, jugendamt_id=kreis.pk)

    def _compare_saetze(self, objekt: Objekt) -> None:
        """For all offices, and for one alone: each beside what holds for the same."""
        je_amt: dict[UUID | None, list[Listensatz]] = defaultdict(list)
        for listensatz in sorted(objekt.saetze, key=lambda einer: einer.satz.ab):
            if listensatz.nummer in self.fehlerhaft:
                continue
            if (gemeint := self._jugendamt(listensatz, objekt)) is not None:
                je_amt[gemeint.jugendamt_id].append(gemeint)
        objekt.saetze = [neu for amt, saetze in je_amt.items() for neu in self._list_neue(objekt, amt, saetze)]

    def _list_neue(self, objekt: Objekt, amt: UUID | None, saetze: Sequence[Listensatz]) -> list[Listensatz]:
        """Of rates for the same, in the order of their days, those that are to be agreed."""
        row = objekt.row
        gueltige = self.entgelte[row.pk, amt] if row is not None else []
        zeiten = [Entgeltzeit(e.pk, e.gueltig.lower, e.gueltig.upper) for e in gueltige]
        objekt.zeiten[amt] = list(zeiten)
        je_beginn = {e.gueltig.lower: e for e in gueltige}
        offen = self.offene.get((row.pk, amt)) if row is not None else None
        neue: list[Listensatz] = []
        for listensatz in saetze:
            nummer, satz = listensatz.nummer, listensatz.satz
            da = je_beginn.get(satz.ab)
            if da is not None and da.betrag == satz.betrag:
                continue
            if da is not None:
                betrag = format_geld(da.betrag)
                self.say(nummer, "grundleistung", ENTGELT_ANDERS.format(format_datum(satz.ab), betrag))
                continue
            if offen is not None:
                if offen.ab != satz.ab or offen.betrag != satz.betrag:
                    self.say(nummer, "grundleistung", ENTGELT_WARTET)
                continue
            try:
                check_satz(satz, zeiten)
            except RegelVerletzt as error:
                self.say(nummer, _SPALTE.get(error.feld or "", "grundleistung"), error.message)
                continue
            if neue and self.einlesung.tenant is None:
                self.say(nummer, "entgelt_ab", NUR_EINES)
                continue
            neue.append(listensatz)
            self.entgelt_befunde[nummer] = Befund.NEU
            zeiten.append(Entgeltzeit(UUID(int=len(neue)), satz.ab, None))
        return neue
