"""People who work with SoJuS. Professionals only; citizens never have a row here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import F, Func, Q, TextField
from django.utils.crypto import salted_hmac
from uuid6 import uuid7

from shared_apps.accounts.enums import AMT, ANBIETERSEITE, LAND, Rolle
from shared_apps.accounts.kennwort import open_hash, seal_hash
from shared_apps.accounts.rules import PRUEFUNG_TAGE_MAX, RUFBEREITSCHAFT_TAGE_MAX
from shared_apps.core.models import SharedModel
from shared_apps.core.ordnung import deutsch
from tenants.models import Tenant
from tenants.tables.data_class import DataClass
from tenants.tables.definer import SharedFunction
from tenants.tables.rights import Rights

_EIGENE_KONTEN = """
    SELECT ARRAY(
        SELECT public.sojus_user() WHERE public.sojus_user() IS NOT NULL
        UNION
        SELECT a.id FROM accounts_user ich
          JOIN accounts_user a ON public.accounts_postfach(a.email) = public.accounts_postfach(ich.email)
         WHERE ich.id = public.sojus_user() AND ich.email <> '')
"""


class Postfach(Func):
    """The mailbox of an address: without capitals, and without what stands after a plus. SQL says it once, for rules
    and triggers (`accounts_postfach`)."""

    function = "accounts_postfach"
    arity = 1
    output_field = TextField()


class UserManager(BaseUserManager["User"]):
    """Creates people; there is deliberately no create_superuser."""

    def create_user(self, *, username: str, password: str | None, **fields: Any) -> User:
        """Create a person with a hashed password (None: cannot sign in with a password)."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A professional. Deactivated when she leaves, never deleted. There is no superuser."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    #: Tables between people and Django's groups and permissions: no role has permissions of Django's kind.
    link_rights: ClassVar[dict[str, Rights]] = {
        "groups": Rights(app="SELECT", tenants="SELECT"),  # pairs of ids; guardian asks for groups
        "user_permissions": Rights(app="SELECT"),
    }
    journaled_links: ClassVar[frozenset[str]] = frozenset({"groups"})
    link_words: ClassVar[dict[str, str]] = {"groups": "Gruppe einer Person"}
    is_person: ClassVar[bool] = True
    #: Which accounts are the acting person's: hers, and all behind her mailbox. Row rules of an office ask it, which
    #: never reads addresses.
    shared_functions: ClassVar[tuple[SharedFunction, ...]] = (
        SharedFunction("accounts_eigene_konten", "uuid[]", _EIGENE_KONTEN, also=("tenants",)),
    )
    rights: ClassVar[Rights] = Rights(
        app="SELECT, INSERT, UPDATE", anmeldung="SELECT, UPDATE (password, last_login, einladung_nr)"
    )

    is_superuser = None  # no role has a bypass

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    #: The hash, sealed for this very person: neither readable nor of use in another row (ADR 0028).
    password = models.CharField("Passwort", max_length=600)
    username = models.CharField("Benutzername", max_length=150, unique=True, validators=[UnicodeUsernameValidator()])
    vorname = models.CharField("Vorname", max_length=100, blank=True)
    nachname = models.CharField("Nachname", max_length=100)
    email = models.EmailField("E-Mail", blank=True)
    telefon = models.CharField("Telefon", max_length=40, blank=True)
    is_active = models.BooleanField("aktiv", default=True)
    einladung_nr = models.PositiveIntegerField("Nummer der letzten Einladung", default=0)
    created_at = models.DateTimeField("angelegt am", auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = "Benutzer"
        verbose_name_plural = "Benutzer"
        # Whose other accounts are behind a mailbox is asked by every rule of two people (ADR 0075).
        indexes = [models.Index(Postfach("email"), name="user_postfach")]

    def __str__(self) -> str:
        return self.name

    def set_password(self, raw_password: str | None) -> None:
        """Hash and seal (None: she cannot sign in with a password). Saves nothing."""
        super().set_password(raw_password)
        self.password = seal_hash(self.password, user_id=self.pk)

    def check_password(self, raw_password: str | None) -> bool:
        """Whether it is her password; one that was hashed in an older way is hashed again."""

        def renew(raw: str) -> None:
            self.set_password(raw)
            self._password = None
            self.save(update_fields=["password"])

        return check_password(raw_password, open_hash(self.password, user_id=self.pk), renew)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """As Django's, over the hash itself: sealing it with a new key signs nobody out."""
        salt = "shared_apps.accounts.session_auth_hash"
        encoded = open_hash(self.password, user_id=self.pk)
        return salted_hmac(salt, encoded, secret=secret, algorithm="sha256").hexdigest()

    @property
    def name(self) -> str:
        """First and last name as shown on screens."""
        return f"{self.vorname} {self.nachname}".strip()


class Fachkraft(models.Model):
    """Read-only directory of people (a database view over User without password and e-mail).

    Tenant roles read names from here, so no youth office's transaction can read a password hash.
    """

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    is_person: ClassVar[bool] = True
    rights: ClassVar[Rights] = Rights(app="SELECT", tenants="SELECT", anmeldung="SELECT")

    id = models.UUIDField(primary_key=True)
    username = models.CharField(max_length=150)
    vorname = models.CharField(max_length=100)
    nachname = models.CharField(max_length=100)
    telefon = models.CharField(max_length=40)
    is_active = models.BooleanField()

    class Meta:
        managed = False
        db_table = "accounts_fachkraft"
        ordering = (deutsch("nachname"), deutsch("vorname"))
        verbose_name = "Fachkraft"
        verbose_name_plural = "Fachkräfte"

    def __str__(self) -> str:
        return f"{self.vorname} {self.nachname}".strip()


class Koerperschaft(models.TextChoices):
    """Bodies that work on the portal without a tenant."""

    MINISTERIUM = "MINISTERIUM", "Ministerium"
    LANDESJUGENDAMT = "LANDESJUGENDAMT", "Landesjugendamt"
    BETRIEB = "BETRIEB", "Betrieb"


_BETREIBER = """
    SELECT EXISTS (
        SELECT 1 FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
          CROSS JOIN (SELECT (now() AT TIME ZONE {zone})::date AS heute) h  -- the session's day is the one of UTC
         WHERE m.user_id = public.sojus_user() AND u.is_active AND m.rolle = 'BETRIEB'
           AND m.gueltig_ab <= h.heute AND (m.gueltig_bis IS NULL OR m.gueltig_bis > h.heute))
"""


class Membership(SharedModel):
    """A role of a person in exactly one place: a tenant, a provider or a body of the state.

    Valid in the half-open period [gueltig_ab, gueltig_bis); an empty one was revoked on its first day or before.
    `anbieter_id` and `einrichtung_id` are ids of
    providers; no Django foreign key, because accounts is below providers (the database has one).
    A deputy's membership carries the role of the person she stands in for, and always ends.
    Roles that exclude each other are refused by trigger `accounts_membership_refused` (accounts/rules.py).
    """

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    #: The acting person of this transaction operates today. No role needs to read memberships for it.
    shared_functions: ClassVar[tuple[SharedFunction, ...]] = (
        SharedFunction("sojus_ist_betreiber", "boolean", _BETREIBER),
    )
    rights: ClassVar[Rights] = Rights(app="SELECT, INSERT, UPDATE", anmeldung="SELECT")

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name="Person")
    tenant = models.ForeignKey(
        Tenant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Jugendamt"
    )
    anbieter_id = models.UUIDField("Anbieter", null=True, blank=True, db_index=True)
    einrichtung_id = models.UUIDField("Einrichtung", null=True, blank=True)
    koerperschaft = models.CharField("Körperschaft", max_length=20, choices=Koerperschaft, blank=True)
    rolle = models.CharField("Rolle", max_length=24, choices=Rolle)
    team = models.CharField("Team", max_length=60, blank=True)
    gueltig_ab = models.DateField("gültig ab")
    gueltig_bis = models.DateField("gültig bis (ausschließlich)", null=True, blank=True)
    deputy_of = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="deputy_memberships", verbose_name="vertritt"
    )
    verwaltet = models.BooleanField("verwaltet die Zugänge des Anbieters", default=False)

    class Meta:
        verbose_name = "Mitgliedschaft"
        verbose_name_plural = "Mitgliedschaften"
        constraints = [
            models.CheckConstraint(
                name="membership_genau_ein_ort",
                condition=(
                    Q(tenant__isnull=False, anbieter_id__isnull=True, koerperschaft="", rolle__in=sorted(AMT))
                    | Q(
                        tenant__isnull=True,
                        anbieter_id__isnull=False,
                        koerperschaft="",
                        rolle__in=sorted(ANBIETERSEITE),
                    )
                    | Q(tenant__isnull=True, anbieter_id__isnull=True, rolle=F("koerperschaft"), rolle__in=sorted(LAND))
                ),
            ),
            models.CheckConstraint(
                name="membership_zeitraum", condition=Q(gueltig_bis__isnull=True) | Q(gueltig_bis__gte=F("gueltig_ab"))
            ),
            models.CheckConstraint(
                name="membership_einrichtung",
                condition=Q(rolle=Rolle.EINRICHTUNG, einrichtung_id__isnull=False)
                | (~Q(rolle=Rolle.EINRICHTUNG) & Q(einrichtung_id__isnull=True)),
            ),
            models.CheckConstraint(
                name="membership_vertretung",
                condition=Q(deputy_of__isnull=True)
                | (Q(tenant__isnull=False, gueltig_bis__isnull=False) & ~Q(deputy_of=F("user"))),
            ),
            models.CheckConstraint(
                name="membership_pruefung_befristet",
                condition=~Q(rolle=Rolle.PRUEFUNG)
                | Q(
                    gueltig_bis__isnull=False,
                    gueltig_bis__lte=F("gueltig_ab") + timedelta(days=PRUEFUNG_TAGE_MAX),
                ),
            ),
            models.CheckConstraint(
                name="membership_rufbereitschaft_befristet",
                condition=~Q(rolle=Rolle.RUFBEREITSCHAFT)
                | Q(
                    gueltig_bis__isnull=False,
                    gueltig_bis__lte=F("gueltig_ab") + timedelta(days=RUFBEREITSCHAFT_TAGE_MAX),
                ),
            ),
            models.CheckConstraint(name="membership_verwaltet", condition=Q(verwaltet=False) | Q(rolle=Rolle.ANBIETER)),
            models.UniqueConstraint(
                name="membership_einmal",
                fields=[
                    "user",
                    "tenant",
                    "anbieter_id",
                    "einrichtung_id",
                    "koerperschaft",
                    "rolle",
                    "deputy_of",
                    "gueltig_ab",
                ],
                nulls_distinct=False,
                condition=Q(gueltig_bis__isnull=True) | Q(gueltig_bis__gt=F("gueltig_ab")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.rolle}"


class Datenschutzzustimmung(SharedModel):
    """Consent to the data-protection rules at sign-in: who, which text, when (§ 78 SGB X)."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    rights: ClassVar[Rights] = Rights(app="SELECT, INSERT", anmeldung="SELECT, INSERT")

    user = models.ForeignKey(User, models.PROTECT, related_name="zustimmungen", verbose_name="Person")
    textversion = models.CharField("Textversion", max_length=20)
    tenant = models.ForeignKey(Tenant, models.PROTECT, null=True, related_name="+", verbose_name="Jugendamt")

    class Meta:
        verbose_name = "Datenschutzzustimmung"
        verbose_name_plural = "Datenschutzzustimmungen"
        indexes = [models.Index(fields=["user", "textversion"], name="zustimmung_user_version")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.textversion}"
