"""Invented names of people and providers, real towns. No name of a real provider is used here."""

from __future__ import annotations

from datetime import date

# ruff: noqa: SIM905 - a list of a hundred quoted words is harder to read and to check
VORNAMEN_W = (
    "Mia Emma Lea Lina Ida Frieda Greta Marie Hanna Leni Ella Clara Johanna Luisa Paula Mathilda Charlotte Nele Jule "
    "Pia Lotte Merle Finja Alma Ronja Amelie Zoe Leonie Maja Selma Elif Amira Daria Svea Tilda Wiebke Antonia Romy"
).split()
VORNAMEN_M = (
    "Ben Paul Finn Emil Oskar Anton Jonas Theo Karl Mats Lasse Hannes Jakob Moritz Max Till Ole Fiete Bruno Leo Felix "
    "Henry Linus Arne Jannis Malte Piet Kalle Bjarne Erik Yusuf Samir Milan Noah Levi Tjark Konrad Arvid"
).split()
NACHNAMEN = (
    "Petersen Lüders Brandt Harms Voss Krüger Sievert Wendt Rohde Thiele Bollmann Reimers Kröger Stahnke Behrendt "
    "Zander Lembke Witt Dahms Pagel Ehlers Möller Schröder Köster Burmeister Ahrens Bartels Drews Engel Freitag Gerdes "
    "Hagen Iwersen Jansen Karsten Lorenz Maaß Nehls Ohlsen Priebe Quandt Radtke Stein Timm Ulrich Vogt Wulff Zabel "
    "Albers Bohn Christen Degner Eggers Fick Gau Hinrichs Jahn Klatt Laabs Mews Neumann Otto Plath Rathke Saß Teske "
    "Utech Viereck Warnke Zorn Albrecht Block Dettmann Evers Frahm Groth Hansen Jürgens Kopp Lange Mahnke Nagel "
    "Oldenburg Pohl Rieck Schmidtke Techen Wiese Ziemann Becker Fischer Hoffmann Richter Wolff Schulz Werner"
).split()
FACHKRAFT_W = (
    "Anke Birgit Claudia Doreen Elke Franka Gesine Heike Ines Jana Katrin Manuela Nadine Petra Ramona Silke Tanja Ute"
).split()
FACHKRAFT_M = "Andreas Bernd Carsten Dirk Frank Gunnar Holger Jens Kai Lars Michael Norbert Olaf Ralf Sven Uwe".split()

_ANFANG = (
    "Kranich Bernstein Leuchtfeuer Sanddorn Dünen Möwen Bodden Wellen Strand Otter Haff Reet Linden Erlen Birken "
    "Seerosen Schwalben Heide Moor Storchen Eichen Apfel Sonnen Kiesel Muschel Nordlicht Segel Weiden Ginster Mohn"
).split()
_ENDE = "hof weg garten grund bucht feld ufer steg wiese winkel".split()
_FORM = (
    ("Kinder- und Jugendhilfe gGmbH", "gGmbH"),
    ("Jugendhilfe e. V.", "e. V."),
    ("Wohngruppen GmbH", "GmbH"),
    ("Sozialpädagogik gGmbH", "gGmbH"),
)
#: The two providers people sign in for.
KUESTE = "Küstenanker Kinder- und Jugendhilfe gGmbH"
SEE = "Seezeichen Jugendhilfe e. V."


def anbieter_namen(anzahl: int) -> list[tuple[str, str]]:
    """This many invented providers: name, legal form."""
    namen = [(KUESTE, "gGmbH"), (SEE, "e. V.")]
    stamm = [anfang + ende for ende in _ENDE for anfang in _ANFANG]
    for nummer, wort in enumerate(stamm[: anzahl - 2]):
        zusatz, rechtsform = _FORM[nummer % len(_FORM)]
        namen.append((f"{wort} {zusatz}", rechtsform))
    return namen


#: Where the middles of postcodes in the demo come from: nobody's table, rough coordinates of the towns below.
PLZ_QUELLE = "Demo, ungefähr"


def postleitzahlen(stand: date) -> str:
    """The demo's postcodes as the file that an operator loads (docs/postleitzahlen.md)."""
    zeilen = [
        f"{plz};{ort};{breite:.3f};{laenge:.3f};{PLZ_QUELLE};{stand:%d.%m.%Y}"
        for orte in ORTE.values()
        for ort, plz, breite, laenge, _ in orte
    ]
    return "\n".join(["plz;name;breite;laenge;quelle;stand", *zeilen])


#: Per district: town, post code, latitude, longitude, part of the region's name.
ORTE: dict[str, tuple[tuple[str, str, float, float, str], ...]] = {
    "VG": (
        ("Greifswald", "17489", 54.093, 13.388, "Greifswald"),
        ("Wolgast", "17438", 54.052, 13.773, "Usedom"),
        ("Anklam", "17389", 53.856, 13.690, "Anklam"),
        ("Pasewalk", "17309", 53.506, 13.990, "Pasewalk"),
        ("Ueckermünde", "17373", 53.738, 14.044, "Ueckermünde"),
        ("Torgelow", "17358", 53.631, 14.013, "Ueckermünde"),
        ("Heringsdorf", "17424", 53.953, 14.168, "Usedom"),
        ("Gützkow", "17506", 53.936, 13.407, "Anklam"),
        ("Strasburg (Uckermark)", "17335", 53.510, 13.745, "Pasewalk"),
        ("Löcknitz", "17321", 53.451, 14.214, "Pasewalk"),
        ("Zinnowitz", "17454", 54.079, 13.911, "Usedom"),
    ),
    "LHSN": (
        ("Schwerin", "19053", 53.629, 11.415, "Altstadt"),
        ("Schwerin", "19057", 53.648, 11.375, "Weststadt"),
        ("Schwerin", "19061", 53.604, 11.392, "Großer Dreesch"),
        ("Schwerin", "19063", 53.598, 11.430, "Großer Dreesch"),
    ),
    "LUP": (
        ("Parchim", "19370", 53.426, 11.849, "Parchim"),
        ("Ludwigslust", "19288", 53.325, 11.497, "Ludwigslust"),
        ("Hagenow", "19230", 53.431, 11.192, "Hagenow"),
        ("Boizenburg/Elbe", "19258", 53.382, 10.723, "Hagenow"),
        ("Lübz", "19386", 53.463, 12.029, "Lübz"),
        ("Plau am See", "19395", 53.458, 12.263, "Lübz"),
        ("Crivitz", "19089", 53.575, 11.650, "Parchim"),
    ),
    "NWM": (
        ("Wismar", "23966", 53.892, 11.465, "Wismar"),
        ("Grevesmühlen", "23936", 53.864, 11.189, "Grevesmühlen"),
        ("Gadebusch", "19205", 53.702, 11.117, "Gadebusch"),
        ("Schönberg", "23923", 53.847, 10.932, "Gadebusch"),
        ("Neukloster", "23992", 53.866, 11.686, "Wismar"),
    ),
    "HRO": (
        ("Rostock", "18055", 54.089, 12.140, "Innenstadt"),
        ("Rostock", "18059", 54.067, 12.108, "Südstadt"),
        ("Rostock", "18106", 54.131, 12.072, "Nordwest"),
        ("Rostock", "18119", 54.172, 12.083, "Nordwest"),
        ("Rostock", "18146", 54.105, 12.183, "Nordost"),
    ),
    "LRO": (
        ("Güstrow", "18273", 53.794, 12.176, "Güstrow"),
        ("Bad Doberan", "18209", 54.107, 11.905, "Bad Doberan"),
        ("Bützow", "18246", 53.845, 11.981, "Bützow"),
        ("Teterow", "17166", 53.773, 12.573, "Teterow"),
        ("Schwaan", "18258", 53.940, 12.107, "Bützow"),
        ("Gnoien", "17179", 53.969, 12.710, "Teterow"),
    ),
    "VR": (
        ("Stralsund", "18435", 54.309, 13.082, "Stralsund"),
        ("Bergen auf Rügen", "18528", 54.418, 13.434, "Rügen"),
        ("Sassnitz", "18546", 54.515, 13.644, "Rügen"),
        ("Grimmen", "18507", 54.112, 13.042, "Grimmen"),
        ("Ribnitz-Damgarten", "18311", 54.243, 12.457, "Ribnitz"),
        ("Barth", "18356", 54.366, 12.725, "Ribnitz"),
    ),
    "MSE": (
        ("Neubrandenburg", "17033", 53.557, 13.261, "Neubrandenburg"),
        ("Waren (Müritz)", "17192", 53.517, 12.679, "Waren"),
        ("Neustrelitz", "17235", 53.363, 13.064, "Neustrelitz"),
        ("Demmin", "17109", 53.907, 13.031, "Demmin"),
        ("Malchin", "17139", 53.739, 12.768, "Demmin"),
        ("Röbel/Müritz", "17207", 53.376, 12.606, "Waren"),
        ("Friedland", "17098", 53.668, 13.554, "Neubrandenburg"),
    ),
}
STRASSEN = (
    "Lindenallee", "Am Stadtwall", "Hafenstraße", "Birkenweg", "Gartenstraße", "Mühlenstraße", "Parkweg",
    "Schulstraße", "Am Bahnhof", "Feldweg", "Wiesengrund", "Kastanienallee", "Am Hang", "Dorfstraße", "Seestraße",
    "Kiefernweg", "Bergstraße", "Lange Straße", "Fliederweg", "Am Speicher",
)  # fmt: skip
#: What a facility is called, by kind of help.
HAEUSER = {
    "S34": ("Wohngruppe", "Kinderhaus", "Jugendwohngruppe", "Haus", "Außenwohngruppe"),
    "S33": ("Erziehungsstellen", "Pflegefamiliendienst"),
    "T32": ("Tagesgruppe",),
    "S35": ("Intensivgruppe", "Projekthof"),
    "S35A": ("Therapeutische Wohngruppe",),
    "S19": ("Mutter-Kind-Haus",),
    "S41": ("Betreutes Wohnen", "Verselbständigungsgruppe"),
    "A27": ("Flexible Hilfen",),
    "A29": ("Gruppenwerkstatt",),
    "A30": ("Ambulanter Dienst",),
    "A31": ("Familienhilfe",),
    "A35A": ("Integrationshilfe",),
}
BEGRUENDUNGEN = (
    "Die Geschwister leben schon in dieser Einrichtung und sollen zusammenbleiben.",
    "Die Schule bleibt erreichbar; ein Wechsel würde den Abschluss gefährden.",
    "Günstigere Angebote haben keine traumapädagogische Ausrichtung.",
    "Wunsch- und Wahlrecht (§ 5 SGB VIII): die Eltern wünschen diese Einrichtung, die Mehrkosten sind verhältnismäßig.",
    "Die Nähe zur Mutter ist für die geplante Rückführung nötig.",
)
