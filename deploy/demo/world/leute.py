"""People of the demo world: logins named by role, and invented colleagues who own the cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password

from deploy.demo.world import vokabular
from deploy.demo.world.markt import Markt
from deploy.demo.world.werkzeug import Zufall
from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.kennwort import seal_hash
from shared_apps.accounts.models import Membership, User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.factors.door import compute_code, create_totp
from shared_apps.signin.door import has_second_factor
from tenants.models import Tenant

PASSWORT = "sojus-demo"
#: Who signs in with a second factor, and the secret of the app (printed by the demo; `make code` shows the digits).
ZWEITER_FAKTOR = {"wjh-vg": "SOJUSDEMOVGWJHSOJUSDEMOVGWJHSOJU"}
_SEIT = date(2017, 1, 1)
#: Social workers besides `asd-<kuerzel>`.
KOLLEGEN = {"VG": 11, "LHSN": 4, "LUP": 7, "NWM": 5, "HRO": 8, "LRO": 7, "VR": 7, "MSE": 8}
_TEAMS = {
    "VG": ("ASD Greifswald", "ASD Anklam", "ASD Pasewalk"),
    "HRO": ("ASD Mitte", "ASD Nordwest"),
}


@dataclass(slots=True)
class Amtsleute:
    """The people of one office: id, name and team of the social workers; ids of the others."""

    asd: list[tuple[UUID, str, str]] = field(default_factory=list)
    wjh: UUID | None = None
    leitung: UUID | None = None


class Personal:
    """Collects people and their memberships and writes them at once, all with one password hash."""

    def __init__(self, *, zufall: Zufall) -> None:
        self.zufall = zufall
        self.kennwort = make_password(PASSWORT)
        self.users: list[User] = []
        self.memberships: list[Membership] = []
        self._namen: set[str] = set()

    def person(self, username: str, email_host: str = "sojus.example", key: UUID | None = None) -> User:
        """A new person with an invented name; `key`: her id, which is drawn otherwise."""
        while True:
            frau = self.zufall.random() < 0.7
            vorname = self.zufall.choice(vokabular.FACHKRAFT_W if frau else vokabular.FACHKRAFT_M)
            nachname = self.zufall.choice(vokabular.NACHNAMEN)
            if (name := f"{vorname} {nachname}") not in self._namen:
                self._namen.add(name)
                break
        user = User(
            id=(key := key or self.zufall.uuid()),
            username=username,
            vorname=vorname,
            nachname=nachname,
            email=f"{username}@{email_host}",
            telefon=f"0000 {self.zufall.randint(1000, 9999)}",
            password=seal_hash(self.kennwort, user_id=key),
        )
        self.users.append(user)
        return user

    def rolle(self, user: User, rolle: Rolle, **ort: object) -> None:
        """A membership since 2017, unless the place says otherwise."""
        felder = {"gueltig_ab": _SEIT} | ort
        self.memberships.append(Membership(id=self.zufall.uuid(), user=user, rolle=rolle, **felder))

    def save(self) -> int:
        """Write everybody who is not written yet; how many they are."""
        users, memberships = User.objects.bulk_create(self.users), Membership.objects.bulk_create(self.memberships)
        self.users, self.memberships = [], []
        assert len(memberships) >= len(users)
        return len(users)


def build_amt(personal: Personal, tenant: Tenant) -> Amtsleute:
    """Logins and colleagues of one office."""
    kz = tenant.kuerzel.lower()
    teams = _TEAMS.get(tenant.kuerzel, ("ASD",))
    leute = Amtsleute()
    for nummer in range(KOLLEGEN[tenant.kuerzel] + 1):
        user = personal.person(f"asd-{kz}" if nummer == 0 else f"asd{nummer + 1}-{kz}", f"{kz}.example")
        team = teams[nummer % len(teams)]
        personal.rolle(user, Rolle.ASD, tenant=tenant, team=team)
        leute.asd.append((user.pk, user.name, team))
    leitung = personal.person(f"leitung-{kz}", f"{kz}.example")
    leute.leitung = leitung.pk
    personal.rolle(leitung, Rolle.JUGENDAMTSLEITUNG, tenant=tenant)
    personal.rolle(leitung, Rolle.TEAMLEITUNG, tenant=tenant, team=teams[0])
    for username in (f"wjh-{kz}", f"wjh2-{kz}"):
        user = personal.person(username, f"{kz}.example")
        personal.rolle(user, Rolle.WJH, tenant=tenant)
        leute.wjh = leute.wjh or user.pk
    personal.rolle(personal.person(f"controlling-{kz}", f"{kz}.example"), Rolle.CONTROLLING, tenant=tenant)
    return leute


def build_land(personal: Personal) -> None:
    """Ministry, Landesjugendamt, operator."""
    for username, rolle in (
        ("ministerium", Rolle.MINISTERIUM),
        ("landesjugendamt", Rolle.LANDESJUGENDAMT),
        ("betrieb", Rolle.BETRIEB),
    ):
        personal.rolle(personal.person(username), rolle, koerperschaft=rolle.value)


def build_anbieter(personal: Personal, markt: Markt, key: UUID) -> None:
    """One person per provider; `key`: of `anbieter-kueste`."""
    besondere = {1: "anbieter-kueste", 2: "anbieter-see"}
    for anbieter in markt.anbieter:
        username = besondere.get(anbieter.nummer, f"anbieter-{anbieter.nummer:03d}")
        user = personal.person(username, key=key if anbieter.nummer == 1 else None)
        anbieter.user_id, anbieter.username = user.pk, username
        personal.rolle(user, Rolle.ANBIETER, anbieter_id=anbieter.id, verwaltet=anbieter.nummer in besondere)
        personal.rolle(user, Rolle.ANBIETER_ABRECHNUNG, anbieter_id=anbieter.id)


def find_akteur(username: str, tenant: Tenant | None) -> Akteur:
    """This person as she acts at the office's host, or at the portal."""
    akteur = get_akteur(user=User.objects.get(username=username), tenant=tenant)
    assert akteur is not None, username
    return akteur


def set_up_second_factor() -> list[str]:
    """Give those of `ZWEITER_FAKTOR` their app, unless they have one. Returns who got it."""
    done = []
    for user in User.objects.filter(username__in=ZWEITER_FAKTOR):
        if not has_second_factor(user_id=user.pk):
            secret = ZWEITER_FAKTOR[user.username]
            create_totp(user=user, secret=secret, code=compute_code(secret=secret))
            done.append(user.username)
    return done


def build_besondere(personal: Personal, tenants: list[Tenant], markt: Markt, heute: date) -> None:
    """Roles that watch, examine or administer, so that their screens can be shown. Drawn from numbers of their own."""
    for tenant in tenants:
        if tenant.kuerzel == "VG":
            for username, rolle, mehr in (
                ("teamleitung", Rolle.TEAMLEITUNG, {"team": _TEAMS["VG"][1]}),
                ("datenschutz", Rolle.DATENSCHUTZ, {}),
                ("datenschutz2", Rolle.DATENSCHUTZ, {}),
                ("vormund", Rolle.VORMUND, {}),
                ("ausschuss", Rolle.AUSSCHUSS, {}),
                ("pruefung", Rolle.PRUEFUNG, {"gueltig_ab": heute, "gueltig_bis": heute + timedelta(days=90)}),
            ):
                personal.rolle(personal.person(f"{username}-vg", "vg.example"), rolle, tenant=tenant, **mehr)
        for admin in User.objects.filter(username=f"admin-{tenant.kuerzel.lower()}"):
            admin.password = seal_hash(personal.kennwort, user_id=admin.pk)
            admin.save(update_fields=["password"])
    haus = markt.erstes_haus(1)
    kueste = haus.anbieter
    personal.rolle(personal.person("abrechnung-kueste"), Rolle.ANBIETER_ABRECHNUNG, anbieter_id=kueste.id)
    personal.rolle(
        personal.person("einrichtung-kueste"), Rolle.EINRICHTUNG, anbieter_id=kueste.id, einrichtung_id=haus.id
    )
    personal.rolle(personal.person("betrieb2"), Rolle.BETRIEB, koerperschaft=Rolle.BETRIEB.value)
