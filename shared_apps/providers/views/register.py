"""The register: providers, facilities, offers, for everybody who is signed in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from shared_apps.accounts.guards import require
from shared_apps.core.csv_export import csv_response
from shared_apps.core.filter_query import build_url_without, warn_ignored
from shared_apps.core.seite import crumbs
from shared_apps.core.xlsx_export import Blatt, xlsx_response
from shared_apps.providers import policies
from shared_apps.providers.forms.register import RegisterFilter
from shared_apps.providers.hooks import may_invite_verwaltung
from shared_apps.providers.models import DOKUMENTE, Anbieter, Einrichtung
from shared_apps.providers.querysets import shown_fotos
from shared_apps.providers.rules import betriebstage_gelten
from shared_apps.providers.selectors import register as selectors
from shared_apps.providers.selectors.entgelte import mark_wartende
from shared_apps.providers.selectors.erlaubnis import get_erlaubnislage
from shared_apps.providers.selectors.kontakte import Kontaktliste, list_kontakte
from shared_apps.providers.selectors.schritte import find_weg_of
from shared_apps.providers.selectors.vakanz import compute_zuverlaessigkeit
from shared_apps.providers.views.own import EIGENE, VERZEICHNIS, mark_area

DATEIEN = ("csv", "xlsx")
_KOPF = (
    "Anbieter", "Rechtsform", "Einrichtung", "Kreis", "Straße", "PLZ", "Ort", "Telefon", "E-Mail", "Hilfeart",
    "Angebot", "Hinweis", "Kapazität", "Entgelt", "je", "Betriebserlaubnis", "gilt bis",
)  # fmt: skip


@require(policies.may_read_register)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Providers with search and filters; `?format=csv` and `?format=xlsx` give all offers behind the list."""
    form = RegisterFilter(
        request.GET,
        kreise=selectors.list_kreise(selectors.running_einrichtungen()),
        nach_erlaubnis=policies.may_filter_erlaubnis(request.akteur),
    )
    werte = form.values()
    anbieter = selectors.list_anbieter(**werte)
    if (datei := request.GET.get("format")) in DATEIEN:
        return _export(request, datei, anbieter, werte)
    warn_ignored(request, form, bekannt={"format": DATEIEN})
    page = selectors.REGISTER.page(request, anbieter)
    umfang = selectors.count_umfang(a.pk for a in page.object_list)
    context = {
        "form": form,
        "page": page,
        "zeilen": [(a, umfang[a.pk]) for a in page.object_list],
        "chips": _chips(request, form, werte),
        "darf_aufnehmen": policies.may_admit_anbieter(request.akteur),
        "darf_entgelte": policies.may_propose_entgelt(request.akteur),
        "darf_nachfassen": policies.may_chase_vakanzen(request.akteur),
        "darf_melden": policies.may_report_vakanz(request.akteur) and request.tenant,
        "breadcrumb": crumbs("Anbieter"),
    }
    return render(request, "providers/list.html", context)


def _export(request: HttpRequest, datei: str, anbieter: Any, werte: dict[str, str]) -> HttpResponse:
    zeilen = []
    for z in selectors.list_export(
        anbieter,
        entgelte=policies.visible_entgelte(request.akteur),
        amt=request.tenant.kuerzel if request.tenant else "",
        **{name: wert for name, wert in werte.items() if name != "suche"},
    ):
        e = z.angebot.einrichtung
        zeilen.append([
            e.anbieter.name, e.anbieter.rechtsform, e.name, e.gebietskoerperschaft.kuerzel, e.strasse, e.plz, e.ort,
            e.telefon, e.email, str(z.angebot.hilfeart), z.angebot.name, z.angebot.hinweis, z.plaetze, z.betrag,
            z.einheit, z.erlaubnis.nummer if z.erlaubnis else "", z.erlaubnis.letzter_tag if z.erlaubnis else None,
        ])  # fmt: skip
    if datei == "xlsx":
        return xlsx_response("anbieterverzeichnis.xlsx", [Blatt("Anbieterverzeichnis", _KOPF, zeilen)])
    return csv_response("anbieterverzeichnis.csv", _KOPF, zeilen)


def _chips(request: HttpRequest, form: RegisterFilter, werte: dict[str, str]) -> list[dict[str, str]]:
    chips = []
    for name, wert in werte.items():
        if wert:
            label = wert if name == "suche" else dict(form.fields[name].choices)[wert]
            if name == "erlaubnis":  # „gültig“ alone does not say what
                label = f"{form.fields[name].label}: {label}"
            chips.append({"label": label, "remove_url": build_url_without(request, name)})
    return chips


@require(policies.may_read_register)
@require_safe
def anbieter_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One provider with its facilities."""
    anbieter = get_object_or_404(Anbieter, pk=pk)
    ist_eigener = anbieter.pk in request.akteur.anbieter_ids
    bereich = mark_area(request, ist_ihre=ist_eigener)
    context = {
        "anbieter": anbieter,
        "einrichtungen": selectors.list_einrichtungen(anbieter=anbieter),
        "darf_einladen": may_invite_verwaltung(request.akteur, anbieter.pk),
        "liest_verlauf": policies.may_view_verlauf(request.akteur)
        and policies.anbieter_with_verlauf(request.akteur).filter(pk=anbieter.pk).exists(),
        "ist_eigener": ist_eigener,
        "kontakte": _kontakte(request, anbieter),
        "darf_beenden": policies.may_end_own(request.akteur)
        and policies.own_anbieter(request.akteur).filter(pk=anbieter.pk).exists(),
        "breadcrumb": crumbs(bereich, anbieter.name),
    }
    return render(request, "providers/anbieter.html", context)


@require(policies.may_read_register)
@require_safe
def einrichtung_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One facility: contacts, offers with rates, documents, pictures."""
    einrichtung = get_object_or_404(selectors.get_einrichtungen(), pk=pk)
    anbieter = einrichtung.anbieter
    ist_ihre = policies.own_einrichtungen(request.akteur).filter(pk=einrichtung.pk).exists()
    bereich = mark_area(request, ist_ihre=ist_ihre)
    haelt_sie = policies.may_write_own(request.akteur) and ist_ihre and not request.tenant
    darf_anbieten = policies.may_offer_own(request.akteur) and ist_ihre and not request.tenant
    angebote = selectors.list_angebote(einrichtung=einrichtung, entgelte=policies.visible_entgelte(request.akteur))
    erlaubnis = get_erlaubnislage(einrichtung, angebote)
    if haelt_sie:
        mark_wartende(policies.visible_vorschlaege(request.akteur), angebote)
    context = {
        "einrichtung": einrichtung,
        "angebote": angebote,
        "erlaubnis": erlaubnis,
        "hat_betriebstage": betriebstage_gelten(a.hilfeart.ist_stationaer for a in angebote),
        "liest_verlauf": policies.may_view_verlauf(request.akteur)
        and policies.einrichtungen_with_verlauf(request.akteur).filter(pk=einrichtung.pk).exists(),
        "sieht_entgelte": policies.sees_entgelt(request.akteur, einrichtung),
        "zuverlaessigkeit": _zuverlaessigkeit(request, einrichtung),
        "darf_melden": policies.may_report_vakanz(request.akteur) and request.tenant,
        "kontakte": _kontakte(request, einrichtung),
        "dokumente": _dokumente(request, einrichtung, ohne=erlaubnis.gezeigte),
        "fotos": einrichtung.fotos.filter(shown_fotos()),
        "darf_beenden": policies.may_end_own(request.akteur) and ist_ihre,
        "darf_anbieten": darf_anbieten,
        "weg": find_weg_of(einrichtung) if darf_anbieten else None,
        "darf_entgelt": policies.may_propose_entgelt(request.akteur)
        and (einrichtung.gebietskoerperschaft.kuerzel == request.tenant.kuerzel if request.tenant else ist_ihre),
        "darf_einzelentgelt": policies.may_decide_entgelt(request.akteur) and request.tenant,
        "darf_schreiben": haelt_sie,
        "breadcrumb": crumbs(
            *([EIGENE] if bereich == EIGENE else [VERZEICHNIS, (anbieter.name, f"/anbieter/{anbieter.pk}/")]),
            einrichtung.name,
        ),
    }
    return render(request, "providers/einrichtung.html", context)


def _zuverlaessigkeit(request: HttpRequest, einrichtung: Einrichtung) -> str:
    """Not at an office's host for people of a provider: there the database tells them nothing of it."""
    if not policies.sees_zuverlaessigkeit(request.akteur, einrichtung) or (
        request.tenant and not request.akteur.ist_amt
    ):
        return ""
    return compute_zuverlaessigkeit([einrichtung.pk])[einrichtung.pk].text


def _kontakte(request: HttpRequest, ort: Anbieter | Einrichtung) -> Kontaktliste | None:
    return list_kontakte(ort) if policies.sees_kontakte(request.akteur, ort) else None


def _dokumente(request: HttpRequest, einrichtung: Any, *, ohne: frozenset[UUID]) -> list[dict[str, Any]]:
    """Documents of a facility with what the person may open, but those that its page shows by themselves."""
    return [
        {
            "kind": kind,
            "art": model._meta.verbose_name,
            "dokument": dokument,
            "ist_lesbar": bool(dokument.datei) and policies.may_read_dokument(request.akteur, dokument),
        }
        for kind, model in DOKUMENTE.items()
        for dokument in policies.visible_dokumente(request.akteur, model)
        .filter(einrichtung=einrichtung)
        .select_related("einrichtung")
        if dokument.pk not in ohne
    ]
