"""docs/security.md "Who may see what": own, deputised, team, costs; nothing for those who only count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from shared_apps.accounts.enums import Rolle
from tenant_apps.billing.policies import visible_rechnungen
from tenant_apps.cases import policies
from tenant_apps.cases.models import Aufgabenbereich
from tenant_apps.cases.services import create_hilfefall as open_case
from tenant_apps.placements import policies as placements
from tests.factories.cases import create_hilfefall
from tests.people import appoint
from tests.tenant_apps.placements.story import Story, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg)


def circles(akteur) -> tuple[set[str], set[str], set[str]]:
    """Case numbers of file, master data, amounts."""
    return tuple(
        {fall.fallnummer for fall in visible(akteur)}
        for visible in (policies.visible_hilfefaelle, policies.visible_stammdaten, policies.visible_vorgaenge)
    )


@pytest.fixture
def faelle(story):
    """Anna's in Anklam with a booking, Bernd's in Anklam, Anna's in Wolgast, one behind the wall of § 68."""
    anna, bernd = story.cast.user("anna"), story.cast.user("bernd")
    with story.at_vg():
        eigen = create_hilfefall(fachkraft_id=anna.pk, fallnummer="A", team="Anklam")
        create_hilfefall(fachkraft_id=bernd.pk, fallnummer="B", team="Anklam")
        create_hilfefall(fachkraft_id=bernd.pk, fallnummer="W", team="Wolgast")
        create_hilfefall(fachkraft_id=anna.pk, fallnummer="V", team="Anklam", aufgabe=Aufgabenbereich.VORMUNDSCHAFT)
    story.book(hilfefall=eigen)
    return eigen


NICHTS: tuple = (set(), set(), set())


@pytest.mark.parametrize(
    ("name", "erwartet"),
    [
        ("anna", ({"A"}, {"A"}, {"A"})),
        ("bernd", ({"B", "W"}, {"B", "W"}, {"B", "W"})),
        ("clara", ({"A", "B"}, {"A", "B"}, {"A", "B"})),
        ("doris", (set(), {"A"}, {"A"})),
        ("emil", (set(), set(), {"A"})),
        ("frieda", NICHTS),
        ("anton", NICHTS),
        ("paula", NICHTS),
    ],
)
def test_role_sees_what_the_matrix_says(story, faelle, name, erwartet):
    akteur = story.akteur(name)
    with story.at_vg():
        assert circles(akteur) == erwartet


def test_deputy_sees_the_cases_of_whom_she_deputises(story, faelle):
    bernd = replace(story.akteur("bernd"), vertritt=frozenset({story.akteur("anna").user_id}))
    with story.at_vg():
        assert circles(bernd)[0] == {"A", "B", "W"}
        assert {f.fallnummer for f in policies.disposable_hilfefaelle(bernd)} == {"A", "B", "W"}


def test_wall_of_section_68_has_two_sides(story, faelle):
    vormund = replace(story.akteur("anna"), rollen=frozenset({policies.VORMUND}))
    leitung = replace(story.akteur("clara"), rollen=frozenset({Rolle.TEAMLEITUNG, Rolle.WJH, Rolle.JUGENDAMTSLEITUNG}))
    with story.at_vg():
        assert circles(vormund) == ({"V"}, {"V"}, {"V"})
        assert all("V" not in circle for circle in circles(leitung))


def test_team_lead_without_a_team_sees_no_case_without_a_team(story):
    clara = replace(story.akteur("clara"), geleitete_teams=frozenset({""}))
    anna = story.cast.user("anna")
    with story.at_vg():
        create_hilfefall(fachkraft_id=anna.pk, team="")
        assert circles(clara) == NICHTS


def test_bookings_and_invoices_follow_the_case(story, faelle, cast):
    leitung = replace(story.akteur("clara"), geleitete_teams=frozenset({"Wolgast"}))
    leute = ((story.akteur("anna"), 1), (story.akteur("bernd"), 0), (leitung, 0))
    with story.at_vg():
        for akteur, anzahl in leute:
            assert placements.visible_buchungen(akteur).count() == anzahl
            assert placements.visible_reservierungen(akteur).count() == anzahl
        assert not visible_rechnungen(leitung).exists()


def test_lead_of_the_office_sees_number_and_amount_but_no_name(story, faelle, sign_in):
    buchung = faelle.buchungen
    with story.at_vg():
        pk = buchung.get().pk
        name = str(faelle.klient)
    emil = sign_in("emil")
    for path in ("/faelle/", "/faelle/csv/", f"/buchungen/{pk}/", f"/api/v1/buchungen/{pk}/", "/api/v1/buchungen/"):
        text = emil.get(path).text
        assert name not in text and faelle.klient.nachname not in text, path
    assert ">A<" in emil.get("/faelle/").text
    assert emil.get(f"/buchungen/{pk}/beenden/").status_code == 403
    assert name in sign_in("clara").get("/faelle/").text


def test_search_of_a_case_that_passed_on_is_worth_nothing(story, faelle, sign_in):
    bernd = story.cast.user("bernd")
    with story.at_vg():
        suche = faelle.suchen.get()
    anna = sign_in("anna")
    assert anna.get(f"/hze-auswahl/{suche.pk}/").status_code == 200
    with story.at_vg():
        faelle.fachkraft_id = bernd.pk
        faelle.save()
    assert anna.get(f"/hze-auswahl/{suche.pk}/").status_code == 404
    assert story.cast.api("anna").get(f"/api/v1/suchen/{suche.pk}/").status_code == 404
    assert sign_in("bernd").get(f"/hze-auswahl/{suche.pk}/").status_code == 200


def test_who_pays_sees_name_and_number_but_neither_birth_nor_need(story, faelle, sign_in):
    with story.at_vg():
        pk, name = faelle.buchungen.get().pk, faelle.klient.nachname
    text = sign_in("doris").get(f"/buchungen/{pk}/").text
    assert name in text and "14.03.2007" not in text and "Bedarf" not in text
    assert "14.03.2007" in sign_in("anna").get(f"/buchungen/{pk}/").text


def test_leader_of_one_team_sees_nothing_of_another_in_which_she_only_works(story, cast):
    clara, anna = cast.user("clara"), cast.user("anna")
    appoint(user=clara, tenant=story.vg, rolle=Rolle.ASD, team="Wolgast", gueltig_ab=date(2015, 1, 1))
    akteur = story.akteur("clara")
    assert (akteur.teams, akteur.geleitete_teams) == ({"Anklam", "Wolgast"}, {"Anklam"})
    with story.at_vg():
        geleitet = create_hilfefall(fachkraft_id=anna.pk, team="Anklam")
        fremd = create_hilfefall(fachkraft_id=anna.pk, team="Wolgast")
        for select in (
            policies.visible_hilfefaelle, policies.editable_hilfefaelle, policies.disposable_hilfefaelle,
            policies.visible_stammdaten, policies.visible_vorgaenge,
        ):  # fmt: skip
            assert set(select(akteur)) == {geleitet}, select.__name__
        neu = open_case(akteur=akteur, klient=fremd.klient)
        assert neu.team == "Wolgast", "she works there; the team she leads is not where her own cases lie"
        assert set(policies.visible_hilfefaelle(akteur)) == {geleitet, neu}
