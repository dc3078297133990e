"""What the screens of administration share."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shared_apps.core.dauer import write_dauer
from shared_apps.core.filter_query import FilterForm, build_url_without
from shared_apps.core.seite import Stufe, crumbs
from shared_apps.members import policies
from shared_apps.members.selectors.mitglieder import is_mail_only
from shared_apps.members.services import (
    Einladung,
    Rollenwunsch,
    create_membership,
    submit_mitgliedschaftsantrag,
)
from shared_apps.members.states import AntragZustand, ZugangZustand

BEANTRAGT = "Der Antrag ist gestellt. Die Rolle gilt erst, wenn eine zweite Person sie bewilligt hat."
VERTRETUNG_BEANTRAGT = (
    "Der Antrag ist gestellt. Die Vertretung gilt erst, wenn die vertretene oder eine andere zweite Person ihn "
    "bewilligt hat."
)


def breadcrumb(*stufen: Stufe) -> list[dict[str, str]]:
    """Start, list of people, then these."""
    return crumbs(("Mitglieder", reverse("members:list")), *stufen)


def tabs(request: HttpRequest, active: str) -> list[dict[str, Any]]:
    """People, requests for roles, requests for access, journal: those the person may open, with what waits."""
    akteur = request.akteur
    items: list[dict[str, Any]] = []
    if policies.may_view_mitglieder(akteur):
        items.append({"label": "Mitglieder", "url": reverse("members:list"), "active": active == "list"})
    if policies.may_view_antraege(akteur):
        offen = policies.visible_antraege(akteur).filter(zustand=AntragZustand.BEANTRAGT).count()
        items.append(
            {
                "label": "Rollenanträge",
                "url": reverse("members:antraege"),
                "active": active == "antraege",
                "count": offen,
            }
        )
    if policies.may_view_zulassungen(akteur) and policies.may_view_mitglieder(akteur):
        items.append({"label": "Zulassungen", "url": reverse("members:zulassungen"), "active": active == "zulassungen"})
    if policies.may_administer(akteur):
        offen = policies.visible_zugangsantraege(akteur).filter(zustand=ZugangZustand.OFFEN).count()
        items.append(
            {"label": "Zugangsanträge", "url": reverse("members:zugaenge"), "active": active == "zugaenge",
             "count": offen}
        )  # fmt: skip
    if policies.may_view_own_journal(akteur):
        items.append({"label": "Journal", "url": reverse("members:journal"), "active": active == "journal"})
    return items


def filter_chips(request: HttpRequest, form: FilterForm) -> list[dict[str, str]]:
    """What a list is narrowed to, each with the address without it."""
    chips = []
    for name, wert in form.values().items():
        if wert and (name, wert) != ("stand", "gueltig"):
            label = wert if name == "suche" else dict(form.fields[name].choices)[wert]
            chips.append({"label": label, "remove_url": build_url_without(request, name)})
    return chips


def give(request: HttpRequest, wunsch: Rollenwunsch, begruendung: str) -> str:
    """Give the role, or propose it when two people must. Returns what to tell the person."""
    akteur = request.akteur
    if wunsch.braucht_zwei:
        submit_mitgliedschaftsantrag(akteur=akteur, wunsch=wunsch, begruendung=begruendung)
        return VERTRETUNG_BEANTRAGT if wunsch.deputy_of else BEANTRAGT
    create_membership(akteur=akteur, wunsch=wunsch)
    return f"{wunsch.user.name} hat jetzt die Rolle „{wunsch.rolle.label}“."


def show_einladung(request: HttpRequest, einladung: Einladung, *, weiter: str, text: str = "") -> HttpResponse:
    """The invitation, once: its link is stored nowhere and not shown again."""
    if text:
        messages.success(request, text)
    gilt = write_dauer(settings.PASSWORD_RESET_TIMEOUT)
    context = {
        "einladung": einladung,
        "weiter": weiter,
        "nur_mail": is_mail_only(einladung.user),
        "link_hinweis": f"Geben Sie ihn der Person selbst. Er gilt {gilt} und nur einmal.",
    }
    response = render(request, "members/einladung.html", context)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
