"""One person's rights: Auskunft, restriction, dispute, correction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.guards import require
from shared_apps.core.frage import Frage
from shared_apps.core.seite import crumbs, posted
from shared_apps.core.zeitraum import format_datum
from tenant_apps.audit.frage import ask_about
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.models import NAME_UNBEKANNT, Klient
from tenant_apps.cases.personfelder import GEZEIGTE, describe_angaben
from tenant_apps.privacy import policies, services
from tenant_apps.privacy.enums import AuskunftArt, Einschraenkungsgrund, Vorgang
from tenant_apps.privacy.export import write_json, write_pdf
from tenant_apps.privacy.forms import BerichtigenForm, BestreitenForm, EinschraenkungForm, GrundForm, VersagungForm
from tenant_apps.privacy.models import Feldvermerk
from tenant_apps.privacy.rules import HZE, loeschdatum
from tenant_apps.privacy.selectors import build_auskunft

_TYPES = {AuskunftArt.PDF: ("application/pdf", write_pdf), AuskunftArt.JSON: ("application/json", write_json)}


def _get(request: HttpRequest, uuid: UUID) -> Klient:
    return get_object_or_404(policies.visible_personen(request.akteur), pk=uuid)


def _crumbs(akteur: Akteur, klient: Klient | None = None, *mehr: str) -> list[dict[str, str]]:
    home = reverse("privacy:home") if policies.may_keep_rights(akteur) else ""
    person = [("Person", reverse("privacy:person", args=[klient.pk]))] if klient is not None else []
    return crumbs(("Datenschutzrechte", home), *person, *mehr)


@require_safe
@require(policies.may_correct)
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What can be done for this person."""
    klient = _get(request, uuid)
    record_access(
        akteur=request.akteur,
        aktion=Aktion.LESEN,
        vorgang=Vorgang.PERSON_ANSEHEN,
        objekt=klient,
        felder=GEZEIGTE,
    )
    geboren = klient.geburtsdatum
    context = {
        "klient": klient,
        "angaben": [
            ("Name", f"{klient.vorname} {klient.nachname}".strip() or NAME_UNBEKANNT),
            *describe_angaben(klient),
            ("Löschung frühestens", format_datum(loeschdatum(HZE, geboren=geboren)) if geboren else "–"),
        ],
        "grund_der_einschraenkung": dict(Einschraenkungsgrund.choices).get(klient.eingeschraenkt_grund, ""),
        "vermerke": klient.feldvermerke.select_related("erfasst_von"),
        "auskuenfte": klient.auskuenfte.select_related("erteilt_von"),
        "darf_alles": policies.may_keep_rights(request.akteur),
        "breadcrumb": _crumbs(request.akteur, klient),
    }
    return render(request, "privacy/person.html", context)


@require_POST
@require(policies.may_keep_rights)
def export_auskunft(request: HttpRequest, uuid: UUID, art: str) -> HttpResponse:
    """The file; each one is a logged AUSGEBEN. POST, because it leaves its entry."""
    klient = _get(request, uuid)
    try:
        form = AuskunftArt(art.upper())
        content_type, write = _TYPES[form]
    except (ValueError, KeyError) as error:
        raise Http404 from error
    inhalt = write(build_auskunft(klient), amt=request.tenant.name)
    services.issue_auskunft(akteur=request.akteur, klient=klient, art=form, inhalt=inhalt)
    response = HttpResponse(inhalt, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="auskunft.{art.lower()}"'
    response["Cache-Control"] = "no-store"
    return response


def _step(
    name: str,
    policy: Callable[[Akteur], bool],
    form_class: type[forms.Form],
    service: Callable[..., object],
    *,
    done: str,
    **worte: Any,
) -> Callable[..., HttpResponse]:
    """A view that asks for what a service wants to know about one person, and calls it."""

    def view(request: HttpRequest, uuid: UUID) -> HttpResponse:
        klient = _get(request, uuid)
        frage = Frage(
            back=reverse("privacy:person", args=[klient.pk]),
            breadcrumb=_crumbs(request.akteur, klient, worte["title"]),
            **worte,
        )
        return ask_about(
            klient,
            Vorgang.SCHRITT,
            request,
            frage,
            form=form_class(posted(request)),
            work=lambda data: service(akteur=request.akteur, klient=klient, **data),
            done=done,
        )

    view.__name__ = view.__qualname__ = name
    view.__doc__ = worte["title"]
    return require_http_methods(["GET", "HEAD", "POST"])(require(policy)(view))


reject = _step(
    "reject", policies.may_keep_rights, VersagungForm, services.reject_auskunft,
    title="Auskunft versagen",
    text="Die Person erhält die Versagung mit ihrem Grund und dem Hinweis auf die Landesbeauftragte.",
    action_label="Versagung festhalten", done="Die Versagung ist festgehalten.",
)  # fmt: skip
restrict = _step(
    "restrict", policies.may_keep_rights, EinschraenkungForm, services.restrict_klient,
    title="Daten einschränken",
    text="Danach sieht nur noch der Datenschutz diese Person; in Listen und Suchen anderer erscheint sie nicht. "
    "Ein Anbieter sieht sie noch, solange eine Hilfe bei ihm läuft.",
    action_label="Einschränken", done="Die Daten sind eingeschränkt.", level="danger",
)  # fmt: skip
release = _step(
    "release", policies.may_keep_rights, GrundForm, services.release_klient,
    title="Einschränkung aufheben", text="Danach sehen die zuständigen Fachkräfte die Person wieder.",
    action_label="Aufheben", done="Die Einschränkung ist aufgehoben.",
)  # fmt: skip
dispute = _step(
    "dispute", policies.may_correct, BestreitenForm, services.dispute_feld,
    title="Angabe bestritten",
    text="Der Vermerk steht überall, wo diese Angabe gezeigt wird, bis geklärt ist, was richtig ist.",
    action_label="Vermerken", done="Die Angabe ist als bestritten vermerkt.",
)  # fmt: skip
correct = _step(
    "correct", policies.may_correct, BerichtigenForm, services.correct_klient,
    title="Angabe berichtigen", text="Die bisherige Angabe bleibt verschlüsselt mit Grund und Datum erhalten.",
    action_label="Berichtigen", done="Die Angabe ist berichtigt.",
)  # fmt: skip


@require_POST
@require(policies.may_correct)
def settle(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End a dispute."""
    vermerk = get_object_or_404(
        Feldvermerk.objects.filter(klient__in=policies.visible_personen(request.akteur)), pk=uuid
    )
    services.end_bestritten(akteur=request.akteur, vermerk=vermerk)
    messages.success(request, "Der Vermerk ist aufgehoben.")
    return redirect("privacy:person", vermerk.klient_id)
