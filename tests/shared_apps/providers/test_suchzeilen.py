"""Rows that searches read say what offer, house, provider and district say, whoever changes what in which order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_apps.core.clock import now
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung, Suchzeile
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.register import DateRange, create_angebot, create_einrichtung
from tests.tenants import owner

WORT = st.sampled_from(["Haus A", "Haus Ä", "Kiefernweg"])
TAG = st.none() | st.sampled_from([date(2027, 3, 1), date(2028, 1, 1)])
WELCHES = st.integers(0, 3)
AKT = st.one_of(
    st.tuples(st.just("angebot"), WELCHES, st.integers(0, 9), st.sampled_from("wm")),
    st.tuples(st.just("vakanz"), WELCHES),
    st.tuples(st.just("haus"), WELCHES, WORT, TAG, st.sampled_from([None, Decimal("54.10000")])),
    st.tuples(st.just("anbieter"), WELCHES, WORT, TAG),
    st.tuples(st.just("neu"), WELCHES),
    st.tuples(st.just("zurueck"), WELCHES, WORT),
)


def read() -> dict[Any, dict[str, Any]]:
    """As an office reads them."""
    with in_tenant(Tenant.objects.get(kuerzel="VG")):
        return {row["id"]: row for row in Suchzeile.objects.values()}


def by_hand() -> dict[Any, dict[str, Any]]:
    """What each row should say, read from where it stands."""
    rows = {}
    for a in Angebot.objects.select_related("einrichtung__anbieter", "einrichtung__gebietskoerperschaft"):
        haus, kreis = a.einrichtung, a.einrichtung.gebietskoerperschaft
        own = {f.attname: getattr(a, f.attname) for f in Suchzeile._meta.fields if hasattr(a, f.attname)}
        of_house = {name: getattr(haus, name) for name in ("ort", "plz", "breite", "laenge")}
        rows[a.pk] = own | of_house | {
            "haus_name": haus.name, "haus_gueltig_bis": haus.gueltig_bis, "anbieter_id": haus.anbieter_id,
            "anbieter_name": haus.anbieter.name, "anbieter_gueltig_bis": haus.anbieter.gueltig_bis,
            "gebietskoerperschaft_id": kreis.pk, "land": kreis.land, "kreis": kreis.kuerzel,
            "kreis_name": kreis.kurzname,
        }  # fmt: skip
    return rows


class Register:
    """Each act by the tables themselves: triggers follow whoever writes."""

    def __init__(self) -> None:
        self.haeuser = [create_einrichtung(name=f"Haus {n}", anbieter=f"Verein {n % 2}") for n in range(3)]
        self.angebote = [create_angebot(einrichtung=self.haeuser[n % 3], name=f"Gruppe {n}") for n in range(4)]

    def _haus(self, n: int) -> Any:
        return Einrichtung.objects.filter(pk=self.haeuser[n % 3].pk)

    def angebot(self, n: int, alter: int, geschlecht: str) -> None:
        Angebot.objects.filter(pk=self.angebote[n].pk).update(
            name=f"Gruppe {n} {alter}", alter_von=alter, geschlecht=geschlecht, hinweis=f"ab {alter}",
            barrierefrei="JA", gueltig=DateRange(date(2015, 1, 1), date(2030, 1, 1 + alter)),
        )  # fmt: skip

    def vakanz(self, n: int) -> None:
        Angebot.objects.filter(pk=self.angebote[n].pk).update(
            vakanz_bestaetigt_at=now(), vakanz_gemeldet_at=now() - timedelta(days=1)
        )

    def haus(self, n: int, name: str, bis: date | None, breite: Decimal | None) -> None:
        self._haus(n).update(name=f"{name} {n}", ort=name, gueltig_bis=bis, breite=breite, laenge=breite, plz="17489")

    def anbieter(self, n: int, name: str, bis: date | None) -> None:
        traeger = self._haus(n).get().anbieter_id
        Anbieter.objects.filter(pk=traeger).update(name=f"{name} {traeger}", gueltig_bis=bis)

    def neu(self, n: int) -> None:
        haus = self._haus(n).get()
        self.angebote.append(create_angebot(einrichtung=haus, name=f"Gruppe {len(self.angebote)}", erlaubnis=False))

    def zurueck(self, n: int, name: str) -> None:
        """Undone, and with it what follows."""
        with transaction.atomic():
            self.haus(n, f"nie {name}", None, None)
            transaction.set_rollback(True)


@pytest.mark.django_db
def test_rows_of_the_search_follow_whatever_is_changed():
    register = Register()
    acts: dict[str, Callable[..., None]] = {
        name: getattr(register, name) for name in ("angebot", "vakanz", "haus", "anbieter", "neu", "zurueck")
    }

    @settings(max_examples=15, deadline=None)
    @given(st.lists(AKT, min_size=2, max_size=6))
    def run(akte):
        with transaction.atomic():
            for name, *args in akte:
                acts[name](*args)
            assert read() == by_hand()
            transaction.set_rollback(True)

    run()


def test_a_row_that_somebody_has_broken_is_written_again(own_database, django_db_blocker):
    with django_db_blocker.unblock():
        angebot = create_angebot()
        with owner.superuser(own_database) as by:
            by.execute("UPDATE regions_gebietskoerperschaft SET kurzname = 'Neuer Name', land = 'Anderswo'")
            assert read() == by_hand(), "a district that has another name"
            by.execute("UPDATE providers_suchzeile SET haus_name = 'verstellt' WHERE id = %s", [angebot.pk])
            by.execute("DELETE FROM providers_suchzeile WHERE id <> %s", [angebot.pk])
        assert read() != by_hand()
        assert "Suchzeilen neu geschrieben" in owner.manage(own_database, "rebuild_suchzeilen").stdout
        assert read() == by_hand()
