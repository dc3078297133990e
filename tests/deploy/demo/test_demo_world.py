"""The demo world: the worked example to the cent, and every figure with something to show."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from deploy.demo.world.leute import PASSWORT
from deploy.demo.world.markt import BEISPIEL
from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.accounts.selectors import get_akteur
from shared_apps.comparison.models import Kennzahl, Kennzahlwert
from shared_apps.core.clock import today
from shared_apps.core.zeitraum import monatserster, vormonat
from shared_apps.occupancy.models import Platzbindung
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung, Entgelt, Platz
from tenant_apps.billing.models import Rechnung
from tenant_apps.billing.services.check import approve_rechnung, check_rechnung, settle_rechnung
from tenant_apps.billing.states import RechnungZustand
from tenant_apps.cases.models import Klient
from tenant_apps.cases.personfelder import PERSONFELDER
from tenant_apps.placements.models import Auswahlvermerk, Buchung, Reservierung, Suche
from tenant_apps.placements.search.selectors.pruefsumme import is_unveraendert
from tenant_apps.placements.services.book import book_reservierung
from tenant_apps.placements.services.decide import confirm_reservierung
from tenant_apps.placements.states import ReservierungZustand
from tenants.context import as_comparison, in_tenant
from tenants.models import Tenant
from tests import bootstrap
from tests.tenants import owner

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo_world"), pytest.mark.usefixtures("world")]


@pytest.fixture
def vg(world) -> Tenant:
    return Tenant.objects.get(kuerzel="VG")


def _vakanzen(tenant: Tenant, von: date, bis: date) -> list[tuple]:
    """Offers of § 34 in VG in that period: vacancies by the SQL function, rate, sex."""
    with in_tenant(tenant), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(v.frei, 0), e.betrag, a.geschlecht
              FROM providers_angebot a
              JOIN catalogue_hilfeart h ON h.id = a.hilfeart_id AND h.code = 'S34'
              JOIN providers_einrichtung f ON f.id = a.einrichtung_id
              JOIN regions_gebietskoerperschaft g ON g.id = f.gebietskoerperschaft_id AND g.kuerzel = 'VG'
              JOIN providers_entgelt e ON e.angebot_id = a.id AND e.gueltig @> %(von)s::date
              LEFT JOIN LATERAL occupancy_vakanzen(ARRAY[a.id], daterange(%(von)s, %(bis)s)) v ON true
             WHERE a.gueltig @> daterange(%(von)s, %(bis)s)
             ORDER BY coalesce(v.frei, 0) = 0, e.betrag
            """,
            {"von": von, "bis": bis},
        )
        return cursor.fetchall()


def test_worked_example__41_offers_14_available(vg):
    zeilen = _vakanzen(vg, date(2017, 6, 1), date(2017, 12, 1))
    assert len(zeilen) == 41
    frei = [zeile for zeile in zeilen if zeile[0]]
    assert [(anzahl, betrag) for anzahl, betrag, _ in frei] == [(n, Decimal(satz)) for n, satz in BEISPIEL]
    assert frei[-1][2] == "w"
    assert {geschlecht for *_, geschlecht in frei[:-1]} == {""}


def test_worked_example__one_rate_all_through_2017_and_the_cheapest_is_kueste(vg):
    entgelte = Entgelt.objects.filter(
        angebot__einrichtung__gebietskoerperschaft__kuerzel="VG",
        angebot__hilfeart__code="S34",
        gueltig__overlap=(date(2017, 6, 1), date(2017, 12, 1)),
    ).order_by("betrag")
    assert entgelte.count() == 41
    assert entgelte.first().angebot.einrichtung.anbieter.name.startswith("Küstenanker")


def test_today__free_and_taken_places_at_many_prices(vg):
    von = monatserster(today())
    zeilen = _vakanzen(vg, von, date(von.year + 1, von.month, 1))
    frei = [zeile for zeile in zeilen if zeile[0]]
    assert len(frei) >= 14
    assert len(zeilen) - len(frei) >= 5
    assert len({int(betrag / 20) for _, betrag, _ in frei}) >= 4


def test_size(world):
    assert Einrichtung.objects.count() >= 500
    assert Platz.objects.count() >= 4000
    assert Anbieter.objects.filter(einrichtungen__isnull=False).distinct().count() >= 150
    in_vg = Anbieter.objects.filter(einrichtungen__gebietskoerperschaft__kuerzel="VG").distinct()
    assert in_vg.count() >= 31
    je_tag = Entgelt.objects.filter(einheit="TAG").order_by("betrag")
    assert (je_tag.first().betrag, je_tag.last().betrag) == (Decimal("76.00"), Decimal("340.00"))
    assert not Angebot.objects.filter(plaetze__isnull=True).exists()
    assert not Angebot.objects.filter(entgelte__isnull=True).exists()


def test_each_hold_belongs_to_a_reservation_of_its_office(world):
    for tenant in Tenant.objects.all():
        with in_tenant(tenant):
            bindungen = {b.pk: b for b in Platzbindung.objects.all()}
            reservierungen = Reservierung.objects.filter(fremdeinrichtung=None).select_related("buchung")
            assert set(bindungen) == {r.platzbindung_id for r in reservierungen}
            for buchung in Buchung.objects.filter(zustand="LAUFEND", fremdeinrichtung=None):
                assert bindungen[buchung.platzbindung_id].zustand == "GEBUCHT"
                assert bindungen[buchung.platzbindung_id].zeitraum == buchung.zeitraum
            assert set(bindungen.values()) and {b.mandant for b in bindungen.values()} == {tenant.schema_name}


def test_asd_vg_has_two_pages_and_all_states_have_rows(vg):
    from shared_apps.accounts.models import Fachkraft

    with in_tenant(vg):
        eigene = Reservierung.objects.filter(hilfefall__fachkraft=Fachkraft.objects.get(username="asd-vg"))
        assert eigene.count() == 56
        zustaende = set(Reservierung.objects.values_list("zustand", flat=True))
        assert zustaende == {"RESERVIERT", "ZUGESTIMMT", "ABGELEHNT", "ABGELAUFEN", "ZURUECKGEZOGEN", "GEBUCHT"}
        assert {"GEBUCHT", "LAUFEND", "BEENDET", "ABGEBROCHEN"} <= set(
            Buchung.objects.values_list("zustand", flat=True)
        )
        assert set(Rechnung.objects.values_list("zustand", flat=True)) == {
            "EINGEREICHT", "SACHLICH_RICHTIG", "ANGEORDNET", "BEZAHLT", "BEANSTANDET", "STORNIERT",
        }  # fmt: skip
        assert Suche.objects.filter(angebote_verfuegbar=0).exists()
        assert all(is_unveraendert(vermerk) for vermerk in Auswahlvermerk.objects.all()[:40])


def test_every_figure_has_values_and_foreign_use_balances(world):
    monat = vormonat(today())
    with as_comparison():
        werte = Kennzahlwert.objects.filter(monat=monat, hilfeart_code="", spezialisierung_code="")
        for kennzahl in Kennzahl.objects.all():
            assert werte.filter(kennzahl=kennzahl, wert__isnull=False).count() == 8, kennzahl.code

        def summe(code: str) -> Decimal:
            return sum((w.wert for w in werte.filter(kennzahl__code=code)), Decimal(0))

        assert summe("auswaertige_buchungen") == summe("fremdbelegungen") > 0


@contextmanager
def _acting(vg: Tenant, username: str) -> Iterator[Akteur]:
    """This person at her office; afterwards the world is as before."""
    akteur = get_akteur(user=User.objects.get(username=username), tenant=vg)
    with contextlib.suppress(_Zurueck), in_tenant(vg, user_id=akteur.user_id):
        yield akteur
        raise _Zurueck


class _Zurueck(Exception):
    """Nothing of it stays."""


def test_services_go_on_with_the_rows_that_were_copied(vg):
    """Cases and invoices are written past the services, which go on with what is open as if they had made it."""
    done = []

    def waiting(zustand: RechnungZustand) -> list[Rechnung]:
        return list(Rechnung.objects.filter(zustand=zustand).order_by("pk")[:5])

    anbieter = get_akteur(user=User.objects.get(username="anbieter-kueste"), tenant=vg)
    with _acting(vg, "asd-vg") as asd:
        for offen in Reservierung.objects.filter(zustand=ReservierungZustand.RESERVIERT).order_by("pk")[:5]:
            with in_tenant(vg, user_id=anbieter.user_id):  # who alone may consent
                confirm_reservierung(reservierung=offen, akteur=anbieter)
            done.append(book_reservierung(reservierung=offen, akteur=asd).zustand)
    with _acting(vg, "wjh-vg") as wjh:
        done += [check_rechnung(rechnung=r, akteur=wjh).zustand for r in waiting(RechnungZustand.EINGEREICHT)]
    with _acting(vg, "leitung-vg") as leitung:
        done += [
            approve_rechnung(rechnung=r, akteur=leitung).zustand for r in waiting(RechnungZustand.SACHLICH_RICHTIG)
        ]
    with _acting(vg, "wjh-vg") as wjh:
        done += [settle_rechnung(rechnung=r, akteur=wjh).rechnung.zustand for r in waiting(RechnungZustand.ANGEORDNET)]
    assert Counter(done) == {"GEBUCHT": 5, "SACHLICH_RICHTIG": 5, "ANGEORDNET": 5, "BEZAHLT": 5}


def test_second_time_does_nothing(built):
    name, first = built
    assert "Die Demo-Welt steht nach" in first
    assert "schon da" in owner.manage(name, "demo_world").stdout
    assert "Nur als Eigentümer" in owner.manage(name, "demo_world", owner=False, ok=False).stderr


def test_logins_of_the_roles_that_watch_and_administer(vg):
    from shared_apps.accounts.models import User
    from shared_apps.accounts.selectors import get_akteur

    for name in ("admin-vg", "teamleitung-vg", "datenschutz-vg", "datenschutz2-vg", "vormund-vg", "pruefung-vg"):
        user = User.objects.get(username=name)
        assert get_akteur(user=user, tenant=vg)
        assert user.has_usable_password()
    einrichtung = get_akteur(user=User.objects.get(username="einrichtung-kueste"), tenant=vg)
    assert len(einrichtung.einrichtung_ids) == 1
    assert get_akteur(user=User.objects.get(username="anbieter-kueste"), tenant=None).verwaltet_ids


def test_every_login_of_the_readme_opens_with_the_demo_password(world) -> None:
    """Also who was made before the world: the administrations come from onboarding and get the password afterwards."""
    readme = (bootstrap.ROOT / "README.md").read_text(encoding="utf-8")
    logins = set(re.findall(r"`([a-z0-9]+-[a-z]+)`", readme))
    names = set(User.objects.filter(username__in=logins).values_list("username", flat=True))
    assert {"admin-vg", "asd-vg", "leitung-vg"} <= names
    admins = set(User.objects.filter(username__startswith="admin-").values_list("username", flat=True))
    wrong = [name for name in sorted(names | admins) if not User.objects.get(username=name).check_password(PASSWORT)]
    assert wrong == []


def test_people_have_every_detail_that_nobody_is_entered_without(vg) -> None:
    pflicht = [name for name, feld in PERSONFELDER.items() if feld.pflicht]
    with in_tenant(vg):
        empty = {name for klient in Klient.objects.all()[:20] for name in pflicht if not getattr(klient, name)}
    assert empty == set(), "give each a value in `_klient_row` of deploy/demo/world/faelle/reihen.py"


def test_every_role_has_a_login_that_the_readme_names(world) -> None:
    """Add the login in `leute.py` of the demo, and to "Who logs in where" of the README."""
    readme = (bootstrap.ROOT / "README.md").read_text(encoding="utf-8").partition("## Who logs in where")[2]
    named = set(re.findall(r"`([a-z0-9-]+)`", readme.partition("\n## ")[0]))
    shown = Membership.objects.filter(user__username__in=named).values_list("rolle", flat=True)
    assert {rolle.value for rolle in Rolle} - set(shown) == set()
