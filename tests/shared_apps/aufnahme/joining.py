"""What a provider types when it joins, and the ways to send it."""

from __future__ import annotations

import re

from django.core import mail
from django.db import connection
from django.test import Client

from shared_apps.aufnahme import services
from shared_apps.aufnahme.models import Aufnahmeantrag
from shared_apps.providers.models import Anbieter, Einrichtung
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.context import on_portal
from tests.mails import work

TYPED = {
    "name": "Leuchtfeuer Jugendhilfe gGmbH", "rechtsform": "gGmbH", "register_nr": "AG Stralsund HRB 12 34",
    "dachverband": "Der Paritätische", "anerkennung": "ANERKANNT", "steuerstatus": "GEMEINNUETZIG",
    "strasse": "Hafenstraße 3", "plz": "17389", "ort": "Anklam", "telefon": "03971 1234",
    "email": "info@leuchtfeuer.example", "web": "",
    "name_1": "Haus Peene", "kreis_1": "VG", "strasse_1": "Am Ufer 1", "plz_1": "17389", "ort_1": "Anklam",
    "name_2": "Haus Warnow", "kreis_2": "HRO", "strasse_2": "", "plz_2": "", "ort_2": "",
    "vorname": "Lotte", "nachname": "Leitner", "person_email": "Lotte@leuchtfeuer.example",
}  # fmt: skip
HAEUSER = [
    {"name": "Haus Peene", "kreis": "VG", "strasse": "Am Ufer 1", "plz": "17389", "ort": "Anklam"},
    {"name": "Haus Warnow", "kreis": "HRO", "strasse": "", "plz": "", "ort": ""},
]
ANGABEN = {name: wert for name, wert in TYPED.items() if not re.search(r"_[123]$", name)}
#: Who shall administer a provider of the register.
PERSON = {"vorname": "Lotte", "nachname": "Leitner", "person_email": "Lotte@leuchtfeuer.example"}
LINK = re.compile(r"http://[^/]+(/anbieter-werden/antrag/\S+)")


def stranger() -> Client:
    return Client(SERVER_NAME="portal.localhost")


def apply(**other: str) -> str:
    """Send the public form; the path of the confirming link, or ""."""
    answer = stranger().post("/anbieter-werden/", TYPED | other)
    work()
    assert answer.status_code == 302, answer.text[-3000:]
    assert answer["Location"] == "/anbieter-werden/gesendet/"
    found = LINK.search(mail.outbox[-1].body) if mail.outbox else None
    return found.group(1) if found else ""


def newest() -> Aufnahmeantrag:
    """As a job reads it."""
    with on_portal():
        return Aufnahmeantrag.objects.order_by("-created_at")[0]


def applied(**other: str) -> Aufnahmeantrag:
    """Confirmed, in the office's list."""
    assert "ist eingegangen" in stranger().post(apply(**other)).text
    return newest()


def run(cast, service, who: str, **row):
    """As that person's request at her office would, with what the end of a transaction checks."""
    akteur = cast.akteur(who)
    with on_portal(user_id=akteur.user_id):
        done = service(akteur=akteur, **row)
        connection.check_constraints()
        return done


def entered(cast, who: str = "anton", haeuser: list[dict[str, str]] | None = None, **other: str) -> Aufnahmeantrag:
    return run(cast, services.create_aufnahmeantrag, who, angaben=ANGABEN | other, einrichtungen=haeuser or HAEUSER)


def listed(name: str = "Leuchtfeuer gGmbH", *, kreis: str = "VG", **other: object) -> Anbieter:
    """As a list that was read in leaves it: a provider with a facility, and nobody who could sign in."""
    anbieter = Anbieter.objects.create(name=name, email="info@leuchtfeuer.example", **other)
    ort = Gebietskoerperschaft.objects.get(kuerzel=kreis)
    Einrichtung.objects.create(anbieter=anbieter, name="Haus Peene", gebietskoerperschaft=ort)
    return anbieter


def proposed(cast, anbieter: Anbieter, who: str = "anton", **other: str) -> Aufnahmeantrag:
    return run(cast, services.submit_erste_verwaltung, who, anbieter=anbieter, **PERSON | other)
