"""The worked example of the product paper, made by the factories: 41 offers of § 34 in VG, 14 of them free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shared_apps.providers.models import Angebot
from tenant_apps.cases.models import Klient
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.register import create_angebot, create_einrichtung, occupy_platz, period
from tests.people import Cast

BEGINN, ENDE = date(2017, 6, 1), date(2017, 11, 30)
#: Free places and daily rate of the available offers, cheapest first.
FREIE = (
    (3, "76.00"), (1, "88.00"), (3, "90.42"), (1, "92.39"), (2, "93.89"), (1, "94.84"), (1, "97.97"), (4, "98.17"),
    (1, "98.75"), (1, "99.36"), (2, "101.72"), (1, "102.09"), (1, "111.32"), (1, "112.10"),
)  # fmt: skip
#: 182 days × daily rate, rounded up to full euros (law.md 5.1), as the list shows them.
SOLL = (
    "13.832 €", "16.016 €", "16.457 €", "16.815 €", "17.088 €", "17.261 €", "17.831 €", "17.867 €",
    "17.973 €", "18.084 €", "18.514 €", "18.581 €", "20.261 €", "20.403 €",
)  # fmt: skip
DIFFERENZ = (
    "Bestpreis", "+ 2.184 €", "+ 2.625 €", "+ 2.983 €", "+ 3.256 €", "+ 3.429 €", "+ 3.999 €", "+ 4.035 €",
    "+ 4.141 €", "+ 4.252 €", "+ 4.682 €", "+ 4.749 €", "+ 6.429 €", "+ 6.571 €",
)  # fmt: skip
IM_DRITTEL = 5
GESAMT = 41
HAEUSER = (
    "Haus Möwennest", "Kinderhaus Peenetal", "Wohngruppe Ryck", "Haus Haffblick", "Wohngruppe Lassan",
    "Kinderhaus Ueckermünde", "Haus Usedom", "Wohngruppe Wolgast", "Haus Anklam", "Kinderhaus Jarmen",
    "Wohngruppe Gützkow", "Haus Loitz", "Wohngruppe Pasewalk", "Mädchenhaus Greifswald",
)  # fmt: skip


@dataclass
class World:
    """What the stories ask for."""

    cast: Cast
    vg: Tenant
    freie: list[Angebot]

    def known_klient(self) -> Klient:
        """A girl with a case in Anna's hands."""
        anna = self.cast.user("anna")
        with in_tenant(self.vg):
            klient = create_klient(vorname="Lena", nachname="Lindqvist", pkz="PKZ-2017-1")
            create_hilfefall(fachkraft_id=anna.pk, klient=klient, fallnummer="F26-LENA01")
        return klient

    def take_last_place(self, angebot: Angebot) -> None:
        """Another office is quicker."""
        hro = Tenant.objects.get(kuerzel="HRO")
        for platz in angebot.plaetze.all():
            occupy_platz(platz=platz, tenant=hro, zeitraum=period("2017-06-01", "2017-11-30"))


def create_world(cast: Cast, *, gesamt: int = GESAMT) -> World:
    """The first house belongs to Ines's provider, the last one takes girls only."""
    vg = Tenant.objects.get(kuerzel="VG")
    freie = []
    for nummer, ((plaetze, entgelt), haus) in enumerate(zip(FREIE, HAEUSER, strict=True)):
        anbieter = "Jugendhilfe Küste gGmbH" if nummer == 0 else f"Kinder- und Jugendhilfe {nummer} e. V."
        freie.append(
            create_angebot(
                entgelt=entgelt,
                plaetze=plaetze,
                einrichtung=create_einrichtung(anbieter=anbieter, name=haus, plz="17489", strasse="Am Hafen 1"),
                name="Wohngruppe",
                geschlecht="w" if nummer == len(FREIE) - 1 else "",
            )
        )
    for nummer in range(gesamt - len(FREIE)):
        voll = create_angebot(entgelt="79.00", anbieter=f"Voll belegt {nummer % 5} gGmbH")
        occupy_platz(platz=voll.plaetze.get(), tenant=vg, zeitraum=period("2017-01-01", "2017-12-31"))
    return World(cast, vg, freie)
