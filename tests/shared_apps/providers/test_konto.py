"""Where a provider is paid: one of its people enters another account, another one confirms it, nobody alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared_apps.accounts.models import Mailauftrag, Membership, User
from shared_apps.core import eingabe
from shared_apps.core.clock import real_now
from shared_apps.core.eingabe import EingabeFehler
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from shared_apps.mails.services import run_mailauftrag
from shared_apps.providers.models import Anbieter, Bankverbindung, Kontovorschlag
from shared_apps.providers.services import konto as services
from tenants.context import in_tenant, in_tenant_portal, on_portal
from tests.people import appoint

pytestmark = pytest.mark.django_db
ALT, NEU = "DE02120300000000202051", "DE02500105170137075030"
TYPED = {"inhaber": "Jugendhilfe Küste gGmbH", "iban": "de02 5001 0517 0137 0750 30"}


@pytest.fixture
def anbieter(cast) -> Anbieter:
    """Paid on the old account; Ines and Inge speak for it, Bille bills."""
    for who in ("ines", "inge", "bille"):
        cast.user(who)
    anbieter = Anbieter.objects.get(pk=cast.anbieter_id("ines"))
    Bankverbindung.objects.create(anbieter=anbieter, iban=ALT, inhaber="Alt")
    return anbieter


def url(anbieter) -> str:
    return f"/anbieter/eigene/{anbieter.pk}/bankverbindung/"


def run(cast, service, who: str, **row):
    akteur = cast.akteur(who)
    with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids, einrichtung_ids=akteur.einrichtung_ids):
        return service(akteur=akteur, **row)


def submit(cast, anbieter, who: str = "ines", **other) -> Kontovorschlag:
    fields = {"anbieter": anbieter, "iban": NEU, "inhaber": "Küste"} | other
    return run(cast, services.submit_kontovorschlag, who, **fields)


def holds(anbieter) -> str:
    return Bankverbindung.objects.get(anbieter=anbieter).iban


# -- the way -------------------------------------------------------------------------------------


def test_one_enters_it_another_confirms_it__the_old_one_holds_until_then(cast, anbieter, sign_in):
    ines, bille = sign_in("ines"), sign_in("bille")
    assert url(anbieter) in ines.get("/anbieter/eigene/").text
    page = ines.post(url(anbieter), TYPED, follow=True)
    assert "Es gilt, sobald eine zweite Person es bestätigt." in page.text
    assert "Bille Boje oder Inge Iversen" in page.text and "Konto bestätigen" not in page.text
    vorschlag = Kontovorschlag.objects.get()
    assert (vorschlag.iban, holds(anbieter)) == (NEU, ALT)
    page = bille.get(url(anbieter)).text
    assert "DE02 5001 0517 0137 0750 30" in page and "DE02 1203 0000 0000 2020 51" in page and "Ines Ihde" in page
    hier = f"/anbieter/eigene/konten/{vorschlag.pk}/"
    assert "Alt, DE02 1203" in bille.get(hier).text
    page = bille.post(hier, {"entscheidung": "bestaetigen"}, follow=True)
    assert "Das Konto gilt ab sofort." in page.text
    assert (holds(anbieter), Bankverbindung.objects.get().inhaber) == (NEU, TYPED["inhaber"])
    assert "Darüber ist entschieden: bestätigt." in ines.get(hier).text
    assert bille.post(hier, {"entscheidung": "ablehnen", "grund": "doch nicht"}).status_code == 409


def test_the_others_are_told_without_the_number(cast, anbieter, settings):
    settings.SENDS_MAIL = True
    vorschlag = submit(cast, anbieter)
    wartend = Mailauftrag.objects.filter(art="KONTO_WARTET")
    assert {m.user.username for m in wartend} == {"inge", "bille"}
    assert run_mailauftrag(mail_id=wartend.get(user__username="bille").pk)
    (text,) = [m.body for m in mail.outbox]
    assert str(anbieter.pk) in text and not any(part in text for part in (NEU, NEU[-4:], "Küste", "Ihde"))
    run(cast, services.confirm_kontovorschlag, "inge", vorschlag=vorschlag)
    assert not run_mailauftrag(mail_id=wartend.get(user__username="inge").pk), "nothing waits any more"
    geaendert = Mailauftrag.objects.filter(art="KONTO_GEAENDERT")
    assert {m.user.username for m in geaendert} == {"ines", "bille"}
    assert run_mailauftrag(mail_id=geaendert.get(user__username="ines").pk)
    assert NEU[-4:] not in mail.outbox[-1].body and "Zwei Personen" in mail.outbox[-1].body


def test_declined_with_a_reason_and_taken_back(cast, anbieter, sign_in):
    vorschlag, hier = submit(cast, anbieter), "/anbieter/eigene/konten/{}/"
    inge = sign_in("inge")
    page = inge.post(hier.format(vorschlag.pk), {"entscheidung": "ablehnen", "grund": ""})
    assert page.status_code == 422 and "warum" in page.text
    page = inge.post(
        hier.format(vorschlag.pk), {"entscheidung": "ablehnen", "grund": "Das ist nicht unsere Bank."}, follow=True
    )
    assert "Das bisherige gilt weiter" in page.text and "abgelehnt" in page.text
    zweiter = submit(cast, anbieter)
    ines = sign_in("ines")
    with pytest.raises(Verweigert, match="Zurückziehen kann nur"):
        run(cast, services.withdraw_kontovorschlag, "inge", vorschlag=zweiter)
    assert ines.post(hier.format(zweiter.pk), {"entscheidung": "zurueckziehen"}).status_code == 302
    assert holds(anbieter) == ALT
    assert "zurückgezogen" in ines.get(url(anbieter)).text


def test_what_nobody_confirms_in_time_has_run_out(cast, anbieter, sign_in):
    vorschlag = _entered_long_ago(cast, anbieter)
    page = sign_in("bille").get(f"/anbieter/eigene/konten/{vorschlag.pk}/").text
    assert "nicht rechtzeitig bestätigt" in page and "Konto bestätigen" not in page
    with pytest.raises(Konflikt, match="niemand rechtzeitig"):
        run(cast, services.confirm_kontovorschlag, "bille", vorschlag=vorschlag)
    assert "Zur Bestätigung vorlegen" in sign_in("bille").get(url(anbieter)).text
    submit(cast, anbieter, "bille")
    vorschlag.refresh_from_db()
    assert vorschlag.zustand == "ABGELAUFEN" and holds(anbieter) == ALT


def _entered_long_ago(cast, anbieter) -> Kontovorschlag:
    ines = cast.akteur("ines")
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        return Kontovorschlag.objects.create(
            anbieter=anbieter, iban=NEU, inhaber="Küste", vorgeschlagen_von_id=ines.user_id,
            gilt_bis=real_now() - timedelta(hours=1),
        )  # fmt: skip


# -- who, and who not ----------------------------------------------------------------------------


def test_whoever_is_alone_hears_who_could_be_the_second_person(cast, sign_in):
    jan = sign_in("jan")
    page = jan.get(f"/anbieter/eigene/{cast.anbieter_id('jan')}/bankverbindung/").text
    assert "Es fehlt eine zweite Person" in page and "Noch kein Konto." in page
    assert "Zur Bestätigung vorlegen" not in page and "Jemanden einladen" not in page, "who administers invites"
    page = jan.post(f"/anbieter/eigene/{cast.anbieter_id('jan')}/bankverbindung/", TYPED)
    assert (
        page.status_code == 409
        and "Tragen Sie zuerst eine Einrichtung ein" in page.text
        and 'value="DE02 5001' not in page.text
    )
    assert TYPED["iban"] in page.text, "what was typed stays"
    assert not Kontovorschlag.objects.exists()


def test_nobody_confirms_her_own_nor_who_came_afterwards_nor_of_a_closed_account(cast, anbieter):
    vorschlag = submit(cast, anbieter)
    with pytest.raises(Verweigert, match="nicht selbst"):
        run(cast, services.confirm_kontovorschlag, "ines", vorschlag=vorschlag)
    new = cast.user("nora")
    _appoint_later(new, anbieter)
    with pytest.raises(Verweigert, match="erst nach diesem Eintrag"):
        run(cast, services.confirm_kontovorschlag, "nora", vorschlag=vorschlag)
    User.objects.filter(pk=cast.user("ines").pk).update(is_active=False)
    with pytest.raises(Konflikt, match="gesperrt"):
        run(cast, services.confirm_kontovorschlag, "inge", vorschlag=vorschlag)
    assert holds(anbieter) == ALT


def test_what_somebody_entered_who_has_left_is_confirmed_by_nobody(cast, anbieter, sign_in):
    vorschlag = submit(cast, anbieter)
    cast.user("ines").memberships.update(gueltig_bis=date.today())
    page = sign_in("inge").post(f"/anbieter/eigene/konten/{vorschlag.pk}/", {"entscheidung": "bestaetigen"})
    assert page.status_code == 409 and "gehört nicht mehr zu denen" in page.text
    inge = cast.akteur("inge")
    portal = on_portal(user_id=inge.user_id, anbieter_ids=inge.anbieter_ids)
    with portal, pytest.raises(DatabaseError, match="who has left"), transaction.atomic():
        _confirm_by_sql(inge, vorschlag)
    run(cast, services.decline_kontovorschlag, "inge", vorschlag=vorschlag, grund="Ines Ihde ist nicht mehr bei uns.")
    assert holds(anbieter) == ALT


def _confirm_by_sql(akteur, vorschlag) -> None:
    Kontovorschlag.objects.filter(pk=vorschlag.pk).update(
        zustand="BESTAETIGT", entschieden_von=akteur.user_id, entschieden_at=real_now()
    )


def test_database__no_role_is_older_than_the_journal_says(cast, anbieter):
    """Nora comes after the entry and writes, by whatever SQL, that she was there before."""
    vorschlag = submit(cast, anbieter)
    _appoint_later(cast.user("nora"), anbieter)
    nora = cast.akteur("nora")
    with on_portal(user_id=nora.user_id, anbieter_ids=[anbieter.pk]):
        hers = Membership.objects.filter(user_id=nora.user_id)
        assert hers.update(created_at=vorschlag.created_at - timedelta(days=900)) == hers.count()
        with pytest.raises(DatabaseError, match="before it was entered"), transaction.atomic():
            _confirm_by_sql(nora, vorschlag)
    assert holds(anbieter) == ALT


def _appoint_later(user, anbieter) -> None:
    appoint(user=user, anbieter_id=anbieter.pk, rolle="ANBIETER", gueltig_ab="2015-01-01")


def test_one_at_a_time_and_another_than_the_one_that_holds(cast, anbieter):
    submit(cast, anbieter)
    with pytest.raises(Konflikt, match="wartet schon"):
        submit(cast, anbieter, "bille", iban=ALT)
    run(cast, services.confirm_kontovorschlag, "inge", vorschlag=Kontovorschlag.objects.get())
    with pytest.raises(RegelVerletzt, match="gilt schon"):
        submit(cast, anbieter)


def test_another_providers_account_is_not_found_and_a_house_has_none(cast, anbieter, sign_in):
    vorschlag = submit(cast, anbieter)
    for who, status in (("jan", 404), ("fritz", 403), ("karla", 403), ("anna", 403)):
        client = sign_in(who, at="PORTAL")
        for address in (url(anbieter), f"/anbieter/eigene/konten/{vorschlag.pk}/"):
            assert client.get(address).status_code == status, who
            assert client.post(address, {"entscheidung": "bestaetigen"}).status_code == status
    assert "Bankverbindung" not in sign_in("fritz").get("/anbieter/eigene/").text
    with pytest.raises(Verweigert):
        run(cast, services.confirm_kontovorschlag, "jan", vorschlag=vorschlag)


@pytest.mark.parametrize(
    ("iban", "said"),
    [
        ("DE02500105170137075031", "Prüfziffern"),
        ("DE0250010517013707503", "Das ist keine IBAN"),
        ("0137075030", "Das ist keine IBAN"),
        ("", "Bitte füllen Sie dieses Feld aus."),
    ],
)
def test_a_slip_in_the_number_is_found(cast, anbieter, sign_in, iban, said):
    page = sign_in("ines").post(url(anbieter), TYPED | {"iban": iban})
    assert page.status_code == 422 and said in page.text and "Küste" in page.text
    assert not Kontovorschlag.objects.exists()


# -- the database --------------------------------------------------------------------------------


def test_database__nobody_writes_an_account_and_nobody_confirms_alone(cast, anbieter, vg):
    vorschlag = submit(cast, anbieter)
    _appoint_later(cast.user("nora"), anbieter)
    ines, inge, jan, nora = (cast.akteur(who) for who in ("ines", "inge", "jan", "nora"))
    rows, decided = Kontovorschlag.objects.filter(pk=vorschlag.pk), {"entschieden_at": real_now()}

    def refused(akteur, match: str, **fields) -> None:
        ids = akteur.anbieter_ids or frozenset({anbieter.pk})
        with (
            on_portal(user_id=akteur.user_id, anbieter_ids=ids),
            pytest.raises(DatabaseError, match=match),
            transaction.atomic(),
        ):
            rows.update(**fields)

    refused(ines, "vier_augen", zustand="BESTAETIGT", entschieden_von=ines.user_id, **decided)
    refused(ines, "own name|another", zustand="BESTAETIGT", entschieden_von=inge.user_id, **decided)
    refused(nora, "before it was entered", zustand="BESTAETIGT", entschieden_von=nora.user_id, **decided)
    refused(inge, "stays as it is", iban=ALT)
    refused(inge, "stays as it is", gilt_bis=real_now() + timedelta(days=900))
    refused(inge, "time left", zustand="ABGELAUFEN")
    refused(inge, "vier_augen", zustand="ZURUECKGEZOGEN", entschieden_von=inge.user_id, **decided)
    with on_portal(user_id=jan.user_id, anbieter_ids=jan.anbieter_ids):
        assert not rows.exists() and rows.update(zustand="ABGELEHNT") == 0
    for fields in (
        {"iban": "DE00500105170137075030"},
        {"vorgeschlagen_von_id": inge.user_id},
        {"zustand": "BESTAETIGT"},
    ):
        row = {"anbieter_id": anbieter.pk, "iban": NEU, "inhaber": "X", "vorgeschlagen_von_id": ines.user_id,
               "gilt_bis": real_now()} | fields  # fmt: skip
        with (
            on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids),
            pytest.raises(DatabaseError),
            transaction.atomic(),
        ):
            Kontovorschlag.objects.create(**row)
    for fence in (
        on_portal(user_id=cast.user("lars").pk),
        on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids),
    ):
        with fence:
            assert Bankverbindung.objects.update(iban=NEU) == 0
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                Bankverbindung.objects.create(anbieter_id=cast.anbieter_id("jan"), iban=NEU)
    with in_tenant(vg), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Bankverbindung.objects.update(iban=NEU)
    portal = in_tenant_portal(vg, user_id=ines.user_id, anbieter_ids=ines.anbieter_ids)
    with portal, pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rows.exists()
    assert holds(anbieter) == ALT


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.from_regex(r"\A[A-Z]{2}[0-9]{2}[A-Z0-9]{8,32}\Z"),
        st.from_regex(r"\ADE[0-9]{20}\Z"),
        st.integers(0, 10**18 - 1).map(lambda n: _with_digits(f"{n:018}")),
    )
)
def test_database__asks_for_the_check_digits_as_the_form_does(db, text):
    try:
        stimmt = eingabe.clean_iban(text) == text
    except EingabeFehler:
        stimmt = False
    with connection.cursor() as cursor:
        assert cursor.execute("SELECT providers_iban_stimmt(%s)", [text]).fetchone() == (stimmt,)


def _with_digits(konto: str) -> str:
    """A German account with its check digits, counted as the bank does."""
    return f"DE{98 - int(konto + '131400') % 97:02}{konto}"
