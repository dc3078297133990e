"""A provider's administration reads who changed its own roles, keys and register data; nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from shared_apps.accounts.models import ApiToken
from shared_apps.core.clock import today
from shared_apps.journal.models import JournalEintrag
from shared_apps.members.selectors.journal import list_own_journal
from tenants.context import on_portal
from tests.factories.register import create_angebot
from tests.people import PEOPLE, appoint

pytestmark = pytest.mark.django_db
PFAD = "/mitglieder/journal/"


def _key(user, name: str) -> ApiToken:
    return ApiToken.objects.create(
        user=user, key_hash=f"{name:0>64}", bezeichnung=name, expires_at=timezone.now() + timedelta(days=9)
    )


def _page(sign_in, query: str = "") -> str:
    return sign_in("inge").get(PFAD + query).text


def test_own_rows_are_shown_and_those_of_others_are_not(cast, sign_in) -> None:
    ines, jan, anna = (cast.user(name) for name in ("ines", "jan", "anna"))
    for user, name in ((ines, "Belegungsabgleich"), (jan, "Fremder Schlüssel"), (anna, "Amtsschlüssel")):
        _key(user, name)
    create_angebot(einrichtung=cast.einrichtung(PEOPLE["fritz"]), name="Wohngruppe Düne", entgelt=None)
    create_angebot(anbieter="Haus am See e. V.", name="Angebot der Konkurrenz")
    text = _page(sign_in)
    assert all(word in text for word in (ines.name, "Belegungsabgleich", "Wohngruppe Düne", "Haus Strandläufer"))
    assert not any(word in text for word in (jan.name, anna.name, "Fremder", "Amtsschlüssel", "Konkurrenz"))


def test_key_of_somebody_who_works_elsewhere_too_is_not_shown(cast, sign_in) -> None:
    ines, jan = cast.user("ines"), cast.user("jan")
    appoint(user=ines, anbieter_id=cast.anbieter_id("jan"), rolle="ANBIETER", gueltig_ab=today() - timedelta(days=3))
    _key(ines, "Zweierlei")
    assert jan and "Zweierlei" not in _page(sign_in)


def test_filter_by_kind_and_day(cast, sign_in) -> None:
    _key(cast.user("ines"), "Belegungsabgleich")
    cast.einrichtung(PEOPLE["fritz"])
    assert "Belegungsabgleich" in _page(sign_in, "?bereich=schluessel")
    assert "Haus Strandläufer" not in _page(sign_in, "?bereich=schluessel")
    assert "Belegungsabgleich" not in _page(sign_in, "?bereich=rollen")
    morgen = (timezone.localdate() + timedelta(days=1)).strftime("%d.%m.%Y")
    assert "Keine Änderungen" in _page(sign_in, f"?von={morgen}")
    assert "Belegungsabgleich" in _page(sign_in, f"?bis={morgen}")
    assert sign_in("inge").get(PFAD + "?bereich=erfunden&von=gestern").status_code == 200


def test_who_acted_is_named_only_inside_the_own_organisation(cast, sign_in) -> None:
    inge, lars, ines = cast.user("inge"), cast.user("lars"), cast.user("ines")
    with on_portal(user_id=inge.pk):
        _key(ines, "Eigener")
    with on_portal(user_id=lars.pk):
        create_angebot(einrichtung=cast.einrichtung(PEOPLE["fritz"]), name="Wohngruppe Düne", entgelt=None)
    text = _page(sign_in)
    assert inge.name in text and "außerhalb Ihrer Organisation" in text and lars.name not in text


def test_columns_by_their_names_and_no_entry_for_every_call_of_a_machine(cast, sign_in) -> None:
    key = _key(cast.user("ines"), "Belegungsabgleich")
    ids = [cast.anbieter_id("inge")]
    before = list_own_journal(ids).count()
    ApiToken.objects.filter(pk=key.pk).update(zuletzt_at=timezone.now())
    assert list_own_journal(ids).count() == before
    assert JournalEintrag.objects.filter(zeile=str(key.pk), felder=["zuletzt_at"]).exists()
    ApiToken.objects.filter(pk=key.pk).update(revoked_at=timezone.now())
    assert "widerrufen am" in _page(sign_in, "?bereich=schluessel")


def test_fifty_a_page(cast, sign_in) -> None:
    for number in range(51):
        _key(cast.user("ines"), f"Schlüssel {number}")
    first = _page(sign_in, "?bereich=schluessel")
    assert first.count("<tr class=") == 51 and "seite=2" in first
    assert _page(sign_in, "?bereich=schluessel&seite=2").count("<tr class=") == 2


@pytest.mark.parametrize("name", ["ines", "bille", "fritz", "lars", "karla"])
def test_without_administration__403(name, sign_in) -> None:
    assert sign_in(name).get(PFAD).status_code == 403
