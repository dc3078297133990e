"""The screen of an office's administration for the district's own sign-in server."""

from __future__ import annotations

import os
import re

import oidc_provider_mock
import pytest
from django.core.management import CommandError, call_command, load_command_class
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from oidc_provider_mock._server import _threaded_server

from shared_apps.accounts.models import Anmeldedienst, Dienstkonto, User
from shared_apps.core.errors import RegelVerletzt
from shared_apps.journal.models import JournalEintrag
from shared_apps.oidc import calls
from shared_apps.oidc.services import check_anmeldedienst, compute_gelesen, update_anmeldedienst
from shared_apps.signin.services.throttle import VERSUCHE_MAX
from tenants.context import on_portal
from tenants.crypto import open_shared
from tests.people import PASSWORD
from tests.shared_apps.oidc.test_oidc import BACK, Provider, provider  # noqa: F401 (fixture)
from tests.shared_apps.oidc.test_oidc import sign_in as come_with

pytestmark = [
    pytest.mark.usefixtures("vg"),
    pytest.mark.filterwarnings("ignore:get_jwt_config"),  # of the mock, not of ours
]
URL = "/konto/anmeldedienst/"
#: An address in another claim, and the office that vouches for it.
OTHER = {"email_claim": "upn", "adresse_vom_landkreis": "on"}


@pytest.fixture
def anton(cast):
    """The administration, who has just confirmed that it is she."""
    client = cast.sign_in("anton")
    client.post("/konto/sicherheit/bestaetigen/", {"password": PASSWORD, "next": URL})
    return client


@pytest.fixture
def data(provider) -> dict[str, str]:  # noqa: F811
    return {
        "bezeichnung": "Konto des Landkreises",
        "issuer": provider.url,
        "client_id": provider.client["client_id"],
        "client_secret": provider.client["client_secret"],
        "email_claim": "email",
        "faktor_claim": "",
        "mfa_werte": "mfa, otp",
        "ist_aktiv": "on",
        "aktion": "speichern",
    }


def secret_of(dienst: Anmeldedienst) -> str:
    return open_shared(dienst.client_secret, context=f"accounts_anmeldedienst|client_secret|{dienst.pk}")


def test_saved__sealed_never_shown_and_people_sign_in_with_it(anton, data, provider, cast):  # noqa: F811
    page = anton.get(URL).text
    assert f"http://vg.localhost{BACK}" in page
    assert "Zur Bestätigung vorlegen" in page and ">Speichern<" not in page, "nothing holds before a second person"
    assert anton.post(URL, data)["Location"] == URL
    dienst = Anmeldedienst.objects.get()
    assert dienst.mfa_werte == ["mfa", "otp"] and dienst.ist_aktiv
    assert data["client_secret"] not in dienst.client_secret and secret_of(dienst) == data["client_secret"]
    page = anton.get(URL).text
    assert data["client_secret"] not in page and dienst.client_secret not in page and "ist gespeichert" in page
    entry = JournalEintrag.objects.get(tabelle="accounts_anmeldedienst", art="ANLEGEN")
    assert entry.user_id == cast.user("anton").pk
    cast.user("anna")
    begin = Client(SERVER_NAME="vg.localhost").get("/anmelden/dienst/")
    assert begin.status_code == 404, "nobody signs in with it before a second person has confirmed"
    confirmed(cast)
    assert come_with(provider)[1].status_code == 302
    assert Dienstkonto.objects.filter(user=cast.user("anna")).exists()


CONFIRM = f"{URL}bestaetigen/"


def confirmed(cast, name: str = "emil"):
    """The second signature, through the screen."""
    client = cast.sign_in(name)
    client.post("/konto/sicherheit/bestaetigen/", {"password": PASSWORD, "next": CONFIRM})
    return client.post(CONFIRM, {"gelesen": read_by(client)}, follow=True)


def read_by(client) -> str:
    """What the page gives her to read, as its form sends it back."""
    found = re.search(r'name="gelesen" value="(\w+)"', client.get(CONFIRM).text)
    return found[1] if found else ""


def test_nobody_changes_between_reading_and_confirming(anton, data, cast):
    anton.post(URL, data)
    emil = cast.sign_in("emil")
    emil.post("/konto/sicherheit/bestaetigen/", {"password": PASSWORD, "next": CONFIRM})
    gelesen = read_by(emil)
    anton.post(URL, data | {"client_secret": "", **OTHER})
    assert "seit Sie sie gelesen haben" in emil.post(CONFIRM, {"gelesen": gelesen}, follow=True).text
    assert Anmeldedienst.objects.get().bestaetigt_at is None
    assert "upn" in emil.get(CONFIRM).text
    assert "gilt ab jetzt" in emil.post(CONFIRM, {"gelesen": read_by(emil)}, follow=True).text


def test_the_server_is_held_before_the_person_whoever_does_what(anton, data, provider, cast):  # noqa: F811
    """Who confirms while she signs in, or saves at the same moment: two rows in two orders were a circle of waiting."""

    def held(work) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            work()
        locks = [query["sql"] for query in queries if "FOR UPDATE" in query["sql"] or "FOR NO KEY" in query["sql"]]
        return [
            name for sql in locks for name in ("accounts_anmeldedienst", "accounts_user") if f'FROM "{name}"' in sql
        ]

    cast.user("anna")
    emil = cast.sign_in("emil")
    emil.post("/konto/sicherheit/bestaetigen/", {"password": PASSWORD, "next": CONFIRM})
    saved = held(lambda: anton.post(URL, data))
    gelesen = read_by(emil)
    signed = held(lambda: emil.post(CONFIRM, {"gelesen": gelesen}))
    too_late = held(lambda: emil.post(CONFIRM, {"gelesen": gelesen}))
    came = held(lambda: come_with(provider))
    assert Dienstkonto.objects.filter(user=cast.user("anna")).exists()
    for found in (saved, signed, too_late, came):
        assert found[0] == "accounts_anmeldedienst"
    for found in (saved, signed, came):
        assert "accounts_user" in found


def test_what_waits_has_one_author(anton, data, cast, vg):
    anton.post(URL, data)
    kept = {"tenant": vg, "issuer": data["issuer"], "client_id": data["client_id"]}
    kept |= {"email_claim": "upn", "adresse_vom_landkreis": True}
    with pytest.raises(RegelVerletzt, match="Anton Arndt warten noch auf ihre Best"):
        update_anmeldedienst(**kept, geaendert_von_id=cast.user("clara").pk)
    confirmed(cast)
    update_anmeldedienst(**kept, geaendert_von_id=cast.user("clara").pk)
    assert Anmeldedienst.objects.get().geaendert_von == cast.user("clara")


def test_written_down_by_an_account_that_was_closed__not_confirmed(anton, data, cast):
    """Somebody took over the administration's account, entered a server and was found out."""
    anton.post(URL, data)
    User.objects.filter(pk=cast.user("anton").pk).update(is_active=False)
    assert "ist gesperrt" in confirmed(cast).text
    assert Anmeldedienst.objects.get().bestaetigt_at is None


def test_claim_that_every_token_has_proves_no_second_factor(anton, data):
    answer = anton.post(URL, data | {"faktor_claim": "iss", "mfa_werte": data["issuer"]})
    assert answer.status_code == 422 and "belegt keinen zweiten Faktor" in answer.text
    assert not Anmeldedienst.objects.exists()
    anton.post(URL, data | {"faktor_claim": "stufe", "mfa_werte": "hoch"})
    assert "stufe" in anton.get(CONFIRM).text


def test_second_person_confirms_what_the_first_wrote_down(anton, data, cast):
    assert "gilt erst, wenn" in anton.post(URL, data, follow=True).text
    assert "Anmeldedienst bestätigen</span></button>" not in anton.get(CONFIRM).text
    assert anton.post(CONFIRM).status_code == 403
    emil = cast.sign_in("emil")
    emil.post("/konto/sicherheit/bestaetigen/", {"password": PASSWORD, "next": CONFIRM})
    page = emil.get(CONFIRM).text
    assert data["issuer"] in page and "Anton Arndt" in page and data["client_secret"] not in page
    assert "gilt ab jetzt" in confirmed(cast).text
    assert Anmeldedienst.objects.get().bestaetigt_von == cast.user("emil")
    anton.post(URL, data | {"client_secret": "", "bezeichnung": "Kreiskonto"})
    assert Anmeldedienst.objects.get().bestaetigt_at, "the words on the button are no matter of trust"
    anton.post(URL, data | {"client_secret": "", **OTHER})
    assert Anmeldedienst.objects.get().bestaetigt_at is None
    assert cast.sign_in("anna").get(CONFIRM).status_code == 403


@pytest.mark.parametrize(
    ("who", "fields", "message"),
    [
        ("anton", {"issuer": "https://evil.example.org"}, "asks for a second person anew"),
        ("clara", {"issuer": "https://evil.example.org", "bestaetigt_at": None, "bestaetigt_von": None}, "name of"),
        ("anton", {"adresse_vom_landkreis": True}, "asks for a second person anew"),
        ("anton", {"geaendert_von": "clara"}, "in the name of another"),
        ("clara", {"bestaetigt_von": "clara"}, "no right to confirm"),
        ("anton", {"bestaetigt_von": "anton"}, "anmeldedienst_vier_augen"),
    ],
)
def test_database__holds_the_second_signature(who, fields, message, anton, data, cast):
    anton.post(URL, data)
    confirmed(cast)
    fields = {name: cast.user(value) if value in ("anton", "clara") else value for name, value in fields.items()}
    with pytest.raises(IntegrityError, match=message), on_portal(user_id=cast.user(who).pk):
        Anmeldedienst.objects.update(**fields)


#: Another value of each column that counts, as the form takes it.
OTHERS = {
    "issuer": "https://evil.example.org",
    "client_id": "other",
    "email_claim": "upn",
    "adresse_vom_landkreis": True,
    "faktor_claim": "stufe",
    "mfa_werte": ["hoch"],
}


def test_each_column_is_one_that_counts_or_one_that_does_not():
    """A new column of the table is in `GEPRUEFT`, or here: words, a secret, and who wrote and confirmed what."""
    does_not = {"id", "created_at", "tenant", "bezeichnung", "client_secret", "ist_aktiv"}
    does_not |= {"geaendert_von", "bestaetigt_von", "bestaetigt_at"}
    columns = {field.name for field in Anmeldedienst._meta.fields}
    assert set(OTHERS) == set(Anmeldedienst.GEPRUEFT) == columns - does_not


@pytest.mark.parametrize("name", Anmeldedienst.GEPRUEFT)
def test_column_that_counts__is_held_asked_for_shown_and_known_to_the_command(name, anton, data, cast):
    anton.post(URL, data | OTHER)
    confirmed(cast)
    value = not OTHERS[name] if name == "adresse_vom_landkreis" else OTHERS[name]
    if name == "email_claim":
        value = "preferred_username"
    with pytest.raises(IntegrityError, match="asks for a second person anew"), transaction.atomic():  # noqa: SIM117
        with on_portal(user_id=cast.user("anton").pk):
            Anmeldedienst.objects.update(**{name: value})
    shown, form = anton.get(CONFIRM).context["items"], anton.get(URL).context["form"]
    assert form[name].initial or name == "faktor_claim"
    dienst = Anmeldedienst.objects.get()
    gelesen = compute_gelesen(dienst)
    with on_portal():
        Anmeldedienst.objects.update(**{name: value}, bestaetigt_at=None, bestaetigt_von=None)
    assert anton.get(CONFIRM).context["items"][:7] != shown[:7]
    assert compute_gelesen(Anmeldedienst.objects.get()) != gelesen
    parser = load_command_class("shared_apps.oidc", "configure_oidc").create_parser("manage.py", "configure_oidc")
    assert name in {action.dest for action in parser._actions}


def test_empty_secret_keeps_the_stored_one_and_a_mark_deletes_it(anton, data):
    anton.post(URL, data)
    anton.post(URL, data | {"client_secret": "", "bezeichnung": "Kreiskonto"})
    dienst = Anmeldedienst.objects.get()
    assert dienst.bezeichnung == "Kreiskonto" and secret_of(dienst) == data["client_secret"]
    both = anton.post(URL, data | {"ohne_geheimnis": "on"})
    assert both.status_code == 422 and "löschen Sie das gespeicherte" in both.text
    anton.post(URL, data | {"client_secret": "", "ohne_geheimnis": "on"})
    assert Anmeldedienst.objects.get().client_secret == ""


def test_switched_off__the_button_is_gone_and_the_settings_stay(anton, data, client, cast):
    anton.post(URL, data)
    assert "Konto des Landkreises" not in client.get("/anmelden/", headers={"host": "vg.localhost"}).text
    confirmed(cast)
    assert "Konto des Landkreises" in client.get("/anmelden/", headers={"host": "vg.localhost"}).text
    anton.post(URL, {name: value for name, value in data.items() if name != "ist_aktiv"} | {"client_secret": ""})
    assert "Konto des Landkreises" not in client.get("/anmelden/", headers={"host": "vg.localhost"}).text
    assert Anmeldedienst.objects.get().issuer == data["issuer"]


@pytest.mark.parametrize(
    ("change", "satz"),
    [
        ({"issuer": "http://localhost:9/"}, "antwortet kein Anmeldedienst"),
        ({"issuer": "quatsch ohne Adresse"}, "Adresse mit https://"),
        ({"issuer": "https://nutzer@sso.example.org/"}, "ohne Benutzername und Passwort"),
        ({"client_id": ""}, "Client-Kennung"),
        ({"email_claim": "e mail"}, "Buchstaben, Ziffern"),
        ({"mfa_werte": ",".join("abcdefghijklmnopqrstuvwxyz")}, "höchstens 20 Werte"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(change, satz, anton, data):
    page = anton.post(URL, data | change)
    assert page.status_code == 422 and satz in page.text
    assert 'value="mfa, otp"' in page.text or "mfa_werte" in change
    assert data["client_secret"] not in page.text
    assert not Anmeldedienst.objects.exists()


def command(data: dict[str, str], *more: str) -> None:
    call_command("configure_oidc", "--kuerzel", "VG", "--issuer", data["issuer"], "--client-id", "sojus", *more)


def test_command__knows_claims_as_the_page_does(vg, data):
    command(data, "--email-claim", "upn", "--adresse-vom-landkreis", "--faktor-claim", "stufe", "--mfa-werte", "hoch")
    dienst = Anmeldedienst.objects.get()
    assert (dienst.email_claim, dienst.adresse_vom_landkreis) == ("upn", True)
    assert (dienst.faktor_claim, dienst.mfa_werte) == ("stufe", ["hoch"])
    command(data)
    dienst.refresh_from_db()
    assert (dienst.email_claim, dienst.adresse_vom_landkreis, dienst.faktor_claim) == ("upn", True, "stufe")
    command(data, "--email-claim", "email", "--faktor-claim", "")
    dienst.refresh_from_db()
    assert (dienst.email_claim, dienst.adresse_vom_landkreis, dienst.faktor_claim) == ("email", False, "")


@pytest.mark.parametrize(
    ("more", "satz"),
    [
        (["--email-claim", "upn"], "sagt der Dienst nicht, ob die Adresse geprüft ist"),
        (["--email-claim", "e mail", "--adresse-vom-landkreis"], "Buchstaben, Ziffern"),
        (["--adresse-vom-landkreis"], "gehört zu --email-claim"),
        (["--faktor-claim", "iss"], "belegt keinen zweiten Faktor"),
    ],
)
def test_command__refuses_what_the_page_refuses(vg, data, more, satz):
    with pytest.raises(CommandError, match=satz):
        command(data, *more)
    assert not Anmeldedienst.objects.exists()


def test_command__refuses_an_address_with_a_user_before_it_asks(vg, data):
    with pytest.raises(CommandError, match="ohne Benutzername"):
        command(data | {"issuer": data["issuer"].replace("://", "://nutzer@")})
    assert not Anmeldedienst.objects.exists()


@pytest.fixture(scope="module")
def plain():
    """The mock as it is: it looks at the client before it looks at the code."""
    with _threaded_server(oidc_provider_mock.app(require_client_registration=True)) as server:
        yield Provider(f"http://localhost:{server.server_port}")


def test_test_button__asks_the_server_and_saves_nothing(anton, data, plain):
    data |= {"issuer": plain.url, **{name: plain.client[name] for name in ("client_id", "client_secret")}}
    good = anton.post(URL, data | {"aktion": "pruefen"})
    assert good.text.count("in Ordnung") == 3 and "nicht in Ordnung" not in good.text
    away = anton.post(URL, data | {"aktion": "pruefen", "issuer": "http://localhost:9"})
    assert "nicht in Ordnung" in away.text and "antwortet kein Anmeldedienst" in away.text
    wrong = anton.post(URL, data | {"aktion": "pruefen", "client_secret": "falsch"})
    assert "nicht in Ordnung" in wrong.text and "kennt diesen Client nicht" in wrong.text
    assert not Anmeldedienst.objects.exists()


def test_tests_of_one_person__are_counted_and_so_is_saving_what_is_switched_on(anton, data, monkeypatch):
    """Each asks whatever address was typed."""
    asked = []
    monkeypatch.setattr("shared_apps.oidc.views.sign_in_server.check_anmeldedienst", lambda **kw: asked.append(1) or [])
    monkeypatch.setattr("shared_apps.oidc.views.sign_in_server.check_aussteller", lambda **kw: asked.append(1))
    anton.post(URL, data)
    for number in range(VERSUCHE_MAX - 1):
        anton.post(URL, data | {"aktion": "pruefen", "issuer": f"https://sso{number}.example.org"})
    off = {name: value for name, value in data.items() if name != "ist_aktiv"}
    assert anton.post(URL, off)["Location"] == URL, "switching off asks nobody"
    for action in ("pruefen", "speichern"):
        page = anton.post(URL, data | {"aktion": action, "bezeichnung": "Kreiskonto"})
        assert "zu oft einen Anmeldedienst geprüft" in page.text and "Kreiskonto" in page.text
    assert len(asked) == VERSUCHE_MAX
    assert Anmeldedienst.objects.get().bezeichnung != "Kreiskonto"


def test_stored_secret_is_never_sent_to_another_server(anton, data, monkeypatch):
    anton.post(URL, data)
    seen = []

    def spy(**kwargs):
        seen.append((kwargs["dienst"].issuer, bool(kwargs["dienst"].client_secret), kwargs["client_secret"]))
        return []

    monkeypatch.setattr("shared_apps.oidc.views.sign_in_server.check_anmeldedienst", spy)
    anton.post(URL, data | {"aktion": "pruefen", "client_secret": ""})
    anton.post(URL, data | {"aktion": "pruefen", "client_secret": "", "issuer": "https://boese.example"})
    assert seen == [(data["issuer"], True, ""), ("https://boese.example", False, "")]


def test_stored_secret_is_not_kept_for_another_server(anton, data):
    anton.post(URL, data)
    assert secret_of(Anmeldedienst.objects.get()) == data["client_secret"]
    anton.post(
        URL,
        {k: v for k, v in data.items() if k != "ist_aktiv"} | {"client_secret": "", "issuer": "https://boese.example"},
    )
    dienst = Anmeldedienst.objects.get()
    assert dienst.issuer == "https://boese.example" and dienst.client_secret == ""


def test_claims_are_mapped_as_the_office_says(anton, data, provider, cast):  # noqa: F811
    anton.post(URL, data | OTHER | {"email_claim": "dienst_mail", "faktor_claim": "stufe", "mfa_werte": "hoch"})
    confirmed(cast)
    anna = cast.user("anna")
    _, answer = come_with(
        provider, "anna-map", email="falsch@example.org", dienst_mail="anna@example.org", stufe="hoch"
    )
    assert answer.status_code == 302
    assert Dienstkonto.objects.get(uid="anna-map").user == anna


@pytest.mark.parametrize("verified", [True, False])
def test_address_in_another_claim__email_verified_says_nothing_about_it(verified, anton, data, provider, cast):  # noqa: F811
    """Whoever may edit her `upn` would otherwise come in as a colleague: what was verified is her `email`."""
    anton.post(URL, data | OTHER)
    confirmed(cast)
    anna, claims = cast.user("anna"), {"email": "evil@example.org", "email_verified": verified}
    with on_portal():
        Anmeldedienst.objects.update(adresse_vom_landkreis=False, bestaetigt_at=None, bestaetigt_von=None)
    confirmed(cast)
    _, answer = come_with(provider, "evil", upn="anna@example.org", **claims)
    assert answer["Location"] == "/anmelden/" and not Dienstkonto.objects.exists()
    anton.post(URL, data | {"client_secret": "", **OTHER})
    page = confirmed(cast).text
    assert "der Landkreis: Niemand kann sich diese Angabe selbst eintragen" in page
    _, answer = come_with(provider, "anna-sub", upn="anna@example.org", **claims)
    assert answer.status_code == 302 and Dienstkonto.objects.get().user == anna


def test_who_was_linked_before__comes_in_without_the_mark(anton, data, provider, cast):  # noqa: F811
    anton.post(URL, data)
    confirmed(cast)
    cast.user("anna")
    come_with(provider)
    with on_portal():
        Anmeldedienst.objects.update(email_claim="upn", bestaetigt_at=None, bestaetigt_von=None)
    confirmed(cast)
    assert come_with(provider)[1]["Location"] == "/konto/"


def test_another_claim_without_somebody_who_vouches__is_not_saved(anton, data):
    page = anton.post(URL, data | {"email_claim": "upn"})
    assert "sagt der Dienst nicht, ob die Adresse geprüft ist" in page.text
    assert not Anmeldedienst.objects.exists()


def test_mark_for_the_claim_email__means_nothing(anton, data, provider, cast):  # noqa: F811
    """It does not replace `email_verified`."""
    anton.post(URL, data | {"adresse_vom_landkreis": "on"})
    confirmed(cast)
    cast.user("anna")
    assert not Anmeldedienst.objects.get().adresse_vom_landkreis
    come_with(provider, email_verified=False)
    assert not Dienstkonto.objects.exists()


def test_saved__does_not_rest_on_what_is_kept_of_the_server(anton, data, monkeypatch):
    """It is asked before; what writes it down asks nobody, in whatever transaction it is."""
    monkeypatch.setattr(calls, "keep", lambda *args: None)
    assert anton.post(URL, data)["Location"] == URL
    monkeypatch.setattr(calls, "asking", None)
    vg = Anmeldedienst.objects.get().tenant
    with transaction.atomic():
        update_anmeldedienst(tenant=vg, issuer="https://sso.example.org", client_id="x")
    assert Anmeldedienst.objects.get().issuer == "https://sso.example.org"


def test_rotate_keys_turns_the_secret(vg, data, settings):
    update_anmeldedienst(tenant=vg, issuer=data["issuer"], client_id="x", client_secret="geheim-1", ist_aktiv=False)
    new = ("neu-2027", os.urandom(32))
    settings.FIELD_KEYS = [new, settings.FIELD_KEYS[0]]
    call_command("rotate_keys")
    settings.FIELD_KEYS = [new]
    assert secret_of(Anmeldedienst.objects.get()) == "geheim-1"


def test_without_a_fresh_confirmation_it_is_asked_for(cast, data):
    answer = cast.sign_in("anton").post(URL, data)
    assert answer.status_code == 302 and "/konto/sicherheit/bestaetigen/" in answer["Location"]
    assert not Anmeldedienst.objects.exists()


@pytest.mark.parametrize("name", ["anna", "emil", "ines"])
def test_nobody_else(name, cast):
    assert cast.sign_in(name, at="VG").get(URL).status_code == 403
    assert cast.sign_in("ines").get(URL).status_code == 404


def test_probe_reads_what_a_server_may_answer(vg, data):
    """A server that knows the client and refuses the code; and one that does not answer at all."""
    dienst = Anmeldedienst(tenant=vg, issuer=data["issuer"], client_id=data["client_id"])
    callback = f"http://vg.localhost{BACK}"
    steps = check_anmeldedienst(dienst=dienst, client_secret=data["client_secret"], callback=callback)
    assert [(s.name, s.gut) for s in steps] == [("Beschreibung", True), ("Schlüssel", True), ("Client", True)]
