"""A provider's request at an office's host: another role, views only, her own rows, no name before the booking."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.http import HttpResponse

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Fachkraft
from shared_apps.inbox.models import Hinweis, HinweisArt
from shared_apps.inbox.services import notify_anbieter
from shared_apps.occupancy.models import Platzbindung
from shared_apps.providers.models import Angebot, Bankverbindung, Entgelt, LeqVereinbarung, Platz
from tenant_apps.audit.models import Protokoll
from tenant_apps.billing.models import Leistungsnachweis, Rechnung
from tenant_apps.cases.models import Hilfefall, Klient, Personenschluessel
from tenant_apps.placements.models import Buchung, Reservierung, Suche
from tenant_apps.placements.services.decide import confirm_reservierung
from tenants.context import in_tenant, in_tenant_portal, on_portal
from tenants.db import roles
from tenants.door.middleware import choose_fence
from tenants.fence.portal import portal_views
from tests.factories.register import create_angebot, create_einrichtung
from tests.people import appoint
from tests.security.test_sql_injection import _payloads
from tests.tenant_apps.billing.story import bill, record
from tests.tenant_apps.placements.story import Story, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(cast, vg) -> Story:
    for name in ("anna", "ines", "jan"):
        cast.akteur(name, at="VG")  # inside a fence nobody can be created
    return tell(cast, vg)


@contextmanager
def as_provider(story: Story, name: str = "ines", einrichtung_ids=()) -> Iterator[None]:
    """As `name`'s request runs at VG's host."""
    akteur = story.akteur(name)
    who = {"user_id": akteur.user_id, "anbieter_ids": akteur.anbieter_ids}
    with in_tenant_portal(story.vg, **who, einrichtung_ids=einrichtung_ids):
        yield


def ask(statement: str, *params) -> list[tuple]:
    """Rows of a statement; an error leaves the transaction usable."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def refused(statement: str, *params) -> str:
    """The message with which the database refuses a statement."""
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)
    return str(error.value)


TABLES = sorted(
    model._meta.db_table
    for model in apps.get_models(include_auto_created=True)
    if model._meta.app_config.name in settings.TENANT_APPS and model._meta.managed
)


#: What a provider has rows of, once she has booked and billed.
OWN = (Reservierung, Buchung, Klient, Personenschluessel, Hilfefall, Suche, Rechnung, Leistungsnachweis)


# --- the role ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_no_table_of_any_tenant_can_be_read_or_written(story, table) -> None:
    with as_provider(story):
        for schema in ("vg", "hro"):
            assert "permission denied for schema" in refused(f"SELECT 1 FROM {schema}.{table}")
            assert "permission denied for schema" in refused(f"DELETE FROM {schema}.{table}")


def test_no_view_of_another_tenant(story) -> None:
    with as_provider(story):
        assert "permission denied for schema" in refused("SELECT 1 FROM hro_portal.placements_reservierung")
    with in_tenant(story.vg):  # the office's own role has tables, no views
        assert "permission denied for schema" in refused("SELECT 1 FROM vg_portal.placements_reservierung")


def test_only_the_named_views_exist_and_nothing_is_deleted(story) -> None:
    with as_provider(story):
        views = {name for (name,) in ask("SELECT viewname FROM pg_views WHERE schemaname = 'vg_portal'")}
        assert views == {view.table for view in portal_views()}
        for view in views:
            assert "permission denied" in refused(f"DELETE FROM {view}")
        barriers = "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        where = " WHERE nspname = 'vg_portal' AND relkind = 'v' AND 'security_barrier=true' = ANY (reloptions)"
        assert ask(barriers + where) == [(len(views),)]


def test_request_of_a_provider_runs_as_the_portal_role(story, sign_in, monkeypatch) -> None:
    seen = []

    def spy(request, *args, **kwargs) -> HttpResponse:
        seen.append(ask("SELECT current_user, current_schema(), sojus_mandant(), sojus_ist_portal()")[0])
        return HttpResponse("")

    monkeypatch.setattr("django.urls.resolvers.ResolverMatch.__getitem__", _with_view(spy))
    sign_in("ines", at="VG").get("/")
    sign_in("anna").get("/")
    stranger = sign_in("nora", at="VG")
    stranger.get("/")
    assert seen == [
        (roles.tenant_portal("vg"), "vg_portal", "vg", True),
        (roles.tenant("vg"), "vg", "vg", False),
        (roles.tenant_portal("vg"), "vg_portal", "vg", True),
    ]


def _with_view(view):
    """A resolver match whose callback is `view`: a hook planted behind all middleware."""
    from django.urls.resolvers import ResolverMatch

    plain = ResolverMatch.__getitem__
    return lambda match, index: (view, (), {})[index] if index in {0, 1, 2} else plain(match, index)


def test_member_of_the_office_is_no_provider_at_its_host(story) -> None:
    anna = story.cast.user("anna")
    appoint(user=anna, anbieter_id=story.cast.anbieter_id("ines"), rolle=Rolle.ANBIETER, gueltig_ab="2015-01-01")
    here, elsewhere = story.cast.akteur("anna"), story.cast.akteur("anna", at="HRO")
    assert (here.ist_amt, here.ist_anbieter, here.anbieter_ids) == (True, False, frozenset())
    assert (elsewhere.ist_amt, elsewhere.ist_anbieter) == (False, True)


def test_both_at_once_would_be_the_provider(story) -> None:
    akteur = replace(story.akteur("anna"), rollen=frozenset({Rolle.ASD, Rolle.ANBIETER}))
    request = SimpleNamespace(tenant=story.vg, akteur=akteur)
    with choose_fence(request):
        assert ask("SELECT current_user") == [(roles.tenant_portal("vg"),)]


def test_stranger_sees_no_row(story) -> None:
    story.book()
    with in_tenant_portal(story.vg):
        for model in (*OWN, Fachkraft):
            assert model.objects.count() == 0


# --- rows -------------------------------------------------------------------------------------------------


def test_other_providers_rows_are_none(story) -> None:
    buchung = story.book()
    bill(story, buchung)
    with as_provider(story, "jan"):
        for model in OWN:
            assert model.objects.count() == 0, model
        assert not Hinweis.objects.exists() and not Platzbindung.objects.exists()
        assert set(Fachkraft.objects.values_list("username", "nachname")) == {(None, "Jessen")}
    with as_provider(story, "ines"):
        for model in OWN:
            assert model.objects.count() == 1, model
        assert set(Fachkraft.objects.values_list("nachname", flat=True)) == {"Ihde", "Ahlers"}


def test_facility_staff_see_their_facility_only(story) -> None:
    reservierung = story.reserve()
    other = create_einrichtung(anbieter=story.cast.anbieter("Jugendhilfe Küste gGmbH"))
    with as_provider(story, einrichtung_ids=[other.pk]):
        assert Reservierung.objects.count() == Klient.objects.count() == Platzbindung.objects.count() == 0
    with as_provider(story, einrichtung_ids=[reservierung.einrichtung_id]):
        assert Reservierung.objects.count() == Klient.objects.count() == Platzbindung.objects.count() == 1


def test_hold_of_her_place_for_another_office_is_that_offices_business(story, hro) -> None:
    story.reserve()
    with in_tenant_portal(hro, anbieter_ids=[story.cast.anbieter_id("ines")]):
        assert Platzbindung.objects.count() == 0


# --- agreed rates -------------------------------------------------------------------------------------------


def _secrets() -> set[str]:
    """Providers whose rates and agreements can be read now."""
    rates = Entgelt.objects.values_list("angebot__einrichtung__anbieter__name", flat=True)
    agreements = LeqVereinbarung.objects.values_list("einrichtung__anbieter__name", flat=True)
    assert set(rates) == set(agreements)
    return set(rates)


def test_agreed_rate_is_no_competitors_to_read(story) -> None:
    other = create_angebot(anbieter="Haus am See e. V.", entgelt="111.00")
    for angebot in (story.angebot, other):
        LeqVereinbarung.objects.create(einrichtung=angebot.einrichtung, datum="2025-01-01")
    kueste, see = "Jugendhilfe Küste gGmbH", "Haus am See e. V."
    jan = story.cast.anbieter_id("jan")
    with as_provider(story, "jan"):
        assert _secrets() == {see}
        assert Angebot.objects.count() == Platz.objects.values("angebot").distinct().count() == 2
    with on_portal(anbieter_ids=[jan]):  # the state portal runs as sojus_land
        assert _secrets() == {see}
        assert "row-level security" in refused(
            "INSERT INTO providers_entgelt (id, created_at, angebot_id, betrag, einheit, gueltig)"
            " VALUES (gen_random_uuid(), now(), %s, 1, 'TAG', '[2030-01-01,)')", story.angebot.pk
        )  # fmt: skip
        assert Entgelt.objects.update(betrag=1) == 0
    with on_portal(anbieter_ids=[jan], einrichtung_ids=[story.angebot.einrichtung_id]):
        assert _secrets() == set()
    with on_portal():
        assert _secrets() == {kueste, see}
    with in_tenant(story.vg):
        assert _secrets() == {kueste, see}


def test_register_tells_a_competitor_no_rate(story, sign_in) -> None:
    path = f"/anbieter/einrichtungen/{story.angebot.einrichtung_id}/"
    for name, at, sees in (
        ("ines", "PORTAL", True), ("ines", "VG", True), ("anna", None, True), ("karla", "PORTAL", True),
        ("jan", "PORTAL", False), ("jan", "VG", False), ("lars", "PORTAL", False),
    ):  # fmt: skip
        client = sign_in(name, at=at)
        assert ("76,00" in client.get(path).text) is sees, (name, at)
        assert ("76,00" in client.get("/anbieter/?format=csv").text) is sees, (name, at)
        assert story.angebot.name in client.get(path).text


# --- columns ----------------------------------------------------------------------------------------------


def name_of(story: Story, reservierung: Reservierung) -> tuple:
    """What the database gives a provider of the person; sealed values opened where she has the key."""
    with as_provider(story):
        row = Reservierung.objects.select_related("klient", "hilfefall").get(pk=reservierung.pk)
        klient = row.klient
        assert klient.geschlecht
        sealed = ask("SELECT vorname, nachname, geburtsdatum, pkz FROM cases_klient WHERE id = %s", klient.pk)[0]
        keys = Personenschluessel.objects.filter(pk=klient.pk).count()
        assert [bool(column) for column in sealed] == [bool(keys)] * 3 + [False]
        shown = klient.vorname, klient.nachname, klient.geburtsdatum, klient.pkz, row.hilfefall.fallnummer
        return tuple(value or None for value in shown)


def test_name_is_hidden_then_shown_then_gone(story) -> None:
    assert name_of(story, story.reserve()) == (None,) * 5
    buchung = story.book()
    vorname, nachname, geburtsdatum, pkz, fallnummer = name_of(story, buchung.reservierung)
    assert (vorname, pkz) == ("Lena", None) and nachname and geburtsdatum and fallnummer
    with story.at_vg():
        Buchung.objects.filter(pk=buchung.pk).update(zustand="STORNIERT")
    assert name_of(story, buchung.reservierung) == (None,) * 5


def test_what_the_office_keeps_to_itself_is_not_there(story) -> None:
    buchung = story.book()
    with story.at_vg():
        Buchung.objects.update(beendigung_text="Amtsgeheimnis")
        Reservierung.objects.update(rueckzug_grund="Amtsgeheimnis", taschengeld=55)
    with as_provider(story):
        row = Buchung.objects.select_related("reservierung__suche").get(pk=buchung.pk)
        assert (row.beendigung_text, row.soll_kosten) == (None, None)
        reservierung = row.reservierung
        assert (reservierung.rueckzug_grund, reservierung.taschengeld, reservierung.soll_kosten) == (None, None, None)
        assert reservierung.auswahlvermerk_id is None
        assert (reservierung.suche.ausschluesse, reservierung.suche.alter) == (None, None)


def test_new_column_is_not_shown(story) -> None:
    """The views list what is shown; whatever else the table has comes out empty."""
    shown = {view.table: {*view.columns, *view.shown_when} for view in portal_views()}
    story.book()
    with as_provider(story):
        for model in (Reservierung, Buchung, Klient, Hilfefall, Suche):
            hidden = [f.column for f in model._meta.concrete_fields if f.column not in shown[model._meta.db_table]]
            assert hidden
            for row in model.objects.values(*hidden):
                assert not any(row.values()), model


# --- writing ----------------------------------------------------------------------------------------------


def test_consent_works_and_nothing_but_the_answer_can_be_written(story) -> None:
    reservierung, ines = story.reserve(), story.akteur("ines")
    with as_provider(story):
        for column, value in (
            ("ablauf_at", "2030-01-01"),
            ("anbieter_id", None),
            ("taschengeld", 1),
            ("klient_id", None),
        ):
            message = refused(f"UPDATE placements_reservierung SET {column} = %s", value)
            assert "permission denied" in message or "cannot update column" in message, column
        for zustand in ("GEBUCHT", "ABGELAUFEN", "ZURUECKGEZOGEN"):
            assert "may not write this" in refused("UPDATE placements_reservierung SET zustand = %s", zustand)
        assert "may not write this" in refused("UPDATE placements_reservierung SET zustand = 'ZUGESTIMMT'")
        assert "permission denied" in refused("UPDATE placements_buchung SET zustand = 'BEENDET'")
        confirm_reservierung(reservierung=Reservierung.objects.get(), akteur=ines)
        assert "may not write this" in refused("UPDATE placements_reservierung SET zustand = 'ABGELEHNT'")
    assert story.reload(reservierung).zustand == "ZUGESTIMMT"
    assert story.trail(reservierung) == ["reservierung.zustimmen"]


def test_hold_can_be_given_back_and_no_more(story) -> None:
    story.reserve()
    with as_provider(story):
        assert "row-level security" in refused("UPDATE occupancy_platzbindung SET zustand = 'GEBUCHT'")
        assert "permission denied" in refused("UPDATE occupancy_platzbindung SET platz_id = NULL")
        assert "permission denied" in refused("DELETE FROM occupancy_platzbindung")
        assert "permission denied" in refused("UPDATE inbox_hinweis SET anbieter_id = NULL")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE occupancy_platzbindung SET zustand = 'FREIGEGEBEN'")
            assert cursor.rowcount == 1


def test_a_pointer_is_answered_and_no_act_of_the_office_claimed(story) -> None:
    """She may say what she has done herself; that the office has booked or withdrawn only the office says."""
    reservierung = story.reserve()
    with story.at_vg():
        notify_anbieter(
            angebot=story.angebot, anbieter_id=reservierung.anbieter_id, art=HinweisArt.RESERVIERUNG,
            objekt_id=reservierung.pk, platzbindung_id=reservierung.platzbindung_id, beginn=reservierung.beginn,
        )  # fmt: skip
    done = "UPDATE inbox_hinweis SET erledigt_at = now(), ausgang = %s"
    with as_provider(story):
        for ausgang in ("GEBUCHT", "ZURUECKGENOMMEN", "ABGELAUFEN", "STORNIERT", "BEENDET"):
            assert "row-level security" in refused(done, ausgang)
        assert "hinweis_ausgang_erledigt" in refused("UPDATE inbox_hinweis SET ausgang = 'ABGELEHNT'")
        for column, value in (
            ("beginn", "2030-01-01"),
            ("platzbindung_id", None),
            ("frist_at", None),
            ("art", "BUCHUNG"),
        ):
            assert "permission denied" in refused(f"UPDATE inbox_hinweis SET {column} = %s", value), column
    with as_provider(story, "jan"), connection.cursor() as cursor:
        cursor.execute(done, ["ABGELEHNT"])
        assert cursor.rowcount == 0, "another provider reaches none of them"
    assert story.open_hinweise(reservierung) == ["RESERVIERUNG"]


def test_nothing_is_inserted_for_another_provider(story) -> None:
    buchung = story.book()
    nachweis = record(story, buchung)
    jan, anbieter = story.cast.user("jan"), [story.cast.anbieter_id(name) for name in ("jan", "ines")]
    with as_provider(story, "jan"):
        with pytest.raises(DatabaseError, match="check option"), transaction.atomic():
            Leistungsnachweis.objects.create(buchung_id=buchung.pk, monat="2017-07-01", erfasst_von_id=jan.pk)
        rechnung = {
            "leistungsnachweis_id": nachweis.pk, "buchung_id": buchung.pk, "nummer": "1", "monat": "2017-06-01",
            "betrag": 1, "eingereicht_at": "2017-07-01T00:00Z", "eingereicht_von_id": jan.pk,
        }  # fmt: skip
        for anbieter_id in anbieter:
            with pytest.raises(DatabaseError, match=r"check option|may not write"), transaction.atomic():
                Rechnung.objects.create(anbieter_id=anbieter_id, **rechnung)


def test_the_account_of_an_invoice_is_written_by_nobody(story) -> None:
    """It takes two of the provider's people; who sends an invoice is one. Nor does an office say where it pays."""
    iban = "DE02120300000000202051"
    Bankverbindung.objects.create(anbieter_id=story.cast.anbieter_id("ines"), iban=iban, inhaber="Küste")
    rechnung = bill(story, story.book())
    own = "SELECT iban, inhaber FROM billing_rechnungskonto"
    with as_provider(story):
        for change in (
            "UPDATE billing_rechnungskonto SET iban = 'DE1'", "DELETE FROM billing_rechnungskonto",
            "INSERT INTO billing_rechnungskonto (id, rechnung_id, iban) SELECT id, id, 'DE1' FROM billing_rechnung",
        ):  # fmt: skip
            assert "permission denied" in refused(change), change
        assert ask(own) == [(iban, "Küste")]
    with as_provider(story, einrichtung_ids=[story.angebot.einrichtung_id]):
        assert ask(own) == [], "staff of one facility read no account"
    with as_provider(story, "jan"):
        assert ask(own) == []
    with story.at_vg():
        assert "permission denied" in refused("UPDATE billing_rechnungskonto SET iban = 'DE1'")
        insert = "INSERT INTO billing_rechnungskonto (id, rechnung_id, iban) VALUES (%s, %s, 'DE1')"
        assert "permission denied" in refused(insert, rechnung.pk, rechnung.pk)


def test_invoice_can_be_sent_and_never_certified(story) -> None:
    buchung = story.book()
    rechnung = bill(story, buchung)
    with as_provider(story):
        for change in ("zustand = 'BEZAHLT'", "zustand = 'SACHLICH_RICHTIG'", "zustand = 'STORNIERT'"):
            assert "may not write this" in refused(f"UPDATE billing_rechnung SET {change}")
        for change in ("betrag = 9999", "angeordnet_von_id = NULL", "befunde = '[]'"):
            assert "permission denied" in refused(f"UPDATE billing_rechnung SET {change}")
        assert "permission denied" in refused("UPDATE billing_rechnungsposition SET betrag = 1")
        assert "may not write this" in refused("UPDATE billing_leistungsnachweis SET tage = '{1}'")
        assert "permission denied" in refused("INSERT INTO billing_auszahlung (id) VALUES (%s)", rechnung.pk)


def test_invoice_arrives_without_a_step_of_the_office(story) -> None:
    """A person named in such a column would become known to her by name; a moment or words would say that somebody had
    objected."""
    buchung = story.book()
    nachweis, anna, ines = record(story, buchung), story.cast.user("anna"), story.cast.user("ines")
    with as_provider(story):
        rechnung = {
            "leistungsnachweis_id": nachweis.pk, "buchung_id": buchung.pk, "anbieter_id": buchung.anbieter_id,
            "nummer": "1", "monat": "2017-06-01", "betrag": 1, "eingereicht_at": "2017-07-01T00:00Z",
            "eingereicht_von_id": ines.pk,
        }  # fmt: skip
        for column in ("festgestellt_von_id", "angeordnet_von_id", "beanstandet_von_id"):
            with pytest.raises(DatabaseError, match="may not write"), transaction.atomic():
                Rechnung.objects.create(**rechnung, **{column: anna.pk})
        moment = rechnung["eingereicht_at"]
        for lie in (
            {"festgestellt_at": moment}, {"angeordnet_at": moment}, {"beanstandet_at": moment},
            {"beanstandung": "gelogen"},
        ):  # fmt: skip
            with pytest.raises(DatabaseError, match="may not write"), transaction.atomic():
                Rechnung.objects.create(**rechnung, **lie)
        Rechnung.objects.create(**rechnung)


def test_trail_is_written_in_her_own_name_and_not_read(story) -> None:
    ines, anna = story.cast.user("ines"), story.cast.user("anna")
    with as_provider(story):
        assert "permission denied" in refused("SELECT 1 FROM audit_protokoll")
        own = {"aktion": "LESEN", "vorgang": "probe", "objekt_art": "x"}
        Protokoll.objects.create(user_id=ines.pk, **own)
        with pytest.raises(DatabaseError, match="check option"), transaction.atomic():
            Protokoll.objects.create(user_id=anna.pk, **own)


# --- what an attacker would try -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "payload",
    [
        "' OR 1=1 --",
        "' UNION SELECT id::text, nachname FROM vg.cases_klient --",
        "' UNION SELECT id::text, nachname FROM hro.cases_klient --",
        "' UNION SELECT id::text, nachname FROM cases_klient --",
        "' UNION SELECT username, password FROM accounts_user --",
        "' UNION SELECT set_config('sojus.anbieter', '{}', true), set_config('role', 'test_t_vg', true) --",
        "' UNION SELECT objekt_id::text, vorgang FROM audit_protokoll --",
        "' UNION SELECT id::text, begruendung FROM placements_auswahlvermerk --",
        "' UNION SELECT fallnummer, fallnummer FROM cases_hilfefall --",
        "' UNION SELECT query_to_xml('SELECT * FROM vg.cases_klient', true, true, '')::text, '' --",
        "'; SET LOCAL ROLE test_t_vg; SELECT id::text, nachname FROM vg.cases_klient; --",
    ],
)
def test_injected_sql_in_a_providers_request_sees_no_case(story, payload) -> None:
    """A view with a hole, as a careless developer might write it."""
    other = story.reserve()
    with story.at_vg():
        Hilfefall.objects.filter(pk=other.hilfefall_id).update(fallnummer="Farbstoffkind")
    for name in ("jan", "ines"):
        with as_provider(story, name):
            try:
                rows = ask(f"SELECT id::text, pseudonym FROM placements_reservierung WHERE pseudonym = '{payload}'")
            except ProgrammingError:
                rows = []
            assert "Farbstoffkind" not in str(rows)
            assert ask("SELECT current_user") == [(roles.tenant_portal("vg"),)]
            assert name == "ines" or not [row for row in rows if row[0] == str(other.pk)]


def test_planted_hole_in_a_providers_request_stays_in_her_views(story, sign_in, settings) -> None:
    """The same through the whole application: the hole of tests/security, asked by a provider."""
    settings.ROOT_URLCONF = "tests.security.planted_sql_holes"
    reservierung = story.reserve()
    with story.at_vg():
        secret = Hilfefall.objects.get(pk=reservierung.hilfefall_id).fallnummer
    for name in ("ines", "jan"):
        client = sign_in(name, at="VG")
        client.raise_request_exception = False
        answer = client.post("/loch/text/", {"q": "x' OR 1=1 --"})
        assert (answer.status_code, answer["X-Role"]) == (200, roles.tenant_portal("vg"))
        assert answer["X-Path"] == "vg_portal, public"
        for kind, payload in _payloads():
            answer = client.post(f"/loch/{kind}/", {"q": payload})
            assert secret not in answer.content.decode(errors="replace"), payload
            if answer.status_code == 200:
                assert answer["X-Role"] == roles.tenant_portal("vg"), payload
    with story.at_vg():
        assert Hilfefall.objects.get().fallnummer == secret


def test_leaky_function_in_a_filter_sees_no_hidden_row(story) -> None:
    """A security barrier: her condition is asked after ours, so an error message cannot tell a hidden row."""
    story.book()
    with as_provider(story, "jan"):
        assert ask("SELECT 1 FROM cases_klient WHERE 1 / (length(coalesce(geschlecht, '')) * 0) = 1") == []
