"""Restricted stays restricted, and nobody leaves daily work with an open case: whoever writes at the same moment."""

from __future__ import annotations

from datetime import date

import pytest

from shared_apps.core.errors import Konflikt
from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.cases.personfelder import NeuePerson, angaben_of
from tenant_apps.cases.services import create_hilfefall, update_klient
from tenant_apps.cases.services.abschluss import reopen_hilfefall
from tenant_apps.privacy.models import Loeschlauf, Loeschposition
from tenant_apps.privacy.services import approve_loeschlauf, correct_klient, create_loeschlauf, restrict_klient
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.moment import while_open
from tests.people import Cast
from tests.tenant_apps.privacy.conftest import close_case, dye

#: Born so that the 100th birthday has passed.
ALT = date(1910, 5, 4)
GRUND = "Die Mutter hat sich wieder gemeldet."


class Scene:
    """A person whose case ended long ago, people of the office, and a run that waits for the second one."""

    def __init__(self) -> None:
        cast = Cast()
        self.vg = Tenant.objects.get(kuerzel="VG")
        self.person = dye(cast, self.vg, geboren=ALT)
        self.akteure = {name: cast.akteur(name) for name in ("anna", "dora", "dirk")}
        close_case(self.vg, self.person.fall)
        with in_tenant(self.vg):
            self.gelesen = Klient.objects.get()
            self.angaben = NeuePerson(**angaben_of(self.gelesen) | {"vorname": "Neu"})

    def as_(self, name: str):
        """The fence of a request of this person."""
        return in_tenant(self.vg, user_id=self.akteure[name].user_id)

    def call(self, service, by: str, **kwargs):
        """Call a service as this person."""
        with self.as_(by):
            return service(akteur=self.akteure[by], **kwargs)

    def restricted(self) -> bool:
        """Whether she has left daily work."""
        with in_tenant(self.vg):
            return Klient.objects.get().eingeschraenkt_seit is not None

    def update(self) -> None:
        """Anna saves what she read before."""
        self.call(update_klient, "anna", klient=self.gelesen, person=self.angaben)

    def open_another(self) -> None:
        """Anna opens a case of hers."""
        self.call(create_hilfefall, "anna", klient=self.gelesen, fallnummer="NEU-1")

    def reopen(self) -> None:
        """Anna opens the case again."""
        self.call(reopen_hilfefall, "anna", hilfefall=self.person.fall, grund=GRUND)

    def restrict(self, grund: str = "AUFBEWAHRUNG") -> None:
        """Data protection takes her out of daily work."""
        self.call(restrict_klient, "dora", klient=self.gelesen, grund=grund)

    def run(self) -> None:
        """The second person approves what the first one has prepared."""
        self.call(approve_loeschlauf, "dirk", lauf=self.lauf)

    def prepare(self) -> None:
        """A preview."""
        self.lauf = self.call(create_loeschlauf, "dora")


@pytest.fixture
def scene(own_database, django_db_blocker):
    with django_db_blocker.unblock():
        yield Scene()


def test_update_klient__read_before_she_was_restricted(scene):
    scene.restrict()
    with pytest.raises(Konflikt, match="wenden Sie sich zuerst an den Datenschutz"):
        scene.update()
    assert scene.restricted()


def test_update_klient__waits_for_a_run_and_takes_nothing_back(scene):
    scene.prepare()
    assert while_open(scene.run, scene.update, within=lambda: scene.as_("dirk")) == ("ok", "eingeschraenkt")
    assert scene.restricted()


def test_correct_klient__read_before_she_was_restricted(scene):
    """Data protection still corrects; that she is restricted stays."""
    result = while_open(
        scene.restrict,
        lambda: scene.call(
            correct_klient, "dora", klient=scene.gelesen, feld="vorname", wert="Neu", grund="Geburtsurkunde"
        ),
        within=lambda: scene.as_("dora"),
    )
    assert result == ("ok", "ok")
    assert scene.restricted()


@pytest.mark.parametrize("opens", ["open_another", "reopen"])
def test_run__a_case_that_opens_while_it_goes_on(scene, opens):
    scene.prepare()
    assert while_open(getattr(scene, opens), scene.run, within=lambda: scene.as_("anna")) == ("ok", "ok")
    assert not scene.restricted()
    with in_tenant(scene.vg):
        assert Loeschposition.objects.get().ausgenommen
        assert Loeschlauf.objects.get().eingeschraenkt == 0, "the paper says what was done"


@pytest.mark.parametrize("opens", ["open_another", "reopen"])
def test_open__while_she_is_being_restricted(scene, opens):
    result = while_open(scene.restrict, getattr(scene, opens), within=lambda: scene.as_("dora"))
    assert result == ("ok", "eingeschraenkt")
    with in_tenant(scene.vg):
        assert [fall.zustand for fall in Hilfefall.objects.all()] == ["ABGESCHLOSSEN"]


def test_restrict__for_keeping_only__not_with_an_open_case(scene):
    scene.open_another()
    with pytest.raises(Konflikt, match="noch ein Fall offen"):
        scene.restrict()
    scene.restrict("WIDERSPRUCH")
    assert scene.restricted(), "what the person herself asks for does not wait for the end of a help"


def test_run__a_person_that_was_restricted_meanwhile_stops_nobody_else(scene):
    scene.prepare()
    assert while_open(scene.restrict, scene.run, within=lambda: scene.as_("dora")) == ("ok", "ok")
    with in_tenant(scene.vg):
        assert Loeschposition.objects.get().ausgenommen
