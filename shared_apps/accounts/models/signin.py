"""How people sign in: their second factors and who needs one, the district's own server and their accounts there."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from shared_apps.accounts.enums import FaktorArt, Rolle, SicherheitsereignisArt, Verfahren
from shared_apps.core.models import SharedModel
from tenants.models import Tenant
from tenants.tables.data_class import DataClass
from tenants.tables.rights import Rights

#: A lost phone or passkey is taken out, and a link cut; neither is a register.
ALL = "SELECT, INSERT, UPDATE, DELETE"


class Anmelderegel(SharedModel):
    """Whether people in a role need a second factor: at one office, or (without office) everywhere.

    The office's own row beats the row for everywhere, which beats the environment (`SOJUS_MFA_PFLICHT`).
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = Rights(app="SELECT, INSERT, UPDATE", anmeldung="SELECT, INSERT, UPDATE")

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Jugendamt"
    )
    rolle = models.CharField("Rolle", max_length=24, choices=Rolle)
    verfahren = models.CharField("Verfahren", max_length=12, choices=Verfahren, default=Verfahren.VORGABE)
    frist_tage = models.PositiveSmallIntegerField("Frist in Tagen", default=0, validators=[MaxValueValidator(90)])
    gilt_ab = models.DateField("gilt ab")

    class Meta:
        verbose_name = "Anmelderegel"
        verbose_name_plural = "Anmelderegeln"
        constraints = [
            models.UniqueConstraint(
                name="anmelderegel_je_ort_und_rolle", fields=["tenant", "rolle"], nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.tenant_id or 'überall'} {self.rolle} {self.verfahren}"


class Faktor(models.Model):
    """A second factor of a person: the app on her phone, a passkey, or her recovery codes. `data`, by kind:

    - TOTP: `secret`, sealed for this person; `last_counter`, the time step of the last code that was used
    - WEBAUTHN: `name`; `credential`, what the browser answered when it made the passkey, as it came
    - RECOVERY_CODES: `seed`, sealed for this person; `used_mask`, a bit for each code that is used up

    Table and format are those of django-allauth, whose rows these once were (ADR 0048).
    """

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    rights: ClassVar[Rights] = Rights(app=ALL, land="", anmeldung=ALL)  # never a tenant, never the portal's pages

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="faktoren", verbose_name="Person")
    art = models.CharField("Art", max_length=20, choices=FaktorArt, db_column="type")
    data = models.JSONField("Angaben")
    created_at = models.DateTimeField("angelegt am", default=timezone.now)
    last_used_at = models.DateTimeField("zuletzt benutzt", null=True)

    class Meta:
        db_table = "mfa_authenticator"
        verbose_name = "Zweiter Faktor"
        verbose_name_plural = "Zweite Faktoren"
        constraints = [
            models.UniqueConstraint(
                name="unique_authenticator_type",
                fields=["user", "art"],
                condition=Q(art__in=["totp", "recovery_codes"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.art}"


class Anmeldedienst(SharedModel):
    """The sign-in server of one district (OpenID Connect). Its people sign in there instead of here.

    Whoever chooses the server opens every account of the office. So what one person writes down counts only when a
    second one has confirmed it (ADR 0029); each change of it asks again. `geaendert_von` is empty for the operator's
    command.
    """

    data_class: ClassVar[DataClass] = DataClass.ORGANISATION
    rights: ClassVar[Rights] = Rights(app="SELECT, INSERT, UPDATE", anmeldung="SELECT, INSERT, UPDATE")

    #: What decides who comes in as whom: a change of it takes the confirmation back. Form, command and the page of the
    #: second person have all of it; the trigger `accounts_anmeldedienst_geprueft` compares the same columns.
    GEPRUEFT: ClassVar[tuple[str, ...]] = (
        "issuer", "client_id", "email_claim", "adresse_vom_landkreis", "faktor_claim", "mfa_werte",
    )  # fmt: skip
    #: The claim that `email_verified` speaks of, and of no other (OpenID Connect Core 5.1).
    EMAIL: ClassVar[str] = "email"

    tenant = models.OneToOneField(Tenant, models.PROTECT, related_name="+", verbose_name="Jugendamt")
    bezeichnung = models.CharField("Bezeichnung", max_length=60, default="Konto des Landkreises")
    issuer = models.URLField("Aussteller (issuer)", max_length=300)
    client_id = models.CharField("Client-Kennung", max_length=190)
    client_secret = models.TextField("Client-Geheimnis, versiegelt", blank=True)
    email_claim = models.CharField("Angabe mit der E-Mail-Adresse", max_length=100, default="email")
    #: Of another claim than `email` nobody else says whether the address is the person's own (ADR 0054).
    adresse_vom_landkreis = models.BooleanField("Adresse vergibt der Landkreis", default=False, db_default=False)
    faktor_claim = models.CharField("Angabe mit dem zweiten Faktor (leer: amr und acr)", max_length=100, blank=True)
    mfa_werte = models.JSONField("amr- und acr-Werte, die einen zweiten Faktor belegen", default=list, blank=True)
    ist_aktiv = models.BooleanField("aktiv", default=True)
    geaendert_von = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="geändert von"
    )
    bestaetigt_von = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="bestätigt von"
    )
    bestaetigt_at = models.DateTimeField("bestätigt am", null=True, blank=True)

    class Meta:
        verbose_name = "Anmeldedienst"
        verbose_name_plural = "Anmeldedienste"
        constraints = [
            models.CheckConstraint(
                name="anmeldedienst_vier_augen",
                condition=Q(bestaetigt_von__isnull=True, bestaetigt_at__isnull=True)
                | (
                    Q(bestaetigt_von__isnull=False, bestaetigt_at__isnull=False)
                    & (Q(geaendert_von__isnull=True) | ~Q(geaendert_von=F("bestaetigt_von")))
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.bezeichnung}"

    @property
    def asks_email_verified(self) -> bool:
        """Whether `email_verified` speaks of the address."""
        return self.email_claim == self.EMAIL

    @property
    def provider_id(self) -> str:
        """Under which name links of people to this server are stored."""
        return f"oidc:{self.tenant_id}"


class Dienstkonto(models.Model):
    """A person's account at her district's server: which subject there is who here. Its table: ADR 0048."""

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    rights: ClassVar[Rights] = Rights(app=ALL, land="", anmeldung=ALL)  # never a tenant, never the portal's pages

    id = models.AutoField(primary_key=True)
    provider = models.CharField("Anmeldedienst", max_length=200)  # `Anmeldedienst.provider_id`
    uid = models.CharField("Kennung beim Anmeldedienst", max_length=191)  # the claim `sub`
    last_login = models.DateTimeField("zuletzt geändert", auto_now=True)
    date_joined = models.DateTimeField("verbunden am", auto_now_add=True)
    extra_data = models.JSONField("weitere Angaben", default=dict, editable=False)  # nothing is kept
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="dienstkonten", verbose_name="Person"
    )

    class Meta:
        db_table = "socialaccount_socialaccount"
        verbose_name = "Verbundenes Konto"
        verbose_name_plural = "Verbundene Konten"
        unique_together = [("provider", "uid")]  # as it was made; a named constraint would have another name

    def __str__(self) -> str:
        return f"{self.user_id} {self.provider}"


class Sicherheitsereignis(SharedModel):
    """Something about a person's password or second factors has changed, or a recovery code was used up.

    Only ever added; shown to the person herself. The journal notes each row as well.
    """

    data_class: ClassVar[DataClass] = DataClass.PERSONAL
    rights: ClassVar[Rights] = Rights(app="SELECT, INSERT", anmeldung="SELECT, INSERT")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="sicherheitsereignisse", verbose_name="Person"
    )
    art = models.CharField("Art", max_length=16, choices=SicherheitsereignisArt)

    class Meta:
        verbose_name = "Sicherheitsereignis"
        verbose_name_plural = "Sicherheitsereignisse"
        indexes = [models.Index(fields=["user", "-created_at"], name="sicherheit_user_zeit")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.art}"
