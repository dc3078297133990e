"""The numbers on the start page open exactly the rows they count."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from shared_apps.accounts.models import User
from shared_apps.core.clock import today
from shared_apps.members.models import Mitgliedschaftsantrag
from tenant_apps.billing.services.check import check_rechnung
from tenant_apps.placements.models import Reservierung
from tests.factories.cases import create_hilfefall
from tests.tenant_apps.billing.story import bill
from tests.tenant_apps.placements.story import Story, tell


@pytest.fixture
def story(cast, vg) -> Story:
    return tell(cast, vg)


def _open_all(client) -> dict[str, tuple[int, int]]:
    """Label of each number: what the start page says, how many rows the list behind it has."""
    aufgaben = client.get("/").context["aufgaben"]
    return {a.label: (a.anzahl, client.get(a.url).context["page"].anzahl) for a in aufgaben}


def test_home__reservations_by_state_and_deadline(story, sign_in):
    """Four wait, one of them runs out tomorrow and one ran out an hour ago, unswept: three wait, one soon."""
    reserviert = [story.reserve(von=f"2027-0{n}-01", bis=f"2027-0{n}-20") for n in (1, 2, 3, 4)]
    frist = {reserviert[0]: timedelta(hours=20), reserviert[1]: -timedelta(hours=1)}
    with story.at_vg():
        for reservierung, bis in frist.items():
            Reservierung.objects.filter(pk=reservierung.pk).update(ablauf_at=timezone.now() + bis)
    assert _open_all(sign_in("anna")) == {"Warten auf den Anbieter": (3, 3), "Frist endet in 2 Tagen": (1, 1)}
    assert _open_all(sign_in("ines", at="VG")) == {"Reservierungen warten auf Ihre Zustimmung": (3, 3)}


def test_home__roles_that_wait_and_cases_without_anybody(story, sign_in, cast, vg):
    """A deputyship waits for the represented person and for the head; a leaver's case for the head."""
    anna, bernd, anton = cast.user("anna"), cast.user("bernd"), cast.user("anton")
    with story.at_vg():
        create_hilfefall(fachkraft_id=bernd.pk)
    ende = today() + timedelta(days=9)
    Mitgliedschaftsantrag.objects.create(
        user=bernd, deputy_of=anna, tenant=vg, rolle="ASD", gueltig_ab=today(), gueltig_bis=ende, begruendung="Urlaub",
        beantragt_von=anton,
    )  # fmt: skip
    rollen = "Rollen und Vertretungen: Ihre Entscheidung"
    assert _open_all(sign_in("anna")) == {rollen: (1, 1)}
    User.objects.filter(pk=bernd.pk).update(is_active=False)
    assert _open_all(sign_in("emil")) == {rollen: (1, 1), "Fälle ohne Fachkraft übergeben": (1, 1)}


def test_home__invoices_by_step(story, sign_in):
    """One is new, one is certified: each person sees her own step, and it opens just that one."""
    bill(story, story.book())
    geprueft = bill(story, story.book(von="2018-06-01", bis="2018-11-30"), monat=date(2018, 6, 1))
    doris = story.akteur("doris")
    with story.at_vg():
        check_rechnung(rechnung=geprueft, akteur=doris)
    assert _open_all(sign_in("doris")) == {"Rechnungen prüfen": (1, 1)}
    assert _open_all(sign_in("emil")) == {"Zahlungen anordnen": (1, 1)}
