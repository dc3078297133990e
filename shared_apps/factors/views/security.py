"""Konto, Sicherheit: the person's own second factors. Each change asks for a fresh confirmation."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.accounts.addresses import local_path
from shared_apps.accounts.enums import FaktorArt, MailArt
from shared_apps.accounts.guards import anyone, require
from shared_apps.accounts.models import Faktor, User
from shared_apps.core.clock import real_now
from shared_apps.core.errors import SojusError
from shared_apps.core.frage import Frage, ask
from shared_apps.core.seite import crumbs, posted, show_error, status_of
from shared_apps.factors.forms import ConfirmForm, NewPasskeyForm, NewTotpForm, PasskeyNameForm
from shared_apps.factors.rules import CODES
from shared_apps.factors.selectors import count_recovery_codes, draw_totp, get_faktoren, list_sicherheitsereignisse
from shared_apps.factors.services import mfa, passkeys
from shared_apps.signin.door import (
    SETUP,
    SPAETER,
    WARNUNG_AB,
    PasskeyForm,
    by_person,
    clear_of_person,
    get_pflicht_ab,
    needs_confirmation,
    needs_second_factor,
    notify_account_change,
    notify_fehlversuche,
    open_before,
    release_attempt,
    second_step,
)
from tenants.crypto import open_shared, seal_shared
from tenants.door.middleware import counts_first, runs_without_fence

_PENDING_APP = "sojus_totp_neu"
_CODES = "sojus_codes"
THROTTLED = f"Zu viele Fehlversuche. {SPAETER}"
UNTIL_TOMORROW = (
    "Zu viele Fehlversuche an einem Tag. Hier geht es erst morgen wieder. Sind sie nicht von Ihnen? Dann ändern Sie"
    " bitte sofort Ihr Passwort; danach geht es auch hier."
)
WRONG = "Passwort oder Code stimmt nicht."


def _page(request: HttpRequest, name: str, context: dict, *, title: str = "", status: int = 200) -> HttpResponse:
    """With the whole frame, or without its navigation while the second factor is still owed."""
    owed = request.owed
    frame = "core/base_plain.html" if owed else "core/base.html"
    context |= {"codes_total": CODES, "frame": frame, "owed": owed, "breadcrumb": _crumbs(*([title] if title else []))}
    return render(request, f"factors/security/{name}.html", context, status=status)


def _crumbs(*stufen: str) -> list[dict[str, str]]:
    return crumbs(("Konto", "/konto/"), ("Sicherheit", "/konto/sicherheit/"), *stufen)


@runs_without_fence
@open_before(SETUP)
@require(anyone)
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What is set up, and whether something must be."""
    faktoren = get_faktoren(user_id=request.user.pk)
    context = {
        "faktoren": faktoren,
        "codes_left": count_recovery_codes(faktoren.codes),
        "pflicht_ab": get_pflicht_ab(request.akteur),
        "ist_pflicht": needs_second_factor(request.akteur),
        "ereignisse": list_sicherheitsereignisse(user_id=request.user.pk),
    }
    return _page(request, "overview", context)


# -- who sits there? ----------------------------------------------------------------------------


def _is_right(user: User, form: ConfirmForm, host: str) -> bool:
    password, code = form.cleaned_data.get("password"), form.cleaned_data.get("code")
    if password:
        return user.check_password(password)
    if not code:
        return False
    return mfa.redeem_code(user=user, code=code, host=host) is not None


def _proves(request: HttpRequest, user: User, form: ConfirmForm) -> bool:
    """Whether she has shown that it is she; otherwise the form says why not. With nothing shown it is no attempt."""
    is_passkey = "credential" in request.POST
    sent = PasskeyForm(posted(request)) if is_passkey else form
    right, is_attempt = False, sent.is_valid()
    if not is_attempt:
        release_attempt(request.counted)
    elif is_passkey:
        credential = sent.cleaned_data["credential"]
        right = mfa.redeem_passkey(request=request, user=user, credential=credential) is not None
    else:
        right = _is_right(user, form, request.get_host())
    if is_passkey and not right:
        form.errors.clear()  # of the fields beside the passkey, which she has left empty
        form.add_error(None, passkeys.WRONG_PASSKEY)
    elif is_attempt and not right:
        form.add_error(None, WRONG)
    if is_attempt and not right and request.counted.anzahl >= WARNUNG_AB:
        notify_fehlversuche(user=user, kind=MailArt.FEHLVERSUCHE, host=request.get_host())
    return right


_WAS = "bestätigung"


@runs_without_fence
@counts_first(by_person(_WAS, am_tag=mfa.CODES_AM_TAG))
@sensitive_post_parameters("password", "code", "credential")
@sensitive_variables("form")
@open_before(SETUP)
@require(anyone)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Password, code or passkey once more; good for ten minutes."""
    user, ziel = request.user, local_path(request.POST.get("next") or request.GET.get("next", "/konto/sicherheit/"))
    faktoren = get_faktoren(user_id=user.pk)
    kinds = {"has_password": user.has_usable_password(), "has_codes": bool(faktoren.app or faktoren.codes)}
    form = ConfirmForm(posted(request), initial={"next": ziel}, **kinds)
    if request.method == "POST":
        if request.counted.wartet:
            form.errors.clear()
            form.add_error(None, UNTIL_TOMORROW if request.counted.bis_morgen else THROTTLED)
        elif _proves(request, user, form):
            clear_of_person(_WAS, request, user)
            second_step.confirm(request)
            return redirect(ziel)
    context = {
        "form": form,
        "passkey_form": PasskeyForm(initial={"next": ziel}, auto_id="passkey_%s") if faktoren.passkeys else None,
        "options": passkeys.issue_passkey_challenge(request=request, user=user) if faktoren.passkeys else None,
        "can": any(kinds.values()) or bool(faktoren.passkeys),
    }
    status = 429 if request.method == "POST" and request.counted.wartet else status_of(form)
    return _page(request, "confirm", context, title="Bestätigen", status=status)


# -- app ----------------------------------------------------------------------------------------


def _context(user: User) -> str:
    return f"django_session|totp|{user.pk}"


def _pending_secret(request: HttpRequest) -> str:
    """The secret shown on the page; sealed in the session until a right code proves the app has it."""
    sealed = request.session.get(_PENDING_APP)
    if not sealed:
        sealed = request.session[_PENDING_APP] = seal_shared(mfa.create_totp_secret(), context=_context(request.user))
    return open_shared(sealed, context=_context(request.user))


@runs_without_fence
@sensitive_post_parameters("code")
@sensitive_variables("secret", "context", "svg")
@open_before(SETUP)
@require(anyone)
@needs_confirmation
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add_totp(request: HttpRequest) -> HttpResponse:
    """Show the QR code; store the secret when the app has shown a right code."""
    if get_faktoren(user_id=request.user.pk).app:
        return redirect("security")
    secret = _pending_secret(request)
    form = NewTotpForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            mfa.create_totp(user=request.user, secret=secret, code=form.cleaned_data["code"])
        except SojusError as error:
            show_error(error, form)
        else:
            del request.session[_PENDING_APP]
            messages.success(
                request, "Die App ist eingerichtet. Ab jetzt fragen wir bei jeder Anmeldung nach dem Code."
            )
            return _after_adding(request, "totp")
    svg = draw_totp(user=request.user, secret=secret)
    context = {
        "form": form,
        "qr": "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode(),
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
    }
    return _page(request, "totp", context, title="App einrichten", status=status_of(form))


def _after_adding(request: HttpRequest, factor: str) -> HttpResponse:
    """The session has shown the new factor; with the first one come the recovery codes."""
    second_step.note_factor(request, factor)
    notify_account_change(user=request.user, kind=MailArt.FAKTOR_NEU, host=request.get_host())
    if get_faktoren(user_id=request.user.pk).codes is None:
        return _show_codes(request, mfa.create_recovery_codes(user=request.user))
    return redirect("security")


# -- passkeys -----------------------------------------------------------------------------------


@runs_without_fence
@sensitive_post_parameters("credential")
@open_before(SETUP)
@require(anyone)
@needs_confirmation
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Let the browser make a passkey and store its public half."""
    form = NewPasskeyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            mfa.create_passkey(
                request=request,
                user=request.user,
                name=form.cleaned_data["name"],
                credential=form.cleaned_data["credential"],
            )
        except SojusError as error:
            show_error(error, form)
        else:
            messages.success(request, f"Der Passkey „{form.cleaned_data['name']}“ ist eingerichtet.")
            return _after_adding(request, "webauthn")
    context = {"form": form, "options": passkeys.issue_passkey_options(request=request, user=request.user)}
    return _page(request, "passkey_new", context, title="Passkey einrichten", status=status_of(form))


@runs_without_fence
@require(anyone)
@needs_confirmation
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rename_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name for a passkey."""
    factor = get_object_or_404(Faktor.objects.filter(user=request.user, art=FaktorArt.PASSKEY), pk=pk)
    form = PasskeyNameForm(posted(request), initial={"name": factor.data["name"]})
    if request.method == "POST" and form.is_valid():
        mfa.update_passkey_name(user=request.user, factor_id=factor.pk, name=form.cleaned_data["name"])
        return redirect("security")
    return _page(request, "passkey_name", {"form": form}, title="Passkey umbenennen", status=status_of(form))


@runs_without_fence
@require(anyone)
@needs_confirmation
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take the app or a passkey out."""
    faktoren = get_faktoren(user_id=request.user.pk)
    eigene = {faktor.pk: faktor for faktor in (faktoren.app, *faktoren.passkeys) if faktor}
    factor = eigene.get(pk)
    if factor is None:
        raise Http404
    name = f"Passkey „{factor.data['name']}“" if factor.art == FaktorArt.PASSKEY else "App auf dem Telefon"
    frage = Frage(
        title="Zweiten Faktor entfernen?",
        text=name,
        action_label="Entfernen",
        level="danger",
        unmoeglich=mfa.LAST_FACTOR if len(eigene) == 1 and needs_second_factor(request.akteur) else "",
        back=reverse("security"),
        breadcrumb=_crumbs("Entfernen"),
    )

    def remove(_: dict[str, Any]) -> None:
        mfa.revoke_factor(user=request.user, factor_id=factor.pk, is_pflicht=needs_second_factor(request.akteur))
        notify_account_change(user=request.user, kind=MailArt.FAKTOR_WEG, host=request.get_host())

    return ask(request, frage, work=remove, done=f"Entfernt: {name}.")


# -- recovery codes -----------------------------------------------------------------------------


def _show_codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """Once on the screen; for a few minutes they can be fetched as a file by this session."""
    request.session[_CODES] = seal_shared(" ".join(codes), context=f"django_session|codes|{request.user.pk}")
    second_step.confirm(request)
    request.owed = ""
    return _page(request, "codes_shown", {"codes": [_readable(code) for code in codes]}, title="Codes")


def _readable(code: str) -> str:
    return f"{code[:5]} {code[5:]}"


@runs_without_fence
@require(anyone)
@needs_confirmation
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """How many are left; new ones on demand."""
    faktoren = get_faktoren(user_id=request.user.pk)
    if not faktoren.hat:
        return redirect("security")
    if request.method == "POST":
        codes = mfa.create_recovery_codes(user=request.user)
        notify_account_change(user=request.user, kind=MailArt.CODES_NEU, host=request.get_host())
        return _show_codes(request, codes)
    left = count_recovery_codes(faktoren.codes)
    return _page(request, "codes", {"codes_left": left}, title="Wiederherstellungscodes")


@runs_without_fence
@require(anyone)
@needs_confirmation
@never_cache
@require_POST
def download_codes(request: HttpRequest) -> HttpResponse:
    """The codes just shown, as a text file, once."""
    sealed = request.session.pop(_CODES, None)
    if not sealed:
        messages.info(request, "Die Codes werden nur einmal gezeigt. Legen Sie neue an, wenn Sie sie nicht haben.")
        return redirect("security_codes")
    codes = open_shared(sealed, context=f"django_session|codes|{request.user.pk}").split()
    lines = [
        "SoJuS: Wiederherstellungscodes",
        f"Benutzername: {request.user.username}",
        f"Angelegt: {timezone.localtime(real_now()):%d.%m.%Y %H:%M} Uhr",
        "Jeder Code gilt einmal. Bewahren Sie das Blatt wie einen Schlüssel auf.",
        "",
        *[_readable(code) for code in codes],
        "",
    ]
    response = HttpResponse("\r\n".join(lines), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="sojus-codes.txt"'
    return response
