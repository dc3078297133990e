"""How a provider comes to the portal, for every story that begins with it: each step at the page where it is done."""

from __future__ import annotations

import re

from django.core import mail

from shared_apps.accounts.models import User
from tests.e2e.visitor import Visitor
from tests.mails import work
from tests.people import PASSWORD
from tests.shared_apps.aufnahme.joining import TYPED
from tests.shared_apps.factors.steps import code

NAME = TYPED["name"]


def type_all(visitor: Visitor, **other: str) -> None:
    """Every field by its id: labels of organisation and facilities are the same words."""
    for name, wert in (TYPED | other).items():
        field = visitor.page.locator(f"#id_{name}")
        if not field.is_visible():
            visitor.page.locator("summary", has_text=f"Weitere Einrichtung ({name[-1]})").click()
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(wert)
        else:
            field.fill(wert)


def confirm_address(visitor: Visitor, bild: str) -> None:
    """The form was sent; its link comes by mail."""
    visitor.at("Bitte sehen Sie in Ihr Postfach")
    visitor.picture(f"{bild}-gesendet")
    work()
    visitor.open(re.search(r"/anbieter-werden/antrag/\S+", mail.outbox[-1].body).group(0))
    visitor.at("E-Mail-Adresse bestätigen")
    visitor.picture(f"{bild}-bestaetigen")
    visitor.press("Adresse bestätigen")
    visitor.at("Ihr Antrag ist eingegangen")
    visitor.picture(f"{bild}-eingegangen")


def check(visitor: Visitor, bild: str) -> None:
    """The first person of the office, from her start page on."""
    visitor.at(re.compile("Guten Tag"))
    visitor.sees("Anbieter warten auf die Aufnahme")
    visitor.picture(f"{bild}-start")
    visitor.open("/anbieter/")
    visitor.follow("Aufnahme")
    visitor.at("Aufnahme von Anbietern")
    visitor.picture(f"{bild}-liste")
    visitor.follow(NAME)
    visitor.at(NAME)
    visitor.picture(f"{bild}-pruefen")
    visitor.press("Als geprüft weitergeben")
    visitor.sees("Jetzt entscheidet eine zweite Person Ihres Jugendamtes.")
    visitor.at(NAME)
    visitor.picture(f"{bild}-geprueft")


def admit(visitor: Visitor, bild: str) -> None:
    """The second person of the office."""
    visitor.at(re.compile("Guten Tag"))
    visitor.picture(f"{bild}-start-zweite")
    visitor.open("/verwaltung/aufnahmen/")
    visitor.follow(NAME)
    visitor.at(NAME)
    visitor.picture(f"{bild}-aufnehmen")
    visitor.press("Aufnehmen und einladen")
    visitor.sees(re.compile("ist aufgenommen. Die Einladung ist unterwegs."))
    visitor.at(NAME)
    visitor.picture(f"{bild}-aufgenommen")


def come_in(visitor: Visitor, bild: str) -> None:
    """By the invitation, with a password of her own, to the rules of data protection and past them."""
    work()
    visitor.open(re.search(r"/einladung/\S+", mail.outbox[-1].body).group(0))
    visitor.at(re.compile("^Willkommen, "))
    visitor.picture(f"{bild}-willkommen")
    visitor.fill("Neues Passwort", PASSWORD)
    visitor.fill("Neues Passwort wiederholen", PASSWORD)
    visitor.press("Passwort festlegen")
    visitor.at("Anmelden")
    visitor.picture(f"{bild}-anmelden")
    visitor.fill("Benutzername", User.objects.get(email=TYPED["person_email"].lower()).username)
    visitor.fill("Passwort", PASSWORD)
    visitor.press("Anmelden")
    visitor.agree()


def set_up_app(visitor: Visitor, bild: str) -> str:
    """A second factor is owed: nothing else opens until the app is there. Returns its secret."""
    visitor.at("Sicherheit")
    visitor.picture(f"{bild}-sicherheit")
    visitor.follow("App einrichten")
    visitor.at("App einrichten")
    secret = visitor.page.locator("#schluessel").inner_text().replace(" ", "")
    visitor.picture(f"{bild}-app")
    visitor.fill("Code aus der App", code(secret=secret))
    visitor.press("App einrichten")
    visitor.at("Ihre Wiederherstellungscodes")
    visitor.picture(f"{bild}-codes")
    visitor.follow("Fertig")
    return secret
