"""Screens at the portal: a provider's administration, and the operator."""

from __future__ import annotations

import pytest

from shared_apps.accounts.models import Membership, User
from shared_apps.core.clock import today
from shared_apps.members.models import Mitgliedschaftsantrag
from tests.people import GRUENDUNG, PEOPLE

pytestmark = pytest.mark.django_db
HEUTE = {"gueltig_ab": today().strftime("%d.%m.%Y")}


def test_provider__sees_own_people_only(cast, sign_in) -> None:
    for name in ("ines", "bille", "fritz", "jan", "anna"):
        cast.user(name)
    page = sign_in("inge").get("/mitglieder/").text
    assert all(n in page for n in ("Ihde", "Boje", "Frahm", "Haus Strandläufer"))
    assert "Jessen" not in page and "Ahlers" not in page


@pytest.mark.parametrize("name", ["ines", "bille", "fritz", "karla", "lars"])
def test_without_administration__403(name, sign_in) -> None:
    client = sign_in(name)
    assert client.get("/mitglieder/").status_code == 403
    assert client.get("/mitglieder/einladen/").status_code == 403


def test_provider__invites_for_one_facility(cast, sign_in) -> None:
    client = sign_in("inge")
    haus = cast.einrichtung(PEOPLE["fritz"])
    data = {"vorname": "Ole", "nachname": "Ott", "email": "ole@example.org", "rolle": "EINRICHTUNG",
            "anbieter": str(haus.anbieter_id), "einrichtung": str(haus.pk)} | HEUTE  # fmt: skip
    assert client.post("/mitglieder/einladen/", data | {"einrichtung": ""}).status_code == 422
    assert client.post("/mitglieder/einladen/", data).status_code == 200
    row = Membership.objects.get(user__email="ole@example.org")
    assert (row.einrichtung_id, row.anbieter_id) == (haus.pk, haus.anbieter_id)


def test_provider__not_for_a_competitor(cast, sign_in) -> None:
    client, jan = sign_in("inge"), cast.user("jan")
    see = cast.anbieter_id("jan")
    data = {"vorname": "O", "nachname": "O", "email": "o@example.org", "rolle": "ANBIETER", "anbieter": str(see)}
    assert client.post("/mitglieder/einladen/", data | HEUTE).status_code == 422
    assert client.get(f"/mitglieder/{jan.pk}/").status_code == 404
    assert client.post(f"/mitglieder/rollen/{Membership.objects.get(user=jan).pk}/beenden/").status_code == 404
    assert not User.objects.filter(email="o@example.org").exists()


def test_operator__first_administration_of_a_provider_once(cast, sign_in) -> None:
    client, see, leif = sign_in("lars"), cast.anbieter("Haus am See e. V."), sign_in("leif")
    assert "Haus am See" in client.get("/betrieb/zugaenge/").text
    url = f"/betrieb/zugaenge/anbieter/{see.pk}/"
    data = {"vorname": "Ole", "nachname": "Ott", "email": "ole@example.org"}
    assert client.post(url, data).status_code == 200
    antrag = Mitgliedschaftsantrag.objects.get(user__email="ole@example.org")
    decision = f"/betrieb/zugaenge/rollenantraege/{antrag.pk}/"
    assert client.post(decision, {"entscheidung": "bewilligen"}).status_code == 403
    assert "Haus am See e. V., verwaltet die Zugänge" in leif.get(decision).text
    leif.post(decision, {"entscheidung": "bewilligen"})
    assert Membership.objects.get(user__email="ole@example.org").verwaltet
    assert client.post(url, data).status_code == 404, "never a second one"


def test_operator__confirms_on_a_written_order_and_stays_listed(cast, sign_in, vg) -> None:
    anton, lars = sign_in("anton"), sign_in("lars")
    Membership.objects.filter(tenant=vg, rolle="TENANT_ADMIN").exclude(user=cast.user("anton")).update(
        gueltig_bis=today()
    )
    anton.post(
        "/verwaltung/mitglieder/einladen/",
        {"vorname": "Ute", "nachname": "Uhl", "email": "ute@example.org", "rolle": "ASD", "begruendung": "neu im Team"}
        | HEUTE,
    )
    antrag = Mitgliedschaftsantrag.objects.get(user__email="ute@example.org")
    assert "Ute Uhl" in lars.get("/betrieb/zugaenge/").text
    url = f"/betrieb/zugaenge/rollenantraege/{antrag.pk}/"
    page = lars.get(url).text
    assert "auf schriftlichen Auftrag" in page and "ute@example.org" in page
    wrong = lars.post(url, {"entscheidung": "bewilligen", "auftrag": "51-2026/7", "auftrag_vom": ""})
    assert wrong.status_code == 422 and "51-2026/7" in wrong.text
    order = {"entscheidung": "bewilligen", "auftrag": "51-2026/7", "auftrag_vom": HEUTE["gueltig_ab"]}
    assert lars.post(url, order).status_code == 302
    assert "51-2026/7" in lars.get("/betrieb/zugaenge/").text
    assert "Betrieb, auf Auftrag 51-2026/7" in anton.get("/verwaltung/zulassungen/?art=betrieb").text


def test_operator__role_of_the_state_needs_the_second_operator(cast, sign_in) -> None:
    lars, leif = sign_in("lars"), sign_in("leif")
    data = {"vorname": "Mia", "nachname": "Moll", "email": "mia@example.org", "rolle": "LANDESJUGENDAMT",
            "begruendung": "neu im Referat"}  # fmt: skip
    assert lars.post("/betrieb/zugaenge/land/", data).status_code == 200
    antrag = Mitgliedschaftsantrag.objects.exclude(begruendung=GRUENDUNG).get()
    url = f"/betrieb/zugaenge/rollenantraege/{antrag.pk}/"
    assert lars.post(url, {"entscheidung": "bewilligen"}).status_code == 403
    assert not Membership.objects.filter(user__email="mia@example.org").exists()
    assert leif.post(url, {"entscheidung": "bewilligen"}).status_code == 302
    assert Membership.objects.get(user__email="mia@example.org").rolle == "LANDESJUGENDAMT"


@pytest.mark.parametrize("name", ["karla", "lena", "inge", "ines"])
def test_operators_pages__for_nobody_else(name, cast, sign_in) -> None:
    see, client = cast.anbieter("Haus am See e. V."), sign_in(name)
    for url in ("/betrieb/zugaenge/", "/betrieb/zugaenge/land/", f"/betrieb/zugaenge/anbieter/{see.pk}/"):
        assert client.get(url).status_code == 403
