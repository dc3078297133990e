"""Pictures and papers of one's own facility, at the portal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.accounts.guards import require
from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt, SojusError
from shared_apps.core.frage import Frage, ask
from shared_apps.core.seite import enter, posted, show_error, status_of
from shared_apps.core.zahlwort import anzahl
from shared_apps.providers import policies
from shared_apps.providers.forms.dateien import BilderForm, DateiForm, DokumentForm, FotoForm, VereinbarungForm
from shared_apps.providers.forms.ende import EndeForm
from shared_apps.providers.models import DOKUMENTE, Einrichtung, EinrichtungDokument, Foto
from shared_apps.providers.selectors import dateien as selectors
from shared_apps.providers.services import dateien as services
from shared_apps.providers.views.own import crumbs_below, portal_only

BILDER, DOKUMENTE_TITEL = "Bilder", "Dokumente"


# --- pictures -------------------------------------------------------------------------------------------------------


@require(policies.may_write_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def list_fotos(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All pictures of one's own facility, and a form for more. Those that are good stay, whatever the others are."""
    einrichtung = _einrichtung(request, pk)
    form = BilderForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            angenommen = services.submit_fotos(akteur=request.akteur, einrichtung=einrichtung, **form.cleaned_data)
        except SojusError as error:
            show_error(error, form)
        else:
            if angenommen.fotos:
                return _taken(request, einrichtung, angenommen)
            for abgelehnt in angenommen.abgelehnt:
                show_error(RegelVerletzt(f"{abgelehnt.name}: {abgelehnt.grund}", feld="dateien"), form)
    context = {
        "einrichtung": einrichtung,
        "fotos": list(selectors.list_fotos(einrichtung)),
        "form": form,
        "hoechstens": services.BILDER_MAX,
        "breadcrumb": crumbs_below(einrichtung, BILDER),
    }
    return render(request, "providers/bilder.html", context, status=status_of(form))


def _taken(request: HttpRequest, einrichtung: Einrichtung, angenommen: services.Bildannahme) -> HttpResponse:
    messages.success(
        request,
        f"{anzahl(len(angenommen.fotos), 'Bild ist', 'Bilder sind')} hochgeladen. Andere sehen ein Bild, sobald es"
        " Bildunterschrift und Alternativtext hat.",
    )
    for abgelehnt in angenommen.abgelehnt:
        messages.error(request, f"Nicht hochgeladen: {abgelehnt.name}. {abgelehnt.grund}")
    return _next(einrichtung)


def _next(einrichtung: Einrichtung) -> HttpResponse:
    """The next picture that waits for its words; when none does, all of them."""
    if foto := selectors.find_ohne_text(einrichtung):
        return redirect("providers:edit_photo", foto.pk)
    return redirect("providers:photos", einrichtung.pk)


@require(policies.may_write_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit_foto(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a picture of one's own shows; one after the other, as long as some wait for their words."""
    foto = _foto(request, pk)
    form = FotoForm(posted(request), instance=foto)
    if request.method == "POST" and form.is_valid():
        angaben = {feld: form.cleaned_data[feld] for feld in form.changed_data}
        try:
            services.update_foto(akteur=request.akteur, foto=foto, angaben=angaben, gelesen=form.marken)
        except SojusError as error:
            show_error(error, form)
        else:
            messages.success(request, f"Der Text zum Bild „{form.cleaned_data['titel']}“ ist gespeichert.")
            return _next(foto.einrichtung)
    title = "Bild beschreiben"
    context = {
        "foto": foto,
        "form": form,
        "title": title,
        "back": reverse("providers:photos", args=[foto.einrichtung_id]),
        "breadcrumb": crumbs_below(foto.einrichtung, (BILDER, _bilder(foto.einrichtung)), title),
    }
    return render(request, "providers/bild.html", context, status=status_of(form))


@require(policies.may_write_own)
@portal_only
@require_POST
def move_foto(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One place up, or down."""
    foto = _foto(request, pk)
    try:
        services.update_reihenfolge(akteur=request.akteur, foto=foto, nach_oben="hoch" in request.POST)
    except SojusError as error:
        messages.error(request, error.message)
    return redirect(f"{_bilder(foto.einrichtung)}#bild-{foto.pk}")


@require(policies.may_write_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def end_foto(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a picture of one's own away."""
    foto = _foto(request, pk)
    wort = f" „{foto.titel}“" if foto.titel else ""
    title = f"Bild{wort} entfernen?"
    frage = Frage(
        title=title,
        text="Das Bild wird gelöscht und ist danach nirgends mehr zu sehen. Das lässt sich nicht zurücknehmen.",
        action_label="Bild entfernen",
        level="danger",
        back=_bilder(foto.einrichtung),
        breadcrumb=crumbs_below(foto.einrichtung, (BILDER, _bilder(foto.einrichtung)), title.rstrip("?")),
    )
    return ask(
        request,
        frage,
        work=lambda _: services.end_foto(akteur=request.akteur, foto=foto),
        done=f"Das Bild{wort} ist entfernt.",
    )


# --- papers ---------------------------------------------------------------------------------------------------------


@require(policies.may_write_own)
@portal_only
@require_safe
def list_dokumente(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All papers of one's own facility, with what became of their files."""
    einrichtung = _einrichtung(request, pk)
    context = {
        "einrichtung": einrichtung,
        "eintraege": selectors.list_dokumente(einrichtung),
        "arten": [(kennung, DOKUMENTE[kennung]._meta.verbose_name) for kennung in selectors.EINGEREICHT],
        "breadcrumb": crumbs_below(einrichtung, DOKUMENTE_TITEL),
    }
    return render(request, "providers/dokumente.html", context)


@require(policies.may_write_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def create_dokument(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """A new paper of one's own facility with its PDF."""
    einrichtung = _einrichtung(request, pk)
    if kind not in selectors.EINGEREICHT:
        raise Http404
    art = DOKUMENTE[kind]
    form = (VereinbarungForm if art.ist_geheim else DokumentForm)(posted(request), request.FILES or None)
    lead = "Jugendämter und Ihr Anbieter lesen sie, Mitbewerber nicht." if art.ist_geheim else "Alle lesen sie."

    def work(data: dict[str, Any]) -> str:
        services.create_dokument(akteur=request.akteur, einrichtung=einrichtung, kennung=kind, **data)
        return f"{art._meta.verbose_name}: Das Dokument ist hochgeladen."

    return _enter(request, einrichtung, form, work, title=f"{art._meta.verbose_name} hochladen", lead=lead)


@require(policies.may_write_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def replace_datei(request: HttpRequest, kind: str, pk: UUID) -> HttpResponse:
    """The PDF of a paper of one's own: the first one, or another in its place."""
    dokument = _dokument(request, kind, pk)
    form = DateiForm(posted(request), request.FILES or None)

    def work(data: dict[str, Any]) -> str:
        services.update_datei(akteur=request.akteur, dokument=dokument, datei=data["datei"])
        return f"{dokument._meta.verbose_name}: Das PDF ist hochgeladen."

    title = f"{dokument._meta.verbose_name}: PDF {'ersetzen' if dokument.datei else 'hochladen'}"
    lead = "Die bisherige Datei wird gelöscht." if dokument.datei else str(dokument.einrichtung.name)
    return _enter(request, dokument.einrichtung, form, work, title=title, lead=lead)


@require(policies.may_write_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def end_dokument(request: HttpRequest, kind: str, pk: UUID) -> HttpResponse:
    """The last day of a paper of one's own."""
    if kind not in selectors.EINGEREICHT:
        raise Http404  # a licence is ended where its limits are asked (`views.erlaubnis`)
    dokument = _dokument(request, kind, pk)
    art = dokument._meta.verbose_name
    form = EndeForm(posted(request), initial={"letzter_tag": today()})
    title = f"{art} beenden?"
    frage = Frage(
        title=title,
        text="Das Dokument bleibt lesbar und zeigt, bis wann es galt.",
        action_label="Beenden",
        level="danger",
        back=reverse("providers:papers", args=[dokument.einrichtung_id]),
        breadcrumb=crumbs_below(dokument.einrichtung, (DOKUMENTE_TITEL, _papers(dokument)), f"{art} beenden"),
    )
    return ask(
        request,
        frage,
        form=form,
        work=lambda data: services.end_dokument(
            akteur=request.akteur, dokument=dokument, letzter_tag=data["letzter_tag"]
        ),
        done=f"{art}: Der letzte Tag ist eingetragen.",
    )


# --- what they share ------------------------------------------------------------------------------------------------


def _enter(
    request: HttpRequest, einrichtung: Einrichtung, form: Any, work: Any, *, title: str, lead: str
) -> HttpResponse:
    back = reverse("providers:papers", args=[einrichtung.pk])
    trail = crumbs_below(einrichtung, (DOKUMENTE_TITEL, back), title)
    return enter(request, form, lambda data: (work(data), back), name=title, lead=lead, back=back, breadcrumb=trail)


def _einrichtung(request: HttpRequest, pk: UUID) -> Einrichtung:
    return get_object_or_404(policies.own_einrichtungen(request.akteur), pk=pk)


def _foto(request: HttpRequest, pk: UUID) -> Foto:
    return get_object_or_404(policies.own_fotos(request.akteur).select_related("einrichtung"), pk=pk)


def _dokument(request: HttpRequest, kind: str, pk: UUID) -> EinrichtungDokument:
    art = DOKUMENTE.get(kind)
    if art is None:
        raise Http404
    return get_object_or_404(policies.own_dokumente(request.akteur, art).select_related("einrichtung"), pk=pk)


def _bilder(einrichtung: Einrichtung) -> str:
    return reverse("providers:photos", args=[einrichtung.pk])


def _papers(dokument: EinrichtungDokument) -> str:
    return reverse("providers:papers", args=[dokument.einrichtung_id])
