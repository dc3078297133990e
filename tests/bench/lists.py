"""Every list of the house, and how its table is filled: `test_lists.py` asks each at two sizes.

A new `Liste` needs a row here (tests/shared_apps/core/test_liste__plans.py says when it is missing): in `WORLDS`, or in
`SMALL` with what keeps it small. Each is also asked with a filter nobody knows (test_filter_query.py beside it).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.clock import now, today
from shared_apps.core.vorgangsnummer import format_vorgangsnummer
from shared_apps.journal.models import JournalEintrag
from shared_apps.providers.models import (
    Anbieter,
    Angebot,
    Einrichtung,
    Entgeltvorschlag,
    Registeraenderung,
    Stammdatenvorschlag,
    Vakanzmeldung,
)
from tenant_apps.audit.models import Aenderung, Protokoll
from tenant_apps.placements.models import Suche
from tenant_apps.placements.vorgaben import RESERVIERUNG_TAGE
from tenant_apps.vorgaben.services import create_vorgabewert
from tenants.context import in_tenant, on_portal
from tenants.models import Tenant
from tests.factories.bulk import copy_row, multiply, seal_copies
from tests.factories.market import fill_market, scale
from tests.factories.register import create_einrichtung
from tests.people import Cast
from tests.shared_apps.inbox.test_inbox import notify
from tests.tenant_apps.billing.story import bill
from tests.tenant_apps.placements.story import tell
from tests.trail import approve_reading

#: Of a matter nobody has.
EINE_NUMMER = format_vorgangsnummer(UUID(int=1))
#: A provider of Ines and its house, whose history is a page of their own (`build_house`).
IHR_ANBIETER, IHR_HAUS = UUID(int=71), UUID(int=72)
#: A search of Anna's in the whole state (`build_suche`).
SUCHE = UUID(int=73)


@dataclass(frozen=True)
class World:
    """Who looks where. `api`: as a program with her key."""

    who: str
    url: str
    at: str = "VG"
    api: bool = False


WORLDS = {
    "placements:list": World("emil", "/faelle/"),
    "placements:list provider": World("ines", "/faelle/"),
    "api:reservierungen": World("emil", "/api/v1/reservierungen/", api=True),
    "api:buchungen": World("emil", "/api/v1/buchungen/", api=True),
    "api:suchen": World("clara", "/api/v1/suchen/", api=True),
    "billing:list": World("doris", "/abrechnung/"),
    "billing:months": World("ines", "/abrechnung/monate/"),
    "cases:list": World("doris", "/hilfefaelle/"),
    "cases:orphaned": World("emil", "/hilfefaelle/ohne-fachkraft/"),
    "inbox:list": World("ines", "/eingang/", at="PORTAL"),
    "inbox:list office": World("ines", "/eingang/?zustand=amt", at="PORTAL"),
    "inbox:list done": World("ines", "/eingang/?zustand=erledigt", at="PORTAL"),
    "audit:read": World("dora", "/protokoll/lesen/"),
    "audit:read changes": World("dora", "/protokoll/lesen/?was=aenderungen"),
    "audit:own": World("anna", "/konto/zugriffe/"),
    "journal:list": World("lars", "/betrieb/journal/", at="PORTAL"),
    "members:journal": World("inge", "/mitglieder/journal/", at="PORTAL"),
    "providers:list": World("karla", "/anbieter/", at="PORTAL"),
    "occupancy:plan": World("ines", "/anbieter/eigene/plan/", at="PORTAL"),
    "providers:history": World("ines", f"/anbieter/{IHR_ANBIETER}/verlauf/", at="PORTAL"),
    "providers:facility_history": World("ines", f"/anbieter/einrichtungen/{IHR_HAUS}/verlauf/", at="PORTAL"),
    "providers:rates": World("frieda", "/anbieter/entgelte/"),
    "providers:master_changes": World("emil", "/anbieter/stammdaten/"),
    "providers:account_checks": World("emil", "/anbieter/konten/"),
    "providers:reports": World("anna", "/anbieter/meldungen/"),
    "providers:unconfirmed": World("karla", "/anbieter/unbestaetigt/", at="PORTAL"),
    "vorgaben:detail": World("emil", f"/vorgaben/{RESERVIERUNG_TAGE.code}/"),
}
#: More looks at lists above: with another order, with a filter, of somebody who sees few rows; and the start page.
MORE = {
    "Fallmanager, own": World("anna", "/faelle/"),
    "Fallmanager, team": World("clara", "/faelle/"),
    "Fallmanager, waiting": World("emil", "/faelle/?zustand=RESERVIERT"),
    "Fallmanager, by worker (no index)": World("emil", "/faelle/?sort=fachkraft"),
    "provider's invoices": World("ines", "/abrechnung/"),
    "invoices, by state": World("doris", "/abrechnung/?sort=zustand"),
    "all settings of an office": World("emil", "/vorgaben/"),
    "overview of bookings": World("ines", "/anbieter/eigene/buchungen/", at="PORTAL"),
    "a matter by its number": World("ines", f"/eingang/?nummer={EINE_NUMMER}", at="PORTAL"),
    "worklist, one kind of help": World("ines", "/eingang/?hilfeart=S34", at="PORTAL"),
    "start page, head": World("emil", "/"),
    "start page, team lead": World("clara", "/"),
    "start page, economic youth welfare": World("doris", "/"),
    "start page, worker": World("anna", "/"),
}


#: Lists of the market, in a register that is full (tests/shared_apps/core/test_liste__cost.py): Ines has one house with
#: very many places, Jan very many houses.
#: One of Jan's, as `fill_market` makes it.
_EIN_HAUS = UUID(hashlib.md5(b"h1", usedforsecurity=False).hexdigest())
_TAFEL, _EIGENE = "/anbieter/eigene/plan/", "/anbieter/eigene/"
MARKET = {
    "board, one big house": World("ines", _TAFEL, at="PORTAL"),
    "board, many houses": World("jan", _TAFEL, at="PORTAL"),
    "board, free today": World("jan", f"{_TAFEL}?frei=on", at="PORTAL"),
    "board, one kind of help": World("jan", f"{_TAFEL}?hilfeart=S34", at="PORTAL"),
    "board of the big house": World("ines", f"{_TAFEL}einrichtungen/{IHR_HAUS}/", at="PORTAL"),
    "own facilities": World("jan", _EIGENE, at="PORTAL"),
    "own facilities, to be done": World("jan", f"{_EIGENE}?zu_tun=ja", at="PORTAL"),
    "own facilities, licences that run out": World("jan", f"{_EIGENE}?erlaubnis=laeuft_ab", at="PORTAL"),
    "bookings of one big house": World("ines", f"{_EIGENE}buchungen/", at="PORTAL"),
    "bookings of many houses": World("jan", f"{_EIGENE}buchungen/", at="PORTAL"),
    "register": World("karla", "/anbieter/", at="PORTAL"),
    "register, one kind of help": World("karla", "/anbieter/?hilfeart=S34", at="PORTAL"),
    "register, one district": World("karla", "/anbieter/?kreis=VG", at="PORTAL"),
    "register, licences that run out": World("karla", "/anbieter/?erlaubnis=laeuft_ab", at="PORTAL"),
    "register, licences that are missing": World("emil", "/anbieter/?erlaubnis=fehlt"),
    "whom to chase, one district": World("karla", "/anbieter/unbestaetigt/?kreis=HRO", at="PORTAL"),
    "whom to chase, the state": World("karla", "/anbieter/unbestaetigt/", at="PORTAL"),
    "whom to chase, an office": World("emil", "/anbieter/unbestaetigt/"),
    "rates": World("ines", "/anbieter/entgelte/", at="PORTAL"),
    "result of a search": World("anna", f"/hze-auswahl/{SUCHE}/"),
    "result of a search, by fit, near": World("anna", f"/hze-auswahl/{SUCHE}/?sort=passung&km=60"),
    "api, result of a search": World("anna", f"/api/v1/suchen/{SUCHE}/", api=True),
    "api, facilities": World("jan", "/api/v1/einrichtungen/", at="PORTAL", api=True),
    "api, offers": World("jan", "/api/v1/angebote/", at="PORTAL", api=True),
    "api, places of a house": World("jan", f"/api/v1/einrichtungen/{_EIN_HAUS}/plaetze/", at="PORTAL", api=True),
    "api, vacancies of a house": World("jan", f"/api/v1/einrichtungen/{_EIN_HAUS}/vakanzen/", at="PORTAL", api=True),
    "history of a provider": World("ines", f"/anbieter/{IHR_ANBIETER}/verlauf/", at="PORTAL"),
    "history of the big house": World("ines", f"/anbieter/einrichtungen/{IHR_HAUS}/verlauf/", at="PORTAL"),
    "rates, decided": World("ines", "/anbieter/entgelte/?zustand=ABGELEHNT", at="PORTAL"),
    "rates, an office": World("frieda", "/anbieter/entgelte/"),
    "worklist": World("ines", "/eingang/", at="PORTAL"),
    "worklist, one kind of help": World("ines", "/eingang/?hilfeart=S34", at="PORTAL"),
    "worklist, the office's turn": World("ines", "/eingang/?zustand=amt", at="PORTAL"),
    "worklist, done": World("ines", "/eingang/?zustand=erledigt", at="PORTAL"),
}


@dataclass(frozen=True)
class Small:
    """A list that needs no index: where it is, and what keeps it small."""

    world: World
    because: str


_PEOPLE = "as many as people work there"
_LISTEN = "an office reads in a list a few times a year"
_LINES = "a list has at most 10,000 lines, and they are gone after 30 days"
SMALL = {
    "operations:list": Small(World("lars", "/betrieb/", at="PORTAL"), "an office is onboarded once, in a few attempts"),
    "operations:jobs": Small(
        World("lars", "/betrieb/auftraege/", at="PORTAL"), "the database refuses more jobs than `jobs.WAITING`"
    ),
    "providers:own": Small(
        World("ines", "/anbieter/eigene/", at="PORTAL"), "as many as facilities of one provider, and 25 on a page"
    ),
    "providers:offers": Small(
        World("ines", "/api/v1/angebote/", at="PORTAL", api=True), "as many as offers of one provider, 50 on a page"
    ),
    **{
        f"catalogue:{art}": Small(World("lena", f"/katalog/{pfad}", at="PORTAL"), "a vocabulary, kept by hand")
        for art, pfad in (
            ("hilfearten", ""),
            ("spezialisierungen", "spezialisierungen/"),
            ("sprachen", "sprachen/"),
            ("gruende", "gruende/"),
            ("module", "module/"),
            ("history", "verlauf/"),
        )
    },
    "einlesen:list": Small(World("emil", "/anbieter/einlesen/"), _LISTEN),
    "einlesen:rows": Small(World("emil", "/anbieter/einlesen/"), _LINES),
    "einlesen:kept": Small(World("emil", "/anbieter/einlesen/"), _LINES),
    "journal:support": Small(
        World("lars", "/betrieb/support/", at="PORTAL"), "the operator asks an office a few times a year"
    ),
    "audit:home": Small(World("dora", "/protokoll/"), "somebody asks to read the trail a few times a year"),
    "members:list": Small(World("anton", "/verwaltung/mitglieder/"), _PEOPLE),
    "members:zulassungen": Small(World("anton", "/verwaltung/zulassungen/"), _PEOPLE),
    "keys": Small(World("anna", "/konto/schluessel/"), "a person's keys that she has not revoked"),
    "office_keys": Small(World("anton", "/konto/schluessel/amt/"), "keys of people who work there, not revoked"),
    "members:antraege": Small(World("anton", "/verwaltung/rollenantraege/"), _PEOPLE),
    "members:antraege decided": Small(World("anton", "/verwaltung/rollenantraege/"), _PEOPLE),
    "members:zugaenge": Small(World("anton", "/verwaltung/zugangsantraege/"), _PEOPLE),
    "placements:nicht_passend": Small(
        World("anna", "/hze-auswahl/"), "1,000 keys at most out of the search's own statement, which has its own bench"
    ),
    "placements:suche": Small(
        World("anna", f"/hze-auswahl/{SUCHE}/"),
        "25 lines of the search's own statement, which ranks all there is and has its own bench",
    ),
    "placements:suchauftraege": Small(World("anna", "/suchauftraege/"), "orders of her own cases that still look"),
    "placements:nacht_eigene": Small(
        World("rufina", "/heute-nacht/von-ihnen/"), "children whom one person took in and nobody has taken over yet"
    ),
    "cases:of_the_night": Small(
        World("clara", "/hilfefaelle/aus-der-nacht/"), "cases of the last nights, until a worker has them"
    ),
    "placements:fremde": Small(World("anna", "/ausserhalb/"), "facilities that an office enters by hand"),
    "anfragen:list": Small(World("anna", "/anfragen/"), "enquiries of one worker's cases"),
    "gespraeche:list": Small(World("anna", "/rueckfragen/"), "talks about cases that one person works on"),
    "gespraeche:detail": Small(World("anna", "/rueckfragen/"), "messages of one case with one house"),
    "foster:list": Small(World("anna", "/pflegestellen/"), "foster families of one office, entered by hand"),
    "foster:rates": Small(World("anna", "/pflegestellen/pflegegeld/"), "some age groups, changed once a year"),
    "api:ausserhalb": Small(World("anna", "/api/v1/ausserhalb/", api=True), "facilities that an office enters by hand"),
    "placements:fremde_einrichtung": Small(
        World("anna", "/ausserhalb/"), "rates of one facility, which change about once a year"
    ),
    "placements:fremde_einrichtung history": Small(
        World("anna", "/ausserhalb/"), "what somebody has changed of one facility by hand"
    ),
    "placements:nacht_pflichten": Small(
        World("anna", "/heute-nacht/pflichten/"), "children of the last nights, until the duties are ticked"
    ),
    "placements:nachzutragen": Small(
        World("anna", "/heute-nacht/nachzutragen/"), "children of the last nights, until somebody knows their names"
    ),
    "aufnahme:list": Small(World("anton", "/verwaltung/aufnahmen/"), "a provider joins once"),
    "aufnahme:unadministered": Small(
        World("anton", "/verwaltung/aufnahmen/ohne-verwaltung/"),
        "as many as providers of one district nobody administers yet",
    ),
    "occupancy:facility": Small(
        World("ines", f"/anbieter/eigene/plan/einrichtungen/{IHR_HAUS}/", at="PORTAL"),
        "places of one house, found by its offers",
    ),
    "occupancy:place": Small(
        World("ines", f"/anbieter/eigene/plan/einrichtungen/{IHR_HAUS}/", at="PORTAL"),
        "blocks of one place, found by it",
    ),
    "occupancy:bookings": Small(
        World("ines", "/anbieter/eigene/buchungen/", at="PORTAL"), "a month of one's own places, found by the places"
    ),
    "inbox:list number": Small(
        World("ines", f"/eingang/?nummer={EINE_NUMMER}", at="PORTAL"), "as many as pointers to one matter"
    ),
    "operators:home": Small(
        World("lars", "/betrieb/zugaenge/", at="PORTAL"), "as many as providers nobody administers yet"
    ),
    "operators:home confirmed": Small(World("lars", "/betrieb/zugaenge/", at="PORTAL"), "as many as written orders"),
    "operators:home invited": Small(
        World("lars", "/betrieb/zugaenge/", at="PORTAL"), "as many as people invited and not yet there"
    ),
}
PEOPLE = ("anna", "bernd", "clara", "doris", "emil", "dora", "frieda")


def build_house() -> None:
    """Before Ines, who makes her provider with any key."""
    create_einrichtung(pk=IHR_HAUS, anbieter=Anbieter.objects.create(pk=IHR_ANBIETER, name="Jugendhilfe Küste gGmbH"))


def build_suche(cast: Cast) -> None:
    """What Anna looks for, as of today: half a year, for a girl of twelve."""
    anna, beginn = cast.user("anna").pk, today()
    with in_tenant(Tenant.objects.get(kuerzel="VG"), user_id=anna):
        Suche.objects.create(
            pk=SUCHE, fachkraft_id=anna, hilfeart=Hilfeart.objects.get(code="S34"), region="VG", reichweite="LAND",
            zeitraum=DateRange(beginn, beginn + timedelta(days=183)), tage_je_woche=7, tage=182, wochen=26,
            geschlecht="w", alter=12, angebote_gesamt=0, angebote_verfuegbar=0, ausschluesse={},
        )  # fmt: skip


def build_market(database: str, cast: Cast, many: int) -> None:
    """The register and its occupancy at that size: 20,000 is the state's (`scale`)."""
    haus, viele = Einrichtung.objects.get(pk=IHR_HAUS), Anbieter.objects.get(name="Haus am See e. V.")
    fill_market(database, scale(many), grosses_haus=haus, viele=viele, wer=cast.user("ines"))
    build_suche(cast)


def build_past(database: str, cast: Cast, many: int) -> None:
    """What has gathered in a full register: matters and proposed rates, five times as many changes."""
    with on_portal(user_id=cast.user("ines").pk, anbieter_ids=[IHR_ANBIETER]):
        angebot = Angebot.objects.filter(einrichtung=IHR_HAUS).order_by("pk")[0]
    _fill_shared(database, cast, many)
    _fill_rates(database, cast, angebot, many)
    copy_row(database, Registeraenderung._meta.db_table, 5 * many, where=f"einrichtung_id = '{IHR_HAUS}'")


def fill(database: str, many: int, own: int) -> Cast:
    """An office with that many cases, reservations, bookings, invoices and entries; `own` of one provider.

    40 cases are Anna's in Clara's team, all others Bernd's in another one.
    """
    cast, vg = Cast(), Tenant.objects.get(kuerzel="VG")
    build_house()
    for name in PEOPLE:
        cast.akteur(name, at="VG")
    cast.akteur("ines", at="VG")
    for name in ("inge", "lars", "karla", "jan"):
        cast.user(name)
    build_market(database, cast, many)
    story = tell(cast, vg)
    bill(story, story.book())
    anna, bernd = cast.user("anna").pk, cast.user("bernd").pk
    multiply(database, "vg", many=many, own=own, workers=[(anna, "Anklam", 40), (bernd, "Wolgast", 0)])
    seal_copies(database, "vg")
    _fill_shared(database, cast, many)
    _fill_rates(database, cast, story.angebot, many)
    _fill_stammdaten(database, cast, story.angebot, many)
    _fill_vacancies(database, story.angebot, many)
    _fill_trail(database, cast, vg, many)
    copy_row(database, Registeraenderung._meta.db_table, many, where=f"einrichtung_id = '{IHR_HAUS}'")
    _fill_vorgaben(database, cast, vg, many)
    return cast


def _fill_shared(database: str, cast: Cast, many: int) -> None:
    notify(Tenant.objects.get(kuerzel="VG"))
    fields = {"objekt_id": "gen_random_uuid()", "frist_at": "now() + n * interval '1 minute'"}
    fields["platzbindung_id"] = "gen_random_uuid()"
    copy_row(database, "inbox_hinweis", many, **fields)
    copy_row(database, "inbox_hinweis", many, **fields, wartet_auf="'AMT'")
    copy_row(database, "inbox_hinweis", many, **fields, erledigt_at="now() - n * interval '1 minute'")
    copy_row(database, JournalEintrag._meta.db_table, many, where="tabelle = 'providers_anbieter'")


def _fill_rates(database: str, cast: Cast, angebot: Angebot, many: int) -> None:
    author, decider = cast.user("ines").pk, cast.user("frieda").pk
    Entgeltvorschlag.objects.create(
        angebot=angebot, grundleistung="90.00", ab=today(), vereinbart_am=today(), rechtsgrundlage="78b",
        vorgeschlagen_von_id=author,
    )  # fmt: skip
    decided = {
        "zustand": "'ABGELEHNT'",
        "entschieden_von_id": f"'{decider}'::uuid",
        "entschieden_at": "now() - n * interval '1 hour'",
    }
    copy_row(database, Entgeltvorschlag._meta.db_table, many, **decided)


def _fill_stammdaten(database: str, cast: Cast, angebot: Angebot, many: int) -> None:
    anbieter, decider = angebot.einrichtung.anbieter, cast.user("emil").pk
    with on_portal(anbieter_ids=[anbieter.pk]):
        Stammdatenvorschlag.objects.create(
            anbieter=anbieter, gebietskoerperschaft=angebot.einrichtung.gebietskoerperschaft, name="Neu",
            bisher={"name": anbieter.name}, begruendung="Umbenannt", vorgeschlagen_von_id=cast.user("ines").pk,
        )  # fmt: skip
    decided = {"zustand": "'ABGELEHNT'", "entschieden_von_id": f"'{decider}'::uuid", "entschieden_at": "now()"}
    copy_row(database, Stammdatenvorschlag._meta.db_table, many, **decided)


def _fill_vacancies(database: str, angebot: Angebot, many: int) -> None:
    with in_tenant(Tenant.objects.get(kuerzel="VG")):
        Vakanzmeldung.objects.create(mandant="vg", angebot=angebot, tag=today(), grund="BELEGT", gemeldet_at=now())
    copy_row(database, Vakanzmeldung._meta.db_table, many, tag="current_date - n")


def _fill_vorgaben(database: str, cast: Cast, vg: Tenant, many: int) -> None:
    emil = cast.akteur("emil", at="VG")
    with in_tenant(vg, user_id=emil.user_id):
        create_vorgabewert(akteur=emil, vorgabe=RESERVIERUNG_TAGE, wert=5, gueltig_ab=today(), grund="Beschluss")
    copy_row(database, "vorgaben_vorgabewert", many, schema="vg", gueltig_ab="current_date - n")


def _fill_trail(database: str, cast: Cast, vg: Tenant, many: int) -> None:
    anna, dora = cast.user("anna").pk, cast.user("dora").pk
    cast.sign_in("anna", at="VG").get("/konto/zugriffe/")
    approve_reading(vg, reader=dora)
    for model in (Protokoll, Aenderung):
        copy_row(database, model._meta.db_table, many, schema="vg", user_id=f"'{anna}'::uuid")
