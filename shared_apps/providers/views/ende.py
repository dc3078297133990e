"""The end of an offer, a facility, the provider itself, and the way back; at the portal, one question each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.core.clock import today
from shared_apps.core.frage import Frage, ask
from shared_apps.core.seite import posted
from shared_apps.core.zeitraum import format_datum
from shared_apps.providers import policies, services
from shared_apps.providers.forms.ende import EndeForm
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung
from shared_apps.providers.selectors import ende as selectors
from shared_apps.providers.views.own import crumbs_below, portal_only

_DANACH = "Danach findet die Suche der Jugendämter {} nicht mehr, und niemand reserviert über diesen Tag hinaus."
_ERST = " Bis zum letzten Tag können Sie das Ende zurücknehmen."


@require(policies.may_end_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def end_angebot(request: HttpRequest, pk: UUID) -> HttpResponse:
    """An offer of one's own: held places beyond the day are named by office."""
    angebot = _angebot(request, pk)
    return _ask_end(
        request,
        angebot,
        what="Angebot",
        text=_DANACH.format("das Angebot"),
        what_runs=lambda tag: selectors.list_belegt_nach(angebot, tag),
        work=lambda tag: services.end_angebot(akteur=request.akteur, angebot=angebot, letzter_tag=tag),
        back=_facility(angebot.einrichtung_id),
    )


@require(policies.may_end_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def end_einrichtung(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A facility of one's own: offers that go on are named."""
    einrichtung = get_object_or_404(policies.own_einrichtungen(request.akteur), pk=pk)
    return _ask_end(
        request,
        einrichtung,
        what="Einrichtung",
        text=_DANACH.format("die Einrichtung"),
        what_runs=lambda tag: selectors.list_angebote_nach(einrichtung, tag),
        work=lambda tag: services.end_einrichtung(akteur=request.akteur, einrichtung=einrichtung, letzter_tag=tag),
        back=_facility(einrichtung.pk),
    )


@require(policies.may_end_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def end_anbieter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One's own provider: facilities that go on are named."""
    anbieter = get_object_or_404(policies.own_anbieter(request.akteur), pk=pk)
    return _ask_end(
        request,
        anbieter,
        what="Anbieter",
        text="Danach steht der Anbieter nicht mehr im Verzeichnis. Ihre Anmeldung bleibt, und was geleistet ist,"
        " rechnen Sie weiter ab.",
        what_runs=lambda tag: selectors.list_einrichtungen_nach(anbieter, tag),
        work=lambda tag: services.end_anbieter(akteur=request.akteur, anbieter=anbieter, letzter_tag=tag),
        back=reverse("providers:detail", args=[anbieter.pk]),
    )


@require(policies.may_end_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def reopen_angebot(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the end of one's own offer back."""
    angebot = _angebot(request, pk)
    return _ask_back(
        request,
        angebot,
        work=lambda: services.reopen_angebot(akteur=request.akteur, angebot=angebot),
        back=_facility(angebot.einrichtung_id),
    )


@require(policies.may_end_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def reopen_einrichtung(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the end of one's own facility back."""
    einrichtung = get_object_or_404(policies.own_einrichtungen(request.akteur), pk=pk)
    return _ask_back(
        request,
        einrichtung,
        work=lambda: services.reopen_einrichtung(akteur=request.akteur, einrichtung=einrichtung),
        back=_facility(einrichtung.pk),
        note=" Die Angebote bleiben beendet, bis Sie jedes wieder öffnen.",
    )


@require(policies.may_end_own)
@portal_only
@require_http_methods(["GET", "HEAD", "POST"])
def reopen_anbieter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the end of one's own provider back."""
    anbieter = get_object_or_404(policies.own_anbieter(request.akteur), pk=pk)
    return _ask_back(
        request,
        anbieter,
        work=lambda: services.reopen_anbieter(akteur=request.akteur, anbieter=anbieter),
        back=reverse("providers:detail", args=[anbieter.pk]),
        note=" Die Einrichtungen bleiben beendet, bis Sie jede wieder öffnen.",
    )


def _angebot(request: HttpRequest, pk: UUID) -> Angebot:
    return get_object_or_404(policies.own_angebote(request.akteur).select_related("einrichtung", "hilfeart"), pk=pk)


def _facility(pk: UUID) -> str:
    return reverse("providers:facility", args=[pk])


def _ask_end(
    request: HttpRequest,
    row: Angebot | Einrichtung | Anbieter,
    *,
    what: str,
    text: str,
    what_runs: Callable[[date], list[selectors.Laufendes]],
    work: Callable[[date], object],
    back: str,
) -> HttpResponse:
    """The question with the last day; what runs after the day asked for is shown beside it, with the way to it."""
    form = EndeForm(posted(request), initial={"letzter_tag": today()})
    tag = form.cleaned_data["letzter_tag"] if form.is_bound and form.is_valid() else None
    title = f"{what} „{row.name}“ beenden?"
    frage = Frage(
        title=title,
        text=text + _ERST,
        action_label=f"{what} beenden",
        level="danger",
        hindernisse=what_runs(tag) if tag is not None else (),
        back=back,
        breadcrumb=_crumbs(row, title),
    )
    done = f"„{row.name}“: Das Ende ist eingetragen."
    return ask(request, frage, form=form, work=lambda data: work(data["letzter_tag"]), done=done)


def _ask_back(
    request: HttpRequest,
    row: Angebot | Einrichtung | Anbieter,
    *,
    work: Callable[[], object],
    back: str,
    note: str = "",
) -> HttpResponse:
    grund = selectors.why_not_reopened(row)
    ende = format_datum(row.letzter_tag) if row.letzter_tag else ""
    title = f"Ende von „{row.name}“ zurücknehmen?"
    frage = Frage(
        title=title,
        text=f"Eingetragen ist der {ende} als letzter Tag. Danach gilt der Eintrag wieder wie zuvor.{note}",
        unmoeglich=grund.text if grund else "",
        action_label="Ende zurücknehmen",
        back=back,
        breadcrumb=_crumbs(row, title),
    )
    return ask(request, frage, work=lambda _: work(), done=f"„{row.name}“: Das Ende ist zurückgenommen.")


def _crumbs(row: Angebot | Einrichtung | Anbieter, title: str) -> list[dict[str, str]]:
    return crumbs_below(row.einrichtung if isinstance(row, Angebot) else row, title.rstrip("?"))
