"""Functions with the owner's rights, called by somebody who lies with every argument (docs/security.md, the table).

Each story is told by SQL inside a real fence, as a hole in one of our pages would tell it.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from shared_apps.accounts.models import Membership
from shared_apps.core.clock import now, today
from shared_apps.einlesen.models import Einlesung
from shared_apps.einlesen.states import EinlesungZustand
from shared_apps.journal.models import JournalSiegel, Supportzugriff
from shared_apps.occupancy.models import Platzbindung
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung, Platz
from tenant_apps.audit.enums import Aktion
from tenant_apps.audit.services import record_access
from tenant_apps.cases.models import Fallfreigabe, Hilfefall, Klient
from tenant_apps.placements.models import Auswahlvermerk
from tenant_apps.privacy.models import Loeschlauf, Loeschposition
from tenant_apps.privacy.services import create_loeschlauf, restrict_klient
from tenants.context import in_tenant, in_tenant_portal, on_portal
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.register import DateRange, create_angebot, occupy_platz, period
from tests.tenant_apps.privacy.conftest import Gefaerbt, akteure, close_case, dye  # noqa: F401

pytestmark = pytest.mark.django_db
NIEMAND = UUID(int=0)


def ask(function: str, *arguments: object) -> list[tuple]:
    """`SELECT * FROM function(arguments)` in a savepoint of its own."""
    marks = ", ".join(["%s"] * len(arguments))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {function}({marks})", arguments)
        return cursor.fetchall()


def refused(function: str, *arguments: object) -> bool:
    """Whether PostgreSQL refuses the call for want of a right."""
    with pytest.raises(DatabaseError, match=r"permission denied|does not exist|Kein gültiger Supportzugriff"):
        ask(function, *arguments)
    return True


# --- places: what offices share -----------------------------------------------------------------------------


@pytest.fixture
def taken(vg):
    """A place of a provider in Greifswald's district, booked by that office."""
    angebot = create_angebot(anbieter="Jugendhilfe Küste gGmbH", kreis="VG")
    occupy_platz(platz=angebot.plaetze.get(), tenant=vg, zeitraum=period("2026-01-01", "2026-06-30"))
    return angebot


def test_occupancy_ist_belegt__is_nobodys_to_call(vg, hro, taken):
    platz = taken.plaetze.get().pk
    with in_tenant(hro):
        assert refused("occupancy_ist_belegt", platz, "[2026-02-01,2026-02-02)")
    with in_tenant_portal(hro):
        assert refused("occupancy_ist_belegt", platz, "[2026-02-01,2026-02-02)")
    with on_portal():
        assert refused("occupancy_ist_belegt", platz, "[2026-02-01,2026-02-02)")


def test_occupancy_vakanzen__a_provider_counts_her_own_offers_only(vg, cast, taken):
    kueste, see = cast.anbieter("Jugendhilfe Küste gGmbH").pk, cast.anbieter("Haus am See e. V.").pk
    asked = ([taken.pk], "[2026-02-01,2026-03-01)")
    call = "occupancy_vakanzen"
    with on_portal(anbieter_ids=[kueste]), connection.cursor() as cursor:
        cursor.execute(f"SELECT frei FROM {call}(%s::uuid[], %s::daterange)", asked)
        assert cursor.fetchall() == [(0,)]
    with on_portal(anbieter_ids=[see]), connection.cursor() as cursor:
        cursor.execute(f"SELECT frei FROM {call}(%s::uuid[], %s::daterange)", asked)
        assert cursor.fetchall() == []
    with on_portal(anbieter_ids=[kueste], einrichtung_ids=[uuid4()]), connection.cursor() as cursor:
        cursor.execute(f"SELECT frei FROM {call}(%s::uuid[], %s::daterange)", asked)
        assert cursor.fetchall() == [], "staff of another facility of the same provider"
    with in_tenant_portal(vg, anbieter_ids=[see]):
        assert refused(call, [taken.pk], "[2026-02-01,2026-03-01)")
    with in_tenant(vg), connection.cursor() as cursor:
        for angebote, zeitraum in (([], "empty"), ([uuid4()], "(,)"), (None, None), ([taken.pk], "empty")):
            cursor.execute(f"SELECT * FROM {call}(%s::uuid[], %s::daterange)", [angebote, zeitraum])
            assert all(angebot == taken.pk for angebot, *_ in cursor.fetchall())


def test_occupancy_vakanzen_je_zeitraum__a_provider_counts_her_own_offers_only(vg, cast, taken):
    kueste, see = cast.anbieter("Jugendhilfe Küste gGmbH").pk, cast.anbieter("Haus am See e. V.").pk
    call, both = (
        "occupancy_vakanzen_je_zeitraum",
        [period("2026-02-01", "2026-02-28"), period("2026-08-01", "2026-12-31")],
    )
    with on_portal(anbieter_ids=[kueste]):
        assert sorted(ask(call, [taken.pk, taken.pk], both)) == [(1, taken.pk, 0, 1), (2, taken.pk, 1, 1)]
        for angebote, zeiten in (([], both), ([uuid4()], both), (None, both), ([taken.pk], [])):
            assert ask(call, angebote, zeiten) == []
    with on_portal(anbieter_ids=[see]):
        assert ask(call, [taken.pk], both) == []
    with on_portal(anbieter_ids=[kueste], einrichtung_ids=[uuid4()]):
        assert ask(call, [taken.pk], both) == [], "staff of another facility of the same provider"
    for fence in (in_tenant(vg), in_tenant_portal(vg, anbieter_ids=[kueste])):
        with fence:
            assert refused(call, [taken.pk], both)


def test_occupancy_frei_ab_bis__says_what_counting_day_by_day_says_and_nothing_without_an_end(vg, hro, cast, taken):
    """Two days, for any office; who it was and how long is as unknown as before."""
    call, year = "occupancy_frei_ab_bis", period("2025-12-01", "2026-12-31")
    with in_tenant(hro):
        assert ask(call, [taken.pk, taken.pk], year) == [(taken.pk, date(2026, 7, 1), date(2025, 12, 31))]
        tag, ende = year.lower, year.upper
        counted = []
        while tag < ende:
            (row,) = ask("occupancy_vakanzen", [taken.pk], DateRange(tag, ende)) or [(None, 0, 0)]
            counted += [tag] if row[1] else []
            tag += timedelta(days=60)
        assert counted and min(counted) >= date(2026, 7, 1) > min(counted) - timedelta(days=60)
        for angebote, zeit in (([], year), ([uuid4()], year), (None, year), ([taken.pk], None)):
            assert ask(call, angebote, zeit) == []
        for zeit in ("(,)", "[2026-01-01,)", "(,2026-01-01)", "empty"):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT * FROM {call}(%s::uuid[], %s::daterange)", [[taken.pk], zeit])
                assert cursor.fetchall() == [], zeit
    for fence in (on_portal(), in_tenant_portal(vg, anbieter_ids=[cast.anbieter("Jugendhilfe Küste gGmbH").pk])):
        with fence:
            assert refused(call, [taken.pk], year)


def test_occupancy_freie_angebote__counts_as_the_register_does_and_shows_no_gap(vg, hro, cast, taken):
    """Two days hence somebody books it: every office learns that it is taken, and nothing else."""
    call, ab = "occupancy_freie_angebote", today() + timedelta(days=2)
    frei, belegt = DateRange(ab + timedelta(days=30), None), DateRange(ab, ab + timedelta(days=1))
    occupy_platz(platz=taken.plaetze.get(), tenant=vg, zeitraum=DateRange(ab, ab + timedelta(days=30)))
    with in_tenant(hro):
        assert ask(call, [taken.pk, taken.pk], frei) == [(taken.pk, 1)]
        for angebote, zeit in (([taken.pk], belegt), ([], frei), ([uuid4()], frei), (None, frei), ([taken.pk], None)):
            assert ask(call, angebote, zeit) == []
        for zeit in ("(,)", "(,2026-02-01)", "empty", "[2026-02-01,2026-03-01)"):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT * FROM {call}(%s::uuid[], %s::daterange)", [[taken.pk], zeit])
                assert all(row == (taken.pk, 1) for row in cursor.fetchall()), zeit
        for statement in ("SELECT * FROM occupancy_luecke", "SELECT occupancy_luecken_neu()"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement)
    for fence in (on_portal(), in_tenant_portal(vg, anbieter_ids=[cast.anbieter("Jugendhilfe Küste gGmbH").pk])):
        with fence:
            assert refused(call, [taken.pk], frei)


def test_occupancy_luecken_rechnen__is_nobodys_to_call(vg, taken):
    platz = taken.plaetze.get().pk
    for fence in (in_tenant(vg), in_tenant_portal(vg), on_portal()):
        with fence:
            assert refused("occupancy_luecken_rechnen", platz)


def test_occupancy_je_belegt__counts_of_ones_own_offers_and_names_nobody(vg, cast, taken):
    kueste, see = cast.anbieter("Jugendhilfe Küste gGmbH").pk, cast.anbieter("Haus am See e. V.").pk
    call = "occupancy_je_belegt"

    def answer(angebote, ab):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {call}(%s::uuid[], %s::date)", [angebote, ab])
            return cursor.fetchall()

    with on_portal():
        assert answer([taken.pk], "-infinity") == [(taken.pk, 1, False)]
        for angebote, ab in (([], "-infinity"), ([uuid4()], "-infinity"), (None, None), ([taken.pk], "infinity")):
            assert answer(angebote, ab) == []
        assert answer([taken.pk], None) == []
    with on_portal(anbieter_ids=[kueste]):
        assert answer([taken.pk], "-infinity") == [(taken.pk, 1, False)]
    with on_portal(anbieter_ids=[see]):
        assert answer([taken.pk], "-infinity") == []
    with on_portal(anbieter_ids=[kueste], einrichtung_ids=[uuid4()]):
        assert answer([taken.pk], "-infinity") == [], "staff of another facility of the same provider"
    for fence in (in_tenant(vg), in_tenant_portal(vg, anbieter_ids=[kueste])):
        with fence:
            assert refused(call, [taken.pk], "2026-02-01")


def test_einlesen_stehen__says_which_of_known_lists_nobody_works_on_and_counts_for_her_own_office(vg, hro, cast):
    frieda, anna = cast.user("frieda"), cast.user("anna")
    liste = Einlesung.objects.create(tenant=vg, dateiname="a.csv", eingereicht_von=frieda)
    Einlesung.objects.filter(pk=liste.pk).update(zustand=EinlesungZustand.VORGELEGT)
    with on_portal(user_id=cast.user("emil").pk):
        Einlesung.objects.filter(pk=liste.pk).update(
            zustand=EinlesungZustand.FREIGEGEBEN, freigegeben_von=cast.user("emil"), freigegeben_at=now()
        )
    steht = [(liste.pk,)]
    with on_portal():
        assert ask("einlesen_stehen", [liste.pk]) == steht
        for lie in ([uuid4()], [], None, [None]):
            assert ask("einlesen_stehen", lie) == []
        assert refused("einlesen_stehende", vg.pk)
    with on_portal(anbieter_ids=[cast.anbieter("Jugendhilfe Küste gGmbH").pk]):
        assert ask("einlesen_stehen", [liste.pk]) == [], "nobody of a provider learns of lists"
    with in_tenant(vg, user_id=frieda.pk):
        assert (ask("einlesen_stehende", vg.pk), ask("einlesen_stehende", hro.pk)) == ([(1,)], [(0,)])
        assert ask("einlesen_stehende", None) == [(0,)]
        assert refused("einlesen_stehen", [liste.pk])
    with in_tenant(hro, user_id=cast.user("gerd").pk):
        assert ask("einlesen_stehende", vg.pk) == [(0,)], "not of an office in which she has no such role"
    with in_tenant(vg, user_id=anna.pk):
        assert ask("einlesen_stehende", vg.pk) == [(0,)]
    with in_tenant_portal(vg, anbieter_ids=[uuid4()]):
        assert refused("einlesen_stehende", vg.pk)


@pytest.mark.parametrize("call", ["occupancy_eigene_bindungen", "occupancy_eigener_monat"])
def test_occupancy_eigene_bindungen__are_of_ones_own_places_only(vg, hro, cast, taken, call):
    kueste, see = cast.anbieter("Jugendhilfe Küste gGmbH").pk, cast.anbieter("Haus am See e. V.").pk
    with on_portal(anbieter_ids=[kueste]):
        ids = set(Platzbindung.objects.values_list("pk", flat=True))
        assert ids and {pk for pk, *_ in ask(call, "(,)")} == ids, "what she reads without it"
        assert ask(call, "empty") == ask(call, None) == ask(call, "[1900-01-01,1900-02-01)") == []
    with on_portal(anbieter_ids=[see]):
        assert ask(call, "(,)") == []
    with on_portal(anbieter_ids=[kueste], einrichtung_ids=[uuid4()]):
        assert ask(call, "(,)") == [], "staff of another facility of the same provider"
    with on_portal():
        assert ask(call, "(,)") == [], "the state, a job"
    for fence in (in_tenant(vg), in_tenant(hro), in_tenant_portal(vg, anbieter_ids=[kueste])):
        with fence:
            assert refused(call, "(,)")


def test_occupancy_freie_plaetze__are_for_offices_and_name_places_only(vg, hro, cast, taken):
    for zeitraum in ("empty", "(,)", "[2026-02-01,2026-03-01)", None):
        with in_tenant(hro):
            assert set(ask("occupancy_freie_plaetze", taken.pk, zeitraum)) <= {(taken.plaetze.get().pk,)}
            assert ask("occupancy_freie_plaetze", uuid4(), zeitraum) == []
    with on_portal(anbieter_ids=[cast.anbieter("Haus am See e. V.").pk]):
        assert refused("occupancy_freie_plaetze", taken.pk, "[2026-02-01,2026-03-01)")


def test_occupancy_abgelaufene_freigeben__frees_what_is_over_and_nothing_else(vg, hro, taken):
    angebot = create_angebot(plaetze=2)
    over, living = angebot.plaetze.order_by("nummer")
    zeitraum = period("2026-01-01", "2026-06-30")
    late, held = (occupy_platz(platz=p, tenant=vg, zeitraum=zeitraum, zustand="RESERVIERT") for p in (over, living))
    with in_tenant(vg):
        Platzbindung.objects.filter(pk=late).update(ablauf_at=now() - timedelta(days=1))
        Platzbindung.objects.filter(pk=held).update(ablauf_at=now() + timedelta(days=1))
    with in_tenant(hro):
        assert ask("occupancy_abgelaufene_freigeben", taken.pk) == [(0,)]
        assert ask("occupancy_abgelaufene_freigeben", None) == [(0,)]
        assert ask("occupancy_abgelaufene_freigeben", angebot.pk) == [(1,)]
    with in_tenant(vg):
        states = dict(Platzbindung.objects.values_list("pk", "zustand"))
    assert (states[late], states[held]) == ("FREIGEGEBEN", "RESERVIERT")
    with on_portal():
        assert refused("occupancy_abgelaufene_freigeben", angebot.pk)


def test_occupancy_fremdbelegung__own_district_whole_months(vg, hro, taken):
    standort = taken.einrichtung.gebietskoerperschaft_id
    occupy_platz(
        platz=create_angebot(kreis="VG").plaetze.get(), tenant=hro, zeitraum=period("2026-02-01", "2026-03-31")
    )
    call, month = "occupancy_fremdbelegung", "[2026-02-01,2026-03-01)"
    with in_tenant(vg):
        assert ("", "", 1, 28) in ask(call, standort, "vg", month)
        for day in ("[2026-02-01,2026-02-02)", "[2026-02-14,2026-03-14)", "[2026-01-01,2026-12-31)", "(,)", "empty"):
            assert all(row[2] == 0 for row in ask(call, standort, "vg", day)), f"{day} would date single stays"
    for tenant, name in ((hro, "vg"), (hro, "hro"), (hro, ""), (hro, "g"), (vg, "hro")):
        with in_tenant(tenant):
            assert all(row[2] == 0 for row in ask(call, standort, name, month)), (tenant, name)
    with on_portal():
        assert refused(call, standort, "vg", month)


@pytest.mark.parametrize("rows", [Angebot, Einrichtung, Anbieter, Platz])
def test_an_end_is_refused_whoever_holds_the_place(hro, cast, taken, rows):
    """Nobody or its own provider, whether she sees the hold or not; another provider reaches no row."""
    fields = {"gueltig": DateRange(date(2015, 1, 1), date(2026, 6, 30))}
    if rows in (Einrichtung, Anbieter):
        fields = {"gueltig_bis": date(2026, 6, 30)}
    another = cast.anbieter("Haus am See e. V.").pk
    with on_portal(anbieter_ids=[another]):
        assert rows.objects.exclude(pk=another).update(**fields) == 0
    for anbieter in ([], [taken.einrichtung.anbieter_id]):
        with on_portal(anbieter_ids=anbieter):
            with pytest.raises(DatabaseError, match="held does not end") as error, transaction.atomic():
                rows.objects.update(**fields)
            assert "vg" not in str(error.value) and "2026-07" not in str(error.value)
            later = {name: date(2026, 7, 1) if name == "gueltig_bis" else DateRange(date(2015, 1, 1), date(2026, 7, 1))
                     for name in fields}  # fmt: skip
            with transaction.atomic():
                rows.objects.update(**later)
    with in_tenant(hro), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rows.objects.update(**fields)


def test_no_hold_reaches_beyond_an_end(vg, hro):
    """By no statement of any office: not new, not longer, not another place's, not one that had been given back."""
    angebot = create_angebot(plaetze=2)
    erster, zweiter = angebot.plaetze.order_by("nummer")
    bis_juni, bis_juli = period("2026-01-01", "2026-06-30"), period("2026-01-01", "2026-07-01")
    held = occupy_platz(platz=erster, tenant=vg, zeitraum=bis_juni)
    Einrichtung.objects.filter(pk=angebot.einrichtung_id).update(gueltig_bis=date(2026, 7, 1))
    mine = Platzbindung.objects.filter(pk=held)
    with in_tenant(vg):
        for fields in ({"zeitraum": bis_juli}, {"zeitraum": DateRange(date(2026, 1, 1), None)}):
            with pytest.raises(DatabaseError, match="beyond the end"), transaction.atomic():
                mine.update(**fields)
        mine.update(zustand="FREIGEGEBEN", zeitraum=bis_juli)
        with pytest.raises(DatabaseError, match="beyond the end"), transaction.atomic():
            mine.update(zustand="GEBUCHT")
        mine.update(zustand="GEBUCHT", zeitraum=bis_juni)
    with pytest.raises(DatabaseError, match="beyond the end"), transaction.atomic():
        occupy_platz(platz=zweiter, tenant=hro, zeitraum=bis_juli)
    assert occupy_platz(platz=zweiter, tenant=hro, zeitraum=bis_juni)


# --- the trail and the operator's access ----------------------------------------------------------------------


def test_audit_siegeln__seals_the_own_office_whatever_it_is_told(vg, hro):
    for alles in (True, False, None):
        with in_tenant(hro):
            ask("audit_siegeln", alles)
            assert refused("vg.audit_siegeln", alles)
        with in_tenant_portal(hro):
            assert refused("hro.audit_siegeln", alles)
        with on_portal():
            assert refused("vg.audit_siegeln", alles)


def test_journal_siegeln__twice_makes_one_seal(vg, cast):
    cast.user("anna")
    with on_portal():
        assert ask("journal_siegeln", None)[0][0] > 0
        count = JournalSiegel.objects.count()
        assert ask("journal_siegeln", True) == [(0,)]
        assert JournalSiegel.objects.count() == count
    with in_tenant(vg):
        assert refused("journal_siegeln", True)


@pytest.mark.parametrize(
    "function",
    ["vg.audit_aenderung_notieren", "journal_notieren", "members_vier_augen", "occupancy_bindung_pruefen",
     "occupancy_ende_pruefen", "occupancy_erlaubnis_pruefen", "providers_erlaubnis_pruefen",
     "occupancy_sperre_beachten", "occupancy_sperre_pruefen", "occupancy_stopp_pruefen",
     "occupancy_luecken_folgen", "occupancy_luecken_des_platzes", "providers_verlauf_notieren",
     "providers_suchzeile_angebot", "providers_suchzeile_haus", "providers_suchzeile_anbieter",
     "providers_suchzeile_kreis",
     "vg.billing_abrechenbar_folgt", "vg.billing_konto_festhalten", "vg.billing_person_bekannt",
     "vg.gespraeche_stand"],
)  # fmt: skip
def test_triggers__are_called_by_nobody_and_hung_on_nothing(vg, function):
    for fence, table in ((in_tenant(vg), "vg.cases_klient"), (in_tenant_portal(vg), "vg_portal.cases_klient"),
                         (on_portal(), "accounts_sitzung")):  # fmt: skip
        with fence:
            for statement in (
                f"SELECT {function}()",
                f"CREATE TRIGGER x AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()",
            ):
                with pytest.raises(DatabaseError), transaction.atomic():
                    connection.cursor().execute(statement)


@pytest.fixture
def approved(vg, cast) -> Supportzugriff:
    """Lars of the operator has asked, Emil of the office has approved."""
    lars, emil = cast.user("lars").pk, cast.user("emil").pk
    with on_portal(user_id=lars):
        zugriff = Supportzugriff.objects.create(mandant="vg", ticket="T-1", grund="Prüfung", beantragt_von=lars)
    with in_tenant(vg, user_id=emil):
        Supportzugriff.objects.filter(pk=zugriff.pk).update(
            zustand="BEWILLIGT", entschieden_von=emil, entschieden_at=now(), gueltig_bis=now() + timedelta(hours=1)
        )
    return zugriff


def test_journal_support_oeffnen__is_nobodys_to_call(vg, approved):
    for fence in (in_tenant(vg), in_tenant_portal(vg), on_portal(user_id=approved.beantragt_von)):
        with fence:
            assert refused("journal_support_oeffnen", approved.pk, "uebersicht", None, [])


def test_journal_support_uebersicht__only_who_asked_and_still_operates(vg, cast, approved):
    with on_portal(user_id=approved.beantragt_von):
        assert ask("journal_support_uebersicht", approved.pk)
        assert refused("journal_support_uebersicht", uuid4())
        assert refused("journal_support_uebersicht", None)
    for other in (cast.user("leif").pk, cast.user("emil").pk, NIEMAND, None):
        with on_portal(user_id=other):
            assert refused("journal_support_uebersicht", approved.pk)
    with in_tenant(vg, user_id=approved.beantragt_von):
        assert refused("journal_support_uebersicht", approved.pk)
    Membership.objects.filter(user_id=approved.beantragt_von).update(gueltig_bis=today() - timedelta(days=2))
    with on_portal(user_id=approved.beantragt_von):
        assert refused("journal_support_uebersicht", approved.pk), "no longer one of the operator's"


def test_journal_support_zeile__technical_columns_of_listed_tables(vg, hro, cast, approved):
    anna, gerd, leif = (cast.user(name).pk for name in ("anna", "gerd", "leif"))
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna, fallnummer="VG-GEHEIM")
    with in_tenant(hro):
        foreign = create_hilfefall(fachkraft_id=gerd)
    with on_portal(user_id=approved.beantragt_von):
        row = ask("journal_support_zeile", approved.pk, "cases_hilfefall", fall.pk)[0][0]
        assert str(fall.pk) in str(row) and "VG-GEHEIM" not in str(row) and str(fall.klient_id) not in str(row)
        assert ask("journal_support_zeile", approved.pk, "cases_hilfefall", foreign.pk) == [(None,)]
        for table in ("cases_klient", "cases_personenschluessel", "hro.cases_hilfefall", "accounts_user", "", None,
                      "cases_hilfefall; DROP TABLE x"):  # fmt: skip
            assert ask("journal_support_zeile", approved.pk, table, fall.pk) == [(None,)]
        assert refused("journal_support_zeile", uuid4(), "cases_hilfefall", fall.pk)
    with on_portal(user_id=leif):
        assert refused("journal_support_zeile", approved.pk, "cases_hilfefall", fall.pk)


def test_tenants_rueckstand__counts_and_says_no_more(vg):
    with on_portal():
        for known in ([], ["x' OR true --"], ["cases.0001_initial", None], None):
            rows = dict(ask("tenants_rueckstand", known))
            assert set(rows) == {"vg", "hro", "lhsn"} and all(n is None or 0 <= n <= 2 for n in rows.values())
    with in_tenant(vg):
        assert refused("tenants_rueckstand", [])


def test_tenants_hindernis__is_one_of_five_words_whatever_it_is_asked(vg):
    words = {"", "SCHEMA", "ROLLE", "RECHTE", "MIGRATION", None}
    with on_portal():
        for office in ("vg", "public", "pg_catalog", "vg; DROP SCHEMA vg", "", None):
            for names in ([], ["postgres"], ["x' OR true --"], None):
                assert {row[0] for row in ask("tenants_hindernis", office, names, names)} <= words
    for fence in (in_tenant(vg), in_tenant_portal(vg)):
        with fence:
            assert refused("tenants_hindernis", "vg", [], [])


# --- the rights of the person -------------------------------------------------------------------------------


def _look(vg, cast, klient: Klient) -> None:
    anna = cast.akteur("anna")
    with in_tenant(vg, user_id=anna.user_id):
        record_access(
            akteur=anna, aktion=Aktion.LESEN, vorgang="klient.ansehen", objekt=klient,
            personen=[klient.pk],
        )  # fmt: skip


def test_privacy_zugriffe__nothing_of_a_sealed_person_and_nothing_that_is_no_person(vg, hro, cast):
    anna, bernd, gerd = cast.user("anna"), cast.user("bernd"), cast.user("gerd")
    with in_tenant(vg):
        offen, gesperrt = create_klient(), create_klient()
        fall = create_hilfefall(fachkraft_id=anna.pk, klient=gesperrt)
    _look(vg, cast, offen)
    _look(vg, cast, gesperrt)
    with in_tenant(vg):
        Hilfefall.objects.filter(pk=fall.pk).update(gesperrt=True)  # and with it the person
        Fallfreigabe.objects.create(
            hilfefall=fall, user_id=anna.pk, art="SPERRFALL", gueltig_ab=today(), grund="x", erteilt_von_id=anna.pk
        )
    with in_tenant(vg, user_id=bernd.pk):
        assert len(ask("privacy_zugriffe", offen.pk)) == 1
        assert ask("privacy_zugriffe", gesperrt.pk) == [], "that there is such a person is sealed too"
        for lie in (fall.pk, anna.pk, uuid4(), None):
            assert ask("privacy_zugriffe", lie) == []
    with in_tenant(vg, user_id=anna.pk):
        assert len(ask("privacy_zugriffe", gesperrt.pk)) == 1
    with in_tenant(hro, user_id=gerd.pk):
        assert ask("privacy_zugriffe", offen.pk) == []
        assert refused("vg.privacy_zugriffe", offen.pk)
    with in_tenant_portal(vg):
        assert refused("vg.privacy_zugriffe", offen.pk)


@pytest.fixture
def lauf(vg, cast, akteure) -> tuple[Loeschlauf, Gefaerbt]:  # noqa: F811
    """Dora's preview of one restricted old person."""
    person = dye(cast, vg, geboren=date(1910, 5, 4))
    close_case(vg, person.fall)
    with in_tenant(vg):
        restrict_klient(akteur=akteure["dora"], klient=person.klient, grund="AUFBEWAHRUNG")
    with in_tenant(vg, user_id=akteure["dora"].user_id):
        return create_loeschlauf(akteur=akteure["dora"]), person


def _approve(vg, by: UUID, lauf: Loeschlauf) -> None:
    with in_tenant(vg, user_id=by):
        Loeschlauf.objects.filter(pk=lauf.pk).update(zustand="FREIGEGEBEN", freigegeben_von_id=by, freigegeben_at=now())


def test_privacy_person_leeren__only_the_second_person_only_her_run_only_those_in_it(vg, hro, cast, akteure, lauf):  # noqa: F811
    lauf, person = lauf
    other = dye(cast, vg, name="Frei").klient.pk
    dirk, anna = akteure["dirk"].user_id, akteure["anna"].user_id
    call = "privacy_person_leeren"
    with in_tenant(vg, user_id=dirk):
        assert ask(call, lauf.pk, person.klient.pk) == [], "a preview is no decision"
    _approve(vg, dirk, lauf)
    for who, run, whom in (
        (anna, lauf.pk, person.klient.pk), (NIEMAND, lauf.pk, person.klient.pk), (dirk, lauf.pk, other),
        (dirk, uuid4(), person.klient.pk), (dirk, None, person.klient.pk), (dirk, lauf.pk, None),
        (dirk, lauf.pk, person.fall.pk),
    ):  # fmt: skip
        with in_tenant(vg, user_id=who):
            assert ask(call, run, whom) == []
    with in_tenant(hro):
        assert ask(call, lauf.pk, person.klient.pk) == []
        assert refused(f"vg.{call}", lauf.pk, person.klient.pk)
    with in_tenant_portal(vg):
        assert refused(f"vg.{call}", lauf.pk, person.klient.pk)


def test_privacy_vermerke_leeren__the_same_conditions(vg, cast, akteure, lauf):  # noqa: F811
    lauf, person = lauf
    other = dye(cast, vg, name="Frei")
    dirk, anna = akteure["dirk"].user_id, akteure["anna"].user_id

    def texts() -> set[str]:
        with in_tenant(vg):
            return set(Auswahlvermerk.objects.values_list("begruendung", flat=True))

    before = texts()
    _approve(vg, dirk, lauf)
    for who, run, whom in (
        (anna, lauf.pk, person.klient.pk), (NIEMAND, lauf.pk, person.klient.pk), (dirk, lauf.pk, other.klient.pk),
        (dirk, uuid4(), person.klient.pk), (dirk, None, None), (dirk, lauf.pk, None),
    ):  # fmt: skip
        with in_tenant(vg, user_id=who):
            ask("privacy_vermerke_leeren", run, whom)
        assert texts() == before, (who, run, whom)
    with in_tenant(vg):
        Klient.objects.filter(pk=person.klient.pk).update(eingeschraenkt_seit=None)
    with in_tenant(vg, user_id=dirk):
        ask("privacy_vermerke_leeren", lauf.pk, person.klient.pk)
    assert texts() == before, "only of restricted people"


def test_privacy_umfang__counts_the_open_preview(vg, hro, akteure, lauf):  # noqa: F811
    lauf, _person = lauf
    with in_tenant(vg, user_id=akteure["dora"].user_id):
        assert dict(ask("privacy_umfang", lauf.pk))["faelle"] == 1
        for lie in (uuid4(), None):
            assert {n for _, n in ask("privacy_umfang", lie)} == {0}
    with in_tenant(hro):
        assert refused("vg.privacy_umfang", lauf.pk)


def test_privacy_verdeckt_gebraucht__for_whoever_makes_runs_of_people_they_see(vg, hro, cast, akteure):  # noqa: F811
    """One bit about a person: something the run must wait for. No date can be asked for, no sealed person found."""
    anna, dora, emil, gerd = (cast.user(name).pk for name in ("anna", "dora", "emil", "gerd"))
    with in_tenant(vg):
        frei, halb, ganz = create_klient(), create_klient(), create_klient()
        for klient in (frei, halb):
            create_hilfefall(fachkraft_id=anna, klient=klient)
        for klient in (halb, ganz):
            fall = create_hilfefall(fachkraft_id=anna, klient=klient)
            Hilfefall.objects.filter(pk=fall.pk).update(gesperrt=True)
            Fallfreigabe.objects.create(
                hilfefall=fall, user_id=anna, art="SPERRFALL", gueltig_ab=today(), grund="x", erteilt_von_id=anna
            )
    call, everybody = "privacy_verdeckt_gebraucht", [frei.pk, halb.pk, ganz.pk, fall.pk, uuid4(), None]
    for who in (dora, emil):
        with in_tenant(vg, user_id=who):
            assert ask(call, everybody) == [(halb.pk,)], "of the sealed person herself not even that she exists"
            assert ask(call, []) == ask(call, None) == ask(call, [ganz.pk]) == []
    for who in (anna, cast.user("bernd").pk, gerd, NIEMAND):
        with in_tenant(vg, user_id=who):
            assert ask(call, everybody) == []
    Membership.objects.filter(user_id=dora).update(gueltig_bis=today())
    with in_tenant(vg, user_id=dora):
        assert ask(call, everybody) == [], "no longer one of the office"
    with in_tenant(hro, user_id=gerd):
        assert ask(call, everybody) == []
        assert refused("vg.privacy_verdeckt_gebraucht", everybody)
    with in_tenant_portal(vg):
        assert refused("vg.privacy_verdeckt_gebraucht", everybody)


def test_a_run_and_its_people_are_written_in_ones_own_name_and_before_the_decision(vg, cast, akteure, lauf):  # noqa: F811
    """What the functions ask is written in rows: so the rows cannot lie either."""
    lauf, _person = lauf
    dirk, dora = akteure["dirk"].user_id, akteure["dora"].user_id
    other = dye(cast, vg, name="Frei").klient.pk
    lies = (
        "INSERT INTO privacy_loeschlauf (id, created_at, stichtag, zustand, erstellt_von_id, eingeschraenkt, geloescht,"
        f" umfang) VALUES (gen_random_uuid(), now(), now(), 'VERWORFEN', '{dora}', 0, 0, '{{}}')",
        f"UPDATE privacy_loeschlauf SET erstellt_von_id = '{dora}'",
        f"UPDATE privacy_loeschlauf SET zustand = 'FREIGEGEBEN', freigegeben_at = now(), freigegeben_von_id = '{dora}'",
        "UPDATE privacy_loeschlauf SET zustand = 'FREIGEGEBEN', freigegeben_at = now(),"
        f" freigegeben_von_id = '{akteure['anna'].user_id}'",
        f"UPDATE privacy_loeschposition SET person_id = '{other}'",
    )
    for lie in lies:
        with in_tenant(vg, user_id=dirk), pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(lie)
    _approve(vg, dirk, lauf)
    with in_tenant(vg, user_id=dirk), pytest.raises(DatabaseError), transaction.atomic():
        Loeschposition.objects.create(lauf=lauf, person_id=other, schritt="LOESCHEN", klasse="HZE", faellig_am=today())


def test_cases_verwaiste_sperrfaelle__for_the_head_of_this_office_alone(vg, hro, cast):
    anna, bernd, emil, gerd = (cast.user(name) for name in ("anna", "bernd", "emil", "gerd"))
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=gerd.pk, klient=create_klient(), fallnummer="WEG-1")
        Fallfreigabe.objects.create(
            hilfefall=fall, user_id=gerd.pk, art="SPERRFALL", gueltig_ab=today(), grund="x", erteilt_von_id=gerd.pk
        )
        Hilfefall.objects.filter(pk=fall.pk).update(gesperrt=True)
    with in_tenant(vg, user_id=emil.pk):
        assert [row[2] for row in ask("cases_verwaiste_sperrfaelle")] == ["WEG-1"]
        assert not Hilfefall.objects.filter(pk=fall.pk).exists(), "the row itself stays hidden"
    for somebody in (anna, bernd, gerd):
        with in_tenant(vg, user_id=somebody.pk):
            assert ask("cases_verwaiste_sperrfaelle") == []
    with in_tenant(hro, user_id=emil.pk):
        assert ask("cases_verwaiste_sperrfaelle") == []
        assert refused("vg.cases_verwaiste_sperrfaelle")
    with in_tenant_portal(vg):
        assert refused("vg.cases_verwaiste_sperrfaelle")
