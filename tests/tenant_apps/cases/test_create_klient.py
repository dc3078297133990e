"""A new young person: what must be true of the birth date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt
from tenant_apps.cases.models import Klient
from tenant_apps.cases.services import NeuePerson, create_klient
from tenants.context import in_tenant

pytestmark = pytest.mark.django_db

LENA = NeuePerson(pkz="PKZ-77001", vorname="Lena", nachname="Neu", geburtsdatum=date(2012, 2, 29), geschlecht="2")


def test_create_klient__keeps_what_was_entered(cast, vg):
    anna = cast.akteur("anna")
    with in_tenant(vg):
        klient = create_klient(akteur=anna, person=LENA)
        assert Klient.objects.get(pk=klient.pk).geburtsdatum == date(2012, 2, 29)


@pytest.mark.parametrize(
    ("geburtsdatum", "meldung"),
    [(date(1, 1, 1), "vierstellig"), (date(202, 5, 1), "vierstellig"), (None, "Zukunft")],
    ids=["year 1", "three digits", "tomorrow"],
)
def test_create_klient__slip_of_the_keyboard_is_named(cast, vg, geburtsdatum, meldung):
    anna = cast.akteur("anna")
    person = replace(LENA, geburtsdatum=geburtsdatum or today() + timedelta(days=1))
    with in_tenant(vg):
        with pytest.raises(RegelVerletzt, match=meldung) as verletzt:
            create_klient(akteur=anna, person=person)
        assert verletzt.value.feld == "geburtsdatum"
        assert not Klient.objects.exists()
