"""§ 65 SGB VIII: what was entrusted belongs to one person; each release names recipient and reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import ProgrammingError, connection, transaction

from shared_apps.accounts.enums import AMT
from shared_apps.core.errors import Konflikt, RegelVerletzt, Verweigert
from tenant_apps.cases.models import AnvertrauteNotiz, Notizfreigabe, Weitergabegrund
from tenant_apps.cases.policies import visible_anvertraute
from tenant_apps.cases.selectors import get_text
from tenant_apps.cases.services.notizen import create_anvertraute_notiz, create_fallnotiz, create_notizfreigabe
from tenants.context import in_tenant
from tenants.crypto import SealBroken
from tests.tenant_apps.cases.stage import Stage
from tests.tenant_apps.placements.story import tell

pytestmark = pytest.mark.django_db

GEHEIM = "Farbgeheimnis, das sie nur Anna erzählt hat"
BEGRUENDUNG = "Die Mutter hat am Telefon eingewilligt"


@pytest.fixture
def stage(cast, vg) -> Stage:
    return Stage(tell(cast, vg))


@pytest.fixture
def notiz(stage) -> AnvertrauteNotiz:
    return stage.call(create_anvertraute_notiz, "anna", hilfefall=stage.fall, text=GEHEIM)


def share(stage, notiz, *, by: str = "anna", to: str | None = "clara", grund=Weitergabegrund.EINWILLIGUNG, **more):
    empfaenger = stage.akteure[to].user_id if to else None
    felder = {"grund": grund, "begruendung": BEGRUENDUNG, "empfaenger_id": empfaenger} | more
    return stage.call(create_notizfreigabe, by, notiz=notiz, **felder)


def exists_for(stage, name: str) -> bool:
    with stage.as_(name):
        return AnvertrauteNotiz.objects.exists() or visible_anvertraute(stage.akteure[name]).exists()


def test_text_stands_sealed_and_is_bound_to_row_and_author(stage, notiz):
    with stage.as_("anna"):
        row = AnvertrauteNotiz.objects.get()
        assert "Farb" not in row.text and get_text(row) == GEHEIM
        row.verfasser_id = stage.akteure["bernd"].user_id
        with pytest.raises(SealBroken):
            get_text(row)


def test_nobody_else_learns_that_it_exists(stage, notiz, sign_in):
    for name in ("bernd", "clara", "doris", "emil"):
        assert not exists_for(stage, name), name
    for name in ("clara", "bernd", "emil", "doris"):
        client = sign_in(name)
        assert client.get(f"/hilfefaelle/anvertraut/{notiz.pk}/").status_code in {403, 404}
        assert client.get(f"/hilfefaelle/anvertraut/{notiz.pk}/weitergeben/").status_code in {403, 404}
    text = sign_in("clara").get(f"/hilfefaelle/{stage.fall.pk}/").text
    assert str(notiz.pk) not in text and "Farbgeheimnis" not in text


def test_no_role_no_deputy_opens_it(stage, notiz):
    alles = replace(stage.akteure["clara"], rollen=AMT, vertritt=frozenset({stage.akteure["anna"].user_id}))
    with stage.as_("clara"):
        assert not visible_anvertraute(alles).exists()
    with stage.story.at_vg():
        assert not visible_anvertraute(alles).exists()  # even where the database shows everything


def test_released_to_one_person_it_is_hers_to_read_and_not_to_pass_on(stage, notiz, sign_in):
    share(stage, notiz)
    assert exists_for(stage, "clara") and not exists_for(stage, "bernd")
    clara = sign_in("clara")
    seite = clara.get(f"/hilfefaelle/anvertraut/{notiz.pk}/")
    assert GEHEIM in seite.text and "Weitergeben" not in seite.text
    assert clara.get(f"/hilfefaelle/anvertraut/{notiz.pk}/weitergeben/").status_code == 404
    with pytest.raises(Verweigert):
        share(stage, notiz, by="clara", to="bernd")
    assert "anvertraute_notiz.weitergeben" in stage.story.trail(notiz)


def test_database_refuses_a_forged_release(stage, notiz):
    bernd = stage.akteure["bernd"].user_id
    for verfasser in (bernd, stage.akteure["anna"].user_id):
        with pytest.raises(ProgrammingError), stage.as_("bernd"), transaction.atomic():
            Notizfreigabe.objects.create(
                notiz_id=notiz.pk, verfasser_id=verfasser, empfaenger_id=bernd, grund_code="1", begruendung="x"
            )
    with stage.as_("bernd"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_anvertrautenotiz")
        assert cursor.fetchone() == (0,)
    with in_tenant(stage.story.vg, user_id=stage.akteure["anna"].user_id):
        assert AnvertrauteNotiz.objects.update(text="anders") == 0


def test_court_is_a_recipient_outside(stage, notiz):
    with pytest.raises(RegelVerletzt):
        share(stage, notiz, grund=Weitergabegrund.FAMILIENGERICHT)
    freigabe = share(
        stage, notiz, to=None, grund=Weitergabegrund.FAMILIENGERICHT, empfaenger_extern="Amtsgericht Greifswald"
    )
    assert freigabe.empfaenger_extern == "Amtsgericht Greifswald"


@pytest.mark.parametrize(
    ("more", "feld"),
    [
        ({"begruendung": "kurz"}, "begruendung"),
        ({"to": None}, "empfaenger"),
        ({"empfaenger_extern": "Amtsgericht"}, "empfaenger"),
        ({"to": "doris"}, "empfaenger"),
        ({"to": "anna"}, "empfaenger"),
    ],
)
def test_release_is_refused(stage, notiz, more, feld):
    with pytest.raises(RegelVerletzt) as fehler:
        share(stage, notiz, **more)
    assert fehler.value.feld == feld


def test_same_person_twice_is_once(stage, notiz):
    share(stage, notiz)
    with pytest.raises(Konflikt):
        share(stage, notiz)


def test_ordinary_note_is_read_with_the_case(stage, sign_in):
    notiz = stage.call(create_fallnotiz, "anna", hilfefall=stage.fall, text="Gespräch mit der Schule")
    assert "Schule" not in notiz.text
    assert "Gespräch mit der Schule" in sign_in("clara").get(f"/hilfefaelle/{stage.fall.pk}/").text
    stage.story.book(hilfefall=stage.fall)
    kosten = sign_in("doris").get(f"/hilfefaelle/{stage.fall.pk}/")
    assert kosten.status_code == 200 and "Farbtupfer" in kosten.text
    assert "Schule" not in kosten.text and "PKZ-FARBE" not in kosten.text
    with pytest.raises(Verweigert):
        stage.call(create_fallnotiz, "doris", hilfefall=stage.fall, text="Nein")
