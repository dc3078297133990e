"""Consent to the data-protection rules: a page of its own, after every proof and before anything else (ADR 0040)."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.addresses import local_path
from shared_apps.accounts.guards import anyone, require
from shared_apps.accounts.selectors import has_consented, list_consents
from shared_apps.core.seite import posted, status_of
from shared_apps.signin import services
from shared_apps.signin.forms import ConsentForm
from shared_apps.signin.second_step import CONSENT, open_before
from shared_apps.signin.sessions import idle_minutes, note_consent
from tenants.door.middleware import runs_without_fence

NEUE_FASSUNG = (
    "Die Datenschutzregeln haben sich soeben geändert. Bitte lesen Sie die neue Fassung und stimmen Sie ihr zu."
)


@runs_without_fence
@never_cache
@open_before(CONSENT)
@require(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest) -> HttpResponse:
    """Show the rules and ask once for each version; whoever has agreed is led on."""
    version = settings.DATENSCHUTZ_TEXTVERSION
    source = request.POST if request.method == "POST" else request.GET
    ziel = local_path(source.get("next") or "/")
    if has_consented(user_id=request.user.pk, textversion=version):
        return redirect(ziel)
    frisch = {"fassung": version, "next": ziel}
    form = ConsentForm(posted(request), initial=frisch)
    if form.is_valid():
        if form.cleaned_data["fassung"] == version:
            services.record_consent(user=request.user, textversion=version, tenant=request.tenant)
            note_consent(request)
            return redirect(ziel)
        messages.error(request, NEUE_FASSUNG)  # she agrees to what she has read, and that was another text
        form = ConsentForm(initial=frisch)
    context = {
        "form": form,
        "textversion": version,
        "zuletzt": list_consents(user_id=request.user.pk).first(),
        "idle_minutes": idle_minutes(),
    }
    return render(request, "signin/consent.html", context, status=status_of(form))
