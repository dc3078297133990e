"""How fresh vacancies are: the link in a mail, reports that a place was not free, whom to chase."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.accounts.addresses import portal_address
from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.guards import public, require, secret_address
from shared_apps.catalogue.models import Grundart
from shared_apps.catalogue.selectors import name_gruende
from shared_apps.core.clock import local_date, today
from shared_apps.core.csv_export import csv_response
from shared_apps.core.errors import Konflikt, SojusError, Verweigert
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.frage import Frage, Weg, ask, decide
from shared_apps.core.seite import crumbs, posted
from shared_apps.core.zahlwort import anzahl
from shared_apps.core.zeitraum import format_datum
from shared_apps.providers import policies
from shared_apps.providers.forms.vakanz import MeldungFilter, MeldungForm, UnbestaetigteFilter
from shared_apps.providers.models import Angebot, Vakanzmeldung
from shared_apps.providers.selectors import register
from shared_apps.providers.selectors import vakanz as selectors
from shared_apps.providers.selectors.kontakte import Ruf, find_ruf, list_rufe
from shared_apps.providers.services import erinnerung, vakanz
from shared_apps.providers.states import VAKANZMELDUNG, MeldungAktion, MeldungZustand
from shared_apps.providers.views.own import EIGENE, VERZEICHNIS, describe_ort
from shared_apps.signin.door import CONSENT, SETUP, SPAETER, STEP, by_network, open_before
from tenants.door.middleware import counts_first, runs_on_shared_tables

MELDUNGEN = ("Meldungen", "/anbieter/meldungen/")
UNBESTAETIGT = "Unbestätigte Vakanzen"
#: Confirmations from one network, whoever sends them; the secret itself cannot be guessed.
VERSUCHE = 30
_KOPF = (
    "Einrichtung", "Anbieter", "Kreis", "Ort", "Telefon", "E-Mail", "Ansprechpartner", "Angebot", "Hilfeart", "Stand",
    "Bestätigt am",
)  # fmt: skip


# --- the link in a mail ---------------------------------------------------------------------------------------------


@secret_address
@open_before(STEP, CONSENT, SETUP)  # the link says whose vacancies it confirms, whoever is signed in here
@runs_on_shared_tables
@counts_first(by_network("vakanz", most=VERSUCHE))
@public("The link in a reminder confirms, without signing in, that nothing has changed; nothing else.")
@never_cache
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm by a button: programs that open links in mails confirm nothing. All that does not hold looks alike."""
    grund, status, geaendert = "", 200, False
    if request.method == "POST":
        try:
            if request.counted.wartet:
                raise Verweigert(SPAETER)
            bestaetigt = erinnerung.redeem_bestaetigungslink(token=token, stempel=request.POST.get("stempel", ""))
        except SojusError as error:
            grund, status = error.message, 429 if request.counted.wartet else error.status
            geaendert = isinstance(error, Konflikt)
        else:
            return render(request, "providers/link.html", {"bestaetigt": anzahl(bestaetigt, "Angebot", "Angeboten")})
    faellig = erinnerung.find_bestaetigungslink(token) if not grund or geaendert else None
    if faellig is None and not grund:
        grund, status = erinnerung.UNGUELTIG, 403
    ids = selectors.list_bestaetigbare(faellig or [])
    stempel = selectors.compute_stempel(ids, today()) if ids and not geaendert else ""
    context = {"grund": grund, "faellig": faellig or [], "stempel": stempel}
    return render(request, "providers/link.html", context, status=status)


# --- „war nicht frei“ -----------------------------------------------------------------------------------------------


@require(policies.may_report_vakanz)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """An office says that a place shown as free was not."""
    angebot = get_object_or_404(Angebot.objects.select_related("einrichtung"), pk=pk)
    back = reverse("providers:facility", args=[angebot.einrichtung_id])
    if request.tenant is None:
        messages.info(request, "Das melden Sie auf der Seite Ihres Jugendamtes.")
        return redirect(back)
    form = MeldungForm(posted(request), initial={"tag": today()})
    frage = Frage(
        title="War nicht frei",
        action_label="Melden",
        text=f"{angebot.einrichtung.name}, {angebot.name}. Die Einrichtung erfährt, dass Ihr Jugendamt das gemeldet"
        " hat, und antwortet. Bis dahin lesen alle bei diesem Angebot, dass es als nicht frei gemeldet"
        " ist. Über ein Kind steht nichts darin.",
        back=back,
        breadcrumb=crumbs(VERZEICHNIS, (angebot.einrichtung.name, back), "War nicht frei"),
    )
    return ask(
        request,
        frage,
        form=form,
        work=lambda data: vakanz.submit_vakanzmeldung(
            akteur=request.akteur, angebot=angebot, tag=data["tag"], grund=data["grund"]
        ),
        done="Danke. Die Einrichtung antwortet auf Ihre Meldung.",
        leads=MELDUNGEN[1],
    )


def _providers_at_the_portal(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """An office reads its reports at its host, a provider answers at the portal."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.tenant is not None and not request.akteur.ist_amt:
            return redirect(portal_address(request, MELDUNGEN[1]))
        return view(request, *args, **kwargs)

    return checked


@require(policies.may_read_meldungen)
@_providers_at_the_portal
@require_safe
def list_meldungen(request: HttpRequest) -> HttpResponse:
    """Reports of one's own office, or about one's own offers."""
    form = MeldungFilter(request.GET)
    werte = form.values()
    warn_ignored(request, form)
    visible = policies.visible_meldungen(request.akteur)
    page = selectors.MELDUNGEN.page(request, selectors.list_meldungen(visible, **werte), unter=visible)
    aemter = selectors.list_aemter(m.mandant for m in page.object_list)
    gruende = name_gruende(Grundart.MELDUNG, {m.grund for m in page.object_list})
    context = {
        "form": form,
        "page": page,
        "zeilen": [(m, aemter.get(m.mandant, ""), gruende[m.grund]) for m in page.object_list],
        "beim_anbieter": not request.akteur.ist_amt,
        "breadcrumb": crumbs(*([EIGENE] if not request.akteur.ist_amt else []), "Meldungen"),
    }
    return render(request, "providers/meldungen.html", context)


@require(policies.may_read_meldungen)
@_providers_at_the_portal
@require_http_methods(["GET", "HEAD", "POST"])
def decide_meldung(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One report: the provider answers with a code, the office takes it back."""
    rows = policies.visible_meldungen(request.akteur).select_related("angebot__einrichtung__anbieter")
    meldung = get_object_or_404(rows, pk=pk)
    akteur, offen = request.akteur, meldung.zustand == MeldungZustand.OFFEN
    antwortet = policies.may_write_own(akteur) and not akteur.ist_amt
    moeglich = VAKANZMELDUNG.erlaubt(MeldungZustand(meldung.zustand))
    wege = {
        aktion.value: Weg(
            label=aktion.label,
            work=_settle(akteur, meldung, aktion),
            done="Danke. Das Jugendamt liest Ihre Antwort. Die Vakanzen dieses Angebots gelten damit als bestätigt.",
            leads=MELDUNGEN[1],
            title=_TITEL[aktion],
            text=_TEXT[aktion],
            offered=antwortet and aktion in moeglich and request.tenant is None,
        )
        for aktion in vakanz.ANTWORTEN
    }
    wege[MeldungAktion.ZURUECKNEHMEN.value] = Weg(
        label=MeldungAktion.ZURUECKNEHMEN.label,
        work=lambda _: vakanz.withdraw_vakanzmeldung(akteur=akteur, meldung=meldung),
        done="Die Meldung ist zurückgenommen.",
        leads=MELDUNGEN[1],
        text="Haben Sie sich geirrt? Eine zurückgenommene Meldung zählt nirgends mehr.",
        level="danger",
        offered=not antwortet and MeldungAktion.ZURUECKNEHMEN in moeglich and request.tenant is not None,
    )
    amt = selectors.list_aemter([meldung.mandant]).get(meldung.mandant, "")
    frage = Frage(
        title=f"„War nicht frei“ am {format_datum(meldung.tag)}",
        text=f"Gemeldet vom {amt}." if antwortet else "",
        items=[*_describe(meldung, amt), *(_hier_berichtigen(meldung.angebot) if antwortet else [])],
        back=MELDUNGEN[1],
        breadcrumb=crumbs(*([EIGENE] if antwortet else []), MELDUNGEN, "Meldung"),
        unmoeglich="" if offen else f"Erledigt: {MeldungZustand(meldung.zustand).label}.",
    )
    return decide(request, frage, wege)


def _settle(akteur: Akteur, meldung: Vakanzmeldung, aktion: MeldungAktion) -> Callable[[Any], object]:
    return lambda _: vakanz.settle_vakanzmeldung(akteur=akteur, meldung=meldung, aktion=aktion)


_TITEL = {
    MeldungAktion.EINRAEUMEN: "Die Meldung stimmt",
    MeldungAktion.BEHEBEN: "Es stimmte, gilt aber nicht mehr",
    MeldungAktion.BESTREITEN: "Die Meldung stimmt nicht",
}
_TEXT = {
    MeldungAktion.EINRAEUMEN: "Berichtigen Sie zuerst unter „Belegungsplan“, was frei ist, dann antworten Sie hier.",
    MeldungAktion.BEHEBEN: "Es war an dem Tag nicht frei und ist es jetzt.",
    MeldungAktion.BESTREITEN: "Es war frei. Das Jugendamt liest, dass Sie widersprechen.",
}


def _hier_berichtigen(angebot: Angebot) -> list[dict[str, str]]:
    """Where the provider says what is free; of a house with places it is the board."""
    url = reverse("occupancy:facility", args=[angebot.einrichtung_id])
    return [{"label": "Belegungsplan", "wert": "ansehen und berichtigen, was frei ist", "url": url}]


def _describe(meldung: Vakanzmeldung, amt: str) -> list[dict[str, str]]:
    return [
        *describe_ort(meldung.angebot),
        {"label": "Anbieter", "wert": meldung.angebot.einrichtung.anbieter.name},
        {"label": "Jugendamt", "wert": amt},
        {"label": "Tag", "wert": format_datum(meldung.tag)},
        {"label": "Was war", "wert": name_gruende(Grundart.MELDUNG, {meldung.grund})[meldung.grund]},
        {"label": "Gemeldet", "wert": format_datum(local_date(meldung.gemeldet_at))},
        {"label": "Stand", "wert": MeldungZustand(meldung.zustand).label},
    ]


# --- whom to chase --------------------------------------------------------------------------------------------------


@require(policies.may_chase_vakanzen)
@require_safe
def list_unbestaetigte(request: HttpRequest) -> HttpResponse:
    """Offers whose vacancies nobody has freshly confirmed, with the telephone; `?format=csv` gives them as a file."""
    landesweit = request.akteur.hat(*policies.LANDESWEIT)
    form = UnbestaetigteFilter(
        request.GET, kreise=register.list_kreise(register.running_einrichtungen()) if landesweit else []
    )
    werte = form.values()
    visible = policies.chased_angebote(request.akteur)
    rows = selectors.list_unbestaetigte(visible, **werte)
    if request.GET.get("format") == "csv":
        rufe = list_rufe(rows.order_by().values("einrichtung"))
        zeilen = (_zeile(a, find_ruf(a.einrichtung, rufe[a.einrichtung_id])) for a in selectors.UNBESTAETIGTE.all(rows))
        return csv_response("unbestaetigte-vakanzen.csv", _KOPF, zeilen)
    warn_ignored(request, form)
    page = selectors.UNBESTAETIGTE.page(request, rows, unter=visible)
    haeuser = {a.einrichtung_id for a in page.object_list}
    zuverlaessig, rufe = selectors.compute_zuverlaessigkeit(haeuser), list_rufe(haeuser)
    anteile: Mapping[str, selectors.Anteil] = defaultdict(selectors.Anteil, selectors.compute_anteile())
    context = {
        "form": form,
        "page": page,
        "zeilen": [
            (a, find_ruf(a.einrichtung, rufe[a.einrichtung_id]), zuverlaessig[a.einrichtung_id].text)
            for a in page.object_list
        ],
        "anteil": anteile[request.tenant.kuerzel] if request.tenant else None,
        "anteil_land": anteile[""],
        "kreise": selectors.list_kreise(anteile) if landesweit else [],
        "breadcrumb": crumbs(VERZEICHNIS, UNBESTAETIGT),
    }
    return render(request, "providers/unbestaetigt.html", context)


def _zeile(angebot: Angebot, ruf: Ruf) -> list[object]:
    e = angebot.einrichtung
    at = angebot.bestaetigt_at
    return [
        e.name, e.anbieter.name, e.gebietskoerperschaft.kuerzel, e.ort, ruf.telefon, e.email, ruf.name,
        angebot.name, str(angebot.hilfeart), angebot.vakanzstand.text, local_date(at) if at else "",
    ]  # fmt: skip
