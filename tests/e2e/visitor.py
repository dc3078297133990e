"""A person at a browser. Every page she comes to is looked at: accessible, no wider than the screen, no errors."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, CDPSession, Locator, Page, expect

from tests.e2e.browser import PHONE
from tests.people import PASSWORD, Cast

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PATIENCE = 10_000
SHOTS = os.environ.get("SOJUS_SHOTS")
expect.set_options(timeout=PATIENCE)

_OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width && document.body.scrollWidth <= width) return [];
  return [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > width + 1)
    .slice(0, 5).map((e) => e.outerHTML.slice(0, 120));
}"""
#: Text that runs over its cell covers the next column; no page grows wider for it.
_COVERED = """() => [...document.querySelectorAll('main th, main td')].filter((e) =>
  getComputedStyle(e).display === 'table-cell' && e.scrollWidth > e.clientWidth + 2 && !e.closest('.kern-sr-only'))
  .slice(0, 5).map((e) => e.outerHTML.slice(0, 120))"""
#: A line of a list on the phone is as wide as the list, the sum below it, too.
_NARROW = """() => [...document.querySelectorAll('main .sojus-stack tr')].filter((e) => e.offsetWidth
  && e.offsetWidth < e.closest('table').offsetWidth - 2).slice(0, 5).map((e) => e.outerHTML.slice(0, 120))"""
#: Style sheets are not fetched again: the one check that needs it is tests/architecture/test_styles.py.
_AXE_RUN = """async () => (await axe.run(document, {resultTypes: ['violations'], preload: false})).violations.map((v) =>
  `${v.id} (${v.impact}): ${v.help}; ` + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + ' ' +
  n.any.concat(n.all, n.none).map((c) => c.message).join('; ').slice(0, 200)).join(' | '))"""
#: All but axe in one question; no promise in it, for pages without JavaScript keep none.
_LOOK = f"""() => ({{
  title: document.title, overflow: ({_OVERFLOW})(), covered: ({_COVERED})(), narrow: ({_NARROW})(),
}})"""

#: Style rules, their listeners and the next picture have followed a new size or other colours.
_SETTLED = """async (width) => {
  while (screen.width !== width) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  const fades = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
  await Promise.allSettled(fades.map((fade) => fade.finished));
}"""

#: A status is judged by _on_response; a count that is out of date is given up by htmx with these words.
_QUIET = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")


@dataclass
class Site:
    """The running portal."""

    port: int

    def url(self, host: str, path: str = "/") -> str:
        """`url("vg", "/faelle/")`."""
        return f"http://{host}.localhost:{self.port}{path}"


@dataclass
class Visitor:
    """One person with a browser of her own."""

    context: BrowserContext
    site: Site
    host: str
    script: bool = True
    expected_statuses: set[int] = field(default_factory=set)
    troubles: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    _device: CDPSession | None = None

    def __post_init__(self) -> None:
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script error: {error}"))
        self.page.on("response", self._on_response)
        self.page.on("requestfailed", self._on_failed)

    def _on_console(self, message) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(_QUIET):
            self.troubles.append(f"console: {message.text}")

    def _on_response(self, response) -> None:
        if response.status >= 400 and response.status not in self.expected_statuses:
            self.troubles.append(f"{response.status} {response.url}")

    def _on_failed(self, request) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):  # a page left while a picture was still coming
            self.troubles.append(f"{request.failure} {request.url}")

    # -- going about ---------------------------------------------------------------------------

    def open(self, path: str = "/", *, host: str | None = None) -> None:
        """An address typed in."""
        self.page.goto(self.site.url(host or self.host, path))

    def sign_in(self, name: str) -> None:
        """She has signed in and sees her start page. Tests about signing in use `type_password`."""
        cookies = Cast().sign_in(name, at=self.host.upper()).cookies
        url = self.site.url(self.host)
        self.context.add_cookies([{"name": key, "value": found.value, "url": url} for key, found in cookies.items()])
        self.open()

    def type_password(self, name: str) -> None:
        """Name and password."""
        self.open("/anmelden/")
        self.at("Anmelden")
        self.fill("Benutzername", name)
        self.fill("Passwort", PASSWORD)
        self.press("Anmelden")

    def agree(self) -> None:
        """The data-protection rules, at the first sign-in."""
        self.at("Datenschutzregeln")
        self.page.get_by_label("Ich stimme den Datenschutzregeln zu.").check()
        self.press("Zustimmen und weiter")

    def take_device(self, size: tuple[int, int], *, dark: bool = False) -> None:
        """What she opens next is on this device. What lies before her is put away: nobody lays it out once more."""
        self.page.evaluate("document.body.replaceChildren()")
        self._become(size, dark=dark)

    def move_to(self, size: tuple[int, int], *, dark: bool = False) -> None:
        """The page before her, as it stands, on the other device."""
        self._become(size, dark=dark)
        self.page.evaluate(_SETTLED, size[0])

    def _become(self, size: tuple[int, int], *, dark: bool) -> None:
        """Another width, way of laying out, fingers, colours."""
        phone, (width, height) = size == PHONE, size
        if self._device is None:
            self._device = self.context.new_cdp_session(self.page)
        self._device.send("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "screenWidth": width, "screenHeight": height, "deviceScaleFactor": 1,
            "mobile": phone,
            "screenOrientation": {"type": "portraitPrimary" if phone else "landscapePrimary", "angle": 0},
        })  # fmt: skip
        self._device.send("Emulation.setTouchEmulationEnabled", {"enabled": phone})
        self.page.emulate_media(color_scheme="dark" if dark else "light")

    def field(self, label: str) -> Locator:
        """The field with this label, optional or not."""
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*(\(.*\))?\s*$"))

    def fill(self, label: str, value: str) -> None:
        """Type into the field with this label; a German date also into a date picker."""
        field = self.field(label)
        if field.get_attribute("type") == "date" and "." in value:
            value = "-".join(reversed(value.split(".")))
        field.fill(value)

    def choose(self, label: str, value: str) -> None:
        """Choose from the select with this label."""
        self.field(label).select_option(value)

    def unfold(self, title: str) -> None:
        """What a form folds away under this title; it may be open already."""
        fold = self.page.locator("details.sojus-falte").filter(has=self.page.locator("summary", has_text=title))
        if fold.get_attribute("open") is None:
            fold.locator("summary").click()

    def press(self, name: str) -> None:
        """A button."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str | re.Pattern) -> None:
        """The first link of this name."""
        self.page.get_by_role("link", name=name).first.click()

    # -- looking -------------------------------------------------------------------------------

    def picture(self, name: str) -> None:
        """For human eyes, where `SOJUS_SHOTS` names a folder."""
        if SHOTS:
            self.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)

    @property
    def main(self) -> Locator:
        """The page without its frame."""
        return self.page.locator("main")

    def sees(self, text: str | re.Pattern) -> None:
        """The text is on the page."""
        expect(self.main.get_by_text(text).filter(visible=True).first).to_be_visible(timeout=PATIENCE)

    def never_sees(self, *texts: str) -> None:
        """The text is nowhere in the server's answer."""
        source = self.page.content()
        assert not [text for text in texts if text in source]

    def at(self, heading: str | re.Pattern) -> None:
        """She has come to this page; it is looked at. Where she has not, the failure says what the page told her."""
        try:
            expect(self.page.locator("h1")).to_have_text(heading, timeout=PATIENCE)
        except AssertionError as error:
            told = self.main.get_by_role("alert").or_(self.main.locator(".kern-alert, .kern-error"))
            raise AssertionError(f"{error}\n{self.page.url} says {told.all_inner_texts()}") from None
        self.look()

    def look(self) -> None:
        """Width, accessibility, errors of the page as it stands."""
        self.seen.append(self.page.url)
        self.page.wait_for_load_state()
        found = self.page.evaluate(_LOOK)
        title = f"{found['title']} ({self.page.url})"
        assert not found["overflow"], f"{title}: wider than the screen: {found['overflow']}"
        assert not found["covered"], f"{title}: text runs over its cell: {found['covered']}"
        assert not found["narrow"], f"{title}: narrower than its list: {found['narrow']}"
        if self.script:
            violations = self.page.evaluate(_AXE_RUN)
            assert not violations, f"{title}:\n" + "\n".join(violations)
        assert not self.troubles, f"{title}: {self.troubles}"


def new_visitor(
    browser: Browser, site: Site, host: str, *, size: tuple[int, int], script: bool = True, dark: bool = False
) -> Visitor:
    """A fresh browser profile on a desk or a phone."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="de-DE",
        timezone_id="Europe/Berlin",
        java_script_enabled=script,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        has_touch=size == PHONE,
        is_mobile=size == PHONE,
    )
    if script:
        context.add_init_script(path=AXE)
    return Visitor(context, site, host, script)
