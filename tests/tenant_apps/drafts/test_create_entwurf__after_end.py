"""What the cookie of a session that is over can do to its person's drafts: add a few, and nothing to the others."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared_apps.accounts.models import Portalentwurf, Sitzung
from shared_apps.accounts.models.drafts import SPAET_MAX
from shared_apps.core.clock import real_now, today
from shared_apps.core.errors import RegelVerletzt
from shared_apps.core.zeitraum import format_datum
from shared_apps.signin.services import end_sitzung
from tenant_apps.drafts.models import Entwurf
from tenant_apps.drafts.selectors import list_entwuerfe, read_felder
from tenant_apps.drafts.services import clear_gesendet, create_entwurf
from tenants.context import in_tenant, on_portal
from tests.factories.cases import create_hilfefall
from tests.tenant_apps.drafts.test_keep_after_end import run_out, sign_in_again, ziel_of

pytestmark = pytest.mark.django_db
#: Who types where, and a form there; the object need not be hers, it is her text that is kept.
PLACES = [("anna", "VG", "/reservierungen/{}/zurueckziehen/"), ("ines", "PORTAL", "/anbieter/eigene/einrichtungen/{}/")]
PLACES += [("ines", "VG", "/reservierungen/{}/ablehnen/")]
places = pytest.mark.parametrize(("name", "at", "form"), PLACES, ids=["office", "portal", "provider at the office"])


def kept(cast, vg, name: str, at: str) -> list[tuple[str, str]]:
    """Form and text of what is kept for her."""
    user = cast.user(name)
    with on_portal(user_id=user.pk) if at == "PORTAL" else in_tenant(vg, user_id=user.pk):
        rows = (Portalentwurf if at == "PORTAL" else Entwurf).objects.filter(user_id=user.pk).exclude(inhalt="")
        return [(row.pfad, read_felder(row)["grund"][0]) for row in rows.order_by("geaendert_at")]


def type_in(client: Client, pfad: str, text: str) -> None:
    """As the page's script does every few seconds while she types."""
    assert client.post("/entwuerfe/", {"grund": text, "_pfad": pfad, "_seite": pfad}).json() == {"gesichert": True}


@pytest.fixture
def both(cast, vg, sign_in, settings) -> tuple[Client, str, str]:
    """Anna's browser, the form that closes a case, and its address filled in with what she sent too late; what she had
    typed in time waits beside it."""
    anna = cast.user("anna")
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.pk)
    client, pfad = sign_in("anna", at="VG"), reverse("cases:close", args=[fall.pk])
    type_in(client, pfad, "am Vormittag getippt")
    run_out(client, settings)
    ziel = ziel_of(client.post(pfad, {"grund": "zu spät abgeschickt", "letzter_tag": "01.11.2026"}))
    sign_in_again(client, "anna", ziel)
    assert "zu spät abgeschickt" in client.get(ziel).text
    return client, pfad, ziel


def _close() -> dict[str, str]:
    return {"grund": "Die Hilfe ist wie geplant zu Ende gegangen.", "letzter_tag": format_datum(today())}


def test_sending_the_late_form__leaves_what_she_typed_in_time(cast, vg, both):
    client, pfad, ziel = both
    assert client.post(ziel, _close()).status_code == 302
    assert kept(cast, vg, "anna", "VG") == [(pfad, "am Vormittag getippt")]


def test_sending_it_from_a_form_with_an_address_of_its_own__the_page_says_which(cast, vg, both):
    client, pfad, ziel = both
    sent = client.post(
        pfad,
        _close(),
        headers={"referer": f"http://vg.localhost{ziel}"},
    )
    assert sent.status_code == 302
    assert kept(cast, vg, "anna", "VG") == [(pfad, "am Vormittag getippt")]


def test_sending_the_late_form__what_the_page_kept_of_it_meanwhile_goes_too(cast, vg, both):
    client, pfad, ziel = both
    type_in(client, pfad, "zu spät abgeschickt, und ergänzt")
    assert client.post(ziel, _close()).status_code == 302
    assert kept(cast, vg, "anna", "VG") == []


def test_sending_what_she_typed_in_time__leaves_the_late_form(cast, vg, both):
    client, pfad, _ = both
    assert client.post(pfad, _close()).status_code == 302
    assert kept(cast, vg, "anna", "VG") == [(pfad, "zu spät abgeschickt")]


@places
def test_what_she_typed_is_neither_replaced_nor_pushed_out(cast, vg, sign_in, settings, name, at, form):
    client = sign_in(name, at=at)
    own = [(form.format(uuid4()), f"Echter Text {n}") for n in range(3)]
    for pfad, text in own:
        type_in(client, pfad, text)
    run_out(client, settings)
    for pfad, _ in own:
        client.post(pfad, {"grund": "untergeschoben"})
    for n in range(60):
        client.post(form.format(uuid4()), {"grund": f"untergeschoben {n}"})
    found = kept(cast, vg, name, at)
    assert [row for row in found if row in own] == own
    assert len(found) == len(own) + SPAET_MAX


def test_sixth_form_after_the_end__is_said_to_be_lost(vg, cast, sign_in, settings):
    client, form = sign_in("anna", at="VG"), PLACES[0][2]
    client.get("/konto/")
    run_out(client, settings)
    for n in range(SPAET_MAX):
        ziel_of(client.post(form.format(uuid4()), {"grund": f"Text {n}"}))
    answer = client.post(form.format(uuid4()), {"grund": "einer zu viel"}, follow=True)
    assert "Ihre Eingaben sind nicht gesichert" in answer.text and 'name="username"' in answer.text


def test_same_form_again__has_one_place_while_it_says_the_same(vg, cast, sign_in, settings):
    client, pfad = sign_in("anna", at="VG"), PLACES[0][2].format(uuid4())
    client.get("/konto/")
    run_out(client, settings)
    for text in ("zuerst", "zuerst", "verbessert", "zuerst"):
        ziel_of(client.post(pfad, {"grund": text}))
    assert {text for _, text in kept(cast, vg, "anna", "VG")} == {"zuerst", "verbessert"}
    assert len(kept(cast, vg, "anna", "VG")) == 2


def test_late_draft__says_so_and_does_not_hide_the_others(vg, cast, sign_in, settings):
    client, form = sign_in("anna", at="VG"), PLACES[0][2]
    type_in(client, form.format(uuid4()), "echt")
    run_out(client, settings)
    for n in range(SPAET_MAX):
        client.post(form.format(uuid4()), {"grund": f"spät {n}"})
    sign_in_again(client, "anna", "/")
    offered = client.get("/").text
    assert "Alle Entwürfe ansehen" in offered, "two more are kept"
    assert offered.count("Uhr übernehmen") == 4 and offered.count("nach dem Ende Ihrer Sitzung abgeschickt") == 3
    assert client.get("/entwuerfe/").text.count("abgeschickt nach dem Ende Ihrer") == SPAET_MAX


@places
def test_session_ended_elsewhere__keeps_nothing(cast, vg, sign_in, settings, name, at, form):
    client = sign_in(name, at=at)
    client.get("/konto/")
    run_out(client, settings)
    assert end_sitzung(user=cast.user(name), sitzung_id=client.session["sojus_sitzung"])
    client.post(form.format(uuid4()), {"grund": "untergeschoben"})
    assert kept(cast, vg, name, at) == []


@places
def test_session_of_somebody_not_admitted__is_ended_though_it_had_run_out(cast, vg, sign_in, settings, name, at, form):
    """Admitted again later, she signs in again: the old cookie is not hers any more."""
    client = sign_in(name, at=at)
    client.get("/konto/")
    run_out(client, settings)
    sitzung = Sitzung.objects.get(pk=client.session["sojus_sitzung"])
    cast.user(name).memberships.update(gueltig_bis=today())
    client.post(form.format(uuid4()), {"grund": "untergeschoben"})
    sitzung.refresh_from_db()
    assert sitzung.beendet_at is not None and kept(cast, vg, name, at) == []


def test_day_after_its_end__a_session_keeps_nothing_though_it_kept_something(vg, cast, sign_in, settings):
    """The store counts from the last writing; a session lasts no longer because somebody goes on writing."""
    client, form = sign_in("anna", at="VG"), PLACES[0][2]
    client.get("/konto/")
    run_out(client, settings)
    client.post(form.format(uuid4()), {"grund": "am selben Tag"})
    session = client.session
    session["sojus_seen"] -= 24 * 3600
    session.save()
    client.post(form.format(uuid4()), {"grund": "am nächsten Tag"})
    assert [text for _, text in kept(cast, vg, "anna", "VG")] == ["am selben Tag"]


@pytest.mark.parametrize("table", [Entwurf, Portalentwurf])
def test_database_has_few_places_after_the_end(cast, vg, table):
    anna = cast.user("anna")
    sitzung = uuid4()
    row = {"user_id": anna.pk, "pfad": "/a/", "seite": "/a/", "geaendert_at": real_now()}
    with in_tenant(vg, user_id=anna.pk) if table is Entwurf else on_portal(user_id=anna.pk):
        for nummer in range(1, SPAET_MAX + 1):
            table.objects.create(**row, sitzung_id=sitzung, nummer=nummer)
        table.objects.create(**row)
        for wrong in (
            {"sitzung_id": sitzung, "nummer": SPAET_MAX + 1},
            {"sitzung_id": sitzung, "nummer": 0},
            {"sitzung_id": sitzung, "nummer": 1},
            {"sitzung_id": sitzung},
            {"nummer": 1},
            {},
        ):
            with pytest.raises(IntegrityError, match="entwurf_"), transaction.atomic():
                table.objects.create(**row, **wrong)


#: A form, a text, and when: None while she is signed in, else which of her sessions that had run out.
ACTS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(["x", "y", "z"]), st.sampled_from([None, None, 0, 1])),
    max_size=40,
)


@given(acts=ACTS, sent=st.sampled_from("abcd"))
@hypothesis_settings(max_examples=20, deadline=None)
def test_late_drafts_change_nothing_of_what_she_typed(django_db_blocker, acts, sent):
    """Whatever comes in whatever order, her own drafts are those that would be there without the late ones."""
    user, sitzungen = uuid4(), (uuid4(), uuid4())
    own: dict[str, str] = {}
    with transaction.atomic(), on_portal(user_id=user):
        for pfad, text, late in acts:
            keep(user, pfad, text, None if late is None else sitzungen[late])
            if late is None:
                own[pfad] = text
        rows = list(list_entwuerfe(user_id=user))
        assert {row.pfad: read_felder(row)["grund"][0] for row in rows if row.sitzung_id is None} == own
        for number, sitzung in enumerate(sitzungen):
            late_ones = {(pfad, text) for pfad, text, late in acts if late == number}
            stored = [(row.pfad, read_felder(row)["grund"][0]) for row in rows if row.sitzung_id == sitzung]
            assert len(stored) == min(SPAET_MAX, len(late_ones)) and set(stored) <= late_ones
        in_time = [row for row in rows if row.pfad == sent and row.sitzung_id is None]
        late_pks = {row.pk for row in rows if row.pfad == sent and row.sitzung_id is not None}
        clear_gesendet(user_id=user, pfad=sent, ausgefuellt="")
        here = {row.pk for row in list_entwuerfe(user_id=user) if row.pfad == sent}
        assert here == (late_pks if in_time or len(late_pks) > 1 else set()), "the late ones wait for her decision"


def keep(user: UUID, pfad: str, text: str, nach_sitzung: UUID | None) -> None:
    try:
        create_entwurf(user_id=user, pfad=pfad, seite=pfad, felder={"grund": [text]}, nach_sitzung=nach_sitzung)
    except RegelVerletzt:
        assert nach_sitzung


def test_place_is_free_again__when_its_draft_is_a_day_old(cast):
    ines, sitzung = cast.user("ines"), uuid4()
    with on_portal(user_id=ines.pk):
        for n in range(SPAET_MAX):
            keep(ines.pk, f"/{n}/", "x", sitzung)
        with pytest.raises(RegelVerletzt):
            create_entwurf(user_id=ines.pk, pfad="/n/", seite="/n/", felder={"a": ["x"]}, nach_sitzung=sitzung)
        Portalentwurf.objects.filter(nummer=2).update(geaendert_at=real_now() - timedelta(hours=25))
        assert Portalentwurf.objects.filter(geaendert_at__lt=real_now() - timedelta(hours=24)).delete()[0] == 1
        assert create_entwurf(user_id=ines.pk, pfad="/n/", seite="/n/", felder={"a": ["x"]}, nach_sitzung=sitzung)
