"""A rate under § 77 SGB VIII for one office alone: proposed for it, confirmed there, known to nobody else."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.core import mail as outbox_module
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared_apps.accounts.enums import Rolle
from shared_apps.core.errors import Konflikt, RegelVerletzt, SojusError, Verweigert
from shared_apps.core.zeitraum import Zeitraum
from shared_apps.providers.models import Entgelt, Entgeltvorschlag, Leistungsbeschreibung, LeqVereinbarung
from shared_apps.providers.rules import mit_vorrang
from shared_apps.providers.selectors.entgelte import list_saetze
from shared_apps.providers.services import entgelte as services
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.context import in_tenant, in_tenant_portal, on_portal
from tests import people
from tests.factories.register import create_angebot
from tests.mails import work
from tests.shared_apps.providers.test_entgelte import ANGABEN, KUESTE, NEU, SEE, TYPED, run, run_at_office

NUR_EINES = ANGABEN | {"rechtsgrundlage": "77"}


@pytest.fixture(autouse=True)
def rosa(monkeypatch):
    """Controlling in Rostock, where the facility is."""
    monkeypatch.setitem(people.PEOPLE, "rosa", people.Person("Rosa", "Rohde", (Rolle.CONTROLLING,), tenant="HRO"))


@pytest.fixture
def hilfe(vg):
    """Ambulant help in Rostock: 60 € an hour for all offices."""
    return create_angebot(anbieter=KUESTE, kreis="HRO", hilfeart="A31", entgelt="60.00", stunden_je_woche="20")


@pytest.fixture
def greifswald(vg) -> Gebietskoerperschaft:
    return Gebietskoerperschaft.objects.get(kuerzel="VG")


def submit(cast, angebot, amt, who: str = "ines", **other) -> Entgeltvorschlag:
    return run(cast, services.submit_entgeltvorschlag, who, angebot=angebot, jugendamt=amt, **(NUR_EINES | other))


def agree(cast, angebot, amt, **other) -> Entgelt:
    """The provider proposes, Frieda confirms for her own office."""
    vorschlag = submit(cast, angebot, amt, **other)
    return run_at_office(cast, services.confirm_entgeltvorschlag, "frieda", vorschlag=vorschlag)


def rates(angebot, amt) -> list[tuple[date, date | None, Decimal]]:
    rows = Entgelt.je_amt.filter(angebot=angebot, jugendamt=amt).order_by("gueltig")
    return [(e.gueltig.lower, e.gueltig.upper, e.betrag) for e in rows]


def refused(match: str):
    return pytest.raises(DatabaseError, match=match)


# -- the way ------------------------------------------------------------------------------------


def test_provider_proposes_for_one_office_and_that_one_confirms__on_their_pages(cast, hilfe, greifswald, sign_in):
    ines, haus = sign_in("ines"), f"/anbieter/einrichtungen/{hilfe.einrichtung_id}/"
    url = f"/anbieter/entgelte/angebote/{hilfe.pk}/"
    page = ines.get(url).text
    assert "Nur für ein Jugendamt (§ 77)" in page and "alle Jugendämter" in page and greifswald.name in page
    typed = TYPED | {"rechtsgrundlage": "77", "jugendamt": str(greifswald.pk)}
    page = ines.post(url, typed, follow=True).text
    assert f"nur {greifswald.name}" in page and "92,00\xa0€" in page
    vorschlag = Entgeltvorschlag.objects.get()
    assert f"nur für {greifswald.kurzname} vorgeschlagen" in ines.get(haus).text
    assert url in ines.get(haus).text, "one for another office, or for all, may be proposed beside it"

    rosa, frieda = sign_in("rosa"), sign_in("frieda")
    waits = "Entgelte warten auf Ihre Bestätigung"
    assert waits not in rosa.get("/").text and waits in frieda.get("/").text
    assert str(vorschlag.pk) not in rosa.get("/anbieter/entgelte/").text
    assert str(vorschlag.pk) in frieda.get("/anbieter/entgelte/").text
    page = frieda.get(f"/anbieter/entgelte/{vorschlag.pk}/").text
    assert "60,00\xa0€" in page and "für alle Jugendämter" in page and "geht dort dem Entgelt für alle vor" in page
    page = frieda.post(f"/anbieter/entgelte/{vorschlag.pk}/", {"entscheidung": "bestaetigen"}, follow=True).text
    assert "Das Entgelt gilt ab dem 01.07.2026." in page
    assert rates(hilfe, greifswald) == [(NEU, None, Decimal("92.00"))]
    assert rates(hilfe, None) == [(date(2015, 1, 1), None, Decimal("60.00"))], "the rate of all others goes on"

    own = f"nur für {greifswald.kurzname}: 92,00\xa0€"
    for who, sees in (
        ("anna", True),
        ("ines", True),
        ("gerd", False),
        ("rosa", False),
        ("jan", False),
        ("lena", False),
    ):
        page = sign_in(who).get(haus).text
        assert (own in page) == sees, who
        assert ("60,00\xa0€" in page) == (who != "jan"), who


def test_office_proposes_for_itself_in_another_district__and_for_nobody_else(cast, hilfe, greifswald, sign_in):
    frieda, url = sign_in("frieda"), f"/anbieter/entgelte/angebote/{hilfe.pk}/"
    assert url in frieda.get(f"/anbieter/einrichtungen/{hilfe.einrichtung_id}/").text
    page = frieda.get(url).text
    assert greifswald.name in page and "alle Jugendämter</option>" not in page
    assert frieda.post(url, TYPED | {"rechtsgrundlage": "77"}).status_code == 422
    rostock = Gebietskoerperschaft.objects.get(kuerzel="HRO")
    assert frieda.post(url, TYPED | {"rechtsgrundlage": "77", "jugendamt": str(rostock.pk)}).status_code == 422
    for amt, said in ((None, "nicht in Ihrem Kreis"), (rostock, "Für ein anderes Jugendamt")):
        with pytest.raises(RegelVerletzt, match=said):
            run_at_office(cast, services.submit_entgeltvorschlag, "frieda", angebot=hilfe, jugendamt=amt, **NUR_EINES)
    vorschlag = run_at_office(
        cast, services.submit_entgeltvorschlag, "frieda", angebot=hilfe, jugendamt=greifswald, **NUR_EINES
    )
    with pytest.raises(Verweigert, match="nicht selbst"):
        run_at_office(cast, services.confirm_entgeltvorschlag, "frieda", vorschlag=vorschlag)
    run_at_office(cast, services.confirm_entgeltvorschlag, "emil", vorschlag=vorschlag)
    assert rates(hilfe, greifswald) == [(NEU, None, Decimal("92.00"))]


def test_only_where_the_law_is_paragraph_77(cast, hilfe, greifswald, sign_in):
    heim = create_angebot(anbieter=KUESTE, kreis="VG")
    url = f"/anbieter/entgelte/angebote/{heim.pk}/"
    assert "Nur für ein Jugendamt" not in sign_in("ines").get(url).text
    with pytest.raises(RegelVerletzt, match="gilt ein Entgelt für alle Jugendämter"):
        submit(cast, heim, greifswald)
    with pytest.raises(RegelVerletzt, match="beruht auf § 77"):
        submit(cast, hilfe, greifswald, rechtsgrundlage="78b")
    ines = cast.akteur("ines")
    made = {"angebot": heim, "jugendamt": greifswald, "vorgeschlagen_von_id": ines.user_id} | NUR_EINES
    at_portal = {"user_id": ines.user_id, "anbieter_ids": ines.anbieter_ids}
    with refused("binds all offices"), transaction.atomic(), on_portal(**at_portal):
        Entgeltvorschlag.objects.create(**made)
    with refused("vorschlag_ein_amt_nach_77"), transaction.atomic(), on_portal(**at_portal):
        Entgeltvorschlag.objects.create(**(made | {"angebot": hilfe, "rechtsgrundlage": "78b"}))
    with refused("binds all offices"), transaction.atomic():
        Entgelt.objects.create(
            angebot=heim, jugendamt=greifswald, betrag="1.00", gueltig=DateRange(date(2030, 1, 1), None)
        )


def test_one_waits_for_each_office__and_nobody_learns_of_anothers(cast, hilfe, greifswald):
    rostock = Gebietskoerperschaft.objects.get(kuerzel="HRO")
    submit(cast, hilfe, greifswald)
    with pytest.raises(Konflikt, match="wartet schon"):
        submit(cast, hilfe, greifswald)
    submit(cast, hilfe, rostock)
    run_at_office(cast, services.submit_entgeltvorschlag, "rosa", angebot=hilfe, **NUR_EINES)
    assert Entgeltvorschlag.objects.count() == 3


# -- attacks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["rosa", "gerd", "lena", "karla", "jan"])
def test_nobody_else_reads_decides_or_withdraws(cast, hilfe, greifswald, sign_in, who):
    """Controlling of the locating office, its social workers, the state, a competitor."""
    vorschlag = submit(cast, hilfe, greifswald)
    client, url = sign_in(who), f"/anbieter/entgelte/{vorschlag.pk}/"
    expected = 404 if who in {"rosa", "jan"} else 403
    assert client.get(url).status_code == expected
    for step in ("bestaetigen", "ablehnen", "zurueckziehen"):
        assert client.post(url, {"entscheidung": step, "grund": "So nicht."}).status_code == expected
    akteur = cast.akteur(who)
    for service in (services.confirm_entgeltvorschlag, services.withdraw_entgeltvorschlag):
        with pytest.raises(Verweigert), on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids):
            service(akteur=akteur, vorschlag=vorschlag)
    with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids):
        assert not Entgeltvorschlag.objects.exists(), "nor does the database show it"
        assert Entgeltvorschlag.objects.update(grund="x") == 0
    vorschlag.refresh_from_db()
    assert vorschlag.zustand == "VORGESCHLAGEN"


def test_database__a_rate_of_one_office_is_shown_there_and_to_the_provider_alone(cast, hilfe, greifswald, vg, hro):
    agree(cast, hilfe, greifswald)
    kueste, see = cast.anbieter(KUESTE).pk, cast.anbieter(SEE).pk
    everybody = {Decimal("60.00")}
    both = {Decimal("60.00"), Decimal("92.00")}

    def read() -> set[Decimal]:
        return set(Entgelt.alle.filter(angebot=hilfe).values_list("betrag", flat=True))

    for fence, seen in (
        (in_tenant(vg), both),
        (in_tenant(hro), everybody),
        (in_tenant_portal(vg, anbieter_ids=[kueste]), both),
        (in_tenant_portal(hro, anbieter_ids=[kueste]), everybody),
        (in_tenant_portal(vg, anbieter_ids=[see]), set()),
        (on_portal(user_id=cast.akteur("anna").user_id), both),
        (on_portal(user_id=cast.akteur("gerd").user_id), everybody),
        (on_portal(user_id=cast.akteur("rosa").user_id), everybody),
        (on_portal(user_id=cast.akteur("lena").user_id), everybody),
        (on_portal(user_id=cast.akteur("ines").user_id, anbieter_ids=[kueste]), both),
        (on_portal(user_id=cast.akteur("jan").user_id, anbieter_ids=[see]), set()),
    ):
        with fence:
            assert read() == seen


def test_database__who_proposes_or_confirms_for_another_office_is_refused(cast, hilfe, greifswald):
    vorschlag = submit(cast, hilfe, greifswald)
    rosa, frieda = cast.akteur("rosa").user_id, cast.akteur("frieda").user_id
    with refused("row-level security"), transaction.atomic(), on_portal(user_id=rosa):
        Entgeltvorschlag.objects.create(
            angebot=hilfe, jugendamt=greifswald, vorgeschlagen_von_id=rosa, vom_anbieter=False, **NUR_EINES
        )
    with refused("office at the place"), transaction.atomic():
        Entgeltvorschlag.objects.filter(pk=vorschlag.pk).update(zustand="BESTAETIGT", entschieden_von=rosa)
    for change in ({"jugendamt": None}, {"jugendamt": Gebietskoerperschaft.objects.get(kuerzel="HRO")}):
        with refused("stays as it is|row-level"), transaction.atomic(), on_portal(user_id=frieda):
            Entgeltvorschlag.objects.filter(pk=vorschlag.pk).update(**change)
    run_at_office(cast, services.confirm_entgeltvorschlag, "frieda", vorschlag=vorschlag)
    with refused("does not change"), transaction.atomic(), on_portal(user_id=frieda):
        Entgelt.je_amt.filter(angebot=hilfe, jugendamt=greifswald).update(jugendamt=None, gueltig=DateRange(NEU, NEU))
        connection.check_constraints()
    with refused("goes on until another one follows"), transaction.atomic(), on_portal(user_id=frieda):
        Entgelt.objects.filter(angebot=hilfe).update(gueltig=DateRange(date(2015, 1, 1), NEU))
        connection.check_constraints()


def test_exports_give_an_office_its_own_rate_and_the_provider_all(cast, hilfe, greifswald, sign_in):
    agree(cast, hilfe, greifswald)
    for who, betrag in (("anna", "92,00"), ("gerd", "60,00"), ("rosa", "60,00"), ("ines", "60,00")):
        text = sign_in(who).get("/anbieter/?format=csv").content.decode("utf-8-sig")
        (line,) = [line for line in text.splitlines() if hilfe.name in line]
        assert betrag in line, who
        assert ("92,00" in line) == (who == "anna"), who
    rows = sign_in("ines").get("/anbieter/eigene/mitnehmen/?format=json").json()["tabellen"]["entgelte"]
    assert {(r["betrag"], r["jugendamt"]) for r in rows} == {("60.00", None), ("92.00", greifswald.name)}


# -- which rate counts --------------------------------------------------------------------------

_tage = st.integers(1, 2_000).map(lambda tage: date(2020, 1, 1) + timedelta(days=tage))
_reihe = st.lists(_tage, unique=True, max_size=5).map(sorted)


def _zeiten(tage: list[date], betrag: int) -> list[tuple[Zeitraum, Decimal]]:
    enden = [*tage[1:], None]
    return [(Zeitraum(ab, ende), Decimal(betrag + n)) for n, (ab, ende) in enumerate(zip(tage, enden, strict=False))]


@given(_reihe, _reihe, _tage)
def test_mit_vorrang__is_the_own_rate_of_each_day_else_that_of_all(allgemeine, eigene, tag):
    alle, hier = _zeiten(allgemeine, 100), _zeiten(eigene, 500)
    ergebnis = mit_vorrang(alle, hier)
    assert all(eins.ende == zwei.beginn for (eins, _), (zwei, _) in pairwise(ergebnis) if eins.ende is not None)
    on_day = [betrag for zeit, betrag in ergebnis if tag in zeit]
    own = [betrag for zeit, betrag in hier if tag in zeit]
    assert on_day == (own or [betrag for zeit, betrag in alle if tag in zeit])


@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), _tage, st.integers(1, 30_000)), min_size=1, max_size=6))
def test_whatever_is_agreed_in_whatever_order__each_office_has_one_rate_a_day_without_gaps(cast, vg, proposals):
    amt = Gebietskoerperschaft.objects.get(kuerzel="VG")
    with transaction.atomic():
        neu = create_angebot(anbieter=KUESTE, kreis="VG", hilfeart="A31", entgelt=None, stunden_je_woche="20")
        for einzeln, ab, cent in proposals:
            betrag = Decimal(cent) / 100
            try:
                agree(cast, neu, amt if einzeln else None, ab=ab, vereinbart_am=ab, grundleistung=betrag)
            except SojusError:
                continue
        for fuer in (None, amt):
            stehende = rates(neu, fuer)
            gefragt = [ab for einzeln, ab, _ in proposals if einzeln == (fuer is not None)]
            assert bool(stehende) == bool(gefragt)
            assert all(eins[1] == zwei[0] for eins, zwei in pairwise(stehende))
            assert not stehende or (stehende[0][0], stehende[-1][1]) == (gefragt[0], None)
        with in_tenant(vg):
            gelesen = list_saetze([neu.pk], einheit="STUNDE", schema="vg")[neu.pk]
        erwartet = mit_vorrang(*([(Zeitraum(a, e), b) for a, e, b in rates(neu, fuer)] for fuer in (None, amt)))
        assert gelesen == erwartet


# -- papers -------------------------------------------------------------------------------------


def test_a_proposal_names_papers_of_its_facility__opened_by_right(cast, hilfe, greifswald, sign_in, vg, hro):
    vorschlagen, zuerst = f"/anbieter/entgelte/angebote/{hilfe.pk}/", "laden Sie sie zuerst unter „Dokumente“"
    assert zuerst in sign_in("ines").get(vorschlagen).text and zuerst not in sign_in("frieda").get(vorschlagen).text
    papier = LeqVereinbarung.objects.create(
        einrichtung=hilfe.einrichtung, datum=date(2026, 6, 1), rechtsgrundlage="77", jugendamt=greifswald,
        vom_anbieter=True, datei="register/x.pdf",
    )  # fmt: skip
    fremd = create_angebot(anbieter=KUESTE, kreis="VG", hilfeart="A31", stunden_je_woche="20")
    text = Leistungsbeschreibung.objects.create(einrichtung=fremd.einrichtung, datum=date(2026, 6, 1))
    page = sign_in("ines").get(vorschlagen).text
    assert (
        zuerst not in page and "Vereinbarung nach § 77 vom 01.06.2026" in page and "Leistungsbeschreibung" not in page
    )
    for other in ({"leistungsbeschreibung": text}, {"vereinbarung": papier, "rechtsgrundlage": "78b"}):
        amt = None if "rechtsgrundlage" in other else greifswald
        with pytest.raises(RegelVerletzt, match="gehört nicht"):
            submit(cast, hilfe, amt, **other)
    with pytest.raises(RegelVerletzt, match="gehört nicht"):
        submit(cast, hilfe, None, vereinbarung=papier)
    agree(cast, hilfe, greifswald, vereinbarung=papier)

    verlauf, haus = (
        f"/anbieter/entgelte/entwicklung/{hilfe.pk}/",
        f"/anbieter/einrichtungen/{hilfe.einrichtung_id}/",
    )
    link = f"/anbieter/dokumente/leq-vereinbarung/{papier.pk}/"
    for who, sees in (("anna", True), ("ines", True), ("gerd", False), ("rosa", False), ("lena", False)):
        client = sign_in(who)
        assert (link in client.get(verlauf).text) == sees, who
        assert (link in client.get(haus).text) == sees, who
        if not sees:
            assert client.get(link).status_code == 404
    for office, seen in ((vg, 1), (hro, 0)):
        with in_tenant(office):
            assert LeqVereinbarung.objects.filter(pk=papier.pk).count() == seen
    ines = cast.akteur("ines")
    made = {"angebot": hilfe, "vorgeschlagen_von_id": ines.user_id, "leistungsbeschreibung": text} | NUR_EINES
    at_portal = on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids)
    with refused("papers of its own facility"), transaction.atomic(), at_portal:
        Entgeltvorschlag.objects.create(**made)


# -- how it has developed -----------------------------------------------------------------------


def test_development_is_a_chart_and_a_table(cast, hilfe, greifswald, sign_in):
    agree(cast, hilfe, greifswald)
    url = f"/anbieter/entgelte/entwicklung/{hilfe.pk}/"
    page = sign_in("ines").get(url).text
    assert page.count('<svg class="sojus-stufen__bild"') == 2
    assert "Für alle Jugendämter" in page and f"Nur für {greifswald.name}" in page
    assert 'aria-labelledby="bild-1-titel"' in page and '<title id="bild-1-titel">' in page
    assert "80,10\xa0€" in page and "9,90\xa0€" in page and "2,00\xa0€" in page and "92,00\xa0€" in page
    assert "style=" not in page
    page = sign_in("gerd").get(url).text
    assert page.count('<svg class="sojus-stufen__bild"') == 1 and "92,00" not in page
    assert sign_in("jan").get(url).status_code == 404
    leer = create_angebot(anbieter=KUESTE, kreis="VG", entgelt=None)
    assert "Noch kein Entgelt" in sign_in("ines").get(f"/anbieter/entgelte/entwicklung/{leer.pk}/").text


# -- whoever proposed is told -------------------------------------------------------------------


def told() -> list[tuple[str, str]]:
    work()
    return [(m.to[0], m.body) for m in outbox_module.outbox if "Entgeltvorschlag" in m.subject]


def test_whoever_proposed_is_told_what_became_of_it(cast, hilfe, greifswald, sign_in):
    vorschlag = submit(cast, hilfe, greifswald)
    ines = sign_in("ines")
    assert "Ihr Vorschlag" not in ines.get("/eingang/").text
    run_at_office(
        cast, services.reject_entgeltvorschlag, "frieda", vorschlag=vorschlag, grund="Investition nicht belegt."
    )
    ((an, text),) = told()
    assert an == "ines@example.org" and f"/anbieter/entgelte/{vorschlag.pk}/" in text
    for secret in ("92,00", "Greifswald", "Investition", "Fink", hilfe.name, "abgelehnt"):
        assert secret not in text
    page = ines.get("/eingang/").text
    assert "ist abgelehnt" in page and "Investition nicht belegt." in page
    assert "Ihr Vorschlag" not in sign_in("inge").get("/eingang/").text, "it was not hers"
    agree(cast, hilfe, greifswald)
    assert "ist bestätigt" in ines.get("/eingang/").text and len(told()) == 2


def test_of_an_office_the_colleague_is_told_at_its_host__and_nobody_of_what_her_side_took_back(cast, hilfe, greifswald):
    at_vg = {"angebot": hilfe, "jugendamt": greifswald} | NUR_EINES
    erster = run_at_office(cast, services.submit_entgeltvorschlag, "frieda", **at_vg)
    run_at_office(cast, services.withdraw_entgeltvorschlag, "frieda", vorschlag=erster)
    assert told() == []
    zweiter = run_at_office(cast, services.submit_entgeltvorschlag, "frieda", **at_vg)
    run_at_office(cast, services.confirm_entgeltvorschlag, "emil", vorschlag=zweiter)
    ((an, text),) = told()
    assert an == "frieda@example.org" and "vg.localhost" in text
