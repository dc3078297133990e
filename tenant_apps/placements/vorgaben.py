"""What an office may set about searching and reserving."""

from __future__ import annotations

from django.conf import settings

from shared_apps.accounts.enums import Rolle
from shared_apps.core.eingabe import STUNDEN_JE_WOCHE_MAX
from shared_apps.core.zahlwort import anzahl_naechte, anzahl_stunden, anzahl_tage
from tenant_apps.placements.enums import GEWICHT_WORT
from tenant_apps.placements.rules import VERLAENGERN_BIS_TAGE
from tenant_apps.vorgaben.katalog import Anteile, Anzahl, register_vorgabe

_AENDERN = frozenset({Rolle.TENANT_ADMIN, Rolle.JUGENDAMTSLEITUNG})

RESERVIERUNG_TAGE = register_vorgabe(
    Anzahl(
        code="placements.reservierung_tage",
        name="Dauer einer Reservierung",
        erklaerung="So lange wird ein reservierter Platz gehalten. Danach läuft die Reservierung ab.",
        voreinstellung=lambda: settings.RESERVIERUNG_TAGE,
        quelle="Einstellung des Betriebs",
        aendern=_AENDERN,
        von=1,
        bis=VERLAENGERN_BIS_TAGE,
        worte=anzahl_tage,
    )
)
NACHT_STUNDEN = register_vorgabe(
    Anzahl(
        code="placements.nacht_stunden",
        name="Heute Nacht: so lange wird ein Platz gehalten",
        erklaerung=(
            "In dieser Zeit rufen Sie das Haus an. Sagt es zu, gilt die übliche Dauer einer Reservierung. Sonst wird"
            " der Platz wieder frei."
        ),
        voreinstellung=lambda: 2,
        quelle="Vorschlag von SoJuS, kein Gesetz und keine Erhebung",
        aendern=_AENDERN,
        von=1,
        bis=24,
        worte=anzahl_stunden,
    )
)
#: Counted in nights: one day more, since the last one is that of leaving.
NACHT_TAGE = register_vorgabe(
    Anzahl(
        code="placements.nacht_tage",
        name="Heute Nacht: für so viele Nächte wird ein Platz gesucht und gebucht",
        erklaerung=(
            "Ein Kind, das nachts in Obhut genommen wird, bleibt, bis es den Eltern übergeben oder über eine Hilfe"
            " entschieden ist (§ 42 Abs. 4 SGB VIII). So lange ist der Platz zunächst sein, der Tag nach der letzten"
            " Nacht ist der letzte Tag; eine Buchung lässt sich verlängern und vorher beenden."
        ),
        voreinstellung=lambda: 14,
        quelle="Vorschlag von SoJuS, kein Gesetz und keine Erhebung",
        aendern=_AENDERN,
        von=1,
        bis=90,
        worte=anzahl_naechte,
    )
)
SUCHE_TAGE = register_vorgabe(
    Anzahl(
        code="placements.suche_tage",
        name="Vorgeschlagener Zeitraum einer Suche",
        erklaerung=(
            "Eine neue Suche schlägt als Ende den Tag vor, der so weit nach heute liegt. Er lässt sich ändern. Für eine"
            " Hilfe bis auf Weiteres werden die Beträge für so viele Tage ab Beginn gerechnet."
        ),
        voreinstellung=lambda: 182,
        quelle="Vorschlag von SoJuS: ein halbes Jahr",
        aendern=_AENDERN,
        von=1,
        bis=730,
        worte=anzahl_tage,
    )
)
#: Nobody has published how many hours a family can be given (guess): far above what helps that come to a home take.
STUNDEN_HOECHSTENS = register_vorgabe(
    Anzahl(
        code="placements.stunden_hoechstens",
        name="Stunden je Woche einer Suche",
        erklaerung=(
            "Mehr Fachleistungsstunden je Woche nimmt die HzE-Auswahl nicht an; so fällt auf, wer sich vertippt hat."
        ),
        voreinstellung=lambda: 40,
        quelle="Vorschlag von SoJuS (Schätzung), kein Gesetz und keine Erhebung",
        aendern=_AENDERN,
        von=1,
        bis=int(STUNDEN_JE_WOCHE_MAX),
        worte=anzahl_stunden,
    )
)
PASSUNG_GEWICHTE = register_vorgabe(
    Anteile(
        code="placements.passung_gewichte",
        name="Gewichte der Passung",
        erklaerung=(
            "Wie viel Bedarf (Spezialisierungen, Alter, Geschlecht), Entfernung, bestätigte Vakanz, Kontinuität (der"
            " junge Mensch hat in dem Haus schon gelebt) und Preis bei der Passung zählen. Sie ordnet und erklärt, sie"
            " schließt niemanden aus und entscheidet nichts."
        ),
        voreinstellung=lambda: [75, 15, 10, 0, 0],
        quelle="Vorschlag von SoJuS, kein Gesetz und keine Erhebung",
        aendern=_AENDERN,
        namen=tuple(GEWICHT_WORT.values()),
    )
)
