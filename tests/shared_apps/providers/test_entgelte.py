"""One side proposes a rate, another person of the youth office at the facility's place confirms it; then it applies."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.catalogue.models import Einheit
from shared_apps.core.clock import now, real_now, today
from shared_apps.core.errors import Konflikt, RegelVerletzt, SojusError, Verweigert
from shared_apps.providers.models import Entgelt, Entgeltvorschlag
from shared_apps.providers.policies import count_offene_vorschlaege
from shared_apps.providers.rules import ENTSCHEIDUNG_ZEIGEN_TAGE
from shared_apps.providers.services import entgelte as services
from tenants.context import in_tenant, on_portal
from tests.factories.register import create_angebot
from tests.people import appoint

KUESTE, SEE = "Jugendhilfe Küste gGmbH", "Haus am See e. V."
NEU = date(2026, 7, 1)
BETRAEGE = {"grundleistung": Decimal("80.10"), "investition": Decimal("9.90"), "sonderleistung": Decimal("2.00")}
ANGABEN = BETRAEGE | {"ab": NEU, "vereinbart_am": date(2026, 6, 12), "rechtsgrundlage": "78b"}
TYPED = {
    "grundleistung": "80,10", "investition": "9,90", "sonderleistung": "2,00", "ab": "2026-07-01",
    "vereinbart_am": "2026-06-12", "rechtsgrundlage": "78b",
}  # fmt: skip


@pytest.fixture
def angebot(vg):
    angebot = create_angebot(anbieter=KUESTE, kreis="VG", entgelt=None)
    Entgelt.objects.create(angebot=angebot, betrag="88.00", gueltig=DateRange(date(2025, 1, 1), None))
    return angebot


def run(cast, service, who: str = "ines", **row):
    """As that person's request would, with the fence's checks at its end."""
    akteur = cast.akteur(who)
    with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids, einrichtung_ids=akteur.einrichtung_ids):
        done = service(akteur=akteur, **row)
        connection.check_constraints()
        return done


def run_at_office(cast, service, who: str, **row):
    akteur = cast.akteur(who)
    with on_portal(user_id=akteur.user_id):
        done = service(akteur=akteur, **row)
        connection.check_constraints()
        return done


def submit(cast, angebot, who: str = "ines", **other) -> Entgeltvorschlag:
    return run(cast, services.submit_entgeltvorschlag, who, angebot=angebot, **(ANGABEN | other))


def rates(angebot) -> list[tuple[date, date | None, Decimal]]:
    rows = angebot.entgelte.order_by("gueltig").values_list("gueltig", "betrag")
    return [(gueltig.lower, gueltig.upper, betrag) for gueltig, betrag in rows]


# -- the way ------------------------------------------------------------------------------------


def test_provider_proposes_and_the_office_confirms__on_their_pages(cast, angebot, sign_in):
    ines, haus = sign_in("ines"), f"/anbieter/einrichtungen/{angebot.einrichtung_id}/"
    url = f"/anbieter/entgelte/angebote/{angebot.pk}/"
    assert url in ines.get(haus).text
    bald = {"ab": str(today() + timedelta(days=9)), "vereinbart_am": str(today() + timedelta(days=1))}
    kommt = ines.post(url, TYPED | bald)
    assert kommt.status_code == 422 and "in der Zukunft" in kommt.text.split('id="id_vereinbart_am_error"')[1][:400]
    page = ines.post(url, TYPED, follow=True)
    assert "Das Entgelt ist vorgeschlagen." in page.text and "92,00\xa0€" in page.text
    assert "Entgelt bestätigen" not in page.text
    vorschlag = Entgeltvorschlag.objects.get()
    assert rates(angebot) == [(date(2025, 1, 1), None, Decimal("88.00"))], "it counts nowhere yet"
    page = ines.get(haus).text
    assert "92,00\xa0€ ab 01.07.2026 vorgeschlagen" in page and url not in page, "once is enough"

    frieda = sign_in("frieda")
    assert "Entgelte warten auf Ihre Bestätigung" in frieda.get("/").text
    assert all("Entgelte warten" not in sign_in(who).get("/").text for who in ("anna", "anton", "gerd"))
    assert "/anbieter/entgelte/" in frieda.get("/anbieter/").text
    assert str(vorschlag.pk) in frieda.get("/anbieter/entgelte/?zustand=VORGESCHLAGEN").text
    page = frieda.get(f"/anbieter/entgelte/{vorschlag.pk}/").text
    assert "88,00\xa0€ seit 01.01.2025" in page and "4,00\xa0€" in page and "vom Anbieter" in page
    page = frieda.post(f"/anbieter/entgelte/{vorschlag.pk}/", {"entscheidung": "bestaetigen"}, follow=True)
    assert "Das Entgelt gilt ab dem 01.07.2026." in page.text
    assert rates(angebot) == [(date(2025, 1, 1), NEU, Decimal("88.00")), (NEU, None, Decimal("92.00"))]
    assert "Entgelte warten" not in frieda.get("/").text
    assert "92,00\xa0€ je Tag" in sign_in("anna").get(haus).text
    assert "Über diesen Vorschlag ist entschieden: bestätigt." in ines.get(f"/anbieter/entgelte/{vorschlag.pk}/").text
    assert "Fink" not in ines.get(f"/anbieter/entgelte/{vorschlag.pk}/").text, "no staff names"


def test_office_declines_with_a_reason_and_the_provider_proposes_again(cast, angebot, sign_in):
    vorschlag = submit(cast, angebot)
    emil, url = sign_in("emil"), f"/anbieter/entgelte/{vorschlag.pk}/"
    page = emil.post(url, {"entscheidung": "ablehnen", "grund": ""})
    assert page.status_code == 422 and "Bitte schreiben Sie in einem Satz, warum." in page.text
    assert emil.post(url, {"entscheidung": "ablehnen", "grund": "Investition nicht belegt."}).status_code == 302
    page = sign_in("ines").get(url).text
    assert "abgelehnt" in page and "Investition nicht belegt." in page
    assert submit(cast, angebot, investition=Decimal("5.00")).betrag == Decimal("87.10")
    assert len(rates(angebot)) == 1


def test_provider_takes_its_proposal_back(cast, angebot, sign_in):
    vorschlag = submit(cast, angebot)
    with pytest.raises(Konflikt, match="wartet schon"):
        submit(cast, angebot)
    page = sign_in("inge").post(f"/anbieter/entgelte/{vorschlag.pk}/", {"entscheidung": "zurueckziehen"}, follow=True)
    assert "Der Vorschlag ist zurückgezogen." in page.text
    with pytest.raises(Konflikt, match="schon entschieden"):
        run_at_office(cast, services.confirm_entgeltvorschlag, "frieda", vorschlag=vorschlag)
    submit(cast, angebot)


def test_within_the_office_two_people_are_needed(cast, angebot, sign_in):
    vorschlag = run_at_office(cast, services.submit_entgeltvorschlag, "frieda", angebot=angebot, **ANGABEN)
    waits = "Entgelte warten auf Ihre Bestätigung"
    assert waits not in sign_in("frieda").get("/").text and waits in sign_in("emil").get("/").text
    with pytest.raises(Verweigert, match="nicht selbst"):
        run_at_office(cast, services.confirm_entgeltvorschlag, "frieda", vorschlag=vorschlag)
    with pytest.raises(Verweigert, match="andere Seite"):
        run(cast, services.withdraw_entgeltvorschlag, "ines", vorschlag=vorschlag)
    run_at_office(cast, services.confirm_entgeltvorschlag, "emil", vorschlag=vorschlag)
    assert len(rates(angebot)) == 2


def test_who_proposed_in_the_office_reads_on_her_first_page_what_became_of_it(cast, angebot, sign_in, monkeypatch):
    frieda, emil, gerd = sign_in("frieda"), sign_in("emil"), sign_in("gerd", at="HRO")
    erster = run_at_office(cast, services.submit_entgeltvorschlag, "frieda", angebot=angebot, **ANGABEN)
    assert "Ihr Vorschlag" not in frieda.get("/").text, "nothing is decided yet"
    emil.post(f"/anbieter/entgelte/{erster.pk}/", {"entscheidung": "ablehnen", "grund": "Anlage fehlt."})
    page = frieda.get("/").text
    assert f"Ihr Vorschlag für „{angebot.name}“ ist abgelehnt" in page and "Begründung: Anlage fehlt." in page
    assert f"/anbieter/entgelte/{erster.pk}/" in page
    zweiter = run_at_office(cast, services.submit_entgeltvorschlag, "frieda", angebot=angebot, **ANGABEN)
    emil.post(f"/anbieter/entgelte/{zweiter.pk}/", {"entscheidung": "bestaetigen"})
    assert f"Ihr Vorschlag für „{angebot.name}“ ist bestätigt" in frieda.get("/").text
    assert all("Ihr Vorschlag" not in client.get("/").text for client in (emil, gerd)), "nobody else's first page"
    dritter = run_at_office(
        cast, services.submit_entgeltvorschlag, "frieda", angebot=angebot,
        **(ANGABEN | {"ab": zweiter.ab + timedelta(days=30)}),
    )  # fmt: skip
    emil.post(f"/anbieter/entgelte/{dritter.pk}/", {"entscheidung": "ablehnen", "grund": "Rechnung fehlt."})
    page = frieda.get("/").text
    assert page.count("kern-alert--") == 0, "many are a list"
    assert page.count(f"{angebot.name}</a>, {angebot.einrichtung.name}:") == 3 and "Begründung: Rechnung fehlt." in page
    spaeter = now() + timedelta(days=ENTSCHEIDUNG_ZEIGEN_TAGE, hours=1)
    monkeypatch.setattr("shared_apps.providers.selectors.entgelte.now", lambda: spaeter)
    page = frieda.get("/").text
    assert "Ihr Vorschlag" not in page and "entschieden-titel" not in page, "later it is on the list"


@pytest.mark.parametrize("who", ["anna", "doris", "anton", "gerd", "hilde"])
def test_nobody_else_of_an_office_agrees_on_rates(cast, angebot, who):
    vorschlag = submit(cast, angebot)
    for service in (services.confirm_entgeltvorschlag, services.withdraw_entgeltvorschlag):
        with pytest.raises(Verweigert):
            run_at_office(cast, service, who, vorschlag=vorschlag)
    with pytest.raises(Verweigert):
        run_at_office(cast, services.submit_entgeltvorschlag, who, angebot=angebot, **ANGABEN)


def test_other_offices_and_competitors_do_not_learn_of_it(cast, angebot, sign_in):
    vorschlag = submit(cast, angebot)
    for who in ("jan", "frieda"):
        page = sign_in(who).get("/anbieter/entgelte/").text
        assert (str(vorschlag.pk) in page) == (who == "frieda")
    assert sign_in("jan").get(f"/anbieter/entgelte/{vorschlag.pk}/").status_code == 404
    with on_portal(anbieter_ids=[cast.anbieter(SEE).pk]):
        assert not Entgeltvorschlag.objects.exists()
    for who in ("anna", "bille", "fritz"):
        assert sign_in(who).get("/anbieter/entgelte/").status_code == 403


# -- what the law says of days -------------------------------------------------------------------


def test_no_rate_before_its_agreement_or_before_a_later_one(cast, angebot):
    with pytest.raises(RegelVerletzt, match=r"§ 78d Abs\. 2"):
        submit(cast, angebot, ab=date(2026, 6, 11))
    for ab in (date(2025, 1, 1), date(2024, 6, 1)):
        with pytest.raises(RegelVerletzt, match="ist schon ein Entgelt vereinbart"):
            submit(cast, angebot, ab=ab, vereinbart_am=ab)
    with pytest.raises(RegelVerletzt, match="in der Zukunft") as kommt:
        submit(cast, angebot, ab=today() + timedelta(days=2), vereinbart_am=today() + timedelta(days=1))
    assert kommt.value.feld == "vereinbart_am"
    with pytest.raises(RegelVerletzt, match="wie hoch"):
        submit(cast, angebot, grundleistung=Decimal(0), investition=Decimal(0), sonderleistung=Decimal(0))


_tage = st.integers(1, 2_000).map(lambda tage: date(2020, 1, 1) + timedelta(days=tage))


@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(_tage, st.integers(1, 30_000)), min_size=1, max_size=6))
def test_whatever_is_proposed_in_whatever_order_rates_are_continuous(cast, vg, proposals):
    """The first confirmed one begins; each later one follows without a gap; the last one has no end."""
    with transaction.atomic():
        neu = create_angebot(anbieter=KUESTE, kreis="VG", entgelt=None)
        for ab, cent in proposals:
            try:
                vorschlag = submit(cast, neu, ab=ab, vereinbart_am=ab, grundleistung=Decimal(cent) / 100)
                run_at_office(cast, services.confirm_entgeltvorschlag, "frieda", vorschlag=vorschlag)
            except SojusError:
                continue
        stehende = rates(neu)
        assert stehende[0][0] == proposals[0][0]
        assert all(eins[1] == zwei[0] for eins, zwei in pairwise(stehende))
        assert stehende[-1][1] is None


# -- what the database says ----------------------------------------------------------------------


def refused(match: str):
    return pytest.raises(DatabaseError, match=match)


def test_database__no_rate_without_a_confirmed_proposal(cast, angebot):
    frieda = cast.akteur("frieda")
    for change, said in (
        ({"betrag": "1.00"}, "does not change"),
        ({"gueltig": DateRange(date(2024, 1, 1), None)}, "does not change"),
        ({"gueltig": DateRange(date(2025, 1, 1), NEU)}, "goes on until another one follows"),
    ):
        with refused(said), transaction.atomic(), on_portal(user_id=frieda.user_id):
            Entgelt.objects.filter(angebot=angebot).update(**change)
            connection.check_constraints()
    with refused("a rate is a proposal that was confirmed"), transaction.atomic(), on_portal(user_id=frieda.user_id):
        Entgelt.objects.filter(angebot=angebot).update(gueltig=DateRange(date(2025, 1, 1), NEU))
        Entgelt.objects.create(angebot=angebot, betrag="10.00", gueltig=DateRange(NEU, None))


def test_database__nobody_has_agreed_on_a_day_to_come(cast, angebot):
    ines, bald = cast.akteur("ines"), today() + timedelta(days=2)
    vorschlag, neu = submit(cast, angebot), create_angebot(anbieter=KUESTE, kreis="VG")
    with (
        refused("still to come"),
        transaction.atomic(),
        on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids),
    ):
        made = ANGABEN | {"ab": bald, "vereinbart_am": bald, "angebot": neu}
        Entgeltvorschlag.objects.create(**made, vorgeschlagen_von_id=ines.user_id, vom_anbieter=True)
    with refused("still to come"), transaction.atomic():
        Entgeltvorschlag.objects.filter(pk=vorschlag.pk).update(ab=bald, vereinbart_am=bald)


def test_database__nobody_confirms_her_own_or_another_districts_or_in_anothers_name(cast, angebot):
    vorschlag = submit(cast, angebot)
    rows = Entgeltvorschlag.objects.filter(pk=vorschlag.pk)
    ines, gerd, frieda = (cast.akteur(name).user_id for name in ("ines", "gerd", "frieda"))
    kueste = cast.anbieter(KUESTE).pk
    with refused("row-level security"), transaction.atomic(), on_portal(user_id=ines, anbieter_ids=[kueste]):
        rows.update(zustand="BESTAETIGT", entschieden_von=ines)
    for who, name, said in ((gerd, gerd, "office at the place"), (gerd, frieda, "in the name of another")):
        with refused(said), transaction.atomic(), on_portal(user_id=who):
            rows.update(zustand="BESTAETIGT", entschieden_von=name)
    with refused("stays as it is"), transaction.atomic(), on_portal(user_id=frieda):
        rows.update(grundleistung="1.00")
    with refused("row-level security"), transaction.atomic(), on_portal(user_id=frieda):
        rows.update(zustand="ZURUECKGEZOGEN", entschieden_von=frieda)  # it is the provider's to take back
    with refused("what was confirmed is a rate"), transaction.atomic(), on_portal(user_id=frieda):
        rows.update(zustand="BESTAETIGT", entschieden_von=frieda)
        connection.check_constraints()
    made = {"angebot": angebot} | ANGABEN
    with refused("begins open"), transaction.atomic(), on_portal(user_id=frieda):
        Entgeltvorschlag.objects.create(
            **made, vorgeschlagen_von_id=frieda, zustand="ABGELEHNT", entschieden_von_id=gerd
        )
    rows.update(zustand="ABGELEHNT", entschieden_von=frieda)
    with refused("proposes in the name"), transaction.atomic(), on_portal(user_id=frieda):
        Entgeltvorschlag.objects.create(**made, vorgeschlagen_von_id=ines)


# -- whose side she is on ------------------------------------------------------------------------


def test_who_works_for_the_provider_too_decides_nothing_about_it(cast, angebot, sign_in):
    """At her office's host nothing says that she is one of its people: both signatures could be the house's."""
    appoint(user=cast.user("frieda"), anbieter_id=cast.anbieter(KUESTE).pk, rolle=Rolle.ANBIETER, gueltig_ab=NEU)
    vorschlag = submit(cast, angebot)
    for service, more in ((services.confirm_entgeltvorschlag, {}), (services.reject_entgeltvorschlag, {"grund": "so"})):
        with pytest.raises(Verweigert, match="arbeiten auch für diesen Anbieter"):
            run_at_office(cast, service, "frieda", vorschlag=vorschlag, **more)
    page = sign_in("frieda").get(f"/anbieter/entgelte/{vorschlag.pk}/").text
    assert "arbeiten auch für diesen Anbieter" in page and 'name="entscheidung"' not in page
    assert 'value="bestaetigen"' in sign_in("emil").get(f"/anbieter/entgelte/{vorschlag.pk}/").text
    page = sign_in("frieda").post(f"/anbieter/entgelte/{vorschlag.pk}/", {"entscheidung": "bestaetigen"})
    assert page.status_code == 403 and "Darüber entscheidet im Jugendamt eine andere Person" in page.text
    run_at_office(cast, services.confirm_entgeltvorschlag, "emil", vorschlag=vorschlag)
    assert rates(angebot)[-1] == (NEU, None, Decimal("92.00"))


def test_database__nobody_decides_about_the_provider_she_works_for(cast, angebot):
    frieda, kueste = cast.akteur("frieda").user_id, cast.anbieter(KUESTE).pk
    vorschlag = submit(cast, angebot)
    rolle = appoint(user=cast.user("frieda"), anbieter_id=kueste, rolle=Rolle.ANBIETER_ABRECHNUNG, gueltig_ab=NEU)
    for zustand in ("BESTAETIGT", "ABGELEHNT"):
        with refused("that she works for"), transaction.atomic(), on_portal(user_id=frieda):
            Entgeltvorschlag.objects.filter(pk=vorschlag.pk).update(zustand=zustand, entschieden_von=frieda)
    Membership.objects.filter(pk=rolle.pk).update(gueltig_ab=today() - timedelta(days=9), gueltig_bis=today())
    with refused("that she works for"), transaction.atomic(), on_portal(user_id=frieda):
        Entgeltvorschlag.objects.filter(pk=vorschlag.pk).update(zustand="ABGELEHNT", entschieden_von=frieda)
    Membership.objects.filter(pk=rolle.pk).update(gueltig_bis=today() - timedelta(days=1))
    with on_portal(user_id=frieda):
        rows = Entgeltvorschlag.objects.filter(pk=vorschlag.pk)
        assert rows.update(zustand="ABGELEHNT", entschieden_von=frieda) == 1, "she had left it before it was proposed"


def test_whoever_proposes_does_not_decide_under_another_account(cast, angebot, sign_in, vg):
    """Frieda has controlling twice, with one mailbox: given before two people had to (ADR 0078)."""
    frieda = cast.user("frieda")
    zweites = User.objects.create_user(username="f2", password=None, nachname="F", email="Frieda+2@example.org")
    appoint(user=zweites, tenant=vg, rolle=Rolle.CONTROLLING, gueltig_ab=date(2015, 1, 1))
    with on_portal(user_id=zweites.pk):
        akteur = get_akteur(user=zweites, tenant=vg)
        vorschlag = services.submit_entgeltvorschlag(akteur=akteur, angebot=angebot, **ANGABEN)
    for service, more in ((services.confirm_entgeltvorschlag, {}), (services.reject_entgeltvorschlag, {"grund": "so"})):
        with pytest.raises(Verweigert, match="bestätigt es nicht selbst"):
            run_at_office(cast, service, "frieda", vorschlag=vorschlag, **more)
    with refused("under another account"), transaction.atomic(), on_portal(user_id=frieda.pk):
        Entgeltvorschlag.objects.filter(pk=vorschlag.pk).update(zustand="BESTAETIGT", entschieden_von=frieda.pk)
    assert 'name="entscheidung"' not in sign_in("frieda").get(f"/anbieter/entgelte/{vorschlag.pk}/").text
    for who, waits in ((cast.akteur("frieda"), 0), (cast.akteur("emil"), 1)):
        with in_tenant(vg, user_id=who.user_id):
            assert count_offene_vorschlaege(who) == waits
    run_at_office(cast, services.confirm_entgeltvorschlag, "emil", vorschlag=vorschlag)


def test_a_role_that_was_dated_back_counts_as_not_over(cast, angebot):
    """By SQL her colleague at the provider says that Frieda had left it long ago."""
    frieda, ines, kueste = cast.user("frieda"), cast.user("ines"), cast.anbieter(KUESTE).pk
    rolle = appoint(user=frieda, anbieter_id=kueste, rolle=Rolle.ANBIETER, gueltig_ab=date(2015, 1, 1))
    vorschlag = submit(cast, angebot)
    with on_portal(user_id=ines.pk, anbieter_ids=[kueste]):
        Membership.objects.filter(pk=rolle.pk).update(gueltig_bis=date(2016, 1, 1))
    with pytest.raises(Verweigert, match="arbeiten auch für diesen Anbieter"):
        run_at_office(cast, services.confirm_entgeltvorschlag, "frieda", vorschlag=vorschlag)
    with refused("that she works for"), transaction.atomic(), on_portal(user_id=frieda.pk):
        Entgeltvorschlag.objects.filter(pk=vorschlag.pk).update(zustand="BESTAETIGT", entschieden_von=frieda.pk)


@pytest.mark.parametrize("lie", [{"einheit": Einheit.STUNDE}, {"gueltig": DateRange(NEU, NEU + timedelta(days=3))}])
def test_database__a_rate_is_what_was_signed_in_unit_and_time(cast, angebot, lie):
    """Whoever decides writes the rate: by the hour instead of the day, or for three days."""
    vorschlag, frieda = submit(cast, angebot), cast.akteur("frieda").user_id
    with refused("a proposal that was confirmed"), transaction.atomic(), on_portal(user_id=frieda):
        Entgelt.objects.filter(angebot=angebot).update(gueltig=DateRange(date(2025, 1, 1), NEU))
        Entgeltvorschlag.objects.filter(pk=vorschlag.pk).update(
            zustand="BESTAETIGT", entschieden_von=frieda, entschieden_at=real_now()
        )
        row = {"angebot": angebot, "betrag": vorschlag.betrag, "einheit": Einheit.TAG, "vorschlag": vorschlag}
        Entgelt.objects.create(**row | {"gueltig": DateRange(NEU, None)} | lie)


def test_who_leaves_for_an_hour_or_has_two_accounts_is_of_the_provider_still(cast, angebot, sign_in):
    """A colleague ends her role this morning and gives it again tonight; or she has a second account."""
    frieda, kueste = cast.user("frieda"), cast.anbieter(KUESTE).pk
    seit = today() - timedelta(days=30)
    erste = appoint(user=frieda, anbieter_id=kueste, rolle=Rolle.ANBIETER, gueltig_ab=seit)
    vorschlag = submit(cast, angebot)
    Membership.objects.filter(pk=erste.pk).update(gueltig_bis=today())

    def refuses() -> None:
        with pytest.raises(Verweigert, match="arbeiten auch für diesen Anbieter"):
            run_at_office(cast, services.confirm_entgeltvorschlag, "frieda", vorschlag=vorschlag)
        with refused("that she works for"), transaction.atomic(), on_portal(user_id=frieda.pk):
            Entgeltvorschlag.objects.filter(pk=vorschlag.pk).update(zustand="BESTAETIGT", entschieden_von=frieda.pk)

    refuses()
    Membership.objects.filter(pk=erste.pk).update(gueltig_bis=seit)
    zweites = User.objects.create_user(username="frieda-zwei", password=None, nachname="F", email=frieda.email.upper())
    morgen = appoint(
        user=zweites, anbieter_id=kueste, rolle=Rolle.ANBIETER_ABRECHNUNG, gueltig_ab=today() + timedelta(days=1)
    )
    refuses()
    Membership.objects.filter(pk=morgen.pk).update(gueltig_ab=seit, gueltig_bis=seit)
    run_at_office(cast, services.confirm_entgeltvorschlag, "frieda", vorschlag=vorschlag)
