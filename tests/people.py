"""The cast. One owns, one is in the team, one works elsewhere, one must see nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import update_last_login
from django.db import transaction
from django.test import Client
from django.utils import timezone

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import ZU_ZWEIT, Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.core.clock import today
from shared_apps.members.models import Mitgliedschaftsantrag
from shared_apps.members.states import AntragZustand
from shared_apps.providers.models import Anbieter, Einrichtung
from shared_apps.regions.models import Gebietskoerperschaft
from shared_apps.signin.middleware import SESSION_TENANT
from shared_apps.signin.services import create_api_token, record_consent
from shared_apps.signin.session_store import SessionStore
from shared_apps.signin.sessions import SESSION_CONSENT
from tenants.models import Tenant

PASSWORD = "Sonne-Wind-Regen-2026"


class Visitor(Client):
    """Reads what it is sent to the end, as a browser does: a file left open is an error of the run."""

    def request(self, **request: Any) -> Any:
        """What follows a redirect comes through here, too."""
        response = super().request(**request)
        if response.streaming:
            response.streaming_content = [b"".join(response.streaming_content)]
        return response


def open_session(client: Client, user: User, **content: object) -> None:
    """As `Client.force_login`, at the client's host and with the rules agreed to, in a quarter of its statements."""
    host: str = client.defaults["SERVER_NAME"]
    session = SessionStore()
    session.update(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: "shared_apps.accounts.backends.MembershipBackend",
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            SESSION_TENANT: "" if host.startswith("portal.") else host.partition(".")[0],
            SESSION_CONSENT: settings.DATENSCHUTZ_TEXTVERSION,
        }
        | content
    )
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    update_last_login(None, user)


@dataclass(frozen=True)
class Person:
    """Who she is and where she works."""

    vorname: str
    nachname: str
    rollen: tuple[Rolle, ...]
    tenant: str | None = None
    anbieter: str | None = None
    body: str = ""
    team: str = ""
    einrichtung: str | None = None
    tage: int | None = None
    """The role began a week ago and ends that many days from now (None: since 2015, open)."""
    verwaltet: bool = False


PEOPLE = {
    "anna": Person("Anna", "Ahlers", (Rolle.ASD,), tenant="VG", team="Anklam"),
    "bernd": Person("Bernd", "Brandt", (Rolle.ASD,), tenant="VG", team="Anklam"),
    "clara": Person("Clara", "Clasen", (Rolle.TEAMLEITUNG,), tenant="VG", team="Anklam"),
    "doris": Person("Doris", "Dahl", (Rolle.WJH,), tenant="VG"),
    "emil": Person("Emil", "Ebert", (Rolle.JUGENDAMTSLEITUNG,), tenant="VG"),
    "frieda": Person("Frieda", "Fink", (Rolle.CONTROLLING,), tenant="VG"),
    "anton": Person("Anton", "Arndt", (Rolle.TENANT_ADMIN,), tenant="VG"),
    "paula": Person("Paula", "Peters", (Rolle.AUSSCHUSS,), tenant="VG"),
    "wilma": Person("Wilma", "Wendt", (Rolle.VORMUND,), tenant="VG"),
    "quirin": Person("Quirin", "Quandt", (Rolle.PRUEFUNG,), tenant="VG", tage=30),
    "rufina": Person("Rufina", "Ruge", (Rolle.RUFBEREITSCHAFT,), tenant="VG", tage=30),
    "dora": Person("Dora", "Dietz", (Rolle.DATENSCHUTZ,), tenant="VG"),
    "dirk": Person("Dirk", "Drews", (Rolle.DATENSCHUTZ,), tenant="VG"),
    "edda": Person("Edda", "Engel", (Rolle.JUGENDAMTSLEITUNG,), tenant="VG"),
    "gerd": Person("Gerd", "Groth", (Rolle.ASD,), tenant="HRO"),
    "hilde": Person("Hilde", "Haase", (Rolle.WJH,), tenant="HRO"),
    "jette": Person("Jette", "Jahn", (Rolle.ASD,), tenant="LHSN"),
    "ines": Person("Ines", "Ihde", (Rolle.ANBIETER,), anbieter="Jugendhilfe Küste gGmbH"),
    "jan": Person("Jan", "Jessen", (Rolle.ANBIETER,), anbieter="Haus am See e. V."),
    "inge": Person("Inge", "Iversen", (Rolle.ANBIETER,), anbieter="Jugendhilfe Küste gGmbH", verwaltet=True),
    "bille": Person("Bille", "Boje", (Rolle.ANBIETER_ABRECHNUNG,), anbieter="Jugendhilfe Küste gGmbH"),
    "fritz": Person(
        "Fritz", "Frahm", (Rolle.EINRICHTUNG,), anbieter="Jugendhilfe Küste gGmbH", einrichtung="Haus Strandläufer"
    ),
    "lena": Person("Lena", "Lorenz", (Rolle.LANDESJUGENDAMT,), body="LANDESJUGENDAMT"),
    "karla": Person("Karla", "Kroll", (Rolle.MINISTERIUM,), body="MINISTERIUM"),
    "lars": Person("Lars", "Lund", (Rolle.BETRIEB,), body="BETRIEB"),
    "leif": Person("Leif", "Lohse", (Rolle.BETRIEB,), body="BETRIEB"),
    "nora": Person("Nora", "Nissen", ()),  # an account without any membership
}


#: Reason of the requests with which the people of the tests were appointed.
GRUENDUNG = "Aufbau der Testwelt"


def _founder(name: str) -> User:
    """One of two people who appoint everybody else and work nowhere."""
    fields = {"vorname": "Gründerin", "nachname": name.capitalize(), "password": "!", "is_active": False}
    return User.objects.get_or_create(username=f"gruendung-{name}", defaults=fields)[0]


def appoint(**fields: object) -> Membership:
    """A membership as the database accepts it: with its request where two people grant it (ADR 0014, 0029)."""
    with transaction.atomic():
        row = Membership.objects.create(**fields)
        if row.rolle not in ZU_ZWEIT and not row.deputy_of_id and not row.anbieter_id:
            return row
        what = (
            "user", "tenant", "koerperschaft", "anbieter_id", "verwaltet", "rolle", "team", "gueltig_ab",
            "gueltig_bis", "deputy_of",
        )  # fmt: skip
        antrag = Mitgliedschaftsantrag.objects.create(
            **{name: getattr(row, name) for name in what}, begruendung=GRUENDUNG, beantragt_von=_founder("eins")
        )
        antrag.zustand, antrag.membership = AntragZustand.BEWILLIGT, row
        antrag.entschieden_von, antrag.entschieden_at = _founder("zwei"), timezone.now()
        antrag.save()
    return row


class Cast:
    """Creates people on demand and signs them in."""

    def user(self, name: str, *, has_agreed: bool = True) -> User:
        """The account of a person, created with her memberships at the first call.

        On a usual day she has agreed to the data-protection rules long ago; `has_agreed=False`: she never signed in.
        """
        found = User.objects.filter(username=name).first()
        if found:
            return found
        person = PEOPLE[name]
        user = User.objects.create_user(
            username=name, password=PASSWORD, vorname=person.vorname, nachname=person.nachname,
            email=f"{name}@example.org",
        )  # fmt: skip
        for rolle in person.rollen:
            appoint(
                user=user,
                tenant=Tenant.objects.get(kuerzel=person.tenant) if person.tenant else None,
                anbieter_id=self.anbieter(person.anbieter).pk if person.anbieter else None,
                einrichtung_id=self.einrichtung(person).pk if person.einrichtung else None,
                koerperschaft=person.body,
                rolle=rolle,
                team=person.team,
                verwaltet=person.verwaltet,
                gueltig_ab=date(2015, 1, 1) if person.tage is None else today() - timedelta(days=7),
                gueltig_bis=None if person.tage is None else today() + timedelta(days=person.tage),
            )
        if has_agreed:
            record_consent(user=user, textversion=settings.DATENSCHUTZ_TEXTVERSION, tenant=None)
        return user

    @staticmethod
    def anbieter(name: str) -> Anbieter:
        """A provider by name, created at the first call."""
        return Anbieter.objects.get_or_create(name=name)[0]

    def einrichtung(self, person: Person) -> Einrichtung:
        """The facility a person works for: her provider's of that name, created at the first call."""
        return Einrichtung.objects.get_or_create(
            anbieter=self.anbieter(person.anbieter or ""),
            name=person.einrichtung,
            defaults={"gebietskoerperschaft": Gebietskoerperschaft.objects.order_by("pk").first()},
        )[0]

    def tenant_of(self, name: str) -> Tenant | None:
        """The office a person works in."""
        kuerzel = PEOPLE[name].tenant
        return Tenant.objects.get(kuerzel=kuerzel) if kuerzel else None

    def akteur(self, name: str, at: str | None = None) -> Akteur:
        """The acting person at her own host, or at the host of office `at`."""
        tenant = Tenant.objects.get(kuerzel=at) if at else self.tenant_of(name)
        akteur = get_akteur(user=self.user(name), tenant=tenant)
        assert akteur is not None, f"{name} is not admitted at {at or 'her host'}"
        return akteur

    def host(self, name: str, at: str | None = None) -> str:
        """Host name of an office, or the portal's."""
        kuerzel = at or PEOPLE[name].tenant
        return f"{kuerzel.lower()}.localhost" if kuerzel and kuerzel != "PORTAL" else "portal.localhost"

    def sign_in(self, name: str, *, at: str | None = None) -> Client:
        """A client with a session at the person's host, at office `at`, or at "PORTAL"."""
        user = self.user(name)
        host = self.host(name, at)
        client = Visitor(SERVER_NAME=host)
        open_session(client, user)
        return client

    def api(self, name: str, *, at: str | None = None) -> Client:
        """A client that authenticates with an API key."""
        host = self.host(name, at)
        tenant = None if host.startswith("portal.") else Tenant.objects.get(kuerzel=host.split(".")[0].upper())
        key = create_api_token(user=self.user(name), tenant=tenant)
        return Visitor(SERVER_NAME=host, HTTP_AUTHORIZATION=f"Token {key}")

    def anbieter_id(self, name: str) -> UUID:
        """The provider a person works for."""
        return self.anbieter(PEOPLE[name].anbieter or "").pk
