"""docs/security.md "Who may see what", route by route, by hand: the second truth beside the policies.

docs/access.md is computed from the policies; this file is not. A policy that was loosened by mistake changes the
first and not the second, and `test_table.py` fails.

**A new route**: add its URL name to `reads` or `writes` of the row whose roles docs/security.md gives it (or write a
new row), then run `python manage.py access_table --write`.

Roles are the values of `Rolle`, and AMT (everybody of an office), IM_DIENST (but who is on call at night),
ANBIETERSEITE, LAND, ALLE. In `reads` GET is for `r` and `w`, every other method for `w`; in `writes` every method is
for `w`.
"""

from __future__ import annotations

from dataclasses import dataclass

from config.access_table import ANMELDUNG, JA, NEIN, OFFEN, Column, Row, is_admitted
from shared_apps.accounts.enums import AMT, ANBIETERSEITE, IM_DIENST, LAND, Rolle

_GROUPS = {
    "AMT": {r.value for r in AMT},
    "IM_DIENST": {r.value for r in IM_DIENST},
    "ANBIETERSEITE": {r.value for r in ANBIETERSEITE},
    "LAND": {r.value for r in LAND},
    "ALLE": {r.value for r in Rolle},
}


def _roles(words: str) -> set[str]:
    return set().union(*(_GROUPS.get(word, {word}) for word in words.split())) if words else set()


@dataclass(frozen=True)
class Right:
    """One row: what it is about, who reads, who writes, which routes (URL names with namespace)."""

    title: str
    r: str = ""
    w: str = ""
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()

    def allows(self, kind: Column, *, writing: bool) -> bool:
        """Whether somebody of this kind has the right."""
        who = _roles(self.w) | (set() if writing else _roles(self.r))
        return kind.key in who or (kind.rolle is not None and kind.rolle.value in who)


#: Reached without signing in.
PUBLIC = (
    "health", "schema", "api_docs", "login", "logout", "invitation", "redeem", "session_state",
    "second_factor", "passkey", "oidc_begin", "oidc_callback", "forgotten", "password_new",
    "datenschutz", "impressum", "barrierefreiheit", "contact",
    "zugang_beantragen", "zugang_gesendet", "zugang_bestaetigen",
    "anbieter_werden", "anbieter_werden_gesendet", "anbieter_werden_antrag",
    "zugang_beantragen", "zugang_gesendet", "zugang_bestaetigen", "providers:confirm_link",
)  # fmt: skip

MATRIX = (
    Right(
        "own start page, own account",
        w="ALLE",
        writes=("home", "account", "consent", "password", "key_revoke", "handover"),
    ),
    Right("who needs a second factor in an office", w="TENANT_ADMIN", writes=("signin_rules",)),
    Right("with which server of its own an office signs in", w="TENANT_ADMIN", writes=("signin_server",)),
    Right(
        "with which server of its own an office signs in: second signature",
        w="TENANT_ADMIN JUGENDAMTSLEITUNG",
        writes=("signin_server_confirm",),
    ),
    Right("who needs a second factor everywhere", w="BETRIEB", writes=("signin_rules_everywhere",)),
    Right(
        "own second factors",
        w="ALLE",
        writes=(
            "security",
            "security_confirm",
            "security_totp",
            "security_passkey",
            "security_rename",
            "security_remove",
            "security_codes",
            "security_codes_file",
        ),
    ),
    Right(
        "own sessions, own keys",
        w="ALLE",
        writes=(
            "sessions",
            "sessions_end_others",
            "session_end",
            "session_stay",
            "keys",
            "key_create",
        ),
    ),
    Right("own drafts", w="ALLE", writes=("drafts", "draft_discard")),
    Right(
        "keys that work at an office",
        w="TENANT_ADMIN",
        writes=("office_keys", "office_key_revoke"),
    ),
    Right(
        "provider register, municipalities (organisations, no person)",
        r="ALLE",
        reads=(
            "providers:list",
            "providers:detail",
            "providers:facility",
            "providers:document",
            "providers:photo",
            "regions:list",
            "regions:detail",
        ),
    ),
    Right(
        "provider register: own facilities",
        r="ANBIETERSEITE",
        w="ANBIETER EINRICHTUNG",
        reads=(
            "providers:own",
            "occupancy:plan",
            "occupancy:facility",
            "api-vakanzen",
            "api-plaetze",
            "api-einrichtung",
            "api-angebote",
            "api-angebot",
            "api-platznamen",
            "api-bilder",
            "api-bild-datei",
            "api-dokumente",
            "api-dokument-datei",
        ),
        writes=(
            "providers:confirm",
            "providers:edit_facility",
            "providers:edit_offer",
            "providers:photos",
            "providers:edit_photo",
            "providers:move_photo",
            "providers:end_photo",
            "providers:papers",
            "providers:create_paper",
            "providers:replace_paper",
            "providers:end_paper",
            "providers:name_places",
            "providers:facility_contacts",
            "providers:create_facility_contact",
            "providers:edit_contact",
            "providers:end_contact",
            "api-neuer-kontakt",
            "api-kontakt",
            "api-kontakt-entfernen",
            "api-bild",
            "api-bild-verschieben",
            "api-bild-entfernen",
            "api-neues-dokument",
            "api-dokument-beenden",
            "occupancy:place",
            "occupancy:block",
            "occupancy:stop_offer",
            "occupancy:stop",
            "api-sperren",
            "api-sperre",
            "api-sperre-aufheben",
            "api-stopps",
            "api-stopp",
            "api-stopp-aufheben",
        ),
    ),
    Right(
        "rights of the person concerned: Auskunft, restriction",
        w="DATENSCHUTZ",
        writes=(
            "privacy:home",
            "privacy:export",
            "privacy:reject",
            "privacy:restrict",
            "privacy:release",
            "privacy:run_prepare",
        ),
    ),
    Right(
        "rights of the person concerned: correction, dispute",
        w="ASD TEAMLEITUNG DATENSCHUTZ",
        writes=("privacy:person", "privacy:dispute", "privacy:correct", "privacy:settle"),
    ),
    Right(
        "deletion runs (prepared by data protection, approved by a second person), retention",
        w="DATENSCHUTZ JUGENDAMTSLEITUNG",
        writes=("privacy:runs", "privacy:run", "privacy:run_discard", "privacy:retention"),
    ),
    Right(
        "lists that are read into the provider register, of the own office or of the operator",
        w="CONTROLLING JUGENDAMTSLEITUNG BETRIEB",
        writes=(
            "einlesen:list",
            "einlesen:create",
            "einlesen:columns",
            "einlesen:detail",
            "einlesen:assign",
            "einlesen:rows",
            "einlesen:kept",
            "einlesen:submit",
            "einlesen:decide",
            "einlesen:discard",
            "einlesen:revoke",
            "einlesen:stalled",
        ),
    ),
    Right(
        "provider register: contacts of the provider itself",
        w="ANBIETER",
        writes=(
            "providers:edit_provider",
            "providers:provider_contacts",
            "providers:create_provider_contact",
            "api-anbieter-kontakt",
        ),
    ),
    Right(
        "provider register: the provider itself for programs, read and kept",
        r="ANBIETERSEITE",
        w="ANBIETER",
        reads=("api-anbieter-liste", "api-anbieter"),
    ),
    Right(
        "provider register: another name, legal form, register number or recognition is proposed",
        w="ANBIETER",
        writes=(
            "providers:propose_master_change",
            "api-neue-aenderung",
            "api-aenderungen",
            "api-aenderung",
            "api-aenderung-zurueckziehen",
        ),
    ),
    Right(
        "provider register: another name, legal form, register number or recognition, decided by an office",
        w="ANBIETER TENANT_ADMIN JUGENDAMTSLEITUNG",
        writes=("providers:master_changes", "providers:master_change"),
    ),
    Right(
        "where a provider is paid: entered by one of its people, confirmed by another",
        w="ANBIETER ANBIETER_ABRECHNUNG",
        writes=("providers:account", "providers:account_change"),
    ),
    Right(
        "where a provider is paid: confirmed by an office where nobody of the provider is independent",
        w="TENANT_ADMIN JUGENDAMTSLEITUNG",
        writes=("providers:account_checks", "providers:account_check"),
    ),
    Right(
        "provider register: new facilities, offers, places",
        w="ANBIETER",
        writes=(
            "providers:create_facility",
            "providers:create_offer",
            "providers:change_places",
            "api-neues-angebot",
            "api-platzzahl",
        ),
    ),
    Right(
        "provider register: own facilities as a list for programs, and a new one",
        r="ANBIETERSEITE",
        w="ANBIETER",
        reads=("api-einrichtungen",),
    ),
    Right(
        "provider register: licences of a facility, exceptions of the authority",
        w="ANBIETER",
        writes=(
            "providers:create_licence",
            "providers:edit_licence",
            "providers:create_exception",
            "providers:edit_exception",
            "api-neue-erlaubnis",
            "api-erlaubnis",
            "api-neue-ausnahme",
            "api-ausnahme",
        ),
    ),
    Right(
        "rates: proposed by the provider or in the office at the place, decided there",
        w="ANBIETER CONTROLLING JUGENDAMTSLEITUNG",
        writes=(
            "providers:rates",
            "providers:propose_rate",
            "providers:rate",
            "api-entgeltvorschlaege",
            "api-vorschlaege",
            "api-vorschlag",
        ),
    ),
    Right(
        "rates: a provider's own proposal is taken back by a program",
        w="ANBIETER",
        writes=("api-vorschlag-zurueckziehen",),
    ),
    Right(
        "provider register: history, of one's own and in the office at the place",
        r="ANBIETERSEITE CONTROLLING JUGENDAMTSLEITUNG",
        reads=("providers:facility_history", "providers:history"),
    ),
    Right(
        "rates: how those of an offer have developed",
        r="IM_DIENST ANBIETERSEITE LANDESJUGENDAMT MINISTERIUM",
        reads=("providers:rate_history",),
    ),
    Right(
        "provider register: a new provider, a provider's first administration: one person of the office, then another",
        w="TENANT_ADMIN JUGENDAMTSLEITUNG",
        writes=(
            "aufnahme:list",
            "aufnahme:create",
            "aufnahme:detail",
            "aufnahme:unadministered",
            "aufnahme:first_admin",
        ),
    ),
    Right(
        "vacancies: an office reports that a place was not free, the provider answers",
        w="ASD TEAMLEITUNG JUGENDAMTSLEITUNG ANBIETER EINRICHTUNG",
        writes=("providers:report_detail",),
        reads=("providers:reports",),
        r="ASD TEAMLEITUNG JUGENDAMTSLEITUNG ANBIETER EINRICHTUNG",
    ),
    Right(
        "vacancies: report that a place was not free",
        w="ASD TEAMLEITUNG JUGENDAMTSLEITUNG",
        writes=("providers:report",),
    ),
    Right(
        "vacancies nobody has confirmed: of the office's district, of the state",
        r="ASD TEAMLEITUNG JUGENDAMTSLEITUNG CONTROLLING LANDESJUGENDAMT MINISTERIUM",
        reads=("providers:unconfirmed",),
    ),
    Right(
        "provider register: end of an offer, a facility, the provider; taken back while it lies ahead",
        w="ANBIETER",
        writes=(
            "providers:end_offer",
            "providers:end_facility",
            "providers:end_provider",
            "providers:reopen_offer",
            "providers:reopen_facility",
            "providers:reopen_provider",
            "api-angebot-beenden",
            "api-angebot-wieder-oeffnen",
            "api-einrichtung-beenden",
            "api-einrichtung-wieder-oeffnen",
            "api-anbieter-beenden",
            "api-anbieter-wieder-oeffnen",
        ),
    ),
    Right(
        "trail: ask, decide under four eyes",
        w="DATENSCHUTZ JUGENDAMTSLEITUNG",
        writes=("audit:home", "audit:decide"),
    ),
    Right("trail: ask to read it", w="DATENSCHUTZ", writes=("audit:request",)),
    Right("trail: read under an approval", r="DATENSCHUTZ", reads=("audit:read", "audit:csv")),
    Right("trail: own entries", r="AMT", reads=("audit:own",)),
    Right("break-glass: told", r="JUGENDAMTSLEITUNG TENANT_ADMIN DATENSCHUTZ", reads=("audit:support",)),
    Right("break-glass: decide", w="JUGENDAMTSLEITUNG TENANT_ADMIN", writes=("audit:support_decide",)),
    Right(
        "catalogue of the market: entries and their history",
        r="LANDESJUGENDAMT MINISTERIUM BETRIEB",
        reads=(
            "catalogue:hilfearten",
            "catalogue:spezialisierungen",
            "catalogue:sprachen",
            "catalogue:gruende",
            "catalogue:module",
            "catalogue:history",
        ),
    ),
    Right(
        "catalogue of the market: enter, change, end",
        w="LANDESJUGENDAMT",
        writes=("catalogue:create", "catalogue:edit", "catalogue:end"),
    ),
    Right("break-glass: ask, look", w="BETRIEB", writes=("journal:support", "journal:look")),
    Right("journal of shared tables", r="BETRIEB", reads=("journal:list",)),
    Right("worklist of a provider", r="ANBIETERSEITE", reads=("inbox:list", "api-hinweise")),
    Right(
        "bookings in all districts, register to take away",
        r="ANBIETERSEITE",
        reads=("occupancy:bookings", "providers:export_own"),
    ),
    Right(
        "enquiry: search for a young person",
        w="ASD TEAMLEITUNG",
        writes=(
            "placements:search",
            "placements:search_count",
            "placements:search_personen",
            "placements:suche",
            "placements:suche_erneut",
            "placements:suchauftrag_anlegen",
            "placements:suchauftraege",
            "placements:suchauftrag_ansehen",
            "placements:suchauftrag_beenden",
            "placements:merken",
            "placements:vergleich",
            "placements:nicht_passend",
            "placements:geschwister",
            "api-geschwister",
            "placements:fremde_auswaehlen",
            "placements:fremde_buchen",
            "placements:fremde_neu",
            "placements:fremde_aendern",
            "placements:fremde_entgelt",
            "placements:fremde_vorschlagen",
            "api-fremdeinrichtung-aendern",
            "api-fremdentgelte",
            "api-fremdbuchung",
            "placements:angebot",
            "api-suchen",
            "api-suche",
            "api-klienten",
            "api-klienten-suchen",
        ),
    ),
    Right(
        "enquiry: tonight, for a child without a name; on call only her own, until the office has taken over",
        w="ASD TEAMLEITUNG RUFBEREITSCHAFT",
        writes=(
            "placements:nacht",
            "placements:nacht_ab_hier",
            "placements:nacht_reservieren",
            "placements:nacht_gehalten",
            "placements:nacht_anderer_platz",
            "placements:nacht_zugesagt",
            "placements:nacht_freigeben",
            "placements:nacht_pflicht",
        ),
    ),
    Right(
        "enquiry: children of the night without a name, or with a duty of § 42 that is open",
        r="ASD TEAMLEITUNG",
        reads=("placements:nachzutragen", "placements:nacht_pflichten"),
    ),
    Right("enquiry: what who is on call has taken in", r="RUFBEREITSCHAFT", reads=("placements:nacht_eigene",)),
    Right("case of the night: who takes it over", r="TEAMLEITUNG JUGENDAMTSLEITUNG", reads=("cases:of_the_night",)),
    Right(
        "facilities outside of the register: the office's own list",
        r="ASD TEAMLEITUNG WJH JUGENDAMTSLEITUNG",
        w="ASD TEAMLEITUNG",
        reads=("placements:fremde", "placements:fremde_einrichtung", "api-fremdeinrichtung", "api-fremdeinrichtungen"),
    ),
    Right(
        "own foster places and what they cost, without a person",
        r="ASD TEAMLEITUNG WJH JUGENDAMTSLEITUNG",
        w="ASD TEAMLEITUNG",
        reads=(
            "foster:list",
            "foster:detail",
            "foster:rates",
            "api-pflegestellen",
            "api-pflegestelle",
            "api-pflegegeldsaetze",
        ),
        writes=("foster:create", "foster:edit", "foster:end"),
    ),
    Right(
        "own foster places: which come into question for a child (POST, so that no address says how old she is)",
        w="ASD TEAMLEITUNG WJH JUGENDAMTSLEITUNG",
        writes=("foster:list_search",),
    ),
    Right(
        "enquiry: several houses at once, and their answers; without a name",
        w="ASD TEAMLEITUNG",
        writes=(
            "anfragen:list",
            "anfragen:create",
            "anfragen:detail",
            "anfragen:stand",
            "anfragen:withdraw",
            "anfragen:accept",
            "api-anfragen",
            "api-anfrage",
            "api-anfrage-zurueckziehen",
            "api-hausanfrage-annehmen",
        ),
    ),
    Right(
        "enquiry: what a house is asked, and its answer",
        w="ANBIETERSEITE",
        writes=("anfragen:answer",),
    ),
    Right(
        "enquiry: what a house is asked, for programs of both sides",
        r="ASD TEAMLEITUNG ANBIETERSEITE",
        reads=("api-hausanfrage",),
    ),
    Right(
        "enquiry: answer of a house by its program",
        w="ANBIETER",
        writes=(
            "api-hausanfrage-zusagen",
            "api-hausanfrage-rueckfragen",
            "api-hausanfrage-anrufen",
            "api-hausanfrage-absagen",
        ),
    ),
    Right("rates of foster care", w="WJH", writes=("foster:create_rate", "foster:edit_rate")),
    Right(
        "enquiry: sealed record of the choice",
        r="ASD TEAMLEITUNG WJH JUGENDAMTSLEITUNG",
        reads=("placements:vermerk",),
    ),
    Right(
        "enquiry: add to the record of a choice by a further one",
        w="ASD TEAMLEITUNG",
        writes=("placements:vermerk_nachtrag",),
    ),
    Right(
        "case master data: list and detail (narrowed to what each may see)",
        r="ASD TEAMLEITUNG WJH JUGENDAMTSLEITUNG VORMUND PRUEFUNG",
        reads=("cases:list", "cases:list_csv", "cases:detail"),
    ),
    Right(
        "case: search by name or number (POST, so that no address holds one)",
        w="ASD TEAMLEITUNG WJH JUGENDAMTSLEITUNG VORMUND PRUEFUNG",
        writes=("cases:list_search",),
    ),
    Right(
        "case: create, change, release, seal, entrust, close, open again",
        w="ASD TEAMLEITUNG VORMUND",
        writes=(
            "cases:create",
            "cases:edit",
            "cases:another",
            "cases:note",
            "cases:entrust",
            "cases:grant",
            "cases:grant_end",
            "cases:seal",
            "cases:unseal",
            "cases:close",
            "cases:reopen",
            "api-abschliessen",
            "api-wieder-oeffnen",
        ),
    ),
    Right(
        "case: hand over, and without anybody its lead",
        w="ASD TEAMLEITUNG VORMUND JUGENDAMTSLEITUNG",
        reads=("cases:workers",),
        writes=("cases:hand_over", "cases:hand_over_several"),
    ),
    Right(
        "case: which have nobody any more",
        r="TEAMLEITUNG VORMUND JUGENDAMTSLEITUNG",
        reads=("cases:orphaned",),
    ),
    Right(
        "case: name somebody for a sealed one in which nobody works any more",
        w="JUGENDAMTSLEITUNG",
        writes=("cases:name_for_abandoned",),
    ),
    Right("case: join two of one person (§ 63 Abs. 2)", w="TEAMLEITUNG", writes=("cases:link",)),
    Right("case: look with a reason", w="JUGENDAMTSLEITUNG", writes=("cases:look",)),
    Right(
        "§ 65 entrusted note (own, or passed on to her)",
        r="ASD TEAMLEITUNG VORMUND JUGENDAMTSLEITUNG",
        w="ASD TEAMLEITUNG VORMUND JUGENDAMTSLEITUNG",
        reads=("cases:entrusted", "cases:entrusted_note"),
        writes=("cases:entrusted_share",),
    ),
    Right(
        "questions and answers of office and house: part of the file, and the house's own",
        r="ASD TEAMLEITUNG JUGENDAMTSLEITUNG PRUEFUNG ANBIETER EINRICHTUNG",
        w="ASD TEAMLEITUNG ANBIETER EINRICHTUNG",
        reads=("gespraeche:detail", "api-nachrichten"),
    ),
    Right(
        "questions and answers of office and house: write",
        w="ASD TEAMLEITUNG ANBIETER EINRICHTUNG",
        writes=("gespraeche:write",),
    ),
    Right("questions and answers: no answer is needed", w="ASD TEAMLEITUNG", writes=("gespraeche:settle",)),
    Right(
        "questions and answers: the office's list", r="ASD TEAMLEITUNG JUGENDAMTSLEITUNG", reads=("gespraeche:list",)
    ),
    Right(
        "reservation/booking",
        r="ASD TEAMLEITUNG WJH JUGENDAMTSLEITUNG ANBIETERSEITE",
        w="ASD TEAMLEITUNG",
        reads=(
            "placements:list",
            "placements:list_csv",
            "placements:vorgang",
            "placements:reservierung",
            "placements:buchung",
            "api-reservierungen",
            "api-reservierung",
            "api-buchungen",
            "api-buchung",
        ),
        writes=(
            "placements:extend",
            "placements:withdraw",
            "placements:book",
            "placements:begin",
            "placements:extend_booking",
            "placements:end",
            "placements:cancel",
            "api-zurueckziehen",
            "api-verlaengern",
            "api-buchen",
            "api-buchung-verlaengern",
            "api-beenden",
            "api-reservierung-beenden",
        ),
    ),
    Right(
        "reservation/booking: search by case number (POST, so that no address holds one)",
        w="ASD TEAMLEITUNG WJH JUGENDAMTSLEITUNG ANBIETERSEITE",
        writes=("placements:list_search",),
    ),
    Right(
        "reservation/booking: answer of the provider",
        w="ANBIETER",
        writes=("placements:confirm", "placements:reject", "api-zustimmen", "api-ablehnen"),
    ),
    Right(
        "service record",
        w="ANBIETER ANBIETER_ABRECHNUNG EINRICHTUNG",
        writes=("billing:record", "api-leistungsnachweis"),
    ),
    Right(
        "service record: hand in and bill",
        w="ANBIETER ANBIETER_ABRECHNUNG",
        writes=("billing:months", "billing:preview"),
    ),
    Right(
        "service record and invoice: read",
        r="TEAMLEITUNG WJH JUGENDAMTSLEITUNG ANBIETER ANBIETER_ABRECHNUNG",
        reads=(
            "billing:list",
            "billing:list_csv",
            "billing:nachweis",
            "billing:detail",
            "api-rechnungen",
            "api-rechnung",
        ),
    ),
    Right(
        "invoice/payment: certify and pay",
        w="WJH",
        writes=("billing:check", "billing:settle", "api-rechnung-pruefen", "api-rechnung-bezahlen"),
    ),
    Right(
        "invoice/payment: order payment (four eyes)",
        w="JUGENDAMTSLEITUNG",
        writes=("billing:approve", "api-rechnung-anordnen"),
    ),
    Right(
        "invoice/payment: object",
        w="WJH JUGENDAMTSLEITUNG",
        writes=("billing:reject", "api-rechnung-beanstanden"),
    ),
    Right(
        "local controlling",
        r="CONTROLLING JUGENDAMTSLEITUNG TEAMLEITUNG WJH AUSSCHUSS",
        w="CONTROLLING",
        reads=("controlling:home",),
        writes=("controlling:edit",),
    ),
    Right(
        "what an office sets itself",
        r="TENANT_ADMIN JUGENDAMTSLEITUNG DATENSCHUTZ",
        w="TENANT_ADMIN JUGENDAMTSLEITUNG DATENSCHUTZ",
        reads=("vorgaben:list", "vorgaben:detail"),
        writes=("vorgaben:update",),
    ),
    Right(
        "what an office sets itself: the second person, for what takes two",
        w="JUGENDAMTSLEITUNG DATENSCHUTZ",
        writes=("vorgaben:grant",),
    ),
    Right(
        "cross-tenant figures",
        r="ASD TEAMLEITUNG WJH CONTROLLING JUGENDAMTSLEITUNG AUSSCHUSS LANDESJUGENDAMT MINISTERIUM",
        reads=("comparison:table", "comparison:figure", "api-kennzahlen", "api-kennzahl"),
    ),
    Right(
        "cross-tenant figures: take away as a file",
        r="CONTROLLING JUGENDAMTSLEITUNG MINISTERIUM",
        reads=("comparison:export",),
    ),
    Right(
        "users/roles of tenant: who works here",
        r="TENANT_ADMIN TEAMLEITUNG JUGENDAMTSLEITUNG",
        reads=("members:list", "members:detail"),
    ),
    Right(
        "users/roles of tenant: give, end, deputise, invite",
        w="TENANT_ADMIN",
        writes=(
            "members:invite",
            "members:reinvite",
            "members:end",
            "members:deputy",
            "members:zugaenge",
            "members:zugang",
        ),
    ),
    Right(
        "users/roles of tenant: give or propose",
        w="TENANT_ADMIN TEAMLEITUNG",
        writes=("members:grant", "members:on_call"),
    ),
    Right(
        "users/roles of tenant: roles and deputyships under four eyes; the represented person consents",
        w="AMT",
        writes=("members:antraege", "members:antrag"),
    ),
    Right(
        "users/roles of tenant: who admitted whom, who stands in for whom",
        r="TENANT_ADMIN TEAMLEITUNG JUGENDAMTSLEITUNG DATENSCHUTZ",
        reads=("members:zulassungen",),
    ),
    Right("audit log: provider's own", r="ANBIETER_VERWALTUNG", reads=("provider_members:journal",)),
    Right(
        "provider's users",
        w="ANBIETER_VERWALTUNG",
        writes=(
            "provider_members:list",
            "provider_members:detail",
            "provider_members:invite",
            "provider_members:grant",
            "provider_members:reinvite",
            "provider_members:end",
            "provider_members:zugaenge",
            "provider_members:zugang",
        ),
    ),
    Right(
        "users: first administration, roles of the state (two operators)",
        w="BETRIEB",
        writes=(
            "operators:home",
            "operators:antrag",
            "operators:zugang",
            "operators:anbieter",
            "operators:land",
            "operators:einladung",
            "operators:tenant_admin",
        ),
    ),
    Right(
        "tenant life cycle, migration, backup",
        w="BETRIEB",
        writes=(
            "operations:list",
            "operations:onboard",
            "operations:maintenance",
            "operations:onboarding",
            "operations:jobs",
            "operations:job",
        ),
    ),
)


def place_of(name: str) -> list[Right | str]:
    """Where a route is listed: exactly one place is right."""
    found: list[Right | str] = [right for right in MATRIX if name in right.reads + right.writes]
    return found + (["public"] if name in PUBLIC else [])


def expected(row: Row, kind: Column) -> str:
    """What the matrix says about a cell of the generated table."""
    (place,) = place_of(row.route.name)
    if isinstance(place, str):
        return OFFEN
    if not is_admitted(kind, row.host):
        return ANMELDUNG
    if kind.rolle is None:  # member of another office: only the portal admits her, by her own roles
        kind = Column("ASD", "", "", Rolle.ASD)
    writing = row.route.name in place.writes or row.method != "GET"
    return JA if place.allows(kind, writing=writing) else NEIN
