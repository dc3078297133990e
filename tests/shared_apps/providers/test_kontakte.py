"""Whom offices call at a house, and at night: kept by the provider, read by offices, by no competitor."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from shared_apps.core.errors import RegelVerletzt, Verweigert
from shared_apps.core.gelesen import Gelesen
from shared_apps.providers.models import Kontakt
from shared_apps.providers.selectors.kontakte import list_kontakte
from shared_apps.providers.services import kontakte as services
from tenants.context import as_comparison, in_tenant, in_tenant_portal, on_portal
from tests.factories.register import create_angebot, create_einrichtung
from tests.formulare import gelesen

pytestmark = pytest.mark.django_db
KUESTE, SEE = "Jugendhilfe Küste gGmbH", "Haus am See e. V."
OWN = "/anbieter/eigene/"
LEITUNG = {"funktion": "LEITUNG", "name": "Frau Möller", "telefon": "03834 123", "email": "leitung@example.org"}
NACHT = {"funktion": "BEREITSCHAFT", "name": "", "telefon": "+49 (0)171 99-8", "email": "", "ist_notruf": "on"}


def urls(ort) -> tuple[str, str]:
    kind = "einrichtungen/" if hasattr(ort, "anbieter_id") else ""
    return f"{OWN}{kind}{ort.pk}/kontakte/", f"{OWN}{kind}{ort.pk}/kontakte/neu/"


def as_person(akteur):
    return on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids, einrichtung_ids=akteur.einrichtung_ids)


def test_a_house_says_whom_to_call_and_offices_tap_the_number(vg, sign_in):
    angebot = create_angebot(anbieter=KUESTE)
    haus, client = angebot.einrichtung, sign_in("ines")
    liste, neu = urls(haus)
    assert "Noch kein Kontakt" in client.get(liste).text and "Noch kein Notfalltelefon" in client.get(liste).text
    assert "Der Kontakt ist eingetragen." in client.post(neu, LEITUNG, follow=True).text
    page = client.post(neu, NACHT, follow=True).text
    assert "Notfall, 24 h" in page and page.index("Bereitschaft") < page.index("Leitung"), "the night comes first"
    assert "Noch kein Notfalltelefon" not in page
    page = sign_in("anna").get(f"/anbieter/einrichtungen/{haus.pk}/").text
    assert 'href="tel:+49171998"' in page and "Frau Möller" in page and 'href="tel:03834123"' in page
    assert "Ines Ihde" not in page, "no account of the staff"


def test_contacts_are_changed_and_taken_away(vg, sign_in, cast):
    haus = create_einrichtung(anbieter=KUESTE)
    client = sign_in("ines")
    client.post(urls(haus)[1], LEITUNG)
    kontakt = Kontakt.objects.get()
    url = f"{OWN}kontakte/{kontakt.pk}/"
    old = gelesen(client.get(url).text)
    assert client.post(url, LEITUNG | old | {"telefon": "03834 9"}).status_code == 302
    page = client.post(url, LEITUNG | old | {"telefon": "03834 7"})
    assert page.status_code == 409 and "Inzwischen geändert" in page.text
    kontakt.refresh_from_db()
    assert kontakt.telefon == "03834 9"
    assert "wird gelöscht" in client.get(f"{url}entfernen/").text
    assert "Der Kontakt ist entfernt." in client.post(f"{url}entfernen/", follow=True).text
    assert not Kontakt.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"telefon": "", "email": ""}, "Telefonnummer oder eine E-Mail-Adresse"),
        ({"telefon": "", "ist_notruf": "on"}, "Ein Notfalltelefon braucht eine Telefonnummer."),
        ({"telefon": "Frau Möller anrufen"}, "Eine Telefonnummer besteht aus Ziffern"),
        ({"funktion": "PFORTE"}, "keine gültige Auswahl"),
        ({"funktion": ""}, "Bitte füllen Sie dieses Feld aus."),
    ],
)
def test_mistakes_are_said_and_what_was_typed_stays(vg, sign_in, typed, said):
    haus = create_einrichtung(anbieter=KUESTE)
    page = sign_in("ines").post(urls(haus)[1], LEITUNG | typed)
    assert page.status_code == 422 and said in page.text and "Frau Möller" in page.text
    assert not Kontakt.objects.exists()


def test_one_number_for_the_night__a_house_without_one_has_that_of_its_provider(vg, sign_in, cast):
    haus = create_einrichtung(anbieter=KUESTE)
    client = sign_in("ines")
    client.post(urls(haus.anbieter)[1], NACHT | {"name": "Zentrale"})
    page = sign_in("anna").get(f"/anbieter/einrichtungen/{haus.pk}/").text
    assert "Notfalltelefon des Anbieters" in page and 'href="tel:+49171998"' in page
    assert "Notfalltelefon des Anbieters: +49 (0)171 99-8" in client.get(urls(haus)[0]).text
    client.post(urls(haus)[1], NACHT | {"telefon": "110"})
    assert list_kontakte(haus).notruf.telefon == "110" and not list_kontakte(haus).ist_des_anbieters
    page = client.post(urls(haus)[1], NACHT | {"telefon": "112"})
    assert page.status_code == 422 and "Ein Notfalltelefon ist hier schon eingetragen." in page.text
    other = Kontakt.objects.create(einrichtung=haus, funktion="LEITUNG", telefon="03834 1")
    with pytest.raises(RegelVerletzt, match="schon eingetragen"):
        services.update_kontakt(
            akteur=cast.akteur("ines"),
            kontakt=other,
            angaben={"ist_notruf": True},
            gelesen=Gelesen.of({"ist_notruf": ""}),
        )


def test_as_many_as_anybody_calls(vg, cast):
    haus, ines = create_einrichtung(anbieter=KUESTE), cast.akteur("ines")
    Kontakt.objects.bulk_create(
        Kontakt(einrichtung=haus, funktion="SONSTIGES", telefon=str(100 + n)) for n in range(services.KONTAKTE_MAX)
    )
    with pytest.raises(RegelVerletzt, match="20 Kontakte"):
        services.create_kontakt(akteur=ines, ort=haus, angaben={"funktion": "LEITUNG", "telefon": "110"})


def test_another_providers_contacts_are_not_found(vg, sign_in, cast):
    foreign = create_einrichtung(anbieter=SEE)
    kontakt = Kontakt.objects.create(einrichtung=foreign, funktion="LEITUNG", name="Herr Seidel", telefon="03834 5")
    Kontakt.objects.create(anbieter=foreign.anbieter, funktion="BEREITSCHAFT", telefon="03834 6", ist_notruf=True)
    client = sign_in("ines")
    for url in (*urls(foreign), *urls(foreign.anbieter), f"{OWN}kontakte/{kontakt.pk}/"):
        assert client.get(url).status_code == 404, url
    assert client.post(f"{OWN}kontakte/{kontakt.pk}/entfernen/").status_code == 404
    for host in ("PORTAL", "VG"):
        page = sign_in("ines", at=host).get(f"/anbieter/einrichtungen/{foreign.pk}/").text
        assert "Herr Seidel" not in page and "03834 6" not in page
    with pytest.raises(Verweigert):
        services.create_kontakt(akteur=cast.akteur("ines"), ort=foreign, angaben={"funktion": "LEITUNG"})
    with pytest.raises(Verweigert):
        services.end_kontakt(akteur=cast.akteur("ines"), kontakt=kontakt)


def test_staff_of_one_house_keep_its_contacts_and_only_read_the_providers(vg, sign_in, cast):
    fritz = cast.akteur("fritz")
    (haus_id,) = fritz.einrichtung_ids
    other = create_einrichtung(anbieter=KUESTE)
    zentrale = Kontakt.objects.create(anbieter=other.anbieter, funktion="LEITUNG", telefon="03834 8", ist_notruf=True)
    drueben = Kontakt.objects.create(einrichtung=other, funktion="LEITUNG", telefon="03834 9")
    client = sign_in("fritz")
    assert client.post(f"{OWN}einrichtungen/{haus_id}/kontakte/neu/", LEITUNG).status_code == 302
    assert 'href="tel:038348"' in client.get(f"/anbieter/einrichtungen/{haus_id}/").text
    for url in (*urls(other), f"{OWN}kontakte/{drueben.pk}/", f"{OWN}kontakte/{zentrale.pk}/"):
        assert client.get(url).status_code == 404, url
    assert client.get(urls(other.anbieter)[0]).status_code == 403
    with as_person(fritz):
        assert set(Kontakt.objects.values_list("telefon", flat=True)) == {"03834 123", "03834 8"}
        assert Kontakt.objects.filter(pk=zentrale.pk).update(telefon="1") == 0
        assert Kontakt.objects.filter(pk=zentrale.pk).delete()[0] == 0


def test_database__a_house_is_read_and_kept_by_its_own(vg, cast):
    own, foreign = create_einrichtung(anbieter=KUESTE), create_einrichtung(anbieter=SEE)
    mine = Kontakt.objects.create(einrichtung=own, funktion="LEITUNG", telefon="03834 1")
    theirs = Kontakt.objects.create(einrichtung=foreign, funktion="LEITUNG", telefon="03834 2")
    ines = cast.akteur("ines")
    with as_person(ines):
        assert list(Kontakt.objects.all()) == [mine]
        assert Kontakt.objects.filter(pk=theirs.pk).update(telefon="1") == 0
        assert Kontakt.objects.filter(pk=theirs.pk).delete()[0] == 0
        for ort in ({"einrichtung": foreign}, {"anbieter": foreign.anbieter}):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                Kontakt.objects.create(funktion="LEITUNG", telefon="03834 3", **ort)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Kontakt.objects.filter(pk=mine.pk).update(einrichtung=foreign)
    with in_tenant_portal(vg, user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        assert list(Kontakt.objects.all()) == [mine]
    with in_tenant(vg):
        assert Kontakt.objects.count() == 2
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Kontakt.objects.update(telefon="1")
    with on_portal(user_id=cast.akteur("lena").user_id):
        assert Kontakt.objects.count() == 2
        assert Kontakt.objects.update(telefon="1") == 0, "who acts for no provider keeps none"
    with as_comparison(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Kontakt.objects.count()


@pytest.mark.parametrize(
    ("row", "constraint"),
    [
        ({"telefon": "", "email": ""}, "kontakt_erreichbar"),
        ({"telefon": "", "email": "a@example.org", "ist_notruf": True}, "kontakt_notruf_telefon"),
        ({"beide": True}, "kontakt_genau_ein_ort"),
        ({"zweimal": True}, "kontakt_ein_notruf"),
    ],
)
def test_database__what_must_never_stand_there(vg, row, constraint):
    haus = create_einrichtung(anbieter=KUESTE)
    if row.pop("zweimal", False):
        Kontakt.objects.create(einrichtung=haus, funktion="LEITUNG", telefon="1", ist_notruf=True)
        row["ist_notruf"] = True
    if row.pop("beide", False):
        row["anbieter"] = haus.anbieter
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Kontakt.objects.create(**({"einrichtung": haus, "funktion": "LEITUNG", "telefon": "1"} | row))
    assert connection.in_atomic_block
