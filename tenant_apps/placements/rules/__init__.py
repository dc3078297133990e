"""The arithmetic of a placement: planned amounts, choice of the cheaper offers, fit, deadlines. No Django.

Every amount here is a plan value ("Planwert") of HzE-Auswahl and reservation. The day count of an invoice
is another function on purpose (billing/rules.py): the screen counts end minus start, an invoice counts days
of service. Amounts are Decimal euro; periods are half-open `Zeitraum`, single dates are the inclusive ones
of the screen.
"""

from tenant_apps.placements.rules.aufenthalt import (
    Aufenthalt,
    Belegung,
    belegung,
    liegt_ueber,
    vertragen_sich,
    verwaiste_naechte,
)
from tenant_apps.placements.rules.auftrag import neue_angebote, sucht_ab, sucht_bis
from tenant_apps.placements.rules.ausschluss import (
    BARRIEREFREI_GENUEGT,
    OHNE_PLATZ,
    Ausschluss,
    Geprueft,
    Gesucht,
    bestaetigt_ab,
    count_frei,
    list_ausschluesse,
)
from tenant_apps.placements.rules.drittel import drittel_grenze, im_guenstigsten_drittel, raenge
from tenant_apps.placements.rules.ende import ABBRUCH_CODES, ZUSTAENDIGKEITSWECHSEL_CODE, ist_abbruch
from tenant_apps.placements.rules.ersparnis import ersparnis, median
from tenant_apps.placements.rules.fast_passend import (
    Beinahe,
    Naehe,
    erster_tag,
    list_fast_passend,
)
from tenant_apps.placements.rules.frei import frei_ab, frei_bis
from tenant_apps.placements.rules.fristen import VERLAENGERN_BIS_TAGE, nacht_ablauf, reservierung_ablauf
from tenant_apps.placements.rules.geschwister import verteilen
from tenant_apps.placements.rules.kette import Bruch, Glied, compute_siegel, find_bruch
from tenant_apps.placements.rules.merkliste import VERGLEICH_BIS, merkliste
from tenant_apps.placements.rules.nacht import ALTER_HOECHSTENS, alter_seit, naechster_arbeitstag
from tenant_apps.placements.rules.ort import describe_weg, entfernung_km, ist_auswaertig
from tenant_apps.placements.rules.passungswert import (
    Passung,
    PassungAngebot,
    PassungBedarf,
    PassungBestandteil,
    PassungGewichte,
    gewichte_mit_preis,
    passung,
    preis_kippt,
    verteilt,
)
from tenant_apps.placements.rules.person import (
    alter_am,
    geburtstag,
    list_abweichungen,
    list_suchabweichungen,
    list_widersprueche,
    naechte,
    teilen_naechte,
)
from tenant_apps.placements.rules.planwerte import (
    STELLEN_EXAKT,
    TAGE_JE_WOCHE,
    Entgelte,
    PlanwertError,
    SollAufteilung,
    SollZeile,
    dauer_in_tagen,
    dauer_in_wochen,
    differenz,
    entgelte_im_zeitraum,
    fachleistungsstunden,
    planzeitraum,
    soll_entgelt,
    soll_entgelt_aufgeteilt,
    soll_entgelt_exakt,
    soll_kosten,
    stationaere_tage,
    taschengeld_summe,
)

__all__ = [
    "ABBRUCH_CODES",
    "ALTER_HOECHSTENS",
    "BARRIEREFREI_GENUEGT",
    "OHNE_PLATZ",
    "STELLEN_EXAKT",
    "TAGE_JE_WOCHE",
    "VERGLEICH_BIS",
    "VERLAENGERN_BIS_TAGE",
    "ZUSTAENDIGKEITSWECHSEL_CODE",
    "Aufenthalt",
    "Ausschluss",
    "Beinahe",
    "Belegung",
    "Bruch",
    "Entgelte",
    "Geprueft",
    "Gesucht",
    "Glied",
    "Naehe",
    "Passung",
    "PassungAngebot",
    "PassungBedarf",
    "PassungBestandteil",
    "PassungGewichte",
    "PlanwertError",
    "SollAufteilung",
    "SollZeile",
    "alter_am",
    "alter_seit",
    "belegung",
    "bestaetigt_ab",
    "compute_siegel",
    "count_frei",
    "dauer_in_tagen",
    "dauer_in_wochen",
    "describe_weg",
    "differenz",
    "drittel_grenze",
    "entfernung_km",
    "entgelte_im_zeitraum",
    "ersparnis",
    "erster_tag",
    "fachleistungsstunden",
    "find_bruch",
    "frei_ab",
    "frei_bis",
    "geburtstag",
    "gewichte_mit_preis",
    "im_guenstigsten_drittel",
    "ist_abbruch",
    "ist_auswaertig",
    "liegt_ueber",
    "list_abweichungen",
    "list_ausschluesse",
    "list_fast_passend",
    "list_suchabweichungen",
    "list_widersprueche",
    "median",
    "merkliste",
    "nacht_ablauf",
    "naechster_arbeitstag",
    "naechte",
    "neue_angebote",
    "passung",
    "planzeitraum",
    "preis_kippt",
    "raenge",
    "reservierung_ablauf",
    "soll_entgelt",
    "soll_entgelt_aufgeteilt",
    "soll_entgelt_exakt",
    "soll_kosten",
    "stationaere_tage",
    "sucht_ab",
    "sucht_bis",
    "taschengeld_summe",
    "teilen_naechte",
    "verteilen",
    "verteilt",
    "vertragen_sich",
    "verwaiste_naechte",
]
