"""The same at the state portal: no office is open there, so drafts are kept in the shared schema, each its author's."""

from __future__ import annotations

import json
import os
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from shared_apps.accounts.models import Portalentwurf
from shared_apps.signin.services import create_sitzung
from tenant_apps.audit.models import Protokoll
from tenant_apps.drafts.models import Entwurf
from tenant_apps.drafts.rules import FELDER_MAX, LAENGE_MAX
from tenant_apps.drafts.selectors import ENTWUERFE_MAX, list_entwuerfe, read_felder
from tenant_apps.drafts.services import create_entwurf
from tenant_apps.drafts.tasks import clear_all
from tenants import crypto
from tenants.context import in_tenant, in_tenant_portal, on_portal
from tenants.crypto.rotation import rotate_all
from tests.factories.cases import create_hilfefall
from tests.factories.placements import create_reservierung
from tests.factories.register import create_angebot, create_einrichtung
from tests.people import PASSWORD
from tests.tenant_apps.drafts.test_keep_after_end import run_out, sign_in_again, ziel_of
from tests.trail import reading

pytestmark = pytest.mark.django_db
TEXT = "Unser Haus liegt am „Peenestrom“, zwei Schritte vom Bus."


@pytest.fixture
def pfad(cast) -> str:
    """The form with which Ines keeps her facility."""
    cast.user("ines")
    return f"/anbieter/eigene/einrichtungen/{create_einrichtung(anbieter='Jugendhilfe Küste gGmbH').pk}/"


def begin(sign_in, settings, name: str = "ines"):
    client = sign_in(name, at="PORTAL")
    assert client.get("/konto/").status_code == 200
    run_out(client, settings)
    return client


def own(user) -> list[Portalentwurf]:
    with on_portal(user_id=user.pk):
        return list(Portalentwurf.objects.all())


def test_text_is_back_after_sign_in(pfad, cast, sign_in, settings):
    client = begin(sign_in, settings)
    ziel = ziel_of(client.post(pfad, {"beschreibung": TEXT, "telefon": "03834 1"}))
    assert ziel.startswith(f"{pfad}?entwurf=") and "Peene" not in ziel
    assert sign_in_again(client, "ines", ziel)["Location"] == ziel
    page = client.get(ziel).text
    assert "Ihre Eingaben von" in page and "03834 1" in page and TEXT in page
    assert "übernehmen" in client.get("/", follow=True).text and "Übernehmen" in client.get("/entwuerfe/").text


def test_it_is_discarded_by_its_author_only(pfad, cast, sign_in, settings):
    begin(sign_in, settings).post(pfad, {"beschreibung": TEXT})
    (entwurf,) = own(cast.user("ines"))
    jan = sign_in("jan", at="PORTAL")
    assert jan.post(f"/entwuerfe/{entwurf.pk}/verwerfen/").status_code == 404
    assert "Peenestrom" not in jan.get(f"/?entwurf={entwurf.pk}").text
    assert "Es gibt keine Entwürfe" in jan.get("/entwuerfe/").text
    ines = sign_in("ines", at="PORTAL")
    assert ines.post(f"/entwuerfe/{entwurf.pk}/verwerfen/").status_code == 302
    assert [e.inhalt for e in own(cast.user("ines"))] == [""]


def test_typing_is_kept_and_forgotten_once_sent(pfad, cast, sign_in):
    ines = sign_in("ines", at="PORTAL")
    data = {"telefon": "03834 2", "_pfad": pfad, "_seite": pfad}
    assert ines.post("/entwuerfe/", data).json() == {"gesichert": True}
    assert "Sie hatten hier etwas eingegeben" in ines.get(pfad).text
    from shared_apps.providers.forms.stammdaten import EinrichtungForm

    (entwurf,) = own(cast.user("ines"))
    assert read_felder(entwurf) == {"telefon": ["03834 2"]}
    initial = ines.get(pfad).context["form"]
    assert isinstance(initial, EinrichtungForm)
    fields = {name: initial[name].value() or "" for name in initial.fields}
    assert ines.post(pfad, fields | {"telefon": "03834 2"}).status_code == 302
    assert [e.inhalt for e in own(cast.user("ines"))] == [""]


@pytest.mark.parametrize(
    "ziel", ["/passwort/", "/anmelden/", "/faelle/", "/api/v1/eingang/", "https://boese.example/x"]
)
def test_only_forms_of_the_portal_are_kept(cast, sign_in, ziel):
    sign_in("ines", at="PORTAL").post("/entwuerfe/", {"grund": TEXT, "_pfad": ziel, "_seite": "/eingang/"})
    assert [e.pfad for e in own(cast.user("ines"))] in ([], ["/"])


def keep(user, text: str = TEXT, pfad: str = "/eingang/") -> Portalentwurf | None:
    with on_portal(user_id=user.pk):
        return create_entwurf(user_id=user.pk, pfad=pfad, seite=pfad, felder={"text": [text]})


def test_content_is_sealed_for_its_author_alone(cast):
    ines, jan = cast.user("ines"), cast.user("jan")
    entwurf = keep(ines)
    context = f"accounts_portalentwurf|inhalt|{entwurf.pk}|{ines.pk}"
    assert "Peenestrom" not in entwurf.inhalt
    assert json.loads(crypto.open_for(ines.pk, entwurf.inhalt, context=context)) == {"text": [TEXT]}
    for attempt in (
        lambda: crypto.open_for(jan.pk, entwurf.inhalt, context=context),
        lambda: crypto.open_for(ines.pk, entwurf.inhalt, context=context.replace(str(entwurf.pk), str(ines.pk))),
        lambda: crypto.open_shared(entwurf.inhalt, context=context),
    ):
        with pytest.raises(crypto.SealBroken):
            attempt()


def test_rows_of_others_are_beyond_sql(cast, vg):
    """Row-level security: whoever asks under the portal's role sees, changes and takes over her own drafts only."""
    ines, jan = cast.user("ines"), cast.user("jan")
    entwurf = keep(ines)
    for fence in (on_portal(user_id=jan.pk), on_portal()):
        with fence, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM accounts_portalentwurf")
            assert cursor.fetchone() == (0,)
            cursor.execute("UPDATE accounts_portalentwurf SET inhalt = ''")
            assert cursor.rowcount == 0
            cursor.execute("DELETE FROM accounts_portalentwurf")
            assert cursor.rowcount == 0
    with on_portal(user_id=jan.pk), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Portalentwurf.objects.create(user_id=ines.pk, pfad="/a/", seite="/a/", geaendert_at=timezone.now())
    for role in (in_tenant(vg, user_id=ines.pk), in_tenant_portal(vg, user_id=ines.pk)):
        with role, pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            list(Portalentwurf.objects.all())
    assert [e.inhalt for e in own(ines)] == [entwurf.inhalt]


def test_size_and_number_have_limits(cast):
    ines = cast.user("ines")
    assert keep(ines, "x" * (LAENGE_MAX + 1)) is None
    felder = {f"f{n}": ["x"] for n in range(FELDER_MAX + 1)}
    with on_portal(user_id=ines.pk):
        assert create_entwurf(user_id=ines.pk, pfad="/eingang/", seite="/eingang/", felder=felder) is None
    longest = keep(ines, "\x01" * (LAENGE_MAX - 10))
    assert longest and read_felder(longest)["text"] == ["\x01" * (LAENGE_MAX - 10)]
    with on_portal(user_id=ines.pk), pytest.raises(DatabaseError, match="portalentwurf_laenge"), transaction.atomic():
        Portalentwurf.objects.filter(pk=longest.pk).update(inhalt="x" * 1_000_001)
    for n in range(ENTWUERFE_MAX):
        keep(ines, f"Text {n}", f"/eingang/{n}/")
    with on_portal(user_id=ines.pk):
        kept = [e.pfad for e in list_entwuerfe(user_id=ines.pk)]
    assert len(kept) == ENTWUERFE_MAX and "/eingang/" not in kept and f"/eingang/{ENTWUERFE_MAX - 1}/" in kept


def test_after_a_day_the_job_deletes_it(cast):
    ines = cast.user("ines")
    keep(ines)
    keep(ines, pfad="/eingang/neu/")
    with on_portal(user_id=ines.pk):
        Portalentwurf.objects.filter(pfad="/eingang/").update(geaendert_at=timezone.now() - timedelta(hours=25))
        assert [e.pfad for e in list_entwuerfe(user_id=ines.pk)] == ["/eingang/neu/"]
    assert clear_all(timestamp=0) == 1
    assert [e.pfad for e in own(ines)] == ["/eingang/neu/"]


def test_rotate_keys_turns_drafts_of_portal_and_offices(cast, vg, settings):
    ines, anna = cast.user("ines"), cast.user("anna")
    create_sitzung(user=ines, tenant=None, geraet="Firefox")
    keep(ines)
    with in_tenant(vg, user_id=anna.pk):
        create_entwurf(user_id=anna.pk, pfad="/faelle/", seite="/faelle/", felder={"text": [TEXT]})
    new = ("neu-2027", os.urandom(32))
    settings.FIELD_KEYS = [new, settings.FIELD_KEYS[0]]
    turned = {(t.place, t.what): t.count for t in rotate_all()}
    assert turned["gemeinsam", "Entwürfe am Portal"] == 1 and turned["VG", "Entwürfe"] == 1
    settings.FIELD_KEYS = [new]
    assert read_felder(own(ines)[0]) == {"text": [TEXT]}
    with in_tenant(vg, user_id=anna.pk):
        assert read_felder(Entwurf.objects.get(user_id=anna.pk)) == {"text": [TEXT]}
    assert not any("Entwürfe" in t.what and t.count for t in rotate_all())


def test_provider_at_an_offices_host_gets_back_what_she_sent_too_late(cast, vg, sign_in, settings):
    """Under the portal role: kept, offered after sign-in, filled in, noted in the office's trail."""
    ines, anna = cast.user("ines"), cast.user("anna")
    angebot = create_angebot(anbieter="Jugendhilfe Küste gGmbH")
    with in_tenant(vg):
        fall = create_hilfefall(fachkraft_id=anna.pk)
        reservierung = create_reservierung(fachkraft_id=anna.pk, angebot=angebot, hilfefall=fall)
    path = f"/reservierungen/{reservierung.pk}/ablehnen/"
    client = sign_in("ines", at="VG")
    assert client.get(path).status_code == 200
    run_out(client, settings)
    ziel = ziel_of(client.post(path, {"text": TEXT}))
    assert client.post(
        "/anmelden/", {"username": "ines", "password": PASSWORD, "next": ziel}
    )["Location"] == ziel  # fmt: skip
    page = client.get(ziel).text
    assert "Ihre Eingaben von" in page and TEXT in page
    assert own(ines) == []
    with reading(vg):
        assert Protokoll.objects.filter(vorgang="entwurf.uebernehmen", user_id=ines.pk).count() == 1
