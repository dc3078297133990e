"""Four eyes in the browser: the officer reads the trail; the operator looks when the office allows it."""

from __future__ import annotations

import re

from tests.e2e.browser import DESK, PHONE
from tests.e2e.world import World
from tests.tenants import owner


def test_trail_is_read_under_four_eyes(world: World, visit):
    for name in ("dora", "emil"):
        world.cast.user(name)
    dora = visit("vg")
    dora.sign_in("dora")
    dora.open("/protokoll/")
    dora.at("Protokoll")
    dora.follow("Einsicht beantragen")
    dora.fill("Grund", "Beschwerde vom 3. März")
    dora.picture("spur-antrag")
    dora.press("Einsicht beantragen")
    dora.sees("Eine zweite Person entscheidet")
    emil = visit("vg", size=PHONE)
    emil.sign_in("emil")
    emil.open("/protokoll/")
    emil.picture("spur-antraege-telefon")
    emil.page.get_by_role("link", name=re.compile("Entscheiden")).first.click()
    emil.picture("spur-entscheiden-telefon")
    emil.press("Einsicht bewilligen")
    emil.sees("Die Einsicht ist bewilligt")
    dora.open("/protokoll/")
    dora.picture("spur-bewilligt")
    dora.follow("Protokoll lesen")
    dora.at("Protokoll lesen")
    dora.sees("Einsicht bewilligen")
    dora.picture("spur-lesen")
    dora.open("/konto/zugriffe/")
    dora.at("Meine Zugriffe")


def test_operator_looks_when_the_office_allows_it(world: World, visit):
    for name in ("lars", "emil"):
        world.cast.user(name)
    lars = visit("portal")
    lars.sign_in("lars")
    lars.open("/betrieb/support/")
    lars.choose("Jugendamt", "VG")
    lars.fill("Ticket", "T-77")
    lars.fill("Wonach suchen Sie?", "Reservierung hängt seit gestern")
    lars.picture("spur-support")
    lars.press("Beantragen")
    lars.sees("Das Jugendamt entscheidet")
    emil = visit("vg", size=PHONE)
    emil.sign_in("emil")
    emil.sees("Der Betrieb bittet um einen Supportzugriff")
    emil.follow("Supportzugriffe ansehen")
    emil.picture("spur-supportzugriffe-telefon")
    emil.page.get_by_role("link", name=re.compile("Entscheiden")).first.click()
    emil.press("Bewilligen")
    lars.open("/betrieb/support/")
    lars.page.get_by_role("link", name=re.compile("Ansehen")).first.click()
    lars.sees("cases_hilfefall")
    lars.picture("spur-einblick")
    lars.open("/betrieb/journal/")
    lars.at("Journal")
    lars.picture("spur-journal")


def test_failed_check_is_seen_by_officer_and_operator(world: World, own_database, visit):
    for name in ("dora", "lars"):
        world.cast.user(name)
    with owner.superuser(own_database) as su:
        su.execute(
            "INSERT INTO journal_pruefbericht (id, created_at, mandant, siegel, zeilen, bereinigt, maengel, beispiele)"
            " VALUES (gen_random_uuid(), now(), 'vg', 812, 20411, 0, 1, ARRAY['vg.audit_protokoll 7: Zeile geändert']),"
            " (gen_random_uuid(), now() - interval '2 days', 'hro', 900, 31000, 0, 0, ARRAY[]::text[])"
        )
    dora = visit("vg", size=PHONE)
    dora.sign_in("dora")
    dora.sees("Mängel im Protokoll")
    dora.open("/protokoll/")
    dora.sees("VG: 1 Mangel im Protokoll")
    dora.picture("spur-mangel-telefon")
    lars = visit("portal")
    lars.sign_in("lars")
    lars.open("/betrieb/")
    lars.sees("VG: 1 Mangel im Protokoll")
    lars.sees("Die nächtliche Prüfung des Protokolls ist ausgeblieben")
    lars.picture("spur-mangel-betrieb")


def test_provider_reads_her_own_journal(world: World, visit):
    for name in ("inge", "ines", "fritz"):
        world.cast.user(name)
    for size, name in ((PHONE, "telefon"), (DESK, "breit")):
        inge = visit("portal", size=size)
        inge.sign_in("inge")
        inge.open("/mitglieder/")
        inge.follow("Journal")
        inge.at("Journal")
        inge.sees("Ines Ihde: Anbieter")
        inge.picture(f"spur-eigenes-journal-{name}")
        assert inge.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
