"""Steps of a case: hand over, release, end, seal, unseal, join, close, open again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from shared_apps.accounts.guards import require
from shared_apps.core.clock import today
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.frage import Frage, ask
from shared_apps.core.seite import posted
from tenant_apps.audit.frage import ask_about
from tenant_apps.audit.models import Aktion
from tenant_apps.audit.services import Vorhaben, record_access
from tenant_apps.cases import policies
from tenant_apps.cases.enums import Vorgang
from tenant_apps.cases.forms.faelle import (
    AbschlussForm,
    FreigabeForm,
    GrundForm,
    SammeluebergabeForm,
    SperreForm,
    UebergabeForm,
    VerknuepfungForm,
)
from tenant_apps.cases.hooks import list_laufendes
from tenant_apps.cases.models import Aufgabenbereich, Fallfreigabe, FreigabeArt, Hilfefall
from tenant_apps.cases.selectors import list_kollegium
from tenant_apps.cases.services.abschluss import close_hilfefall, reopen_hilfefall
from tenant_apps.cases.services.freigabe import create_benennung, create_freigabe, end_freigabe
from tenant_apps.cases.services.sperre import NICHT_GESPERRT, SCHON_GESPERRT, seal_hilfefall, unseal_hilfefall
from tenant_apps.cases.services.uebergabe import (
    NICHT_VERKNUEPFBAR,
    link_hilfefaelle,
    transfer_hilfefaelle,
    transfer_hilfefall,
)
from tenant_apps.cases.states import HilfefallAktion
from tenant_apps.cases.views.gemeinsam import crumbs, say_to

KEIN_ANDERER = "Diese Person hat keinen anderen Fall, über den Sie verfügen. Es gibt nichts zu verknüpfen."
#: Cases on the page that hands over several: more are done in a second go.
AUF_EINMAL = 200


def _disposable(request: HttpRequest, uuid: UUID) -> Hilfefall:
    rows = policies.disposable_hilfefaelle(request.akteur).select_related("klient", "fachkraft")
    return get_object_or_404(rows, pk=uuid)


def _ask(
    request: HttpRequest,
    fall: Hilfefall,
    *,
    form: forms.Form | None = None,
    work: Callable[[dict[str, Any]], object],
    done: str | Callable[[object], str],
    leads: str = "",
    back: str = "",
    breadcrumb: list[dict[str, str]] | None = None,
    aktion: HilfefallAktion | None = None,
    vorab: str = "",
    **worte: Any,
) -> HttpResponse:
    """The question about a case; from its page and back to it unless told otherwise."""
    frage = Frage(
        back=back or reverse("cases:detail", args=[fall.pk]),
        breadcrumb=breadcrumb or crumbs(worte["title"].rstrip("?"), fall=fall),
        **worte,
    )
    vorhaben = Vorhaben(policies.SCHRITTE_FALL, aktion) if aktion is not None else None
    return ask_about(
        fall, Vorgang.FALL_SCHRITT, request, frage,
        vorhaben=vorhaben, vorab=vorab, form=form, work=work, done=done, leads=leads,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@require(policies.may_hand_over)
def hand_over(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """To another worker; the old one sees nothing of the case any more. A case without anybody: its lead, by number."""
    rows = policies.assignable_hilfefaelle(request.akteur).select_related("klient", "fachkraft")
    fall = get_object_or_404(rows, pk=uuid)
    reads = policies.visible_hilfefaelle(request.akteur).filter(pk=fall.pk).exists()
    woher = "Aus der Nacht zu übernehmen" if fall.uebernahme_offen else "Fälle ohne Fachkraft"
    liste = reverse("cases:of_the_night" if fall.uebernahme_offen else "cases:orphaned")
    personen = list_kollegium(policies.takers(fall), ohne=[fall.fachkraft_id])
    form = UebergabeForm(posted(request), personen=personen)
    return _ask(
        request,
        fall,
        form=form,
        title="Fall übergeben?",
        text=f"{fall.fachkraft} sieht den Fall danach nicht mehr. Anvertraute Notizen gehen nicht mit über:"
        " Wer sie geschrieben hat, kann sie nach § 65 SGB VIII einzeln weitergeben.",
        action_label="Übergeben",
        work=lambda data: transfer_hilfefall(
            akteur=request.akteur, hilfefall=fall, neue_fachkraft_id=UUID(data["person"]), grund=data["grund"]
        ),
        done=say_to("Der Fall ist übergeben an: {}.", form, personen),
        leads=reverse("cases:list") if reads and not fall.uebernahme_offen else liste,
        back="" if reads else liste,
        breadcrumb=None if reads else crumbs(woher, f"Fall {fall.fallnummer} übergeben"),
    )


@require_http_methods(["GET", "POST"])
@require(policies.may_hand_over)
def hand_over_several(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """All open cases of one worker, or some of them, to one other, by number. 404 where she has none to hand over."""
    rows = policies.assignable_open(request.akteur).filter(fachkraft_id=uuid).select_related("fachkraft")
    anzahl_alle = rows.count()
    faelle = list(rows.order_by("created_at", "pk")[:AUF_EINMAL])
    if not faelle:
        raise Http404
    bisher = faelle[0].fachkraft
    rollen = frozenset.intersection(*(policies.takers(fall) for fall in faelle))
    personen = list_kollegium(rollen, ohne=[uuid])
    form = SammeluebergabeForm(
        posted(request),
        personen=personen,
        faelle=[(str(fall.pk), _name_fall(fall)) for fall in faelle],
    )
    record_access(
        akteur=request.akteur, aktion=Aktion.LESEN, vorgang=Vorgang.FAELLE_UEBERGEBEN,
        objekt_art="cases.hilfefall", felder=("fallnummer", "team", "zustand"), zeilen=faelle,
    )  # fmt: skip
    zurueck = reverse("cases:workers")
    gezeigt = "" if anzahl_alle <= AUF_EINMAL else f" Hier stehen die ältesten {AUF_EINMAL} von {anzahl_alle}."

    frage = Frage(
        title=f"Fälle von {bisher} übergeben?",
        text=f"{bisher} sieht die angekreuzten Fälle danach nicht mehr. Anvertraute Notizen gehen nicht mit"
        f" über: Wer sie geschrieben hat, kann sie nach § 65 SGB VIII einzeln weitergeben.{gezeigt}",
        action_label="Angekreuzte Fälle übergeben",
        back=zurueck,
        breadcrumb=crumbs(("Fälle übergeben", zurueck), str(bisher)),
    )
    return ask(
        request,
        frage,
        form=form,
        work=lambda data: transfer_hilfefaelle(
            akteur=request.akteur,
            hilfefall_ids=[UUID(pk) for pk in data["faelle"]],
            neue_fachkraft_id=UUID(data["person"]),
            grund=data["grund"],
        ),
        done=say_to("Die angekreuzten Fälle sind übergeben an: {}.", form, personen),
    )


def _name_fall(fall: Hilfefall) -> str:
    """By number; the name is not needed to hand it over, and not everybody who hands over knows it."""
    gesperrt = ", gesperrt" if fall.gesperrt else ""
    return f"Fall {fall.fallnummer}: {fall.get_aufgabe_display()}, {fall.get_zustand_display()}{gesperrt}"


@require_http_methods(["GET", "POST"])
@require(policies.may_name_for_abandoned)
def name_for_abandoned(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Name a colleague for a sealed case in which nobody works any more, by number."""
    fall = next((f for f in policies.abandoned_sperrfaelle(request.akteur) if f.pk == uuid), None)
    if fall is None:
        raise Http404
    personen = list_kollegium(policies.takers(fall), ohne=[request.akteur.user_id])
    orphaned = reverse("cases:orphaned")
    form = UebergabeForm(posted(request), personen=personen)
    return _ask(
        request,
        fall,
        form=form,
        title="Person für gesperrten Fall benennen?",
        text="Sie selbst sehen diesen Fall nicht, auch danach nicht. Die benannte Person findet ihn unter „Fälle ohne"
        " Fachkraft“ und übernimmt ihn dort. Sagen Sie es nur ihr.",
        action_label="Benennen",
        work=lambda data: create_benennung(
            akteur=request.akteur, hilfefall_id=fall.pk, user_id=UUID(data["person"]), grund=data["grund"]
        ),
        done=say_to("Die Person ist benannt: {}. Sie findet den Fall unter „Fälle ohne Fachkraft“.", form, personen),
        back=orphaned,
        breadcrumb=crumbs("Fälle ohne Fachkraft", f"Fall {fall.fallnummer}"),
    )


@require_http_methods(["GET", "POST"])
@require(policies.may_lead_faelle)
def grant(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A second worker, an auditor, or one more named person of a sealed case."""
    fall = _disposable(request, uuid)
    arten = [FreigabeArt.SPERRFALL] if fall.gesperrt else [FreigabeArt.MITARBEIT, FreigabeArt.PRUEFUNG]
    if fall.gesperrt:
        rollen = policies.nameable(fall)
    elif fall.aufgabe == Aufgabenbereich.VORMUNDSCHAFT:
        rollen = frozenset({policies.VORMUND, policies.PRUEFUNG})
    else:
        rollen = policies.FALLFUEHREND | {policies.PRUEFUNG}
    personen = list_kollegium(rollen, ohne=[fall.fachkraft_id])
    form = FreigabeForm(posted(request), personen=personen, arten=arten, initial={"art": arten[0]})
    return _ask(
        request,
        fall,
        form=form,
        title="Fall freigeben?",
        text="Die Person sieht den Fall, bis die Freigabe endet. Sie können sie jederzeit beenden.",
        action_label="Freigeben",
        work=lambda data: create_freigabe(
            akteur=request.akteur, hilfefall=fall, user_id=UUID(data["person"]), art=FreigabeArt(data["art"]),
            grund=data["grund"], gueltig_bis=data["gueltig_bis"],
        ),
        done=say_to("Die Freigabe gilt ab jetzt für: {}.", form, personen),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@require(policies.may_lead_faelle)
def end_grant(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End one exception."""
    rows = Fallfreigabe.objects.filter(
        hilfefall__in=policies.disposable_hilfefaelle(request.akteur), beendet_at__isnull=True
    )
    freigabe = get_object_or_404(rows.select_related("hilfefall", "user"), pk=uuid)
    return _ask(
        request,
        freigabe.hilfefall,
        title="Freigabe beenden?",
        text=f"{freigabe.user} ({freigabe.get_art_display()}) sieht den Fall danach nicht mehr.",
        action_label="Freigabe beenden",
        level="danger",
        work=lambda _: end_freigabe(akteur=request.akteur, freigabe=freigabe),
        done="Die Freigabe ist beendet.",
    )


@require_http_methods(["GET", "POST"])
@require(policies.may_lead_faelle)
def seal(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Sperrfall: only named persons know of it from now on."""
    fall = _disposable(request, uuid)
    personen = list_kollegium(policies.nameable(fall), ohne=[fall.fachkraft_id, request.akteur.user_id])
    return _ask(
        request,
        fall,
        form=SperreForm(posted(request), personen=personen),
        vorab=SCHON_GESPERRT if fall.gesperrt else "",
        title="Fall sperren?",
        text="Der Fall verschwindet für alle anderen aus Listen, Suchen, Zahlen und Ausgaben, auch für Leitung und"
        " Wirtschaftliche Jugendhilfe. Wer zahlt, muss benannt sein.",
        action_label="Fall sperren",
        level="danger",
        work=lambda data: seal_hilfefall(
            akteur=request.akteur, hilfefall=fall, benannte=[UUID(b) for b in data["benannte"]], grund=data["grund"]
        ),
        done="Der Fall ist gesperrt. Nur die benannten Personen sehen ihn.",
    )


@require_http_methods(["GET", "POST"])
@require(policies.may_lead_faelle)
def unseal(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Open it to the ordinary rules again."""
    fall = _disposable(request, uuid)
    return _ask(
        request,
        fall,
        form=GrundForm(posted(request)),
        vorab="" if fall.gesperrt else NICHT_GESPERRT,
        title="Sperre aufheben?",
        text="Danach sehen den Fall wieder alle, die ihn nach ihrer Aufgabe sehen dürfen.",
        action_label="Sperre aufheben",
        level="danger",
        work=lambda data: unseal_hilfefall(akteur=request.akteur, hilfefall=fall, grund=data["grund"]),
        done="Die Sperre ist aufgehoben.",
    )


@require_http_methods(["GET", "POST"])
@require(policies.may_link_faelle)
def link(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Join with another case of the same person that she leads or whose team she leads."""
    fall = _disposable(request, uuid)
    andere = policies.disposable_hilfefaelle(request.akteur).filter(klient_id=fall.klient_id).exclude(pk=fall.pk)
    wahl = {str(f.pk): f for f in andere}

    def work(data: dict[str, Any]) -> None:
        if data["anderer"] not in wahl:
            raise RegelVerletzt(NICHT_VERKNUEPFBAR, feld="anderer")
        link_hilfefaelle(akteur=request.akteur, hilfefall=fall, anderer=wahl[data["anderer"]], grund=data["grund"])

    faelle = [(pk, f"{f.fallnummer}, {f.get_aufgabe_display()}") for pk, f in wahl.items()]
    return _ask(
        request,
        fall,
        form=VerknuepfungForm(posted(request), faelle=faelle),
        vorab="" if faelle else KEIN_ANDERER,
        title="Fälle verknüpfen?",
        text="Wer einen der beiden Fälle sieht, erfährt danach Nummer, Aufgabe und Fachkraft des anderen.",
        action_label="Verknüpfen",
        work=work,
        done="Die Fälle sind verknüpft.",
    )


@require_http_methods(["GET", "POST"])
@require(policies.SCHRITTE_FALL.may(HilfefallAktion.ABSCHLIESSEN))
def close(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End the case. What still runs is named with the way to it; then there is nothing to send yet."""
    fall = _disposable(request, uuid)
    laufendes = list_laufendes(akteur=request.akteur, hilfefall=fall, letzter_tag=today())
    return _ask(
        request,
        fall,
        form=AbschlussForm(posted(request), initial={"letzter_tag": today()}),
        aktion=HilfefallAktion.ABSCHLIESSEN,
        title="Fall abschließen?",
        text="Danach kann für diesen Fall nichts mehr reserviert oder gebucht werden. Akte und Notizen bleiben; mit dem"
        " letzten Tag beginnen die Fristen der Aufbewahrung.",
        action_label="Fall abschließen",
        hindernisse=[eintrag for eintrag in laufendes if eintrag.hindert],
        hinweise=[eintrag for eintrag in laufendes if not eintrag.hindert],
        work=lambda data: close_hilfefall(
            akteur=request.akteur, hilfefall=fall, letzter_tag=data["letzter_tag"], grund=data["grund"]
        ),
        done="Der Fall ist abgeschlossen.",
    )


@require_http_methods(["GET", "POST"])
@require(policies.SCHRITTE_FALL.may(HilfefallAktion.WIEDER_OEFFNEN))
def reopen(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take the end back."""
    fall = _disposable(request, uuid)
    return _ask(
        request,
        fall,
        form=GrundForm(posted(request)),
        aktion=HilfefallAktion.WIEDER_OEFFNEN,
        title="Fall wieder öffnen?",
        text="Danach kann für diesen Fall wieder reserviert und gebucht werden.",
        action_label="Wieder öffnen",
        work=lambda data: reopen_hilfefall(akteur=request.akteur, hilfefall=fall, grund=data["grund"]),
        done="Der Fall ist wieder offen.",
    )
