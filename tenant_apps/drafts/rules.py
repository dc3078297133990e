"""Which fields are kept, and how a page's form is filled with them again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from html.parser import HTMLParser

#: More than this is no form that a person typed.
LAENGE_MAX = 100_000
FELDER_MAX = 300
#: Never kept, whatever the form.
GEHEIM = re.compile(r"passw|kennwort|csrf|token|secret|geheim|otp|recovery", re.IGNORECASE)
_NOT_TYPED = {"hidden", "password", "file", "submit", "button", "image", "reset"}
_CHECKED = {"checkbox", "radio"}
#: What the form had shown when this was typed (`shared_apps.core.gelesen`): hidden, and yet what she worked from. The
#: page is new, what is filled in is not; with the marks of the new page it would be saved over what she has not seen.
GELESEN = "gelesen"
#: What a form is called where its drafts are listed, by the name of the address it posts to. Never the title of its
#: page, which may hold a person's name or a number of hers.
FORMULARE = {
    "zugang_beantragen": "Zugang beantragen",
    "anbieter_werden": "Anbieter werden",
    "aufnahme:create": "Anbieter anlegen",
    "aufnahme:detail": "Aufnahmeantrag",
    "aufnahme:first_admin": "Erste Verwaltung einladen",
    "catalogue:create": "Neuer Eintrag im Katalog",
    "catalogue:edit": "Eintrag im Katalog ändern",
    "catalogue:end": "Eintrag im Katalog beenden",
    "gespraeche:write": "Nachricht",
    "gespraeche:settle": "Rückfrage ohne Antwort",
    "placements:merken": "Angebote vergleichen",
    "placements:suchauftrag_anlegen": "Weitersuchen lassen",
    "placements:suchauftrag_ansehen": "Suchauftrag ansehen",
    "placements:suchauftrag_beenden": "Suchauftrag beenden",
    "placements:vermerk_nachtrag": "Nachtrag zum Auswahlvermerk",
    "placements:nacht": "Heute Nacht",
    "placements:nacht_ab_hier": "Heute Nacht: Weg ab hier",
    "placements:nacht_reservieren": "Heute Nacht: Platz reservieren",
    "placements:nacht_anderer_platz": "Heute Nacht: anderer Platz",
    "placements:nacht_zugesagt": "Heute Nacht: Zusage des Hauses",
    "placements:nacht_freigeben": "Heute Nacht: Platz freigeben",
    "placements:nacht_pflicht": "Heute Nacht: Schritt nach § 42",
    "providers:confirm": "Vakanzen bestätigen",
    "providers:report": "Meldung „war nicht frei“",
    "providers:report_detail": "Antwort auf eine Meldung",
    "providers:create_facility": "Neue Einrichtung",
    "providers:edit_facility": "Angaben zur Einrichtung",
    "providers:end_facility": "Einrichtung beenden",
    "providers:reopen_facility": "Ende der Einrichtung zurücknehmen",
    "providers:create_offer": "Neues Angebot",
    "providers:photos": "Bilder hochladen",
    "providers:edit_photo": "Bild beschreiben",
    "providers:move_photo": "Reihenfolge der Bilder",
    "providers:end_photo": "Bild entfernen",
    "providers:create_paper": "Dokument eintragen",
    "providers:replace_paper": "PDF eines Dokuments",
    "providers:end_paper": "Dokument beenden",
    "providers:edit_offer": "Angebot ändern",
    "providers:change_places": "Kapazität ändern",
    "providers:create_licence": "Betriebserlaubnis",
    "providers:edit_licence": "Betriebserlaubnis ändern",
    "providers:create_exception": "Ausnahme der Erlaubnisbehörde",
    "providers:edit_exception": "Ausnahme ändern",
    "providers:name_places": "Plätze benennen",
    "occupancy:place": "Für eine Zeit sperren",
    "occupancy:block": "Sperre ändern",
    "occupancy:stop_offer": "Aufnahme stoppen",
    "occupancy:stop": "Aufnahmestopp ändern",
    "providers:propose_rate": "Entgelt vorschlagen",
    "providers:rate": "Entgelt entscheiden",
    "providers:end_offer": "Angebot beenden",
    "providers:reopen_offer": "Ende des Angebots zurücknehmen",
    "providers:edit_provider": "Angaben zum Anbieter",
    "providers:create_facility_contact": "Kontakt der Einrichtung",
    "providers:create_provider_contact": "Kontakt des Anbieters",
    "providers:edit_contact": "Kontakt ändern",
    "providers:end_contact": "Kontakt entfernen",
    "providers:account": "Bankverbindung",
    "providers:account_change": "Eingetragenes Konto",
    "providers:account_check": "Bankverbindung prüfen",
    "providers:propose_master_change": "Änderung der Stammdaten",
    "providers:master_change": "Änderung der Stammdaten entscheiden",
    "providers:end_provider": "Anbieter beenden",
    "providers:reopen_provider": "Ende des Anbieters zurücknehmen",
    "einlesen:create": "Neue Liste",
    "einlesen:assign": "Spalten einer Liste zuordnen",
    "einlesen:submit": "Liste vorlegen",
    "einlesen:decide": "Liste freigeben",
    "einlesen:discard": "Liste verwerfen",
    "einlesen:revoke": "Liste zurücknehmen",
    "einlesen:stalled": "Stehen gebliebene Liste",
    "members:invite": "Person einladen",
    "members:on_call": "Rufbereitschaft berufen",
    "members:grant": "Rolle geben",
    "members:reinvite": "Neue Einladung",
    "members:end": "Rolle beenden",
    "members:deputy": "Vertretung vorschlagen",
    "members:antrag": "Rollenantrag",
    "members:zugang": "Zugangsantrag",
    "placements:search": "HzE-Auswahl",
    "placements:fremde_buchen": "Außerhalb des Verzeichnisses buchen",
    "placements:fremde_neu": "Einrichtung eintragen",
    "placements:fremde_aendern": "Einrichtung ändern",
    "placements:fremde_entgelt": "Entgelt eintragen",
    "placements:fremde_vorschlagen": "Für das Verzeichnis vorschlagen",
    "foster:list_search": "Suche nach Pflegestellen",
    "anfragen:create": "Häuser anfragen",
    "anfragen:withdraw": "Anfrage zurückziehen",
    "anfragen:accept": "Zusage annehmen",
    "anfragen:answer": "Anfrage beantworten",
    "foster:create": "Pflegestelle eintragen",
    "foster:edit": "Pflegestelle ändern",
    "foster:end": "Pflegestelle beenden",
    "foster:create_rate": "Pflegegeldsatz eintragen",
    "foster:edit_rate": "Pflegegeldsatz ändern",
    "placements:geschwister": "Geschwister in dieselbe Einrichtung",
    "placements:search_count": "HzE-Auswahl: Treffer zählen",
    "placements:search_personen": "HzE-Auswahl: Person suchen",
    "placements:suche_erneut": "HzE-Auswahl wiederholen",
    "placements:angebot": "Angebot reservieren",
    "placements:list_search": "Suche im Fallmanager",
    "placements:confirm": "Der Reservierung zustimmen",
    "placements:reject": "Reservierung ablehnen",
    "placements:book": "Verbindlich buchen",
    "placements:extend": "Frist verlängern",
    "placements:withdraw": "Reservierung zurückziehen",
    "placements:begin": "Aufnahme bestätigen",
    "placements:extend_booking": "Hilfe verlängern",
    "placements:end": "Hilfe beenden",
    "placements:cancel": "Buchung stornieren",
    "cases:list_search": "Suche nach Fällen",
    "cases:create": "Neuer Fall",
    "cases:hand_over_several": "Mehrere Fälle übergeben",
    "cases:look": "Einsicht in einen Fall",
    "cases:entrusted_share": "Anvertrautes weitergeben",
    "cases:grant_end": "Freigabe beenden",
    "cases:edit": "Fall bearbeiten",
    "cases:another": "Weiterer Fall derselben Person",
    "cases:note": "Notiz zum Fall",
    "cases:entrust": "Anvertraute Notiz",
    "cases:hand_over": "Fall übergeben",
    "cases:name_for_abandoned": "Person für gesperrten Fall benennen",
    "cases:grant": "Fall freigeben",
    "cases:seal": "Fall sperren",
    "cases:unseal": "Sperre aufheben",
    "cases:link": "Fälle verknüpfen",
    "cases:close": "Fall abschließen",
    "cases:reopen": "Fall wieder öffnen",
    "billing:record": "Leistung erfassen",
    "billing:preview": "Rechnung prüfen und senden",
    "billing:check": "Richtigkeit feststellen",
    "billing:approve": "Zahlung anordnen",
    "billing:reject": "Rechnung beanstanden",
    "billing:settle": "Als bezahlt vermerken",
    "privacy:home": "Datenschutzrechte: Person suchen",
    "privacy:export": "Auskunft",
    "privacy:reject": "Auskunft versagen",
    "privacy:restrict": "Daten einschränken",
    "privacy:release": "Einschränkung aufheben",
    "privacy:dispute": "Angabe bestritten",
    "privacy:correct": "Angabe berichtigen",
    "privacy:settle": "Vermerk aufheben",
    "privacy:run_prepare": "Löschlauf vorbereiten",
    "privacy:run": "Löschlauf freigeben",
    "privacy:run_discard": "Löschlauf verwerfen",
    "controlling:edit": "Haushaltsansatz",
    "vorgaben:grant": "Vorgabe bestätigen",
    "vorgaben:update": "Vorgabe ändern",
    "audit:request": "Einsicht in das Protokoll beantragen",
    "audit:decide": "Antrag auf Einsicht in das Protokoll",
    "audit:support_decide": "Supportzugriff",
    "provider_members:invite": "Person einladen",
    "provider_members:grant": "Rolle geben",
    "provider_members:reinvite": "Neue Einladung",
    "provider_members:end": "Rolle beenden",
    "provider_members:zugang": "Zugangsantrag",
    "operators:antrag": "Rollenantrag",
    "operators:zugang": "Zugangsantrag",
    "operators:anbieter": "Erste Verwaltung eines Anbieters",
    "operators:einladung": "Einladung",
    "operators:tenant_admin": "Administration eines Jugendamts",
    "operators:land": "Person für Land oder Betrieb",
    "operations:onboard": "Jugendamt anlegen",
    "operations:maintenance": "Wartung eines Jugendamts",
    "operations:job": "Auftrag wiederholen",
    "journal:support": "Support beantragen",
    "journal:look": "Supportzugriff beenden",
}
#: A form that this release does not have.
UNBEKANNT = "Formular"

Felder = Mapping[str, list[str]]


def bewahre_felder(felder: Felder) -> dict[str, list[str]]:
    """The fields that may be kept; nothing when there is too much."""
    kept = {name: list(werte) for name, werte in felder.items() if not name.startswith("_") and not GEHEIM.search(name)}
    length = sum(len(name) + sum(map(len, werte)) for name, werte in kept.items())
    return kept if length <= LAENGE_MAX and len(kept) <= FELDER_MAX else {}


def fuelle_formular(html: str, *, seite: str, pfad: str, felder: Felder) -> str:
    """The page with the values in its form that posts to `pfad`. Everything else stays as it is, byte by byte."""
    filler = _Filler(html, seite, pfad, felder)
    filler.feed(html)
    filler.close()
    out, last = [], 0
    for start, end, text in filler.splices:
        out += [html[last:start], text]
        last = end
    return "".join([*out, html[last:]])


class _Filler(HTMLParser):
    """Finds the form and notes what to replace where."""

    def __init__(self, html: str, seite: str, pfad: str, felder: Felder) -> None:
        super().__init__(convert_charrefs=False)
        self.splices: list[tuple[int, int, str]] = []
        self._felder = felder
        self._seite, self._pfad = seite, pfad
        self._is_in_form = False
        self._textarea: tuple[str, int] | None = None
        self._select: str | None = None
        self._used: dict[str, int] = {}
        self._lines = [0]
        for line in html.split("\n")[:-1]:
            self._lines.append(self._lines[-1] + len(line) + 1)

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _replace(self, text: str) -> None:
        start = self._here()
        self.splices.append((start, start + len(self.get_starttag_text() or ""), text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = found.get("action", "").partition("?")[0] or self._seite
            self._is_in_form = found.get("method", "").lower() == "post" and action == self._pfad
        elif self._is_in_form and tag == "input":
            self._fill_input(found, attrs)
        elif self._is_in_form and tag == "textarea" and found.get("name") in self._felder:
            self._textarea = found["name"], self._here() + len(self.get_starttag_text() or "")
        elif self._is_in_form and tag == "select":
            self._select = found.get("name")
        elif self._is_in_form and tag == "option" and self._select is not None and self._select in self._felder:
            is_chosen = found.get("value", "") in self._felder[self._select]
            self._replace(_tag("option", attrs, without="selected", flag="selected" if is_chosen else ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def _fill_input(self, found: dict[str, str], attrs: list[tuple[str, str | None]]) -> None:
        name, kind = found.get("name", ""), found.get("type", "text").lower()
        if kind == "hidden" and name.rpartition("-")[2] == GELESEN:
            self._replace(_tag("input", attrs, without="value", value="".join(self._felder.get(name, []))))
            return
        if not name or kind in _NOT_TYPED or GEHEIM.search(name):
            return
        if kind in _CHECKED:
            is_chosen = found.get("value", "on") in self._felder.get(name, [])
            self._replace(_tag("input", attrs, without="checked", flag="checked" if is_chosen else ""))
        elif name in self._felder:
            self._replace(_tag("input", attrs, without="value", value=self._next(name)))

    def _next(self, name: str) -> str:
        """Fields of one name get their values in turn."""
        number = self._used.get(name, 0)
        self._used[name] = number + 1
        werte = self._felder[name]
        return werte[min(number, len(werte) - 1)] if werte else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_in_form = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._textarea:
            name, start = self._textarea
            self._textarea = None
            # a line break right after the tag does not count, so one is put there
            self.splices.append((start, self._here(), "\n" + escape(self._next(name))))


def _tag(
    name: str, attrs: list[tuple[str, str | None]], *, without: str, flag: str = "", value: str | None = None
) -> str:
    kept = [f' {key}="{escape(text)}"' if text is not None else f" {key}" for key, text in attrs if key != without]
    if value is not None:
        kept.append(f' value="{escape(value)}"')
    return f"<{name}{''.join(kept)}{' ' + flag if flag else ''}>"
