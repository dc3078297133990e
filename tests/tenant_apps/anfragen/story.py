"""Anna looks for a place for Mia. Ines and Jan have houses that fit; Jan's is the dearer one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared_apps.accounts.akteur import Akteur
from shared_apps.inbox.models import Hinweis
from shared_apps.occupancy.models import Platzbindung
from shared_apps.providers.models import Angebot
from tenant_apps.anfragen.models import Anfrage, Hausanfrage
from tenant_apps.anfragen.services.ask import Anfrageangaben, create_anfrage
from tenant_apps.cases.models import Hilfefall
from tenant_apps.placements.models import Suche
from tenants.context import in_tenant, in_tenant_portal
from tenants.models import Tenant
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.register import create_angebot
from tests.factories.suchen import search_for
from tests.people import Cast

#: The day on which Anna looks: Mia needs the place from June on.
HEUTE = "2017-05-22"
BEDARF = "Das Mädchen braucht eine kleine Gruppe und einen festen Rahmen. Der Kontakt zum Bruder soll bleiben."


@dataclass
class Anfragestory:
    """One office, two houses, one child."""

    cast: Cast
    vg: Tenant
    kueste: Angebot
    see: Angebot
    fall: Hilfefall
    suche: Suche

    @contextmanager
    def at_vg(self, name: str = "anna") -> Iterator[Akteur]:
        """Inside VG's fence, as a service of this person of the office runs."""
        akteur = self.akteur(name)
        with in_tenant(self.vg, user_id=akteur.user_id):
            yield akteur

    @contextmanager
    def as_house(self, name: str = "ines") -> Iterator[Akteur]:
        """As a request of somebody of a provider runs at VG's host."""
        akteur = self.akteur(name)
        with in_tenant_portal(self.vg, user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids):
            yield akteur

    def akteur(self, name: str) -> Akteur:
        return self.cast.akteur(name, at="VG")

    def ask(self, *angebote: Angebot, bedarf: str = BEDARF, **angaben: Any) -> Anfrage:
        """Anna asks these houses, or both."""
        with self.at_vg() as anna:
            return create_anfrage(
                akteur=anna, suche=Suche.objects.select_related("klient", "hilfefall").get(pk=self.suche.pk),
                angebote=[a.pk for a in angebote or (self.kueste, self.see)],
                angaben=Anfrageangaben(bedarf=bedarf, **angaben),
            )  # fmt: skip

    def haus(self, angebot: Angebot) -> Hausanfrage:
        """The newest enquiry at this offer's house, as it is now."""
        with in_tenant(self.vg):
            return Hausanfrage.objects.select_related("anfrage").filter(angebot_id=angebot.pk).latest("created_at")

    def hinweis(self, haus: Hausanfrage) -> Hinweis:
        """Its pointer."""
        with in_tenant(self.vg):
            return Hinweis.objects.get(objekt_id=haus.pk, art="ANFRAGE")

    def bindung(self, haus: Hausanfrage) -> Platzbindung | None:
        """What is held under its number."""
        with in_tenant(self.vg):
            return Platzbindung.objects.filter(pk=haus.pk).first()


def tell(cast: Cast, vg: Tenant) -> Anfragestory:
    """Begin the story."""
    anna = cast.akteur("anna", at="VG")
    for name in ("ines", "jan", "fritz", "bille", "bernd"):
        cast.akteur(name, at="VG")  # inside a fence nobody can be created
    kueste = create_angebot(entgelt="76.00", plaetze=1)
    see = create_angebot(entgelt="88.00", plaetze=1, anbieter="Haus am See e. V.")
    with in_tenant(vg, user_id=anna.user_id):
        klient = create_klient(vorname="Mia", nachname="Wrobel", geburtsdatum=date(2004, 3, 14), geschlecht="2")
        fall = create_hilfefall(fachkraft_id=anna.user_id, klient=klient)
        suche = search_for(anna, fall)
    return Anfragestory(cast, vg, kueste, see, fall, suche)
