"""The sealed criteria of a choice in words: on the page of the Auswahlvermerk and in a person's Auskunft."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from shared_apps.core.clock import local_date
from shared_apps.core.geld import format_geld, format_zahl, round_stellen
from shared_apps.core.zahlwort import anzahl, dauer, wie_alt
from shared_apps.core.zeitraum import format_datum
from shared_apps.regions.selectors import list_kurznamen
from tenant_apps.cases.models import GESCHLECHT_KUERZEL
from tenant_apps.placements import rules
from tenant_apps.placements.enums import (
    AUSSCHLUSS_WORT,
    GEWICHT_WORT,
    Barrierefrei,
    Verknuepfung,
    describe_suchgebiet,
)
from tenant_apps.placements.models import Auswahlvermerk, describe_wie_lange
from tenant_apps.placements.search.selectors.namen import name_spezialisierungen, name_sprachen
from tenant_apps.placements.search.selectors.treffer import NACHT, NACHT_REGEL, SORTIERUNGEN, Sortierung
from tenant_apps.placements.search.selectors.trefferzeile import Trefferzeile

Pair = tuple[str, str]
#: What there was beside the list; tells a cost.
EIGENE_PFLEGESTELLEN = "Pflegestellen im eigenen Jugendamt"


def compute_ersparnis(
    zeilen: Iterable[Trefferzeile], gewaehlt: Decimal | None, *, verfuegbar: int | None = None
) -> Decimal | None:
    """What the amount that was chosen saves against the median of those that could be reserved, as they were shown;
    None where fewer were shown than could be reserved (tonight: the nearest)."""
    freie = [z for z in zeilen if z.verfuegbar]
    if gewaehlt is None or len(freie) < (verfuegbar or 0):
        return None
    betraege = [z.soll_entgelt for z in freie if z.soll_entgelt is not None]
    wert = rules.ersparnis(betraege, gewaehlt)
    return None if wert is None else round_stellen(wert, 2)


def list_spezialisierungen(codes: Iterable[str]) -> list[str]:
    """Specialities as the catalogue names them, in its order; a code that has gone from it stays."""
    codes = list(codes)
    namen = name_spezialisierungen(codes)
    return [*namen.values(), *(code for code in codes if code not in namen)]


def list_sprachen(codes: Iterable[str]) -> list[str]:
    """Languages as the catalogue names them, in its order; no query for none."""
    codes = list(codes)
    namen = name_sprachen(codes)
    return [*namen.values(), *(code for code in codes if code not in namen)]


def describe_gesuchtes(
    *, spezialisierungen: Iterable[str], verknuepfung: str, sprachen: Iterable[str], barrierefrei: str,
    bestaetigt_tage: int | None,
) -> list[Pair]:  # fmt: skip
    """What an offer was asked to have, label and value; "" where nothing was asked."""
    wie = "mindestens eine von: " if verknuepfung == Verknuepfung.EINE else ""
    namen = ", ".join(list_spezialisierungen(spezialisierungen))
    return [
        ("Spezialisierungen", namen and f"{wie}{namen}"),
        ("Sprachen", ", ".join(list_sprachen(sprachen))),
        ("Barrierefrei", str(Barrierefrei(barrierefrei).label) if barrierefrei else ""),
        ("Vakanzen bestätigt", describe_frist(bestaetigt_tage)),
    ]


def describe_frist(tage: int | None) -> str:
    """ "in den letzten 14 Tagen"; "" where it does not matter."""
    if tage is None:
        return ""
    return {1: "heute", 2: "heute oder gestern"}.get(tage, f"in den letzten {anzahl(tage, 'Tag', 'Tagen')}")


def describe_probe(probe: int) -> str:
    """With which weight of the price the fit was shown, beside the office's."""
    return f"Zur Probe zählte der Preis {probe} von 100 Punkten, alles andere im selben Verhältnis wie festgelegt."


def label_geschlecht(kuerzel: str) -> str:
    """`w` as the screen calls it."""
    return str(dict(GESCHLECHT_KUERZEL).get(kuerzel, kuerzel))


def _label_sortierung(code: str) -> str:
    return NACHT_REGEL if code == NACHT else dict(SORTIERUNGEN).get(code, code)


def list_vermerke(vermerk: Auswahlvermerk, *, mit_wuenschen: bool) -> list[dict[str, Any]]:
    """The first note and all that were added to it, as the page shows them.

    Whoever may not read the family's wishes (`mit_wuenschen`) gets neither them nor the sentences that say by how much
    age or sex of the young person differs from whom the offer takes.
    """
    alle = [vermerk, *vermerk.nachtraege.order_by("nummer")]
    return [
        {
            "vermerk": eines,
            "wuensche": eines.wuensche if mit_wuenschen else "",
            "abweichungen": " ".join(eines.kriterien.get("abweichungen") or ()) if mit_wuenschen else "",
            "soll_kosten": _soll_kosten(eines.kriterien),
        }
        for eines in alle
    ]


def _soll_kosten(kriterien: dict[str, Any]) -> Decimal | None:
    """What the whole was planned to cost after an extension; None where a note says nothing of it."""
    betraege = kriterien.get("betraege")
    return Decimal(betraege["soll_kosten"]) if betraege else None


def list_verlauf(auswahlvermerk_id: UUID) -> list[dict[str, Any]]:
    """What became of a choice later, oldest first: the house's word on the telephone, given or taken back
    (`ist_zusage`), and until when the help was extended."""
    rows = Auswahlvermerk.objects.filter(
        nachtrag_zu=auswahlvermerk_id, kriterien__has_any_keys=["verlaengert_bis", "zusage"]
    )
    werte = rows.order_by("nummer").values_list("created_at", "fachkraft_name", "kriterien")
    return [
        {"am": am, "text": _describe_nachtrag(kriterien, wer), "ist_zusage": "zusage" in kriterien}
        for am, wer, kriterien in werte
    ]


def _describe_nachtrag(kriterien: dict[str, Any], wer: str) -> str:
    if "zusage" not in kriterien:
        return f"Verlängert bis {format_datum(date.fromisoformat(kriterien['verlaengert_bis']))}"
    return f"Haus hat am Telefon zugesagt ({wer})" if kriterien["zusage"] else f"Zusage zurückgenommen ({wer})"


def get_ausserhalb(vermerk: Auswahlvermerk) -> dict[str, Any]:
    """What was chosen instead of the list, as it was sealed; empty where an offer was."""
    werte = dict(vermerk.kriterien.get("ausserhalb") or {})
    if werte:
        werte["zugesagt_am"] = date.fromisoformat(werte["zugesagt_am"])
        werte |= {
            name: Decimal(werte[name]) for name in ("tagesentgelt", "soll_entgelt", "soll_bewilligt") if name in werte
        }
        if "bewilligt_bis" in werte:
            werte["bewilligt_bis"] = date.fromisoformat(werte["bewilligt_bis"])
            werte["gerechnet_bis"] = date.fromisoformat(vermerk.kriterien["ende"])
    return werte


def describe_kriterien(kriterien: dict[str, Any], *, mit_bedarf: bool = True) -> list[Pair]:
    """The criteria as sealed (not as the search may read today), label and value; nothing for what is not there.

    Without the person's id, which says nothing about her. `mit_bedarf`: with what she needs, her age and her sex.
    """

    def tag(name: str) -> str:
        return format_datum(date.fromisoformat(kriterien[name])) if kriterien.get(name) else "–"

    def am(name: str) -> str:
        return format_datum(local_date(datetime.fromisoformat(kriterien[name]))) if kriterien.get(name) else ""

    def zahl(name: str) -> str:
        return format_zahl(Decimal(str(kriterien[name])), 2) if kriterien.get(name) else ""

    if not kriterien:
        return []
    offen = kriterien.get("ohne_ende", False)
    alter, gesamt = kriterien.get("alter"), kriterien.get("angebote_gesamt")
    region = str(kriterien.get("region") or "")
    bedarf = [
        ("Geschlecht", label_geschlecht(kriterien.get("geschlecht") or "") or "ohne Einschränkung"),
        ("Alter", "ohne Einschränkung" if alter is None else wie_alt(alter)),
        *describe_gesuchtes(
            spezialisierungen=kriterien.get("spezialisierungen", []),
            verknuepfung=kriterien.get("verknuepfung", ""),
            sprachen=kriterien.get("sprachen", []),
            barrierefrei=kriterien.get("barrierefrei", ""),
            bestaetigt_tage=kriterien.get("bestaetigt_tage"),
        ),
        *((str(name), str(wert)) for name, wert in kriterien.get("merkmale") or ()),
    ]
    werte = [
        ("Zeitraum", f"ab {tag('beginn')} bis auf Weiteres" if offen else f"{tag('beginn')} – {tag('ende')}"),
        (
            f"Gerechnet bis {tag('ende')}" if offen else "Dauer",
            dauer(*(Decimal(str(kriterien[name])) for name in ("tage", "wochen"))) if kriterien.get("tage") else "",
        ),
        ("Hilfeart", "; ".join(kriterien.get("hilfearten") or ()) or kriterien.get("hilfeart_name", "")),
        (
            "Region",
            describe_suchgebiet(
                list_kurznamen().get(region, region),
                kriterien.get("reichweite", ""),
                plz=kriterien.get("umkreis_plz", ""),
                km=kriterien.get("umkreis_km"),
            ),
        ),
        ("Tage je Woche", zahl("tage_je_woche")),
        ("Stunden je Woche", zahl("stunden_je_woche")),
        *(bedarf if mit_bedarf else ()),
        ("Gesucht am", am("gesucht_at")),
        ("Gewählt am", am("gewaehlt_at")),
        ("Gefunden", _describe_gefunden(gesamt or 0, kriterien)),
        ("Nicht passend oder nicht frei", _describe_ausschluesse(kriterien.get("ausschluesse") or {})),
        ("In diesem Vermerk", _describe_gezeigt(kriterien)),
        (EIGENE_PFLEGESTELLEN, _describe_pflege(kriterien.get("pflegestellen") or {})),
        ("Abweichend davon", " ".join(kriterien.get("abweichungen") or ()) if mit_bedarf else ""),
        ("Zusammen gewählt", _describe_geschwister(kriterien.get("geschwister") or 0)),
        ("Weitere Plätze zur selben Zeit", "; ".join(kriterien.get("weitere") or ())),
        ("Bisherige Absagen", _describe_absagen(kriterien.get("absagen") or [])),
        ("Gewichte der Passung", _describe_gewichte(kriterien.get("gewichte") or {}, kriterien.get("probe"))),
        ("Reihenfolge auf dem Bildschirm", _label_sortierung(kriterien.get("sortierung") or Sortierung.KOSTEN.value)),
    ]
    return [(label, wert) for label, wert in werte if wert]


def _describe_gefunden(gesamt: int, kriterien: dict[str, Any]) -> str:
    """What there was; with the reasons against the others it adds up to what was looked at."""
    frei, je_grund = kriterien.get("angebote_verfuegbar") or 0, kriterien.get("ausschluesse")
    wie_lange = describe_wie_lange(ohne_ende=kriterien.get("ohne_ende", False))
    if je_grund is None:  # nobody counted the others
        passend = anzahl(gesamt, "passendes Angebot", "passende Angebote")
        return f"{passend}, davon {frei} {wie_lange} frei"
    geprueft = anzahl(frei + sum(je_grund.values()), "Angebot", "Angebote")
    return f"{geprueft} geprüft, {frei} davon passend und {wie_lange} frei"


def _describe_gezeigt(kriterien: dict[str, Any]) -> str:
    """How many of those that were free are listed, where it is not all of them."""
    gezeigt = kriterien.get("gezeigt")
    return f"die ersten {gezeigt} von {kriterien.get('angebote_verfuegbar')} freien" if gezeigt else ""


def _describe_pflege(pflege: dict[str, Any]) -> str:
    """Own foster places there were when it was chosen, shown on a page or not; empty where none were counted."""
    if not pflege:
        return ""
    gab = f"es gab {anzahl(pflege['gefuehrt'], 'Pflegestelle', 'Pflegestellen')}, in Frage"
    if not pflege["anzahl"]:
        return f"{gab} kam keine"
    kamen = f"{gab} {'kam' if pflege['anzahl'] == 1 else 'kamen'} {pflege['anzahl']}"
    if pflege["ab"] is None:
        return f"{kamen}, Kosten nicht hinterlegt"
    return f"{kamen}, Pflegegeld ab {format_geld(Decimal(pflege['ab']))} im Monat"


def _describe_ausschluesse(je_grund: dict[str, int]) -> str:
    """ "27: 12 Alter, 9 Geschlecht, 6 Aufnahmestopp"; empty where nothing was counted."""
    teile = [f"{je_grund[grund]} {wort}" for grund, wort in AUSSCHLUSS_WORT.items() if grund in je_grund]
    return f"{sum(je_grund.values())}: {', '.join(teile)}" if teile else ""


def _describe_geschwister(andere: int) -> str:
    return f"mit {anzahl(andere, 'Geschwisterkind', 'Geschwistern')}, alle in derselben Einrichtung" if andere else ""


def _describe_absagen(absagen: list[dict[str, str]]) -> str:
    """Who declined before, and why."""
    teile = [
        f"{a['einrichtung']} am {format_datum(date.fromisoformat(a['am']))}{f' ({g})' if (g := a['grund']) else ''}"
        for a in absagen
    ]
    return f"{len(teile)}: {'; '.join(teile)}" if teile else ""


def _describe_gewichte(gewichte: dict[str, int], probe: int | None) -> str:
    """ "Bedarf 75, Entfernung 15", in the order of the setting: what is sealed has none. With what was tried out."""
    worte = ", ".join(f"{wort} {gewichte[name]}" for name, wort in GEWICHT_WORT.items() if name in gewichte)
    return worte if probe is None else f"{worte}. {describe_probe(probe)}"
