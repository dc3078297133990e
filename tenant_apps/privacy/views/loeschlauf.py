"""Deletion runs: preview, second person, protocol."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.accounts.guards import require
from shared_apps.accounts.postfach import list_eigene_konten
from shared_apps.core.frage import Frage, ask
from shared_apps.core.seite import crumbs, posted
from shared_apps.core.zahlwort import anzahl
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.privacy import policies, services
from tenant_apps.privacy.enums import Vorgang
from tenant_apps.privacy.forms import StichtagForm
from tenant_apps.privacy.models import Loeschlauf
from tenant_apps.privacy.selectors import list_positionen, list_umfang
from tenant_apps.privacy.states import LoeschlaufAktion, LoeschlaufZustand
from tenants.tables.reads import shows_no_person


def _crumbs(*mehr: str) -> list[dict[str, str]]:
    return crumbs(("Löschläufe", reverse("privacy:runs")), *mehr)


@require_safe
@require(policies.may_read_runs)
def list_laeufe(request: HttpRequest) -> HttpResponse:
    """All runs."""
    context = {
        "laeufe": Loeschlauf.objects.select_related("erstellt_von", "freigegeben_von"),
        "darf_vorbereiten": policies.may_keep_rights(request.akteur),
        "breadcrumb": _crumbs(),
    }
    return render(request, "privacy/laeufe.html", context)


@shows_no_person("asks for a day; the people of the run are shown by the run's own page, which records it")
@require_http_methods(["GET", "HEAD", "POST"])
@require(policies.may_keep_rights)
def prepare(request: HttpRequest) -> HttpResponse:
    """Data protection prepares a preview."""
    frage = Frage(
        title="Löschlauf vorbereiten",
        text="Die Vorschau ändert nichts. Sie zeigt, wer einzuschränken oder zu löschen ist. "
        "Eine zweite Person gibt frei.",
        action_label="Vorschau erstellen",
        back=reverse("privacy:runs"),
        breadcrumb=_crumbs("Vorbereiten"),
    )
    return ask(
        request,
        frage,
        form=StichtagForm(posted(request)),
        work=lambda data: services.create_loeschlauf(akteur=request.akteur, stichtag=data["stichtag"]),
        done="Die Vorschau ist erstellt. Es ist noch nichts geändert.",
        leads=lambda lauf: reverse("privacy:run", args=[lauf.pk]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(policies.may_read_runs)
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What, why, since when; the second person approves here, with exceptions."""
    lauf = get_object_or_404(Loeschlauf, pk=uuid)
    if request.method == "POST":
        bekannt = set(lauf.positionen.values_list("pk", flat=True))
        ausgenommen = frozenset(pk for pk in bekannt if str(pk) in request.POST.getlist("ausgenommen"))
        lauf = services.approve_loeschlauf(akteur=request.akteur, lauf=lauf, ausgenommen=ausgenommen)
        messages.success(
            request,
            f"Ausgeführt: {anzahl(lauf.eingeschraenkt, 'Person', 'Personen')} eingeschränkt, "
            f"{anzahl(lauf.geloescht, 'Person', 'Personen')} gelöscht.",
        )
        return redirect("privacy:run", lauf.pk)
    positionen = list_positionen(lauf)
    record_access(
        akteur=request.akteur,
        aktion=Aktion.LESEN,
        vorgang=Vorgang.LOESCHLAUF_ANSEHEN,
        objekt=lauf,
        felder=["vorname", "nachname"] if not lauf.ausgefuehrt_at else [],
        personen=[klient.pk for _, klient in positionen if klient],
    )
    allowed = policies.SCHRITTE_LOESCHLAUF.allowed(LoeschlaufZustand(lauf.zustand), request.akteur)
    wartet = LoeschlaufAktion.FREIGEBEN in allowed
    darf = policies.may_approve_run(request.akteur, lauf, list_eigene_konten())
    context = {
        "lauf": lauf,
        "positionen": positionen,
        "umfang": list_umfang(lauf),
        "darf_freigeben": wartet and darf,
        "wartet_auf_zweite": wartet and not darf,
        "darf_verwerfen": LoeschlaufAktion.VERWERFEN in allowed,
        "breadcrumb": _crumbs(f"Stichtag {lauf.stichtag:%d.%m.%Y}"),
    }
    return render(request, "privacy/lauf.html", context)


@require_POST
@require(policies.SCHRITTE_LOESCHLAUF.may(LoeschlaufAktion.VERWERFEN))
def discard(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Discard a preview."""
    services.reject_loeschlauf(akteur=request.akteur, lauf=get_object_or_404(Loeschlauf, pk=uuid))
    messages.success(request, "Die Vorschau ist verworfen. Es wurde nichts geändert.")
    return redirect("privacy:runs")
