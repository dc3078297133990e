"""Two people, the office's own district, and what the provider's own people have entered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.core.clock import now, real_now
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.einlesen.enums import Wartend
from shared_apps.einlesen.models import Einleseposten, Einlesezeile, Einlesung, Fremdschluessel
from shared_apps.einlesen.policies import count_wartende, visible_einlesungen
from shared_apps.einlesen.services import vorbereiten, zuruecknehmen
from shared_apps.einlesen.services.ausfuehren import run_einlesung
from shared_apps.journal.models import JournalEintrag
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung, Entgelt, Entgeltvorschlag
from shared_apps.providers.services.bestand import update_bestand
from tenants.context import in_tenant, on_portal
from tests.factories.register import create_angebot, create_einrichtung, occupy_platz, period
from tests.people import appoint
from tests.shared_apps.einlesen.lists import (
    befunde,
    csv_of,
    meldungen,
    read_in,
    release,
    send,
    step,
    take_back,
    zeile,
)

pytestmark = pytest.mark.django_db
KUESTE = "Jugendhilfe Küste gGmbH"


def test_nobody_releases_her_own_list(cast, vg):
    einlesung = send(cast, csv_of([zeile()]))
    step(cast, vorbereiten.submit_einlesung, "frieda", einlesung)
    with pytest.raises(Verweigert, match="nicht selbst"):
        step(cast, vorbereiten.approve_einlesung, "frieda", einlesung)
    run_einlesung(einlesung_id=einlesung.pk)
    assert not Anbieter.objects.filter(name="Boddenland gGmbH").exists(), "a job reads in nothing that is not released"
    with pytest.raises(RegelVerletzt, match="in einem Satz"):
        step(cast, vorbereiten.decline_einlesung, "emil", einlesung, grund=" ")
    step(cast, vorbereiten.decline_einlesung, "emil", einlesung, grund="Zeile 2 prüfen")
    with pytest.raises(Verweigert, match="vorbereitet"):
        step(cast, vorbereiten.submit_einlesung, "emil", einlesung)
    release(cast, einlesung)
    with pytest.raises(Konflikt, match="nicht möglich"):
        step(cast, vorbereiten.approve_einlesung, "edda", einlesung)


def test_why_a_list_went_back_is_forgotten_with_its_lines(cast, vg):
    """Somebody may have quoted a line with a name in it."""
    einlesung = send(cast, csv_of([zeile()]))
    step(cast, vorbereiten.submit_einlesung, "frieda", einlesung)
    step(cast, vorbereiten.decline_einlesung, "emil", einlesung, grund="In Zeile 2 steht Mia")
    for age, grund in ((timedelta(days=29), "In Zeile 2 steht Mia"), (timedelta(days=31), "")):
        with on_portal():
            Einlesung.objects.filter(pk=einlesung.pk).update(created_at=real_now() - age)
        zuruecknehmen.purge_einlesungen()
        zuruecknehmen.purge_einlesungen()
        einlesung.refresh_from_db()
        assert einlesung.grund == grund
    assert einlesung.zustand == "VERWORFEN"


def test_list_of_a_closed_account_is_not_released(cast, vg):
    einlesung = send(cast, csv_of([zeile()]))
    step(cast, vorbereiten.submit_einlesung, "frieda", einlesung)
    user = cast.user("frieda")
    user.is_active = False
    user.save(update_fields=["is_active"])
    with pytest.raises(Konflikt, match="gesperrt"):
        step(cast, vorbereiten.approve_einlesung, "emil", einlesung)


@pytest.mark.parametrize("who", ["anna", "doris", "anton", "ines", "karla"])
def test_others_do_not_send_lists(cast, vg, who):
    with pytest.raises(Verweigert):
        send(cast, csv_of([zeile()]), who)


def test_database_holds_the_signatures__against_sql_of_a_page(cast, vg):
    einlesung = send(cast, csv_of([zeile()]))
    frieda, emil = cast.user("frieda").pk, cast.user("emil").pk
    rows = Einlesung.objects.filter(pk=einlesung.pk)
    signed = {"zustand": "FREIGEGEBEN", "freigegeben_von_id": emil, "freigegeben_at": now()}
    lies = [
        lambda: rows.update(**signed),  # never handed in
        lambda: rows.update(zustand="EINGELESEN"),
        lambda: rows.update(eingereicht_von_id=emil),
        lambda: Einlesung.objects.create(dateiname="x", eingereicht_von_id=emil),
    ]
    step(cast, vorbereiten.submit_einlesung, "frieda", einlesung)
    lies += [
        lambda: rows.update(**signed),  # in the name of another
        lambda: rows.update(**signed | {"freigegeben_von_id": frieda}),  # her own
        lambda: rows.update(kopf=["x"]),
        lambda: Einlesezeile.objects.filter(einlesung=einlesung).update(werte=["x"]),
        lambda: Einlesezeile.objects.filter(einlesung=einlesung).delete(),
        lambda: Einlesezeile.objects.create(einlesung=einlesung, nummer=99),
    ]
    for lie in lies:
        with pytest.raises(DatabaseError), on_portal(user_id=frieda), transaction.atomic():
            lie()
    with on_portal(user_id=cast.user("ines").pk, anbieter_ids=[cast.anbieter_id("ines")]):
        assert not Einlesung.objects.exists() and not Einlesezeile.objects.exists()


def by_sql(who, *changes) -> None:
    """Statements of that person's request at the portal, each refused."""
    for match, change in changes:
        with pytest.raises(DatabaseError, match=match), on_portal(user_id=who), transaction.atomic():
            change()


def test_one_person_is_not_two__with_a_colleagues_draft(cast, vg):
    """Emil changes the lines of Frieda's draft, hands it in for her, and releases it in his own name."""
    einlesung, emil = send(cast, csv_of([zeile()])), cast.user("emil").pk
    rows = Einlesung.objects.filter(pk=einlesung.pk)
    with pytest.raises(Verweigert, match="vorbereitet"):
        step(cast, vorbereiten.submit_einlesung, "emil", einlesung)
    by_sql(emil, ("in the name of another", lambda: rows.update(zustand="VORGELEGT")))


@pytest.mark.parametrize("who", ["gerd", "anna", "anton", "karla", "lars"])
def test_database__the_second_signature_is_of_somebody_with_the_right(cast, vg, hro, who):
    """An account of hers somewhere else, with any role: whoever can write SQL there is nobody's second person."""
    einlesung, user = send(cast, csv_of([zeile()])), cast.user(who).pk
    step(cast, vorbereiten.submit_einlesung, "frieda", einlesung)
    signed = {"zustand": "FREIGEGEBEN", "freigegeben_von_id": user, "freigegeben_at": now()}
    rows = Einlesung.objects.filter(pk=einlesung.pk)
    by_sql(
        user,
        ("by who reads lists there", lambda: rows.update(**signed)),
        ("sent by who reads lists there", lambda: Einlesung.objects.create(tenant=vg, eingereicht_von_id=user)),
    )


def test_database__controlling_releases_no_list_that_makes_a_provider(cast, vg):
    einlesung = send(cast, csv_of([zeile()]), "emil")
    step(cast, vorbereiten.submit_einlesung, "emil", einlesung)
    assert Einlesung.objects.get().legt_anbieter_an
    frieda, rows = cast.user("frieda").pk, Einlesung.objects.filter(pk=einlesung.pk)
    signed = {"zustand": "FREIGEGEBEN", "freigegeben_von_id": frieda, "freigegeben_at": now()}
    by_sql(
        frieda,
        ("by who reads lists there", lambda: rows.update(**signed)),
        ("stays as it is", lambda: rows.update(**signed, legt_anbieter_an=False)),
    )


def test_another_account_of_hers_releases_nothing(cast, vg, sign_in):
    """Two people of an office were talked into giving her controlling twice, or did before two had to (ADR 0078)."""
    create_angebot(anbieter="Boddenland gGmbH", kreis="VG")
    zweites = User.objects.create_user(username="f2", password=None, nachname="F", email="FRIEDA+liste@example.org")
    appoint(user=zweites, tenant=vg, rolle=Rolle.CONTROLLING, gueltig_ab=date(2015, 1, 1))
    akteur = get_akteur(user=zweites, tenant=vg)
    with on_portal(user_id=zweites.pk):
        einlesung = vorbereiten.create_einlesung(akteur=akteur, dateiname="l.csv", inhalt=csv_of([zeile()]))
        vorbereiten.submit_einlesung(akteur=akteur, einlesung=einlesung)
    assert not Einlesung.objects.get().legt_anbieter_an
    with pytest.raises(Verweigert, match="nicht selbst"):
        step(cast, vorbereiten.approve_einlesung, "frieda", einlesung)
    frieda, rows = cast.user("frieda").pk, Einlesung.objects.filter(pk=einlesung.pk)
    signed = {"zustand": "FREIGEGEBEN", "freigegeben_von_id": frieda, "freigegeben_at": now()}
    by_sql(frieda, ("another account of hers", lambda: rows.update(**signed)))
    for who, waits in ((cast.akteur("frieda"), 0), (cast.akteur("edda"), 1)):
        with in_tenant(vg, user_id=who.user_id):
            assert count_wartende(who)[Wartend.FREIGABE] == waits
    step(cast, vorbereiten.approve_einlesung, "edda", einlesung)


def test_database__what_the_way_back_writes_is_nobodys_to_say(cast, vg):
    """One person takes a list back; what it then writes is what the list found, whatever statements she sends."""
    read_in(cast, [zeile()])
    einlesung = read_in(cast, [zeile(anbieter="Boddenland und Meer gGmbH")])
    emil, posten = cast.user("emil").pk, Einleseposten.objects.filter(einlesung=einlesung)
    name = posten.get(gegenstand="ANBIETER")
    assert name.vorher == {"name": "Boddenland gGmbH"}
    neu = {"gegenstand": "ANBIETER", "objekt_id": name.objekt_id, "nummer": 2, "vorher": {"anerkennung": "ANERKANNT"}}
    lies = [
        ("by its own job", lambda: posten.update(vorher={"name": "Emils gGmbH"})),
        ("by its own job", lambda: Einleseposten.objects.create(einlesung=einlesung, **neu)),
        ("by its own job", posten.delete),
    ]
    by_sql(emil, *lies)
    step(cast, zuruecknehmen.revoke_einlesung, "emil", einlesung)
    by_sql(emil, *lies)
    zuruecknehmen.run_ruecknahme(einlesung_id=einlesung.pk)
    assert Anbieter.objects.get(pk=name.objekt_id).name == "Boddenland gGmbH"


def test_who_works_for_a_provider_gives_it_no_other_name_with_a_list(cast, vg):
    """As with a proposal of the provider's own: about it another person of the office signs."""
    read_in(cast, [zeile()])
    anbieter = Anbieter.objects.get()
    konto = User.objects.create_user(username="e2", password=None, nachname="E", email="emil+haus@example.org")
    appoint(user=konto, anbieter_id=anbieter.pk, rolle=Rolle.ANBIETER, gueltig_ab=date(2015, 1, 1))
    einlesung = read_in(cast, [zeile(anbieter="Boddenland und Meer gGmbH")])
    assert "arbeitet auch für diesen Anbieter und entscheidet nicht über Namen" in " ".join(meldungen(einlesung))
    assert Anbieter.objects.get().name == "Boddenland gGmbH"
    read_in(cast, [zeile(anbieter="Boddenland und Meer gGmbH")], second="edda")
    assert Anbieter.objects.get().name == "Boddenland und Meer gGmbH"


def test_only_the_own_district__and_the_operator_everywhere_without_agreeing_on_rates(cast, vg, hro):
    einlesung = send(cast, csv_of([zeile(), zeile(einrichtung_nr="E-2", einrichtung="Haus Warnow", kreis="HRO")]))
    assert befunde(einlesung) == ["NEU", "FEHLERHAFT"]
    assert "nicht der Kreis Ihres Jugendamts" in meldungen(einlesung)[0]
    everywhere = read_in(
        cast, [zeile(kreis="Rostock"), zeile(anbieter_nr="T-9", anbieter="Insel e. V.", kreis="VG")], "lars", "leif"
    )
    assert everywhere.tenant is None
    assert Einrichtung.objects.filter(gebietskoerperschaft__kuerzel="HRO", name="Haus Kranich").exists()
    assert not Entgelt.objects.filter(angebot__name="Wohngruppe Kranich").exists()
    assert set(Entgeltvorschlag.objects.values_list("zustand", flat=True)) == {"VORGESCHLAGEN"}
    assert take_back(cast, everywhere, "leif") == 0
    assert set(Entgeltvorschlag.objects.values_list("zustand", flat=True)) == {"ZURUECKGEZOGEN"}


def test_office_sees_its_own_lists(cast, vg, hro, sign_in):
    einlesung = send(cast, csv_of([zeile()]))
    url = f"/anbieter/einlesen/{einlesung.pk}/"
    assert sign_in("emil").get(url).status_code == 200
    assert sign_in("lars").get(url).status_code == 404
    assert sign_in("ines", at="VG").get(url).status_code == 403
    assert sign_in("anna").get(url).status_code == 403


def test_what_the_providers_people_keep_stays(cast, vg):
    read_in(cast, [zeile(telefon="03834 1")])
    anbieter = Anbieter.objects.get(name="Boddenland gGmbH")
    ines = cast.user("ines")
    appoint(user=ines, anbieter_id=anbieter.pk, rolle="ANBIETER", gueltig_ab=now().date())
    haus = Einrichtung.objects.get(name="Haus Kranich")
    update_bestand(haus, {"telefon": "03834 77"})
    einlesung = send(cast, csv_of([zeile(telefon="03834 2", ort="Wolgast")]))
    assert befunde(einlesung) == ["GEAENDERT"] and "wie der Anbieter es eingetragen hat" in meldungen(einlesung)[0]
    release(cast, einlesung)
    run_einlesung(einlesung_id=einlesung.pk)
    haus.refresh_from_db()
    assert (haus.telefon, haus.ort) == ("03834 77", "Wolgast"), "what the list had brought is the list's to change"


def test_provider_that_is_there_is_taken_and_not_changed(cast, vg):
    create_einrichtung(anbieter=KUESTE, kreis="VG", name="Haus Alt")
    read_in(cast, [zeile(anbieter=KUESTE, anbieter_ort="Anderswo")])
    kueste = Anbieter.objects.get(name=KUESTE)
    assert kueste.ort == "" and kueste.einrichtungen.count() == 2


def test_held_place_refuses_the_way_back__with_the_offer(cast, vg):
    einlesung = read_in(cast, [zeile()])
    angebot = Angebot.objects.get(name="Wohngruppe Kranich")
    occupy_platz(platz=angebot.plaetze.first(), tenant=vg, zeitraum=period("2026-11-01", "2027-03-31"))
    with pytest.raises(Konflikt, match=r"Haus Kranich, Wohngruppe Kranich \(1\)"):
        step(cast, zuruecknehmen.revoke_einlesung, "emil", einlesung)


def test_what_has_been_changed_since_stays__and_is_named(cast, vg):
    einlesung = read_in(cast, [zeile(), zeile(einrichtung_nr="E-2", einrichtung="Haus Zwei")])
    update_bestand(Einrichtung.objects.get(name="Haus Kranich"), {"telefon": "03834 9"})
    assert take_back(cast, einlesung) == 2
    gruende = dict(einlesung.posten.exclude(grund="").values_list("gegenstand", "grund"))
    assert gruende == {
        "EINRICHTUNG": "seither geändert: Telefon",
        "ANBIETER": "es hängt etwas daran, das nicht aus dieser Liste stammt: Einrichtung",
    }
    assert not Einrichtung.objects.filter(name="Haus Zwei").exists()


def test_fewer_places__the_free_ones_end(cast, vg):
    read_in(cast, [zeile()])
    angebot = Angebot.objects.get(name="Wohngruppe Kranich")
    hoechster = angebot.plaetze.get(nummer=4)
    occupy_platz(platz=hoechster, tenant=vg, zeitraum=period("2026-11-01", "2027-03-31"))
    read_in(cast, [zeile(plaetze="2")])
    frei = angebot.plaetze.filter(gueltig__endswith__isnull=True).values_list("nummer", flat=True)
    assert sorted(frei) == [1, 4]


def test_rate_that_somebody_agreed_on_stays(cast, vg):
    angebot = create_angebot(anbieter=KUESTE, kreis="VG", entgelt=None)
    Entgelt.objects.create(angebot=angebot, betrag="88.00", gueltig=DateRange(now().date().replace(day=1), None))
    cells = {"einrichtung": angebot.einrichtung.name, "angebot": angebot.name, "beginn": "", "plaetze": "1"}
    ab = now().date().replace(day=1).strftime("%d.%m.%Y")
    einlesung = send(cast, csv_of([zeile(anbieter=KUESTE, **cells, entgelt_ab=ab, vereinbart_am=ab)]))
    assert befunde(einlesung) == ["FEHLERHAFT"] and "schon 88,00" in " ".join(meldungen(einlesung))


def test_register_says_who_it_was(cast, vg):
    einlesung = read_in(cast, [zeile()])
    wer = JournalEintrag.objects.filter(tabelle="providers_einrichtung", request_id=str(einlesung.pk))
    assert set(wer.values_list("user_id", flat=True)) == {cast.user("emil").pk}
    vorschlag = JournalEintrag.objects.filter(tabelle="providers_entgeltvorschlag", art="ANLEGEN").last()
    assert vorschlag.user_id == cast.user("frieda").pk


@pytest.mark.parametrize("who", ["emil", "frieda", "gerd", "karla", "lars"])
def test_database__an_offices_number_is_written_by_its_lists_alone(cast, vg, hro, who):
    """By one statement another office's number led to another house, which its next list would have changed."""
    haus = create_einrichtung(anbieter="Haus am See e. V.", kreis="VG")
    read_in(cast, [zeile()])
    user, rows = cast.user(who).pk, Fremdschluessel.objects.filter(tenant=vg)
    kept = list(rows.order_by("pk").values())
    neu = {"gegenstand": "ANBIETER", "schluessel": "X1", "objekt_id": haus.anbieter_id}
    by_sql(
        user,
        ("by a list of that office", lambda: rows.filter(gegenstand="ANBIETER").update(objekt_id=haus.anbieter_id)),
        ("by a list of that office", lambda: rows.update(stand={}, ist_angelegt=False)),
        ("by a list of that office", lambda: rows.update(tenant=hro)),
        ("by a list of that office", lambda: Fremdschluessel.objects.create(tenant=vg, **neu)),
        ("by a list of that office", lambda: Fremdschluessel.objects.create(tenant=None, **neu)),
        ("by a list of that office", rows.delete),
    )
    assert list(rows.order_by("pk").values()) == kept


def test_database__a_list_writes_numbers_of_its_own_office_alone(cast, vg, hro):
    """Smuggled into the request of the very list that is at work."""
    einlesung = send(cast, csv_of([zeile()]))
    step(cast, vorbereiten.submit_einlesung, "frieda", einlesung)
    step(cast, vorbereiten.approve_einlesung, "emil", einlesung)
    emil, neu = cast.user("emil").pk, {"gegenstand": "ANBIETER", "objekt_id": uuid4()}
    ihr, refused = str(einlesung.pk), pytest.raises(DatabaseError, match="by a list of that office")
    for tenant in (hro, None):
        with refused, on_portal(user_id=emil, request_id=ihr), transaction.atomic():
            Fremdschluessel.objects.create(tenant=tenant, schluessel="X1", **neu)
    with on_portal(user_id=emil, request_id=ihr):
        row = Fremdschluessel.objects.create(tenant=vg, schluessel="X1", **neu)
    with refused, on_portal(user_id=cast.user("frieda").pk, request_id=ihr), transaction.atomic():
        Fremdschluessel.objects.filter(pk=row.pk).update(stand={"name": "x"})


def test_lists_are_the_offices_own_and_the_operators_own__whoever_is_both_sees_both(cast, vg, hro):
    """No account has both roles (ADR 0014); were there one, neither right would take the other away."""
    des_amtes, des_betriebs = send(cast, csv_of([zeile()])), send(cast, csv_of([zeile()]), "lars")
    frieda, lars = cast.akteur("frieda"), cast.akteur("lars")
    both = replace(frieda, tenant_id=None, rollen=frieda.rollen | lars.rollen)
    for akteur, seen in (
        (frieda, {des_amtes}),
        (lars, {des_betriebs}),
        (both, {des_amtes, des_betriebs}),
        (replace(frieda, tenant_id=hro.pk), set()),
        (cast.akteur("anna"), set()),
    ):
        assert set(visible_einlesungen(akteur)) == seen
