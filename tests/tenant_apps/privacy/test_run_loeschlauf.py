"""A deletion run: preview, second person, first restricted and then deleted; afterwards no dye is left anywhere."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from shared_apps.accounts.models import User
from shared_apps.core.clock import real_now, today
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from tenant_apps.billing.models import Auszahlung, Rechnung
from tenant_apps.cases.models import Hilfefall, Klient, Personenschluessel
from tenant_apps.placements.models import Auswahlvermerk, Buchung
from tenant_apps.privacy.models import Loeschlauf, Loeschposition
from tenant_apps.privacy.selectors import find_abschluss
from tenant_apps.privacy.services import approve_loeschlauf, create_loeschlauf, dispute_feld, restrict_klient
from tenants.context import in_tenant
from tests.tenant_apps.cases.test_encrypted import rows_of_every_table
from tests.tenant_apps.privacy.conftest import close_case, dye

pytestmark = pytest.mark.django_db
#: Born so that the 100th birthday has passed.
ALT = date(1910, 5, 4)


@pytest.fixture
def alt(cast, vg):
    gefaerbt = dye(cast, vg, geboren=ALT)
    close_case(vg, gefaerbt.fall)
    return gefaerbt


@pytest.fixture
def eingeschraenkt(alt, cast, vg, akteure):
    with in_tenant(vg):
        dispute_feld(akteur=akteure["anna"], klient=alt.klient, feld="vorname", grund="XenGrundDerBestreitung")
        restrict_klient(akteur=akteure["dora"], klient=alt.klient, grund="AUFBEWAHRUNG")
    return alt


def test_abschluss__a_cancelled_help_never_began(alt, vg):
    """Its plan put restriction off by years."""
    with in_tenant(vg):
        Buchung.objects.update(zustand="STORNIERT", ende_tatsaechlich=None, beendigungsgrund="")
        Hilfefall.objects.update(abgeschlossen_am=date(2016, 6, 1))
        (buchung,) = alt.klient.buchungen.all()
        assert buchung.letzter_tag > date(2016, 6, 1)
        assert find_abschluss(Klient.objects.get(pk=alt.klient.pk)) == date(2016, 6, 1)


def test_run__through_the_screens_by_two_people(eingeschraenkt, cast, vg, sign_in):
    other = dye(cast, vg, name="Bleib")
    dora, dirk = sign_in("dora"), sign_in("dirk")
    preview = dora.post("/datenschutzrechte/loeschlaeufe/vorbereiten/", follow=True)
    assert eingeschraenkt.farben["nachname"] in preview.text and "Eine zweite Person gibt frei" in preview.text
    url = preview.redirect_chain[-1][0]
    assert dora.post(url).status_code == 403, "not by the one who prepared it"
    with in_tenant(vg):
        assert Klient.objects.get(pk=eingeschraenkt.klient.pk).vorname == eingeschraenkt.farben["vorname"]
    done = dirk.post(url, follow=True)
    assert "0 Personen eingeschränkt, 1 Person gelöscht" in done.text
    assert not any(farbe in done.text for farbe in eingeschraenkt.farben.values()), "protocol without names"
    with in_tenant(vg):
        dump = rows_of_every_table(vg.schema_name)
        assert {name for name, farbe in eingeschraenkt.farben.items() if farbe.lower() in dump.lower()} == set()
        assert not Personenschluessel.objects.filter(pk=eingeschraenkt.klient.pk).exists()
        assert not Klient.objects.mit_pkz(eingeschraenkt.farben["pkz"]).exists()
        vermerk = Auswahlvermerk.objects.get(reservierung__klient=eingeschraenkt.klient)
        assert (vermerk.kriterien, vermerk.begruendung) == ({}, "gelöscht")
        assert Auszahlung.objects.filter(rechnung__buchung__klient=eingeschraenkt.klient).get().betrag == 100
        assert Rechnung.objects.filter(buchung__klient=eingeschraenkt.klient).get().betrag == 100
        bleibt = Klient.objects.get(pk=other.klient.pk)
        assert str(bleibt) == f"{other.farben['nachname']}, {other.farben['vorname']}"
        assert other.farben["begruendung"] in dump and other.farben["bemerkung"] in dump


def test_run__restricts_first_and_deletes_in_a_later_run(alt, cast, vg, akteure):
    dora, dirk = akteure["dora"], akteure["dirk"]
    with in_tenant(vg):
        lauf = create_loeschlauf(akteur=dora)
        assert [p.schritt for p in lauf.positionen.all()] == ["EINSCHRAENKEN"]
        lauf = approve_loeschlauf(akteur=dirk, lauf=lauf)
        assert (lauf.eingeschraenkt, lauf.geloescht) == (1, 0)
        assert Klient.objects.get(pk=alt.klient.pk).eingeschraenkt_seit == today()
        second = create_loeschlauf(akteur=dora)
        assert [p.schritt for p in second.positionen.all()] == ["LOESCHEN"]
        assert approve_loeschlauf(akteur=dirk, lauf=second).geloescht == 1
        with pytest.raises(RegelVerletzt, match="nichts"):
            create_loeschlauf(akteur=dora)


def test_run__the_second_person_takes_one_out(eingeschraenkt, cast, vg, akteure):
    with in_tenant(vg):
        lauf = create_loeschlauf(akteur=akteure["dora"])
        position = lauf.positionen.get()
        lauf = approve_loeschlauf(akteur=akteure["emil"], lauf=lauf, ausgenommen=frozenset({position.pk}))
        assert (lauf.geloescht, lauf.positionen.get().ausgenommen) == (0, True)
        assert Klient.objects.get(pk=eingeschraenkt.klient.pk).vorname == eingeschraenkt.farben["vorname"]


def test_run__what_is_not_due_any_more_is_left_out(eingeschraenkt, cast, vg, akteure):
    with in_tenant(vg):
        lauf = create_loeschlauf(akteur=akteure["dora"])
        Hilfefall.objects.filter(pk=eingeschraenkt.fall.pk).update(zustand="OFFEN")
        lauf = approve_loeschlauf(akteur=akteure["dirk"], lauf=lauf)
        assert (lauf.geloescht, lauf.positionen.get().ausgenommen) == (0, True)


def test_run__prepared_by_an_account_that_was_closed(eingeschraenkt, cast, vg, akteure):
    with in_tenant(vg):
        lauf = create_loeschlauf(akteur=akteure["dora"])
    User.objects.filter(pk=akteure["dora"].user_id).update(is_active=False)
    with in_tenant(vg), pytest.raises(Konflikt, match="ist gesperrt"):
        approve_loeschlauf(akteur=akteure["dirk"], lauf=lauf)


def test_run__a_second_account_behind_her_mailbox_is_she_herself(eingeschraenkt, cast, vg, akteure):
    dora, dirk = akteure["dora"], akteure["dirk"]
    User.objects.filter(pk=dirk.user_id).update(email="Dora+2@example.org")
    with in_tenant(vg, user_id=dora.user_id):
        lauf = create_loeschlauf(akteur=dora)
    with in_tenant(vg, user_id=dirk.user_id):
        with pytest.raises(Verweigert):
            approve_loeschlauf(akteur=dirk, lauf=lauf)
        with pytest.raises(ProgrammingError), transaction.atomic():
            Loeschlauf.objects.filter(pk=lauf.pk).update(
                zustand="FREIGEGEBEN", freigegeben_von=dirk.user_id, freigegeben_at=real_now()
            )


def test_run__four_eyes_are_held_by_service_and_database(eingeschraenkt, cast, vg, akteure):
    dora = akteure["dora"]
    with in_tenant(vg):
        lauf = create_loeschlauf(akteur=dora)
        with pytest.raises(Verweigert):
            approve_loeschlauf(akteur=dora, lauf=lauf)
        for falsch in (
            {"freigegeben_von_id": dora.user_id},
            {"zustand": "FREIGEGEBEN"},
            {"zustand": "AUSGEFUEHRT", "freigegeben_von_id": dora.user_id},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                Loeschlauf.objects.filter(pk=lauf.pk).update(**falsch)
        with pytest.raises(Konflikt), transaction.atomic():
            create_loeschlauf(akteur=dora)
        with pytest.raises(Verweigert):
            approve_loeschlauf(akteur=akteure["anna"], lauf=lauf)


def test_function__empties_selection_records_in_an_approved_run_only(eingeschraenkt, cast, vg, akteure):
    with in_tenant(vg):
        lauf = create_loeschlauf(akteur=akteure["dora"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT privacy_vermerke_leeren(%s, %s)", [lauf.pk, eingeschraenkt.klient.pk])
        vermerk = Auswahlvermerk.objects.get(reservierung__klient=eingeschraenkt.klient)
        assert vermerk.begruendung == eingeschraenkt.farben["begruendung"]


def test_run__discarded_preview_changes_nothing(eingeschraenkt, sign_in, vg, cast, akteure):
    with in_tenant(vg):
        lauf = create_loeschlauf(akteur=akteure["dora"])
    sign_in("emil").post(f"/datenschutzrechte/loeschlaeufe/{lauf.pk}/verwerfen/")
    with in_tenant(vg):
        assert Loeschlauf.objects.get().zustand == "VERWORFEN"
        assert Loeschposition.objects.filter(erledigt_at__isnull=True).count() == 1
        with pytest.raises(Konflikt):
            approve_loeschlauf(akteur=akteure["dirk"], lauf=lauf)


def test_runs__who_may_see_them(sign_in):
    for name, status in {"dora": 200, "emil": 200, "anna": 403, "doris": 403, "anton": 403}.items():
        assert sign_in(name).get("/datenschutzrechte/loeschlaeufe/").status_code == status
    assert sign_in("emil").get("/datenschutzrechte/loeschlaeufe/vorbereiten/").status_code == 403
    assert sign_in("dora").post("/datenschutzrechte/loeschlaeufe/vorbereiten/").status_code == 422  # nothing is due
