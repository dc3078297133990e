"""The office: ask several houses, see their answers come in, accept one of them, or withdraw."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.core.clock import real_now
from shared_apps.core.errors import SojusError
from shared_apps.core.filter_query import warn_ignored
from shared_apps.core.frage import Frage
from shared_apps.core.geld import format_geld
from shared_apps.core.liste import related
from shared_apps.core.seite import Knopf, buttons, crumbs, posted, show_error, status_of
from shared_apps.core.zahlwort import anzahl
from tenant_apps.anfragen import policies
from tenant_apps.anfragen.anzeige import (
    describe_anfrage,
    say_eigener_text,
    say_grund,
    say_schon,
    say_stand,
    say_vorwahl,
    say_weg,
    say_zahlen_of,
    warn_gleichzeitige,
)
from tenant_apps.anfragen.enums import BEDARF_MAX, Vorgang
from tenant_apps.anfragen.forms import AnfrageForm, AnfragenFilter, HaeuserForm, RueckzugForm
from tenant_apps.anfragen.gespraech import find_gespraeche
from tenant_apps.anfragen.models import Anfrage
from tenant_apps.anfragen.selectors import (
    ANFRAGE_LEVELS,
    ANFRAGEN,
    LEVELS,
    choose_vorgewaehlte,
    compute_stand,
    filter_anfragen,
    find_offene,
    group_zeilen,
    is_vorbei,
    list_absagen,
    list_gefragte,
    list_haeuser,
    order_zeilen,
)
from tenant_apps.anfragen.services.ask import NICHT_MEHR_OFFEN, create_anfrage, extend_anfrage, list_fragbare
from tenant_apps.anfragen.services.decide import reserve_hausanfrage, withdraw_anfrage
from tenant_apps.anfragen.states import (
    HAUSANFRAGE_OFFEN,
    AnfrageAktion,
    AnfrageZustand,
    HausanfrageAktion,
    HausanfrageZustand,
)
from tenant_apps.anfragen.vorgaben import HAEUSER_HOECHSTENS
from tenant_apps.audit.frage import ask_about
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import Vorhaben, record_access
from tenant_apps.cases.rules import find_personenbezug
from tenant_apps.cases.selectors import get_personenangaben
from tenant_apps.placements import policies as placements
from tenant_apps.placements.faelle.selectors.ueberschneidung import filter_selber_kreis, list_gleichzeitige
from tenant_apps.placements.models import Reservierung, Suche
from tenant_apps.placements.search.forms import ReservierenForm
from tenant_apps.placements.search.selectors.kriterien import kriterien_of
from tenant_apps.placements.search.selectors.passung import get_gewichtung
from tenant_apps.placements.search.selectors.search import search_angebot
from tenant_apps.vorgaben.selectors import get_vorgabe

TITEL = "Anfragen"
_KNOEPFE_ANFRAGE = {AnfrageAktion.ZURUECKZIEHEN: Knopf("anfragen:withdraw", level="danger")}
_KNOEPFE_HAUS = {HausanfrageAktion.ANNEHMEN: Knopf("anfragen:accept")}


def _crumbs(*stufen: Any) -> list[dict[str, str]]:
    return crumbs(("Fallmanager", reverse("placements:list")), (TITEL, reverse("anfragen:list")), *stufen)


@require_GET
@require(policies.may_ask)
def list_anfragen(request: HttpRequest) -> HttpResponse:
    """Enquiries of the cases she may book for, newest first."""
    form = AnfragenFilter(request.GET)
    zustand = form.values()["zustand"]
    warn_ignored(request, form)
    sichtbar = policies.visible_anfragen(request.akteur)
    page = ANFRAGEN.page(request, filter_anfragen(sichtbar, zustand=zustand), unter=sichtbar)
    record_access(
        akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.ANFRAGEN_ANSEHEN,
        objekt_art="anfragen.anfrage", felder=("vorname", "nachname", "fallnummer"), zeilen=list(page),
    )  # fmt: skip
    context = {
        "page": page,
        "zeilen": [(anfrage, say_zahlen_of(anfrage)) for anfrage in page],
        "form": form,
        "gefiltert": bool(zustand),
        "levels": ANFRAGE_LEVELS,
        "breadcrumb": crumbs(("Fallmanager", reverse("placements:list")), TITEL),
    }
    return render(request, "anfragen/liste.html", context)


@require_http_methods(["GET", "POST"])
@require(policies.may_ask)
def create(request: HttpRequest, suche: UUID) -> HttpResponse:
    """Ask several houses of a result at once. What was typed is still there after any refusal."""
    rows = related("hilfeart", "klient", "hilfefall")(placements.visible_suchen(request.akteur))
    gesucht = get_object_or_404(rows, pk=suche)
    hoechstens = get_vorgabe(HAEUSER_HOECHSTENS)
    offene = find_offene(gesucht)
    zu = request.POST.get("zu", "") if request.method == "POST" else ""
    if zu and (offene is None or str(offene.pk) != zu):
        messages.error(request, NICHT_MEHR_OFFEN)
        return redirect("anfragen:create", gesucht.pk)
    erweitert = offene if offene and not is_vorbei(offene) and (zu or request.method == "GET") else None
    zeilen = list_fragbare(gesucht) if gesucht.klient_id else []
    absagen, gefragte = list_absagen(gesucht.hilfefall_id), list_gefragte(gesucht.hilfefall_id, erweitert)
    if erweitert is not None:
        zeilen = [zeile for zeile in zeilen if zeile.angebot not in gefragte]
    ohne = gefragte | absagen.keys()
    gemerkt = {UUID(str(key)) for key in gesucht.gemerkt}
    vorwahl = choose_vorgewaehlte(zeilen, gemerkt=gemerkt, ohne=ohne, hoechstens=hoechstens)
    if erweitert is not None:
        vorwahl = set()
    art = AnfrageForm if erweitert is None else HaeuserForm
    form = art(posted(request), zeilen=zeilen, gemerkt={str(key) for key in vorwahl})
    if request.method == "POST" and form.is_valid():
        try:
            anfrage = _send(request, gesucht, form, erweitert)
        except SojusError as error:
            show_error(error, form)
        else:
            messages.success(request, f"{anzahl(len(form.gewaehlt), 'Haus ist', 'Häuser sind')} gefragt.")
            return redirect("anfragen:detail", anfrage.pk)
    record_access(akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.ANFRAGE_VORBEREITEN, objekt=gesucht)
    angehakt = form.angehakt
    context = {
        "suche": gesucht,
        "form": form,
        "gruppen": group_zeilen(
            [
                (zeile, say_schon(absagen.get(zeile.angebot), ist_gefragt=zeile.angebot in gefragte))
                for zeile in order_zeilen(zeilen, angehakt)
            ],
            zuerst=len(angehakt),
        ),
        "alle": len(zeilen),
        "angehakt": len(angehakt),
        "hoechstens": hoechstens,
        "vorwahl": say_vorwahl(zeilen, vorwahl, gemerkt=gemerkt, ohne=ohne),
        "achtung": warn_gleichzeitige(request.akteur, _list_gleichzeitige(gesucht)),
        "offene": offene,
        "erweitert": erweitert,
        "aendern_url": f"{reverse('placements:search')}?suche={gesucht.pk}",
        "markiert": _mark(gesucht, form),
        "breadcrumb": crumbs(
            ("HzE-Auswahl", reverse("placements:search")),
            ("Ergebnis", reverse("placements:suche", args=[gesucht.pk])),
            "Weitere Häuser anfragen" if erweitert else "Häuser anfragen",
        ),
    }
    return render(request, "anfragen/neu.html", context, status=status_of(form))


def _list_gleichzeitige(suche: Suche) -> list[Reservierung]:
    """Places of the person for the same time, beside which this one would need a reason."""
    if suche.klient_id is None:
        return []
    zeitraum = kriterien_of(suche).zeitraum
    rows = list_gleichzeitige(klient_id=suche.klient_id, zeitraum=zeitraum)
    return filter_selber_kreis(rows, hilfeart=suche.hilfeart, zeitraum=zeitraum)


def _send(request: HttpRequest, suche: Suche, form: HaeuserForm, erweitert: Anfrage | None) -> Anfrage:
    """Ask the chosen houses: within the enquiry that is open, or in a new one."""
    if erweitert is not None:
        extend_anfrage(akteur=request.akteur, anfrage=erweitert, angebote=form.gewaehlt)
        return erweitert
    assert isinstance(form, AnfrageForm)
    return create_anfrage(akteur=request.akteur, suche=suche, angebote=form.gewaehlt, angaben=form.angaben)


def _mark(suche: Suche, form: HaeuserForm) -> list[tuple[str, bool]]:
    """The text that was refused in parts, and which of them say who it is about; nothing for any other refusal."""
    text = form.cleaned_data.get("bedarf", "") if form.is_bound and hasattr(form, "cleaned_data") else ""
    text = text or form.data.get("bedarf", "")
    if not form.errors.get("bedarf") or suche.klient is None or len(text) > BEDARF_MAX:
        return []
    teile, ab = [], 0
    for stelle in find_personenbezug(text, get_personenangaben(suche.klient)):
        teile += [(text[ab : stelle.beginn], False), (stelle.wort, True)]
        ab = stelle.ende
    return [*teile, (text[ab:], False)] if teile else []


def _load(request: HttpRequest, uuid: UUID) -> Anfrage:
    rows = related("klient", "hilfefall", "hilfeart", "fachkraft", "beendet_von")(
        policies.visible_anfragen(request.akteur)
    )
    return get_object_or_404(rows, pk=uuid)


def _stand(request: HttpRequest, anfrage: Anfrage) -> dict[str, Any]:
    haeuser = list_haeuser(anfrage)
    gespraeche = find_gespraeche(haeuser)
    ist_offen = anfrage.zustand == AnfrageZustand.OFFEN
    schritte, akteur = policies.SCHRITTE_HAUS, request.akteur
    return {
        "anfrage": anfrage,
        "zeilen": [
            {
                "haus": haus,
                "level": LEVELS.get(haus.zustand, "neutral"),
                "grund": say_grund(haus),
                "text": say_eigener_text(haus),
                "weg": say_weg(haus),
                "schritte": buttons(schritte, HausanfrageZustand(haus.zustand), akteur, _KNOEPFE_HAUS, haus.pk)
                if ist_offen
                else [],
                "haelt": haus.haelt_bis_at is not None and haus.haelt_bis_at >= real_now(),
                "gespraech": gespraeche.get(haus.pk),
                "beantworten": ist_offen and haus.zustand == HausanfrageZustand.RUECKFRAGE,
                "anrufen": haus.zustand in {HausanfrageZustand.ANRUF, HausanfrageZustand.RUECKFRAGE},
            }
            for haus in haeuser
        ],
        "stand": say_stand(haeuser),
        "kennung": compute_stand(anfrage.pk),
        "ist_offen": ist_offen,
        "alle_vorbei": ist_offen and not any(haus.zustand in HAUSANFRAGE_OFFEN for haus in haeuser),
        "frist_vorbei": is_vorbei(anfrage),
    }


def _takes_more(anfrage: Anfrage) -> bool:
    """Whether further houses can be asked in it."""
    return anfrage.zustand == AnfrageZustand.OFFEN and not is_vorbei(anfrage)


@require_GET
@require(policies.may_ask)
def show(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One enquiry: what was asked, and the answers beside price and fit. They come in by themselves."""
    anfrage = _load(request, uuid)
    record_access(akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.ANFRAGE_ANSEHEN, objekt=anfrage)
    context = _stand(request, anfrage) | {
        "items": describe_anfrage(anfrage),
        "schritte": buttons(
            policies.SCHRITTE_ANFRAGE, AnfrageZustand(anfrage.zustand), request.akteur, _KNOEPFE_ANFRAGE, anfrage.pk
        ),
        "weitere_url": reverse("anfragen:create", args=[anfrage.suche_id]) if _takes_more(anfrage) else "",
        "level": ANFRAGE_LEVELS.get(anfrage.zustand, "neutral"),
        "breadcrumb": _crumbs(f"Anfrage vom {localtime(anfrage.created_at):%d.%m.%Y}"),
    }
    return render(request, "anfragen/anfrage.html", context)


@require_GET
@require(policies.may_ask)
def show_stand(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The answers alone, for the page that asks again and again. Nothing (204) where they are as it has them: then
    nobody's data was read, and no entry is written."""
    if not policies.visible_anfragen(request.akteur).filter(pk=uuid).exists():
        raise Http404
    if request.GET.get("stand") == compute_stand(uuid):
        return HttpResponse(status=204)
    anfrage = _load(request, uuid)
    record_access(akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.ANFRAGE_ANSEHEN, objekt=anfrage)
    return render(request, "anfragen/_stand.html", _stand(request, anfrage))


@require_http_methods(["GET", "POST"])
@require(policies.SCHRITTE_ANFRAGE.may(AnfrageAktion.ZURUECKZIEHEN))
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask nobody any more."""
    anfrage = _load(request, uuid)
    back = reverse("anfragen:detail", args=[anfrage.pk])
    frage = Frage(
        title="Anfrage zurückziehen?",
        text="Alle Häuser, die noch offen sind, erfahren es. Was sie halten, ist sofort wieder frei.",
        action_label="Zurückziehen",
        level="danger",
        back=back,
        breadcrumb=_crumbs(("Anfrage", back), "Zurückziehen"),
    )
    return ask_about(
        anfrage, Vorgang.ANFRAGE_SCHRITT, request, frage,
        vorhaben=Vorhaben(policies.SCHRITTE_ANFRAGE, AnfrageAktion.ZURUECKZIEHEN),
        form=RueckzugForm(posted(request)),
        work=lambda data: withdraw_anfrage(akteur=request.akteur, anfrage=anfrage, grund=data["grund"]),
        done="Die Anfrage ist zurückgezogen.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@require(policies.SCHRITTE_HAUS.may(HausanfrageAktion.ANNEHMEN))
def accept(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a house at its word: a reservation that it has consented to."""
    mit = ("anfrage__suche__hilfeart", "anfrage__klient", "anfrage__hilfefall", "einrichtung", "angebot__hilfeart")
    haus = get_object_or_404(related(*mit)(policies.visible_hausanfragen(request.akteur)), pk=uuid)
    anfrage, back = haus.anfrage, reverse("anfragen:detail", args=[haus.anfrage_id])
    kriterien = kriterien_of(anfrage.suche)
    zeilen = search_angebot(kriterien, haus.angebot_id, gewichtung=get_gewichtung(anfrage.klient_id)).treffer
    zeile = zeilen[0] if zeilen else None
    pflicht = zeile is not None and zeile.verfuegbar and not zeile.im_guenstigsten_drittel
    soll = zeile.soll_entgelt if zeile else None
    form = ReservierenForm(
        posted(request), pflicht=pflicht, mit_preis=soll is not None,
        initial={"gezeigt": None if soll is None else int(soll)},
    )  # fmt: skip
    gleichzeitige = list_gleichzeitige(klient_id=anfrage.klient_id, zeitraum=kriterien.zeitraum)
    kreis = filter_selber_kreis(gleichzeitige, hilfeart=haus.angebot.hilfeart, zeitraum=kriterien.zeitraum)
    if kreis:
        form.ask_why_second(len(kreis))
    else:
        del form.fields["zweiter_platz"]
    frage = Frage(
        title="Diese Zusage annehmen?",
        text=(
            f"{haus.angebot.worte.Der} wird reserviert, die Zustimmung des Hauses liegt schon vor. Alle anderen Häuser"
            " dieser Anfrage erfahren sofort, dass es anderweitig besetzt ist. Den Namen erfährt das Haus erst mit der"
            " Buchung."
        ),
        items=[
            ("Haus", f"{haus.einrichtung.name}, {haus.angebot}"),
            ("Gemeinsame Nummer", haus.nummer),
            ("Person", f"{anfrage.klient} · {anfrage.hilfefall.fallnummer}"),
            ("Zeitraum", anfrage.wann_gerechnet),
            ("Soll-Entgelt", "–" if soll is None else format_geld(soll)),
            *([("Frage des Hauses", haus.antwort_text)] if haus.antwort_text else []),
        ],
        achtung=warn_gleichzeitige(request.akteur, kreis),
        action_label="Annehmen und reservieren",
        back=back,
        breadcrumb=_crumbs(("Anfrage", back), "Zusage annehmen"),
    )
    return ask_about(
        haus, Vorgang.HAUSANFRAGE_SCHRITT, request, frage,
        vorhaben=Vorhaben(policies.SCHRITTE_HAUS, HausanfrageAktion.ANNEHMEN),
        form=form,
        work=lambda data: reserve_hausanfrage(akteur=request.akteur, hausanfrage=haus, **data),
        done=f"{haus.angebot.worte.Der} ist reserviert, das Haus hat zugestimmt. Sie können jetzt buchen.",
        leads=lambda reservierung: reverse("placements:reservierung", args=[reservierung.pk]),
    )  # fmt: skip
