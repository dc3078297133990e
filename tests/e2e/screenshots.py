"""`make screenshots`: the demo's main screens, desk and phone, light and dark, into var/screenshots.

Uses the demo that runs at PORT; without one it starts a server of its own on the demo's database.
One browser per person and size; nothing is reserved or changed.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from deploy.browser import find  # noqa: E402
from tests.e2e.browser import ARGS, DESK, PHONE  # noqa: E402

FOLDER = ROOT / "var" / "screenshots"
PASSWORD = os.environ.get("SOJUS_DEMO_PASSWORD", "sojus-demo")
Shot = Callable[[str], None]
#: Pages behind the first row of a list: (person, list, its link, picture, {picture: path below}).
BEHIND = [
    (
        "asd-vg",
        "/hilfefaelle/",
        "tbody a[href^='/hilfefaelle/']",
        "hilfefall",
        {
            f"hilfefall-{name}": f"{name}/"
            for name in (
                "bearbeiten",
                "weiterer-fall",
                "anvertraut",
                "uebergeben",
                "freigeben",
                "sperren",
                "verknuepfen",
            )
        },
    ),
    ("admin-vg", "/verwaltung/mitglieder/", "tbody a[href*='/mitglieder/']", "mitglied", {"mitglied-rolle": "rolle/"}),
    (
        "datenschutz-vg",
        "/datenschutzrechte/?q=a",
        "tbody a[href*='/personen/']",
        "datenschutz-person",
        {
            f"datenschutz-{name}": f"{name}/"
            for name in ("berichtigen", "bestreiten", "einschraenken", "auskunft-versagen")
        },
    ),
    ("anbieter-kueste", "/mitglieder/", "tbody a[href*='/mitglieder/']", "anbieter-mitglied", {}),
]

#: Plain pages: (person, host, {picture: path}).
PAGES = [
    ("asd-vg", "vg", {
        "start": "/", "fallmanager": "/faelle/", "kennzahlen-eigenes-amt": "/kennzahlen/", "anbieter": "/anbieter/",
        "gebietskoerperschaften": "/gebietskoerperschaften/", "konto": "/konto/", "nicht-gefunden": "/gibt-es-nicht/",
        "verboten": "/controlling/", "hilfefaelle": "/hilfefaelle/", "hilfefall-neu": "/hilfefaelle/neu/",
        "anvertraut": "/hilfefaelle/anvertraut/", "sicherheit": "/konto/sicherheit/",
        "sicherheit-app": "/konto/sicherheit/app/", "sitzungen": "/konto/sitzungen/", "zugriffe": "/konto/zugriffe/",
        "schluessel": "/konto/schluessel/", "schluessel-neu": "/konto/schluessel/neu/", "entwuerfe": "/entwuerfe/",
        "passwort": "/passwort/",
    }),
    ("leitung-vg", "vg", {
        "einsicht": "/hilfefaelle/einsicht/", "rollenantraege-leitung": "/verwaltung/rollenantraege/",
    }),
    ("admin-vg", "vg", {
        "mitglieder": "/verwaltung/mitglieder/", "mitglied-einladen": "/verwaltung/mitglieder/einladen/",
        "rollenantraege": "/verwaltung/rollenantraege/", "zugangsantraege": "/verwaltung/zugangsantraege/",
        "anmelderegeln": "/anmelderegeln/", "schluessel-amt": "/konto/schluessel/amt/",
        "supportzugriffe": "/supportzugriffe/",
    }),
    ("datenschutz-vg", "vg", {
        "protokoll": "/protokoll/", "protokoll-antrag": "/protokoll/antrag/", "protokoll-lesen": "/protokoll/lesen/",
        "datenschutzrechte": "/datenschutzrechte/", "aufbewahrung": "/datenschutzrechte/aufbewahrung/",
        "loeschlaeufe": "/datenschutzrechte/loeschlaeufe/",
    }),
    ("vormund-vg", "vg", {"vormund-start": "/", "vormund-hilfefaelle": "/hilfefaelle/"}),
    ("pruefung-vg", "vg", {"pruefung-start": "/"}),
    ("ausschuss-vg", "vg", {"ausschuss-start": "/"}),
    ("wjh-vg", "vg", {"abrechnung": "/abrechnung/", "wjh-hilfefaelle": "/hilfefaelle/"}),
    ("controlling-vg", "vg", {"controlling": "/controlling/"}),
    ("anbieter-kueste", "portal", {
        "eingang": "/eingang/", "eigene-einrichtungen": "/anbieter/eigene/", "anbieter-mitglieder": "/mitglieder/",
        "anbieter-einladen": "/mitglieder/einladen/", "weiter": "/weiter/vg/",
    }),
    ("einrichtung-kueste", "portal", {"einrichtung-eingang": "/eingang/"}),
    ("ministerium", "portal", {
        "kennzahlen": "/kennzahlen/", "auszahlungen": "/kennzahlen/auszahlungen/",
        "verweildauer": "/kennzahlen/verweildauer/",
    }),
    ("betrieb", "portal", {
        "betrieb": "/betrieb/", "jugendamt-anlegen": "/betrieb/jugendaemter/neu/", "journal": "/betrieb/journal/",
        "support": "/betrieb/support/", "zugaenge": "/betrieb/zugaenge/",
        "anmelderegeln-alle": "/anmelderegeln/alle/",
    }),
]  # fmt: skip


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/gesundheit/", headers={"Host": f"portal.localhost:{port}"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def running_portal() -> Iterator[int]:
    """The port of the demo, or of a server started for this run."""
    port = int(os.environ.get("PORT") or 8000)
    if _answers(port):
        yield port
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "-b", f"127.0.0.1:{port}", "--threads", "4"]
    server = subprocess.Popen([*command, "--log-level", "warning"], cwd=ROOT, env=os.environ | {"PORT": str(port)})
    try:
        end = time.monotonic() + 60
        while not _answers(port):
            if server.poll() is not None or time.monotonic() > end:
                sys.exit("The portal does not answer. Is there a demo world? `make demo` makes one.")
            time.sleep(0.2)
        yield port
    finally:
        server.terminate()
        server.wait(30)


class Camera:
    """Goes from page to page as one person at one size and keeps what is seen."""

    def __init__(self, browser: Browser, port: int, size: tuple[int, int]) -> None:
        self.browser, self.port, self.size = browser, port, size
        self.tag = "phone" if size == PHONE else "desk"

    def url(self, host: str, path: str) -> str:
        """An address of the portal."""
        return f"http://{host}.localhost:{self.port}{path}"

    def new_page(self) -> Page:
        """A fresh profile."""
        mobile = self.size == PHONE
        context = self.browser.new_context(
            viewport={"width": self.size[0], "height": self.size[1]}, locale="de-DE", timezone_id="Europe/Berlin",
            is_mobile=mobile, has_touch=mobile, reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(30_000)
        return context.new_page()

    def take(self, page: Page, name: str) -> None:
        """Both colour schemes. Long lists are cut: the top is what matters."""
        page.wait_for_load_state("networkidle")
        height = min(page.evaluate("document.documentElement.scrollHeight"), 3000)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(
                path=FOLDER / f"{name}-{self.tag}-{scheme}.png",
                full_page=True,
                clip={"x": 0, "y": 0, "width": self.size[0], "height": height},
            )
        page.emulate_media(color_scheme="light")
        print(f"{name}-{self.tag}", flush=True)

    def sign_in(self, person: str, host: str) -> Page:
        """Name, password, whatever the sign-in asks for after them."""
        page = self.new_page()
        page.goto(self.url(host, "/anmelden/"))
        page.fill("[name=username]", person)
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="Anmelden", exact=True).click()
        page.wait_for_load_state()
        if "/zweiter-faktor/" in page.url:
            digits = subprocess.run(
                [sys.executable, "manage.py", "totp_code", person], cwd=ROOT, capture_output=True, text=True, check=True
            )
            page.fill("[name=code]", digits.stdout.strip())
            page.get_by_role("button", name="Weiter", exact=True).click()
            page.wait_for_load_state()
        if "/anmelden/zustimmung/" in page.url:
            page.check("[name=zustimmung]")
            page.get_by_role("button", name="Zustimmen und weiter", exact=True).click()
        page.wait_for_url(re.compile(r"^(?!.*/anmelden/)"))
        return page

    def shoot_all(self) -> None:
        """Everybody's screens."""
        page = self.new_page()
        page.goto(self.url("vg", "/anmelden/"))
        self.take(page, "anmelden")
        page.context.close()
        for person, host, paths in PAGES:
            page = self.sign_in(person, host)
            for name, path in paths.items():
                page.goto(self.url(host, path))
                self.take(page, name)
            for _, start, link, picture, below in (b for b in BEHIND if b[0] == person):
                page.goto(self.url(host, start))
                if self.follow(page, link, picture):
                    address = page.url.split("?")[0]
                    for name, path in below.items():
                        page.goto(address + path)
                        self.take(page, name)
            if person == "asd-vg":
                self.shoot_choice(page)
                self.shoot_case(page)
            elif person == "wjh-vg":
                page.goto(self.url("vg", "/abrechnung/?zustand=EINGEREICHT"))
                self.follow(page, "tbody th a", "rechnung")
                self.follow(page, "main a[href$='/pruefen/']", "rechnung-pruefen")
            elif person == "anbieter-kueste":
                self.shoot_provider(page)
            page.context.close()

    def follow(self, page: Page, selector: str, name: str) -> bool:
        """The first link of this kind, if there is one."""
        link = page.locator(selector).first
        if not link.count():
            print(f"{name}-{self.tag}: nothing to show at {page.url}", flush=True)
            return False
        link.click()
        self.take(page, name)
        return True

    def shoot_choice(self, page: Page) -> None:
        """The worked example of 2017: form with counts, list, detail, and the form with mistakes."""
        page.goto(self.url("vg", "/hze-auswahl/"))
        page.fill("[name=beginn]", "2017-11-30")
        page.fill("[name=ende]", "2017-06-01")
        page.get_by_role("button", name="Angebote zeigen").click()
        self.take(page, "hze-auswahl-fehler")
        page.goto(self.url("vg", "/hze-auswahl/"))
        page.fill("[name=beginn]", "2017-06-01")
        page.fill("[name=ende]", "2017-11-30")
        page.select_option("[name=hilfeart]", "S34")
        page.get_by_text("(14)").wait_for()
        self.take(page, "hze-auswahl")
        page.get_by_role("button", name="Angebote zeigen").click()
        page.wait_for_url(re.compile(r"/hze-auswahl/[0-9a-f-]{36}/"))
        self.take(page, "ergebnis")
        result = page.url
        self.follow(page, "tbody th a", "angebot")
        page.goto(result + "?zeige=alle")
        self.take(page, "ergebnis-alle")

    def shoot_case(self, page: Page) -> None:
        """A reservation, its note, a booking."""
        page.goto(self.url("vg", "/faelle/"))
        for selector, name in (("a[href*='/reservierungen/']", "reservierung"), ("a[href*='/buchungen/']", "buchung")):
            page.goto(self.url("vg", "/faelle/"))
            if self.follow(page, f"tbody th {selector}", name) and name == "reservierung":
                self.follow(page, "main a[href*='/auswahlvermerke/']", "auswahlvermerk")

    def shoot_provider(self, page: Page) -> None:
        """From the worklist over to the office, then the months."""
        page.goto(self.url("portal", "/eingang/"))
        self.follow(page, "tbody a[href*='/weiter/']", "anbieter-vorgang")
        page.goto(self.url("portal", "/weiter/vg/?ziel=/abrechnung/monate/"))
        self.take(page, "anbieter-monate")
        self.follow(page, "tbody a[href*='/abrechnung/buchungen/']", "anbieter-erfassen")


def main() -> int:
    """Take them all."""
    executable = find()
    if executable is None:
        print("No browser: set SOJUS_CHROMIUM.", file=sys.stderr)
        return 1
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with running_portal() as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGS)
        for size in (DESK, PHONE):
            Camera(browser, port, size).shoot_all()
        browser.close()
    print(f"{len(list(FOLDER.iterdir()))} pictures in {FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
