"""The first password of a person who was invited. Nobody else ever knows it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlsafe_base64_decode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.guards import public, secret_address
from shared_apps.accounts.models import User
from shared_apps.core.seite import posted, status_of
from shared_apps.signin import services
from shared_apps.signin.forms import NewPasswordForm
from shared_apps.signin.second_step import CONSENT, SETUP, STEP, open_before
from shared_apps.signin.sessions import remember_password_set
from tenants.door.middleware import runs_without_fence

#: What she does until she is at work, for `core/components/steps.html`.
SCHRITTE = [
    {"label": "Passwort festlegen", "status": "current"},
    {"label": "Anmelden", "hint": "mit Benutzername und Passwort"},
    {"label": "Zweiter Faktor", "hint": "wenn Ihre Rolle ihn braucht"},
    {"label": "Startseite", "hint": "dort steht, was zu tun ist"},
]


def _find(uid: str) -> User | None:
    try:
        return User.objects.filter(pk=UUID(urlsafe_base64_decode(uid).decode())).first()
    except (ValueError, UnicodeDecodeError):
        return None


@secret_address
@open_before(STEP, CONSENT, SETUP)  # the link says for whom it is, whoever is signed in here
@public("Der Schein in der Adresse ersetzt das Passwort, das erst gesetzt wird; er gilt einmal.")
@runs_without_fence
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables("token")
def accept(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Set a password with a valid invitation, then sign in with it."""
    user = _find(uid)
    if user is None or not services.is_invitation_valid(user=user, token=token, host=request.get_host()):
        response = render(request, "signin/invitation_invalid.html", status=403)
    else:
        form = NewPasswordForm(posted(request), user=user)
        if request.method == "POST" and form.is_valid():
            services.update_password_by_invitation(
                user=user, token=token, host=request.get_host(), password=form.cleaned_data["passwort_neu"]
            )
            messages.success(request, f"Das Passwort ist gesetzt. Melden Sie sich jetzt als {user.username} an.")
            remember_password_set(request, user)
            response = redirect("login")
        else:
            context = {"form": form, "person": user, "schritte": SCHRITTE}
            response = render(request, "signin/invitation.html", context, status=status_of(form))
    return response
