"""An exception is as long as its period and its right of guardian; both must be hers."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.core.clock import today
from tenant_apps.cases import policies
from tenant_apps.cases.models import RECHTE, Fallfreigabe, FreigabeArt, Hilfefall
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.tenant_apps.cases.freigaben import release

pytestmark = pytest.mark.django_db
ANNA, BERND = (
    Akteur(user_id=uuid4(), username="x", name="X", rollen=frozenset({Rolle.ASD}), tenant_id=1) for _ in range(2)
)


@pytest.fixture
def fremd(vg) -> Hilfefall:
    """A case of somebody else."""
    with in_tenant(vg):
        return create_hilfefall(fachkraft_id=uuid4(), team="Fern")


@pytest.mark.parametrize(
    ("fields", "reads"),
    [
        ({"gueltig_ab": 0, "gueltig_bis": 1}, True),
        ({"gueltig_ab": -5, "gueltig_bis": None}, True),
        ({"gueltig_ab": 1, "gueltig_bis": None}, False),
        ({"gueltig_ab": -5, "gueltig_bis": 0}, False),
        ({"gueltig_ab": -5, "gueltig_bis": None, "beendet": True}, False),
        ({"gueltig_ab": -5, "gueltig_bis": None, "recht": ""}, False),
        ({"gueltig_ab": -5, "gueltig_bis": None, "recht": RECHTE[FreigabeArt.SPERRFALL]}, False),
    ],
)
def test_second_worker(vg, fremd, fields, reads):
    days = {name: fields[name] for name in ("gueltig_ab", "gueltig_bis")}
    dates = {name: None if n is None else today() + timedelta(days=n) for name, n in days.items()}
    rest = {name: value for name, value in fields.items() if name not in days}
    with in_tenant(vg):
        release(fremd, FreigabeArt.MITARBEIT, ANNA.user_id, **dates, **rest)
        assert policies.visible_hilfefaelle(ANNA).exists() is reads
        assert not policies.visible_hilfefaelle(BERND).exists()  # of another person's exception: nothing


def test_right_of_one_kind_and_period_of_another_make_no_exception(vg, fremd):
    with in_tenant(vg):
        release(fremd, FreigabeArt.EINSICHT, ANNA.user_id, recht=RECHTE[FreigabeArt.MITARBEIT])
        assert not policies.visible_hilfefaelle(ANNA).exists()


def test_right_of_one_and_period_of_another_make_no_exception(vg, fremd):
    with in_tenant(vg):
        release(fremd, FreigabeArt.MITARBEIT, ANNA.user_id, recht="")
        release(fremd, FreigabeArt.MITARBEIT, BERND.user_id)
        Fallfreigabe.objects.filter(user_id=BERND.user_id).update(user_id=uuid4())
        assert not policies.visible_hilfefaelle(ANNA).exists()
        assert not policies.visible_hilfefaelle(BERND).exists()
