"""Every number of a start page is the number of rows behind its link, for whoever reads it.

A number that counts what the person may not decide leads to a page that refuses her, and one that leads to a list of
everything leaves her searching.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from config.access_table import kinds
from shared_apps.accounts.enums import Rolle
from shared_apps.core.clock import now, today
from shared_apps.einlesen.models import Einlesung
from shared_apps.providers.models import Anbieter, Entgeltvorschlag
from tenant_apps.billing.models import Rechnung
from tenant_apps.gespraeche.models import Gespraechsstand
from tenants.context import in_tenant, on_portal
from tests.access.world import World, build_world, sign_in
from tests.factories.cases import create_hilfefall
from tests.factories.register import create_angebot
from tests.people import appoint

#: What the world below has waiting for somebody.
WARTET = {
    "Rollen und Vertretungen: Ihre Entscheidung",
    "Anbieter warten auf die Aufnahme",
    "Listen warten auf Ihre Freigabe",
    "Ihre Listen: zurückgegeben, bitte überarbeiten",
    "Ihre Listen: warten auf eine andere Person",
    "Listen sind stehen geblieben",
    "Entgelte warten auf Ihre Bestätigung",
    "Geänderte Angaben von Anbietern prüfen",
    "Bankverbindungen prüfen",
    "Zugestimmt, jetzt buchen",
    "Warten auf den Anbieter",
    "Rechnungen prüfen",
    "Zahlungen anordnen",
    "Aus der Nacht zu übernehmen",
    "Name, Geburtsdatum und PKZ nachtragen",
    "Offene Pflichten nach § 42",
    "Suchaufträge: etwas ist frei geworden",
    "Rückfragen: neue Nachrichten",
    "Rückfragen: eine Einrichtung wartet zu lange",
}


def _lists(world: World) -> None:
    """One of each kind that somebody has to do something about, of the office and of the operator."""
    vg = world.offices["VG"].tenant
    controlling = world.people["VG", Rolle.CONTROLLING.value].user
    leitung = world.people["VG", Rolle.JUGENDAMTSLEITUNG.value].user
    betrieb = world.people["", Rolle.BETRIEB.value].user
    for tenant, autorin, zweite in ((vg, controlling, leitung), (vg, leitung, controlling), (None, betrieb, leitung)):
        for zustand, grund in (("ENTWURF", ""), ("ENTWURF", "Zeile 2"), ("VORGELEGT", ""), ("FREIGEGEBEN", "")):
            with on_portal(user_id=autorin.pk):
                row = Einlesung.objects.create(
                    tenant=tenant, eingereicht_von=autorin, dateiname=f"{zustand}.csv", grund=grund
                )
                if zustand != "ENTWURF":
                    Einlesung.objects.filter(pk=row.pk).update(zustand="VORGELEGT")
            if zustand == "FREIGEGEBEN" and tenant is not None:  # and no job works on it
                with on_portal(user_id=zweite.pk):
                    Einlesung.objects.filter(pk=row.pk).update(
                        zustand=zustand, freigegeben_von=zweite, freigegeben_at=now()
                    )


def _own(world: World) -> None:
    """A rate that somebody of the office has proposed: it waits for everybody else there."""
    wartet = Entgeltvorschlag.objects.filter(angebot__einrichtung__gebietskoerperschaft__kuerzel="VG")[0]
    Entgeltvorschlag.objects.create(
        angebot=create_angebot(einrichtung=wartet.angebot.einrichtung, plaetze=1, entgelt="80.00"),
        grundleistung="90.00", ab=wartet.ab, vereinbart_am=wartet.vereinbart_am, rechtsgrundlage="78b",
        vorgeschlagen_von=world.people["VG", Rolle.CONTROLLING.value].user, vom_anbieter=False,
    )  # fmt: skip


def _invoice(world: World) -> None:
    """One that somebody has checked: another person orders its payment."""
    wjh = world.people["VG", Rolle.WJH.value].user
    with in_tenant(world.offices["VG"].tenant):
        Rechnung.objects.filter(pk=world.offices["VG"].neighbour["rechnungen"]).update(
            zustand="SACHLICH_RICHTIG", festgestellt_von=wjh.pk
        )


def _night(world: World) -> None:
    """A case that somebody on call has opened."""
    with in_tenant(world.offices["VG"].tenant):
        create_hilfefall(
            fachkraft_id=world.people["VG", Rolle.RUFBEREITSCHAFT.value].user.pk, team="", uebernahme_offen=True
        )


def _unanswered(world: World) -> None:
    """A house has waited so long that the lead was told."""
    with in_tenant(world.offices["VG"].tenant):
        Gespraechsstand.objects.update(eskaliert_at=now())


def _numbers(world: World) -> dict[tuple[str, str], int]:
    """(role, label) → number, of every start page. Each has been compared with its list."""
    found = {}
    for person in world.people.values():
        client = sign_in(person, world.offices[person.office].host if person.office else "portal.localhost")
        start = client.get("/", follow=True)
        aufgaben: list[Any] = list(start.context.get("aufgaben") or [])
        for aufgabe in aufgaben:
            liste = client.get(aufgabe.url)
            assert liste.status_code == 200, aufgabe.url
            assert (aufgabe.label, liste.context["page"].anzahl) == (aufgabe.label, aufgabe.anzahl), person.user
            found[person.column.key, aufgabe.label] = aufgabe.anzahl
    return found


@pytest.mark.django_db
def test_every_number_of_every_start_page__is_that_of_its_list():
    world = build_world(kinds(), ("VG",))
    cache.clear()
    _lists(world)
    _own(world)
    _invoice(world)
    _night(world)
    _unanswered(world)
    frei = _numbers(world)
    assert {label for _, label in frei} == WARTET, "what has no row here is compared with nothing"

    # She works for the provider, too, or another account with her address did when it was proposed.
    a = Anbieter.objects.get(name="Anbieter A der Welt")
    heute = {"anbieter_id": a.pk, "rolle": Rolle.ANBIETER, "gueltig_ab": today() - timedelta(days=9)}
    for rolle in (Rolle.CONTROLLING, Rolle.JUGENDAMTSLEITUNG, Rolle.TENANT_ADMIN):
        appoint(user=world.people["VG", rolle.value].user, **heute)
    befangen = _numbers(world)
    for rolle, label in (
        ("CONTROLLING", "Entgelte warten auf Ihre Bestätigung"),
        ("JUGENDAMTSLEITUNG", "Entgelte warten auf Ihre Bestätigung"),
        ("JUGENDAMTSLEITUNG", "Geänderte Angaben von Anbietern prüfen"),
        ("TENANT_ADMIN", "Bankverbindungen prüfen"),
    ):
        assert befangen.get((rolle, label), 0) < frei[rolle, label], "what she may not decide does not wait for her"
