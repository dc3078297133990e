"""What an office has admitted, an office confirms; a house may be entered before it opens, and says where it is."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import User
from shared_apps.catalogue.models import Hilfeart
from shared_apps.core.clock import now, today
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.core.gelesen import Gelesen
from shared_apps.providers import services as master
from shared_apps.providers.models import Anbieter, Angebot, Stammdatenvorschlag
from shared_apps.providers.rules import UMKREIS_GRAD, umkreis_des_landes
from shared_apps.providers.services import angebote
from shared_apps.providers.services import stammdaten as services
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.context import on_portal
from tests import people
from tests.factories.regions import postleitzahlen
from tests.factories.register import create_angebot, create_einrichtung
from tests.formulare import gelesen
from tests.people import appoint

pytestmark = pytest.mark.django_db
KUESTE, SEE = "Jugendhilfe Küste gGmbH", "Haus am See e. V."
OWN = "/anbieter/eigene/"
NEU = {"name": "Küste gGmbH", "rechtsform": "gGmbH", "register_nr": "HRB 1", "anerkennung": "ANERKANNT"}


@pytest.fixture
def haus(vg):
    return create_einrichtung(anbieter=KUESTE, kreis="VG")


def run(cast, service, who: str, **row):
    akteur = cast.akteur(who)
    with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids, einrichtung_ids=akteur.einrichtung_ids):
        done = service(akteur=akteur, **row)
        connection.check_constraints()
        return done


def submit(cast, haus, **other) -> Stammdatenvorschlag:
    return run(
        cast, services.submit_stammdatenvorschlag, "ines", anbieter=haus.anbieter,
        gebietskoerperschaft=haus.gebietskoerperschaft, angaben=NEU | {"begruendung": "Umbenannt"} | other,
    )  # fmt: skip


# -- what was admitted ---------------------------------------------------------------------------


def test_provider_proposes_and_an_office_where_it_works_confirms(cast, haus, sign_in):
    ines, emil = sign_in("ines"), sign_in("emil")
    url = f"{OWN}{haus.anbieter_id}/stammdaten/"
    assert url in ines.get(OWN).text and url in ines.get(f"/anbieter/{haus.anbieter_id}/").text
    typed = NEU | {"begruendung": "Beschluss vom Mai", "gebietskoerperschaft": haus.gebietskoerperschaft_id}
    page = ines.post(url, typed, follow=True)
    assert "Sie gilt, sobald das Jugendamt sie bestätigt." in page.text and "Änderung bestätigen" not in page.text
    vorschlag = Stammdatenvorschlag.objects.get()
    assert Anbieter.objects.get(pk=haus.anbieter_id).name == KUESTE
    assert "Geänderte Angaben von Anbietern prüfen" in emil.get("/").text
    assert all("Geänderte Angaben" not in sign_in(who).get("/").text for who in ("anna", "frieda", "gerd"))
    assert str(vorschlag.pk) in emil.get("/anbieter/stammdaten/?zustand=VORGESCHLAGEN").text
    hier = f"/anbieter/stammdaten/{vorschlag.pk}/"
    page = emil.get(hier).text
    assert KUESTE in page and "Küste gGmbH" in page and "Beschluss vom Mai" in page and "Ihde" not in page
    assert "anerkannt (§ 75 Abs. 1 SGB VIII)" in page and "ohne Angabe" in page
    assert "Die Änderung steht im Verzeichnis." in emil.post(hier, {"entscheidung": "bestaetigen"}, follow=True).text
    anbieter = Anbieter.objects.get(pk=haus.anbieter_id)
    assert {name: getattr(anbieter, name) for name in NEU} == NEU
    assert "Darüber ist entschieden: bestätigt." in ines.get(hier).text
    assert emil.post(hier, {"entscheidung": "ablehnen", "grund": "zu spät"}).status_code == 409


def test_declined_with_a_reason_or_taken_back(cast, haus, sign_in):
    vorschlag, anton = submit(cast, haus), sign_in("anton")
    hier = "/anbieter/stammdaten/{}/"
    page = anton.post(hier.format(vorschlag.pk), {"entscheidung": "ablehnen", "grund": ""})
    assert page.status_code == 422 and "warum" in page.text
    anton.post(hier.format(vorschlag.pk), {"entscheidung": "ablehnen", "grund": "Kein Auszug."})
    assert "Kein Auszug." in sign_in("ines").get(hier.format(vorschlag.pk)).text
    zweiter = submit(cast, haus)
    with pytest.raises(Konflikt, match="wartet schon"):
        submit(cast, haus)
    assert sign_in("ines").post(hier.format(zweiter.pk), {"entscheidung": "zurueckziehen"}).status_code == 302
    assert Anbieter.objects.get(pk=haus.anbieter_id).name == KUESTE


def test_mistakes_are_said(cast, haus, sign_in):
    create_einrichtung(anbieter=SEE)
    client, url = sign_in("ines"), f"{OWN}{haus.anbieter_id}/stammdaten/"
    rest = {"begruendung": "Umbenannt", "gebietskoerperschaft": haus.gebietskoerperschaft_id}
    same = {"name": KUESTE, "rechtsform": "", "register_nr": "", "anerkennung": ""}
    hro = Gebietskoerperschaft.objects.get(kuerzel="HRO").pk
    for typed, said in (
        (same | rest, "Sie haben nichts geändert."),
        (NEU | rest | {"name": SEE}, "gibt es im Verzeichnis schon"),
        (NEU | rest | {"gebietskoerperschaft": hro}, "keine gültige Auswahl"),
        (NEU | rest | {"begruendung": ""}, "Bitte füllen Sie dieses Feld aus."),
    ):
        page = client.post(url, typed)
        assert page.status_code == 422 and said in page.text, said
    with pytest.raises(RegelVerletzt, match="in dessen Kreis"):
        run(
            cast, services.submit_stammdatenvorschlag, "ines", anbieter=haus.anbieter,
            gebietskoerperschaft=Gebietskoerperschaft.objects.get(pk=hro), angaben=NEU | {"begruendung": "x"},
        )  # fmt: skip


def test_what_changed_meanwhile_is_not_confirmed(cast, haus):
    vorschlag = submit(cast, haus)
    Anbieter.objects.filter(pk=haus.anbieter_id).update(register_nr="VR 7")
    with pytest.raises(Konflikt, match="inzwischen geändert"):
        run(cast, services.confirm_stammdatenvorschlag, "emil", vorschlag=vorschlag)
    Anbieter.objects.filter(pk=haus.anbieter_id).update(register_nr="")
    Anbieter.objects.create(name=NEU["name"])
    with pytest.raises(Konflikt, match="gibt es im Verzeichnis schon"):
        run(cast, services.confirm_stammdatenvorschlag, "emil", vorschlag=vorschlag)
    User.objects.filter(pk=vorschlag.vorgeschlagen_von_id).update(is_active=False)
    with pytest.raises(Konflikt, match="gesperrt"):
        run(cast, services.confirm_stammdatenvorschlag, "emil", vorschlag=vorschlag)


def test_nobody_else_sees_or_decides(cast, haus, hro, sign_in):
    vorschlag, hier = submit(cast, haus), "/anbieter/stammdaten/"
    for who, host, status in (
        ("jan", "PORTAL", 404), ("anna", "VG", 403), ("frieda", "VG", 403), ("bille", "PORTAL", 403),
        ("fritz", "PORTAL", 403), ("karla", "PORTAL", 403),
    ):  # fmt: skip
        client = sign_in(who, at=host)
        for answer in (client.get(f"{hier}{vorschlag.pk}/"), client.post(f"{hier}{vorschlag.pk}/", {})):
            assert answer.status_code == status, who
    assert sign_in("jan").get(f"{OWN}{haus.anbieter_id}/stammdaten/").status_code == 404
    assert KUESTE not in sign_in("jan").get(hier).text
    for who in ("ines", "gerd"):
        with pytest.raises(Verweigert):
            run(cast, services.confirm_stammdatenvorschlag, who, vorschlag=vorschlag)


def test_nobody_signs_for_the_office_what_she_or_her_house_has_proposed(cast, haus, sign_in):
    """Head of the office and one of the provider's people: one person would be both signatures."""
    appoint(user=cast.user("emil"), anbieter_id=haus.anbieter_id, rolle=Rolle.ANBIETER, gueltig_ab=date(2020, 1, 1))
    vorschlag, emil = submit(cast, haus), cast.akteur("emil")
    for service, more in (
        (services.confirm_stammdatenvorschlag, {}), (services.reject_stammdatenvorschlag, {"grund": "so"}),
    ):  # fmt: skip
        with pytest.raises(Verweigert, match="arbeiten auch für diesen Anbieter"), on_portal(user_id=emil.user_id):
            service(akteur=emil, vorschlag=vorschlag, **more)
    page = sign_in("emil").get(f"/anbieter/stammdaten/{vorschlag.pk}/").text
    assert "arbeiten auch für diesen Anbieter" in page and 'name="entscheidung"' not in page
    with (
        pytest.raises(DatabaseError, match="that she works for"),
        transaction.atomic(),
        on_portal(user_id=emil.user_id),
    ):
        Stammdatenvorschlag.objects.filter(pk=vorschlag.pk).update(zustand="ABGELEHNT", entschieden_von=emil.user_id)


def test_database__what_was_admitted_changes_by_a_confirmed_proposal_alone(cast, haus, vg):
    vorschlag = submit(cast, haus)
    ines, emil, frieda = (cast.akteur(who) for who in ("ines", "emil", "frieda"))
    rows = Stammdatenvorschlag.objects.filter(pk=vorschlag.pk)

    def refused(akteur, match: str, rows_=rows, **fields) -> None:
        with (
            on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids),
            pytest.raises(DatabaseError, match=match),
            transaction.atomic(),
        ):
            rows_.update(**fields)

    anbieter = Anbieter.objects.filter(pk=haus.anbieter_id)
    for feld, wert in NEU.items():
        refused(ines, "an office confirms", anbieter, **{feld: f"{wert}"})
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        assert anbieter.update(dachverband="Diakonie", steuerstatus="GEMEINNUETZIG") == 1
    refused(ines, "row-level security", zustand="BESTAETIGT", entschieden_von=ines.user_id)
    refused(ines, "row-level security", zustand="BESTAETIGT", entschieden_von=emil.user_id)
    refused(frieda, "head or administration", zustand="BESTAETIGT", entschieden_von=frieda.user_id)
    refused(frieda, "in the name of another", zustand="BESTAETIGT", entschieden_von=emil.user_id)
    refused(emil, "stays as it is", name="Ganz anders")
    refused(emil, "stays as it is", bisher={})
    with on_portal(user_id=emil.user_id):
        rows.update(zustand="BESTAETIGT", entschieden_von=emil.user_id)
    assert anbieter.get().name == NEU["name"]
    refused(emil, "stays as it is", zustand="ABGELEHNT")


@pytest.mark.parametrize("who", ["emil", "gerd", "karla", "lars"])
def test_database__nobody_of_an_office_or_the_state_changes_it_alone(cast, haus, hro, who):
    """What the provider may not say alone, one person of an office may not either; a list that two signed may."""
    rows = Anbieter.objects.filter(pk=haus.anbieter_id)
    for feld, wert in NEU.items():
        with (
            on_portal(user_id=cast.user(who).pk, request_id="6d1f8c1e-1111-4c5a-9a52-a1a1a1a1a1a1"),
            pytest.raises(DatabaseError, match="an office confirms"),
            transaction.atomic(),
        ):
            rows.update(**{feld: f"{wert}"})
    assert rows.get().name == KUESTE


def test_another_offices_head__decides_nothing_of_it_by_page_service_or_statement(
    cast, haus, hro, sign_in, monkeypatch
):
    """Nor does the office that was asked take it back in the provider's place."""
    monkeypatch.setitem(people.PEOPLE, "rita", people.Person("Rita", "Rau", (Rolle.JUGENDAMTSLEITUNG,), tenant="HRO"))
    vorschlag = submit(cast, haus)
    hier = f"/anbieter/stammdaten/{vorschlag.pk}/"
    for form in ({"entscheidung": "bestaetigen"}, {"entscheidung": "ablehnen", "grund": "nein"}):
        assert sign_in("rita").post(hier, form).status_code == 404
    for service, more in (
        (services.confirm_stammdatenvorschlag, {}),
        (services.reject_stammdatenvorschlag, {"grund": "x"}),
    ):
        with pytest.raises(Verweigert):
            run(cast, service, "rita", vorschlag=vorschlag, **more)
    for who, zustand in (
        ("rita", "BESTAETIGT"), ("rita", "ABGELEHNT"), ("rita", "ZURUECKGEZOGEN"), ("emil", "ZURUECKGEZOGEN"),
    ):  # fmt: skip
        user = cast.user(who)
        with on_portal(user_id=user.pk), pytest.raises(DatabaseError), transaction.atomic():
            Stammdatenvorschlag.objects.filter(pk=vorschlag.pk).update(
                zustand=zustand, grund="x", entschieden_von=user, entschieden_at=now()
            )
    vorschlag.refresh_from_db()
    assert vorschlag.zustand == "VORGESCHLAGEN" and Anbieter.objects.get(pk=haus.anbieter_id).name == KUESTE


def test_dachverband_and_tax_status_the_provider_says_itself(haus, sign_in):
    client, url = sign_in("ines"), f"{OWN}{haus.anbieter_id}/"
    page = client.get(url)
    assert 'name="dachverband"' in page.text and 'name="rechtsform"' not in page.text
    typed = {"dachverband": "Der Paritätische", "steuerstatus": "GEMEINNUETZIG"} | gelesen(page.text)
    assert client.post(url, typed).status_code == 302
    anbieter = Anbieter.objects.get(pk=haus.anbieter_id)
    assert (anbieter.dachverband, anbieter.steuerstatus) == ("Der Paritätische", "GEMEINNUETZIG")


# -- before it opens -----------------------------------------------------------------------------


def test_a_house_is_entered_before_it_opens_and_no_offer_begins_before(vg, sign_in, cast):
    opens = today() + timedelta(days=90)
    client = sign_in("ines")
    kreis = Gebietskoerperschaft.objects.get(kuerzel="VG")
    client.post(
        f"{OWN}einrichtungen/neu/",
        {"anbieter": cast.anbieter_id("ines"), "name": "Neubau", "gebietskoerperschaft": kreis.pk,
         "eroeffnet_am": opens, "betriebstage_woche": "7", "betriebstage_jahr": "365"},
    )  # fmt: skip
    haus = Anbieter.objects.get(pk=cast.anbieter_id("ines")).einrichtungen.get(name="Neubau")
    assert f"Öffnet am {opens:%d.%m.%Y}" in sign_in("anna").get(f"/anbieter/einrichtungen/{haus.pk}/").text
    assert f"öffnet am {opens:%d.%m.%Y}" in client.get(f"/anbieter/{haus.anbieter_id}/").text
    angaben = {"name": "Gruppe", "alter_von": 6, "alter_bis": 17}
    art = Hilfeart.objects.get(code="T32")
    offer = {"einrichtung": haus, "hilfeart": art, "angaben": angaben, "plaetze": 0}
    with pytest.raises(RegelVerletzt, match="öffnet erst am") as error:
        run(cast, angebote.create_angebot, "ines", beginn=today(), **offer)
    assert error.value.feld == "beginn"
    run(cast, angebote.create_angebot, "ines", beginn=opens, **offer)
    page = client.get(f"{OWN}einrichtungen/{haus.pk}/").text
    typed = {"name": "Neubau", "eroeffnet_am": opens + timedelta(days=1)} | gelesen(page)
    page = client.post(f"{OWN}einrichtungen/{haus.pk}/", typed)
    assert page.status_code == 422 and "Später kann die Einrichtung nicht öffnen." in page.text


def test_database__no_offer_begins_before_its_house_opens(vg):
    angebot = create_angebot(anbieter=KUESTE)
    haus = angebot.einrichtung
    with pytest.raises(DatabaseError, match="before its house opens"), transaction.atomic():
        type(haus).objects.filter(pk=haus.pk).update(eroeffnet_am=date(2020, 1, 1))
    neubau = create_einrichtung(anbieter=KUESTE, eroeffnet_am=date(2030, 5, 1))
    with pytest.raises(DatabaseError, match="before its house opens"), transaction.atomic():
        create_angebot(einrichtung=neubau, gueltig=DateRange(date(2030, 4, 30), None), plaetze=0)
    spaet = create_angebot(einrichtung=neubau, gueltig=DateRange(date(2030, 5, 1), None), plaetze=0)
    with pytest.raises(DatabaseError, match="before its house opens"), transaction.atomic():
        Angebot.objects.filter(pk=spaet.pk).update(gueltig=DateRange(date(2030, 1, 1), None))


def test_staff_of_one_house_do_not_say_when_it_opens(vg, cast, sign_in):
    fritz = cast.akteur("fritz")
    (haus,) = Anbieter.objects.get(pk=cast.anbieter_id("fritz")).einrichtungen.filter(pk__in=fritz.einrichtung_ids)
    assert 'name="eroeffnet_am"' not in sign_in("fritz").get(f"{OWN}einrichtungen/{haus.pk}/").text
    with pytest.raises(RegelVerletzt, match="nicht selbst"):
        master.update_einrichtung(
            akteur=fritz, einrichtung=haus, angaben={"eroeffnet_am": today()}, gelesen=Gelesen({})
        )


# -- on the map ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"breite": "54,09311", "laenge": ""}, "Breite und Länge an, oder keine"),
        ({"breite": "13,38786", "laenge": "54,09311"}, "Sind Breite und Länge vertauscht?"),
        ({"breite": "95", "laenge": "13"}, "90"),
        ({"breite": "nördlich", "laenge": "13"}, "Bitte geben Sie eine Zahl ein"),
    ],
)
def test_a_place_far_from_the_state_is_asked_back(haus, sign_in, typed, said):
    client, url = sign_in("ines"), f"{OWN}einrichtungen/{haus.pk}/"
    page = client.post(url, {"name": haus.name} | typed | gelesen(client.get(url).text))
    assert page.status_code == 422 and said in page.text
    haus.refresh_from_db()
    assert haus.breite is None


def test_a_place_is_entered_by_hand_and_taken_out_again(haus, sign_in):
    client, url = sign_in("ines"), f"{OWN}einrichtungen/{haus.pk}/"
    typed = {"name": haus.name, "breite": "54,09311", "laenge": "13,38786"}
    assert client.post(url, typed | gelesen(client.get(url).text)).status_code == 302
    haus.refresh_from_db()
    assert (haus.breite, haus.laenge) == (Decimal("54.09311"), Decimal("13.38786"))
    assert 'value="54,09311"' in client.get(url).text
    assert client.post(url, {"name": haus.name} | gelesen(client.get(url).text)).status_code == 302
    haus.refresh_from_db()
    assert haus.breite is None and haus.laenge is None


GREIFSWALD = {"17489": ("54.093", "13.388")}


def test_coordinates_far_from_the_postcode_are_asked_back__and_near_it_are_taken(haus, sign_in):
    client, url = sign_in("ines"), f"{OWN}einrichtungen/{haus.pk}/"

    def send(**angaben: str):
        return client.post(url, {"name": haus.name} | angaben | gelesen(client.get(url).text), follow=True)

    with postleitzahlen(GREIFSWALD):
        page = send(plz="17489", breite="53,40000", laenge="11,40000")
        assert page.status_code == 422 and "mehr als 50 km von der Postleitzahl 17489" in page.text
        assert send(plz="17489", breite="54,09311", laenge="13,38786").status_code == 200
        moved = send(plz="17489", breite="54,40000", laenge="13,90000")
        assert "sind gespeichert" in moved.text and "kennt das Portal keinen Ort" not in moved.text


def test_a_postcode_nobody_knows_is_taken_and_said(haus, sign_in):
    client, url = sign_in("ines"), f"{OWN}einrichtungen/{haus.pk}/"

    def said(plz: str) -> bool:
        typed = {"name": haus.name, "plz": plz} | gelesen(client.get(url).text)
        return f"Zur Postleitzahl {plz} kennt das Portal keinen Ort" in client.post(url, typed, follow=True).text

    assert not said("17498"), "where no postcodes are loaded none is unknown"
    with postleitzahlen(GREIFSWALD):
        assert said("99999") and not said("17489")
    haus.refresh_from_db()
    assert haus.plz == "17489"


grad = st.decimals(-80, 80, places=5)


@given(st.lists(st.tuples(grad, grad), min_size=1, max_size=6), grad, grad)
def test_near_the_state_is_within_a_margin_of_its_outermost_seats(sitze, breite, laenge):
    umkreis = umkreis_des_landes(sitze)
    assert umkreis is not None
    assert all(umkreis.enthaelt(*sitz) for sitz in sitze)
    assert umkreis.enthaelt(max(b for b, _ in sitze) + UMKREIS_GRAD, sitze[0][1])
    if umkreis.enthaelt(breite, laenge):
        assert any(abs(breite - b) <= UMKREIS_GRAD for b, _ in sitze) or (
            min(b for b, _ in sitze) <= breite <= max(b for b, _ in sitze)
        )
    assert umkreis_des_landes([]) is None
