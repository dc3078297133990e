"""Which server an office has: one person writes it down, a second one confirms it."""

from __future__ import annotations

import hashlib
import re
import secrets
from urllib.parse import urlsplit
from uuid import UUID

from django.db import IntegrityError, transaction

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.models import Anmeldedienst, Dienstkonto
from shared_apps.accounts.policies import check_autor, may_confirm_anmeldedienst
from shared_apps.accounts.postfach import ist_dieselbe
from shared_apps.core.clock import real_now
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.oidc import server
from shared_apps.oidc.rules import names_user
from shared_apps.oidc.server import OidcBusy, OidcRefused
from shared_apps.oidc.siegel import open_secret, seal_secret
from tenants.crypto import needs_rotation
from tenants.models import Tenant

#: What a claim may be called.
CLAIM = r"[A-Za-z0-9_.:/-]+"
#: What every token says, whoever signs in and however: it proves no second factor.
IN_JEDEM_TOKEN = frozenset(
    {"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "azp", "nonce", "at_hash", "c_hash", "sid", "auth_time",
     Anmeldedienst.EMAIL, "email_verified"}
)  # fmt: skip
KEIN_NAME = "Der Name einer Angabe besteht aus Buchstaben, Ziffern und den Zeichen _ . : / -"
WIRD_GEPRUEFT = "Gerade wird schon ein Anmeldedienst geprüft. Bitte versuchen Sie es in einigen Sekunden noch einmal."
OHNE_BELEG = "Diese Angabe steht in jeder Anmeldung und belegt keinen zweiten Faktor."
MIT_NUTZER = "Der Aussteller ist eine Adresse ohne Benutzername und Passwort (nichts mit @ vor dem Namen des Servers)."
ANDERER_ZUERST = (
    "Gerade hat jemand anderes den Anmeldedienst Ihres Amtes eingetragen. Es ist nichts gespeichert: Bitte laden Sie "
    "die Seite neu und prüfen Sie, was dort steht."
)
UNBELEGT = (
    "Für eine andere Angabe als email sagt der Dienst nicht, ob die Adresse geprüft ist. Bitte bestätigen Sie, dass "
    "der Landkreis sie vergibt, oder nehmen Sie email."
)


def check_aussteller(*, issuer: str) -> None:
    """Let the server describe itself, outside of every transaction. Whoever switches it on asks this first, and then
    has `update_anmeldedienst` write it down in one.

    Raises `RegelVerletzt` when it does not answer under the name it claims.
    """
    _check_adresse(issuer)
    try:
        with server.asking(issuer, tests=True):
            server.fetch_description(issuer, fresh=True)
    except OidcBusy:
        raise RegelVerletzt(WIRD_GEPRUEFT) from None
    except OidcRefused as error:
        grund = server.say_in_german(error)
        raise RegelVerletzt(
            f"Unter {issuer} antwortet kein Anmeldedienst dieses Namens ({grund}). Bitte prüfen Sie die Adresse.",
            feld="issuer",
        ) from None


def update_anmeldedienst(
    *,
    tenant: Tenant,
    issuer: str,
    client_id: str,
    client_secret: str = "",
    bezeichnung: str = "",
    mfa_werte: list[str] | None = None,
    email_claim: str = "",
    adresse_vom_landkreis: bool = False,
    faktor_claim: str | None = None,
    removes_secret: bool = False,
    ist_aktiv: bool = True,
    geaendert_von_id: UUID | None = None,
) -> Anmeldedienst:
    """Write down the sign-in server of an office. It asks nobody: `check_aussteller` comes first.

    Nobody signs in with it before a second person has confirmed it (`confirm_anmeldedienst`); a change of anything
    but the words on the button and the secret takes the confirmation back. Raises `RegelVerletzt`.
    """
    if urlsplit(issuer).scheme not in {"http", "https"}:
        raise RegelVerletzt("Der Aussteller ist eine Adresse mit https://.", feld="issuer")
    _check_adresse(issuer)
    _check_claims(email_claim, faktor_claim or "", adresse_vom_landkreis=adresse_vom_landkreis)
    with transaction.atomic():
        dienst = Anmeldedienst.objects.select_for_update().filter(tenant=tenant).first() or Anmeldedienst(tenant=tenant)
        if dienst.issuer and dienst.issuer != issuer:
            # Subjects are unique within one issuer only: links to the old one would open to strangers.
            Dienstkonto.objects.filter(provider=dienst.provider_id).delete()
            dienst.client_secret = ""  # it was given to the old one, and goes to no other
        issuer_before, before = dienst.issuer, _trusted(dienst)
        dienst.issuer, dienst.client_id, dienst.ist_aktiv = issuer, client_id, ist_aktiv
        dienst.bezeichnung = bezeichnung or dienst.bezeichnung
        if mfa_werte is not None:
            dienst.mfa_werte = mfa_werte
        if email_claim:
            dienst.email_claim = email_claim
            dienst.adresse_vom_landkreis = adresse_vom_landkreis and not dienst.asks_email_verified
        if faktor_claim is not None:
            dienst.faktor_claim = faktor_claim
        if removes_secret:
            dienst.client_secret = ""
        if client_secret:
            dienst.client_secret = seal_secret(client_secret, dienst=dienst)
        if _trusted(dienst) != before:
            _check_one_author(dienst, issuer_before=issuer_before, geaendert_von_id=geaendert_von_id)
            dienst.geaendert_von_id = geaendert_von_id
            dienst.bestaetigt_von, dienst.bestaetigt_at = None, None
        dienst.full_clean(validate_unique=False)  # the database has the last word
        try:
            with transaction.atomic():
                dienst.save()
        except IntegrityError:
            if not dienst._state.adding:
                raise
            raise Konflikt(ANDERER_ZUERST) from None
        return dienst


def _check_adresse(issuer: str) -> None:
    if names_user(issuer):
        raise RegelVerletzt(MIT_NUTZER, feld="issuer")


def _check_claims(email_claim: str, faktor_claim: str, *, adresse_vom_landkreis: bool) -> None:
    for feld, claim in (("email_claim", email_claim), ("faktor_claim", faktor_claim)):
        if claim and not re.fullmatch(CLAIM, claim):
            raise RegelVerletzt(KEIN_NAME, feld=feld)
    if faktor_claim in IN_JEDEM_TOKEN:
        raise RegelVerletzt(OHNE_BELEG, feld="faktor_claim")
    if email_claim not in {"", Anmeldedienst.EMAIL} and not adresse_vom_landkreis:
        raise RegelVerletzt(UNBELEGT, feld="adresse_vom_landkreis")


def _check_one_author(dienst: Anmeldedienst, *, issuer_before: str, geaendert_von_id: UUID | None) -> None:
    """What waits for its confirmation has one author, or the first one could confirm her own part of it."""
    author = dienst.geaendert_von_id if dienst.bestaetigt_at is None else None
    if author not in {None, geaendert_von_id} and dienst.issuer == issuer_before:
        raise RegelVerletzt(
            f"Die Angaben von {dienst.geaendert_von} warten noch auf ihre Bestätigung. Bestätigen Sie sie zuerst unter"
            " „Konto“, „Anmeldedienst bestätigen“, oder tragen Sie einen anderen Aussteller ein.",
            feld="issuer",
        )


def _trusted(dienst: Anmeldedienst) -> tuple[object, ...]:
    return tuple(getattr(dienst, name) for name in Anmeldedienst.GEPRUEFT)


def compute_gelesen(dienst: Anmeldedienst) -> str:
    """What the second person has read, as one word for the form she sends."""
    return hashlib.sha256(repr(_trusted(dienst)).encode()).hexdigest()


@transaction.atomic
def confirm_anmeldedienst(*, akteur: Akteur, tenant: Tenant, gelesen: str) -> Anmeldedienst:
    """The second signature: from now on people of the office sign in with this server.

    `gelesen` is what she read (`compute_gelesen`): nobody changes it between her reading and her click. Raises
    `Verweigert` for whoever has written it down herself, `Konflikt` when there is nothing to confirm or it is not
    what she read.
    """
    dienst = Anmeldedienst.objects.select_for_update().filter(tenant=tenant).first()
    if dienst is None or dienst.bestaetigt_at is not None:
        raise Konflikt("Hier ist nichts mehr zu bestätigen.")
    if akteur.tenant_id != tenant.pk or not may_confirm_anmeldedienst(akteur):
        raise Verweigert("Den Anmeldedienst bestätigt die Jugendamtsleitung oder eine zweite Administration.")
    if ist_dieselbe(dienst.geaendert_von_id, akteur.user_id):
        raise Verweigert("Das bestätigt eine andere Person als die, die den Dienst eingetragen hat.")
    if not secrets.compare_digest(gelesen.encode(), compute_gelesen(dienst).encode()):
        raise Konflikt("Die Angaben haben sich geändert, seit Sie sie gelesen haben. Bitte lesen Sie sie noch einmal.")
    check_autor(dienst.geaendert_von_id)
    dienst.bestaetigt_von_id, dienst.bestaetigt_at = akteur.user_id, real_now()
    dienst.save(update_fields=["bestaetigt_von", "bestaetigt_at"])
    return dienst


def update_oidc_secrets() -> int:
    """Seal with the current key what an older key has sealed; returns how many rows changed."""
    changed = 0
    for pk in Anmeldedienst.objects.exclude(client_secret="").values_list("pk", flat=True):
        with transaction.atomic():
            dienst = Anmeldedienst.objects.select_for_update().get(pk=pk)
            if needs_rotation(dienst.client_secret):
                dienst.client_secret = seal_secret(open_secret(dienst), dienst=dienst)
                dienst.save(update_fields=["client_secret"])
                changed += 1
    return changed
