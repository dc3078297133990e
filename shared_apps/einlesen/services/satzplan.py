"""The rates of a list, beside what is agreed or waits for each offer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.geld import format_geld
from shared_apps.core.zeitraum import format_datum
from shared_apps.einlesen.enums import Befund
from shared_apps.einlesen.katalog import normalize_name
from shared_apps.einlesen.services.objekt import FEHLT, Objekt, Planung
from shared_apps.providers.models import Rechtsgrundlage
from shared_apps.providers.rules import Entgeltsatz, Entgeltzeit
from shared_apps.providers.services.entgelte import check_satz

KEINE_GRUNDLAGE = "„{}“ ist nicht möglich. Bitte schreiben Sie § 78b oder § 77."
ENTGELT_ANDERS = (
    "Ab dem {} sind schon {} vereinbart. Was vereinbart ist, ändert sich nicht; ein neues Entgelt gilt ab einem"
    " späteren Tag."
)
ENTGELT_WARTET = "Für dieses Angebot wartet schon ein Vorschlag auf Bestätigung. Bitte entscheiden Sie ihn zuerst."
NUR_EINES = "Der Betrieb schlägt je Angebot nur ein Entgelt vor. Bitte behalten Sie die Zeile mit dem neuesten."


class Satzplan(Planung):
    """A line that repeats the three numbers and names another rate is one more rate of the offer."""

    def _gather_satz(self, nummer: int, werte: dict[str, Any], angebot: Objekt) -> None:
        if "grundleistung" not in werte:
            for code in ("entgelt_ab", "investition", "sonderleistung"):
                if code in werte:
                    self.say(nummer, "grundleistung", FEHLT)
                    return
            return
        if "entgelt_ab" not in werte:
            if not any(code == "entgelt_ab" for code, _ in self.meldungen[nummer]):
                self.say(nummer, "entgelt_ab", FEHLT)
            return
        grundlage = self._grundlage(nummer, werte.get("rechtsgrundlage", ""))
        if grundlage is None:
            return
        satz = Entgeltsatz(
            werte["grundleistung"], werte.get("investition", Decimal(0)), werte.get("sonderleistung", Decimal(0)),
            werte["entgelt_ab"], werte.get("vereinbart_am", werte["entgelt_ab"]), grundlage,
        )  # fmt: skip
        if not any(satz == anderer for _, anderer in angebot.saetze):
            angebot.saetze.append((nummer, satz))

    def _grundlage(self, nummer: int, text: str) -> str | None:
        wort = normalize_name(text).replace("§", "").removesuffix("sgbviii")
        if wort in {"", "78b"}:
            return Rechtsgrundlage.P78B
        if wort == "77":
            return Rechtsgrundlage.P77
        self.say(nummer, "rechtsgrundlage", KEINE_GRUNDLAGE.format(text))
        return None

    def _compare_saetze(self, objekt: Objekt) -> None:
        row = objekt.row
        gueltige = self.entgelte[row.pk] if row is not None else []
        zeiten = [Entgeltzeit(e.pk, e.gueltig.lower, e.gueltig.upper) for e in gueltige]
        objekt.zeiten = list(zeiten)
        je_beginn = {e.gueltig.lower: e for e in gueltige}
        neue: list[tuple[int, Entgeltsatz]] = []
        for nummer, satz in sorted(objekt.saetze, key=lambda paar: paar[1].ab):
            if nummer in self.fehlerhaft:
                continue
            da = je_beginn.get(satz.ab)
            if da is not None and da.betrag == satz.betrag:
                continue
            if da is not None:
                betrag = format_geld(da.betrag)
                self.say(nummer, "grundleistung", ENTGELT_ANDERS.format(format_datum(satz.ab), betrag))
                continue
            offen = self.offene.get(row.pk) if row is not None else None
            if offen is not None:
                if offen.ab != satz.ab or offen.betrag != satz.betrag:
                    self.say(nummer, "grundleistung", ENTGELT_WARTET)
                continue
            try:
                check_satz(satz, zeiten)
            except RegelVerletzt as error:
                self.say(nummer, {"ab": "entgelt_ab"}.get(error.feld or "", "grundleistung"), error.message)
                continue
            if neue and self.einlesung.tenant is None:
                self.say(nummer, "entgelt_ab", NUR_EINES)
                continue
            neue.append((nummer, satz))
            self.entgelt_befunde[nummer] = Befund.NEU
            zeiten.append(Entgeltzeit(UUID(int=len(neue)), satz.ab, None))
        objekt.saetze = neue
