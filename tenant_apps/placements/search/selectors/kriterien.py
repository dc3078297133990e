"""What is searched for, and the planning figures that follow from it alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings

from shared_apps.catalogue.models import Hilfeart
from shared_apps.catalogue.rules import nennenswerte_sprachen
from shared_apps.core.clock import today
from shared_apps.core.eingabe import format_grenze
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.geld import round_stellen
from shared_apps.core.zahlwort import anzahl_jahre
from shared_apps.core.zeitraum import JAHR_AB, Zeitraum, ZeitraumError
from tenant_apps.placements import rules
from tenant_apps.placements.enums import Reichweite, Verknuepfung
from tenant_apps.placements.models import Suche
from tenant_apps.placements.vorgaben import SUCHE_TAGE
from tenant_apps.vorgaben.selectors import get_vorgabe

#: No young person is older than 26 (§ 7 Abs. 1 Nr. 4).
LAENGSTENS_JAHRE = 27
#: Farther than from one end of the state to the other.
UMKREIS_KM_MAX = 300
#: Whoever asks for more does not ask for a confirmation.
BESTAETIGT_TAGE_MAX = 365

GETRENNT = "Bitte suchen Sie danach getrennt."
ANDERES_MODUL = f"„{{}}“ gehört zu einem anderen Bereich als „{{}}“. {GETRENNT}"
UNVERGLEICHBAR = f"die Beträge lassen sich nicht vergleichen. {GETRENNT}"
ANDERE_TAGE = f"„{{}}“ wird für {{}} Tage je Woche geplant, „{{}}“ für {{}}; {UNVERGLEICHBAR}"
ANDERS_BEZAHLT = f"„{{}}“ wird {{}} bezahlt, „{{}}“ {{}}; {UNVERGLEICHBAR}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kriterien:
    """One search. `beginn` and `ende` are the first and last day of the screen; no person is in it.

    `ohne_ende`: it goes on until further notice, and `ende` is only the last day that is planned with (`plan_bis`).

    `geschlecht` is m, w, d or empty (not limited); `region` is the Kürzel of a district.
    """

    hilfeart: Hilfeart
    #: Further ones that are looked through together with it: of the same module, paid alike, as many days a week.
    weitere: tuple[Hilfeart, ...] = ()
    region: str
    beginn: date
    ende: date
    ohne_ende: bool = False
    reichweite: str = Reichweite.EIGENE.value
    #: The postcode that is searched around and how far; with the reach `UMKREIS` alone.
    umkreis_plz: str = ""
    umkreis_km: int | None = None
    #: The postcode the way begins at, where it is not the district's seat; nothing is left out by it (Heute Nacht).
    ab_plz: str = ""
    tage_je_woche: Decimal | None = None
    stunden_je_woche: Decimal | None = None
    spezialisierungen: tuple[str, ...] = ()
    #: Whether all of these specialities are needed, or one of them is enough.
    verknuepfung: str = Verknuepfung.ALLE.value
    sprachen: tuple[str, ...] = ()
    barrierefrei: str = ""
    #: In how many days, today the last of them, vacancies must have been confirmed.
    bestaetigt_tage: int | None = None
    geschlecht: str = ""
    alter: int | None = None
    #: What is asked for by further criteria of the module of the kind of help, by their code.
    merkmale: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Who asks for what is spoken everywhere has asked for nothing."""
        object.__setattr__(self, "sprachen", nennenswerte_sprachen(self.sprachen))

    @property
    def zeitraum(self) -> Zeitraum:
        """The days a place must be free: first to last day, both included; until further notice those without end."""
        return Zeitraum.from_inclusive(self.beginn, None if self.ohne_ende else self.ende)

    @property
    def rechenzeitraum(self) -> Zeitraum:
        """The days amounts are said for, both ends of the screen included; of an open help those that are planned."""
        return Zeitraum.from_inclusive(self.beginn, self.ende)

    @property
    def hilfearten(self) -> tuple[Hilfeart, ...]:
        """All kinds of help that are looked through."""
        return (self.hilfeart, *self.weitere)

    def of_kind(self, hilfeart_id: UUID) -> Kriterien:
        """The same question of one of its kinds of help: that of an offer that was found."""
        if hilfeart_id == self.hilfeart.pk and not self.weitere:
            return self
        art = next(art for art in self.hilfearten if art.pk == hilfeart_id)
        tage = self.tage_je_woche_oder_ueblich if self.hilfeart.ist_stationaer else self.tage_je_woche
        return replace(self, hilfeart=art, weitere=(), tage_je_woche=tage)

    def describe_hilfeart(self, hilfeart_id: UUID) -> str:
        """What a line says of its kind of help where several are looked through: its paragraph, where that is enough to
        tell them apart; "" where there is one."""
        art = self.of_kind(hilfeart_id).hilfeart
        gleiche = [eine for eine in self.hilfearten if eine.paragraf == art.paragraf]
        return "" if not self.weitere else str(art) if len(gleiche) > 1 else art.paragraf

    @property
    def ist_umkreis(self) -> bool:
        """Whether houses around a postcode are searched."""
        return self.reichweite == Reichweite.UMKREIS

    @property
    def eine_genuegt(self) -> bool:
        """Whether one of several specialities is enough."""
        return self.verknuepfung == Verknuepfung.EINE

    @property
    def planzeitraum(self) -> Zeitraum:
        """The days that are planned with (the slide's difference)."""
        return rules.planzeitraum(self.beginn, self.ende, soll_tage_exklusiv=settings.SOLL_TAGE_EXKLUSIV)

    @property
    def tage(self) -> Decimal:
        """Duration in days, two decimals: 182.00."""
        return round_stellen(Decimal(self.planzeitraum.tage), 2)

    @property
    def wochen(self) -> Decimal:
        """Duration in weeks, two decimals: 26.00."""
        return rules.dauer_in_wochen(self.planzeitraum.tage)

    @property
    def menge(self) -> Decimal:
        """Planned days of care or hours, exact."""
        if self.hilfeart.ist_stationaer:
            return rules.stationaere_tage(self.planzeitraum.tage, self.tage_je_woche_oder_ueblich)
        return rules.fachleistungsstunden(self.wochen, self.stunden_je_woche or Decimal(0))

    @property
    def tage_je_woche_oder_ueblich(self) -> Decimal:
        """As asked, else what is usual for the kind of help."""
        return self.hilfeart.tage_je_woche if self.tage_je_woche is None else self.tage_je_woche

    def check(self) -> None:
        """Raise `RegelVerletzt` with the field when these criteria cannot be searched."""
        if self.beginn.year < JAHR_AB:
            raise RegelVerletzt(f"Der Beginn liegt vor dem Jahr {JAHR_AB}.", feld="beginn")
        if self.beginn.year > today().year + LAENGSTENS_JAHRE:
            raise RegelVerletzt("Der Beginn liegt zu weit in der Zukunft.", feld="beginn")
        if self.ende.year > self.beginn.year + LAENGSTENS_JAHRE:
            raise RegelVerletzt(f"Eine Hilfe dauert höchstens {anzahl_jahre(LAENGSTENS_JAHRE)}.", feld="ende")
        try:
            self.planzeitraum  # noqa: B018
        except (rules.PlanwertError, ZeitraumError) as error:
            raise RegelVerletzt(str(error), feld="ende") from error
        self._check_umkreis()
        self._check_weitere()
        if not self.hilfeart.ist_stationaer and not self.stunden_je_woche:
            raise RegelVerletzt(
                "Bitte geben Sie die Stunden je Woche an; diese Hilfe wird nach Fachleistungsstunden bezahlt.",
                feld="stunden_je_woche",
            )
        try:
            self.menge  # noqa: B018
        except rules.PlanwertError as error:
            feld = "tage_je_woche" if self.hilfeart.ist_stationaer else "stunden_je_woche"
            raise RegelVerletzt(str(error), feld=feld) from error

    def _check_weitere(self) -> None:
        for art in self.weitere:
            if warum := describe_trennung(art, self.hilfeart):
                raise RegelVerletzt(warum, feld="weitere_hilfearten")

    def _check_umkreis(self) -> None:
        if not self.ist_umkreis:
            if self.umkreis_plz or self.umkreis_km is not None:
                raise RegelVerletzt(
                    "Eine Postleitzahl und Kilometer gehören zur Reichweite UMKREIS.", feld="reichweite"
                )
        elif not self.umkreis_plz:
            raise RegelVerletzt("Bitte geben Sie die Postleitzahl an, um die gesucht wird.", feld="umkreis_plz")
        elif self.umkreis_km is None:
            raise RegelVerletzt("Bitte geben Sie an, wie viele Kilometer weit gesucht wird.", feld="umkreis_km")


def describe_trennung(art: Hilfeart, erste: Hilfeart) -> str:
    """Why a kind of help cannot be looked through together with the first one, as a sentence; "" where it can."""
    if art.modul_id != erste.modul_id:
        return ANDERES_MODUL.format(art, erste)
    if art.einheit != erste.einheit:
        je = {eine: "je Tag" if eine.ist_stationaer else "je Stunde" for eine in (art, erste)}
        return ANDERS_BEZAHLT.format(art, je[art], erste, je[erste])
    if art.ist_stationaer and art.tage_je_woche != erste.tage_je_woche:
        tage = {eine: format_grenze(eine.tage_je_woche) for eine in (art, erste)}
        return ANDERE_TAGE.format(art, tage[art], erste, tage[erste])
    return ""


def list_kombinierbare(erste: Hilfeart, arten: Iterable[Hilfeart]) -> list[Hilfeart]:
    """Those of these kinds of help that can be looked through together with the first one, in their order."""
    return [art for art in arten if art != erste and not describe_trennung(art, erste)]


def plan_bis(beginn: date) -> date:
    """The last day that is proposed, and that a help until further notice is planned with: the office says how far."""
    return beginn + timedelta(days=get_vorgabe(SUCHE_TAGE))


@dataclass(frozen=True, slots=True)
class Bedarf:
    """One thing that an offer is asked to have: `ohne` asks for all else, of what offers have `allein` asks for this.

    code: that of the speciality, language or criterion; empty for specialities of which one is enough.
    """

    grund: rules.Ausschluss
    code: str
    ohne: Kriterien
    allein: Kriterien

    @property
    def schluessel(self) -> str:
        """What names it in a form: `SPRACHE:ar`."""
        return f"{self.grund}:{self.code}"


def list_bedarfe(kriterien: Kriterien) -> list[Bedarf]:
    """What offers are asked to have, one by one; specialities of which one is enough are one thing."""
    nichts = replace(kriterien, spezialisierungen=(), sprachen=(), barrierefrei="", merkmale={})
    alle, sprachen, merkmale = kriterien.spezialisierungen, kriterien.sprachen, kriterien.merkmale
    zusammen = len(alle) > 1 and kriterien.eine_genuegt
    bedarfe = [
        Bedarf(
            rules.Ausschluss.SPEZIALISIERUNG,
            "" if zusammen else codes[0],
            replace(kriterien, spezialisierungen=tuple(code for code in alle if code not in codes)),
            replace(nichts, spezialisierungen=codes),
        )
        for codes in ([alle] if zusammen else [(code,) for code in alle])
    ]
    for code in sprachen:
        ohne = replace(kriterien, sprachen=tuple(andere for andere in sprachen if andere != code))
        bedarfe.append(Bedarf(rules.Ausschluss.SPRACHE, code, ohne, replace(nichts, sprachen=(code,))))
    if stufe := kriterien.barrierefrei:
        ohne = replace(kriterien, barrierefrei="")
        bedarfe.append(Bedarf(rules.Ausschluss.BARRIERE, stufe, ohne, replace(nichts, barrierefrei=stufe)))
    for code, wert in merkmale.items():
        ohne = replace(kriterien, merkmale={name: w for name, w in merkmale.items() if name != code})
        bedarfe.append(Bedarf(rules.Ausschluss.MERKMAL, code, ohne, replace(nichts, merkmale={code: wert})))
    return bedarfe


def without_bedarf(kriterien: Kriterien, schluessel: str) -> Kriterien:
    """These criteria without the thing of this key; as they are where nothing of the kind is asked for."""
    return next((bedarf.ohne for bedarf in list_bedarfe(kriterien) if bedarf.schluessel == schluessel), kriterien)


def kriterien_of(suche: Suche, **changes: Any) -> Kriterien:
    """The criteria a stored search was made with; `changes` replace some.

    Another end is an end. An open help that begins on another day is planned with as many days as before.
    """
    ende = suche.letzter_tag
    if suche.ohne_ende and "beginn" in changes:
        ende += changes["beginn"] - suche.beginn
    werte: dict[str, Any] = {
        "hilfeart": suche.hilfeart,
        "weitere": suche.weitere,
        "region": suche.region,
        "beginn": suche.beginn,
        "ende": ende,
        "ohne_ende": suche.ohne_ende and "ende" not in changes,
        "reichweite": suche.reichweite,
        "umkreis_plz": suche.umkreis_plz,
        "umkreis_km": suche.umkreis_km,
        "tage_je_woche": suche.tage_je_woche,
        "stunden_je_woche": suche.stunden_je_woche,
        "spezialisierungen": tuple(suche.spezialisierungen),
        "verknuepfung": suche.verknuepfung,
        "sprachen": tuple(suche.sprachen),
        "barrierefrei": suche.barrierefrei,
        "bestaetigt_tage": suche.bestaetigt_tage,
        "geschlecht": suche.geschlecht,
        "alter": suche.alter,
        "merkmale": suche.merkmale,
    }
    return Kriterien(**without_umkreis(werte | changes))


def without_umkreis(werte: dict[str, Any]) -> dict[str, Any]:
    """No postcode where another reach is asked for."""
    return werte if werte["reichweite"] == Reichweite.UMKREIS else werte | {"umkreis_plz": "", "umkreis_km": None}
