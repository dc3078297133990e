"""One case of Anna's in the team Anklam, and services called the way a request calls them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from shared_apps.accounts.models import Membership, User
from shared_apps.core.clock import today
from tenant_apps.cases.models import FreigabeArt, Hilfefall
from tenant_apps.cases.policies import visible_hilfefaelle
from tenant_apps.cases.services.freigabe import create_freigabe
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall, create_klient
from tests.people import appoint
from tests.tenant_apps.placements.story import Story

GRUND = "Urlaub bis Ende des Monats"


class Stage:
    """People of VG and a case; every call runs with the person's id in the fence."""

    def __init__(self, story: Story, names: Iterable[str] = ("anna", "bernd", "clara", "doris", "emil")) -> None:
        self.story = story
        self.akteure = {name: story.akteur(name) for name in names}
        with story.at_vg():
            klient = create_klient(vorname="Ophelia", nachname="Farbtupfer", pkz="PKZ-FARBE")
            self.fall = create_hilfefall(
                fachkraft_id=self.akteure["anna"].user_id, klient=klient, fallnummer="FARB-1", team="Anklam"
            )

    def as_(self, name: str):
        """The fence of a request of this person."""
        return in_tenant(self.story.vg, user_id=self.akteure[name].user_id)

    def call(self, service, by: str, **kwargs: Any) -> Any:
        """Call a service as this person."""
        with self.as_(by):
            return service(akteur=self.akteure[by], **kwargs)

    def sees(self, name: str, fall: Hilfefall | None = None) -> bool:
        """Whether she reads the file."""
        with self.as_(name):
            return visible_hilfefaelle(self.akteure[name]).filter(pk=(fall or self.fall).pk).exists()

    def release(self, to: str, art: FreigabeArt = FreigabeArt.MITARBEIT, by: str = "anna", bis: date | None = None):
        """An exception."""
        return self.call(
            create_freigabe, by, hilfefall=self.fall, user_id=self.akteure[to].user_id, art=art, grund=GRUND,
            gueltig_bis=bis,
        )  # fmt: skip


def leave(name: str, how: str = "ended") -> None:
    """She goes: her role ends, her account is closed, or she does something else in the office."""
    if how == "deactivated":
        User.objects.filter(username=name).update(is_active=False)
        return
    Membership.objects.filter(user__username=name).update(gueltig_bis=today())
    if how == "another role":
        user = User.objects.get(username=name)
        appoint(user=user, tenant_id=user.memberships.get().tenant_id, rolle="AUSSCHUSS", gueltig_ab=today())
