"""For any list: twice is once, and taken back is as if it had never been."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared_apps.core.errors import RegelVerletzt
from tests.shared_apps.einlesen.lists import ZEILE, read_in, seen, take_back, zeile

pytestmark = pytest.mark.django_db
TAGE = (date(2026, 11, 30), date(2027, 3, 1))

_satz = st.sampled_from([{}, {"entgelt_ab": "01.01.2027"}, {"entgelt_ab": "01.02.2027", "grundleistung": "150,00"}])
_zeile = st.builds(
    lambda t, e, a, satz, **rest: zeile(
        anbieter_nr=f"T-{t}", anbieter=f"Träger {t}", einrichtung_nr=f"E-{e}", einrichtung=f"Haus {e}",
        angebot_nr=f"A-{a}", angebot=f"Gruppe {a}", **rest, **satz,
    ),
    t=st.integers(1, 2), e=st.integers(1, 2), a=st.integers(1, 2), satz=_satz,
    plaetze=st.sampled_from(["2", "4", "6"]), alter_bis=st.sampled_from(["15", "18"]),
    telefon=st.sampled_from(["", "03834 1", "+49 3834 2"]), spezialisierungen=st.sampled_from(["", "trauma", "sucht"]),
    hilfeart=st.sampled_from(["S34", "S35"]), stunden=st.sampled_from(["", "", "39", "40,5"]),
    plz=st.sampled_from(["17489", "1748", ""]),
)  # fmt: skip
_ERLAUBNISSE = [
    {},
    {"erlaubnis_plaetze": "7"},
    {"erlaubnis_plaetze": "12", "erlaubnis_alter_bis": "15"},
    {"erlaubnis_nr": "LJA 8", "erlaubnis_vom": "01.09.2026", "erlaubnis_ab": "01.02.2027", "erlaubnis_plaetze": "20"},
    {"erlaubnis_nr": "LJA 9", "erlaubnis_vom": "01.10.2026", "erlaubnis_ab": "01.03.2027"},
    {"erlaubnis_bis": "31.03.2027"},
    dict.fromkeys((code for code in ZEILE if code.startswith("erlaubnis")), ""),
]
_zeile = st.builds(lambda zeile, erlaubnis: zeile | erlaubnis, _zeile, st.sampled_from(_ERLAUBNISSE))
#: Ambulant help, paid for by all offices, and by this one alone.
_ambulant = st.builds(
    lambda zeile, amt, satz: zeile | {"hilfeart": "A31", "stunden": "40", "rechtsgrundlage": "§ 77"} | amt | satz,
    _zeile, st.sampled_from([{}, {"entgelt_amt": "VG"}, {"entgelt_amt": "HRO"}]),
    st.sampled_from([{}, {"entgelt_ab": "01.01.2027"}, {"entgelt_ab": "01.02.2027", "grundleistung": "150,00"}]),
)  # fmt: skip
_zeile = st.one_of(_zeile, _zeile, _ambulant)
_liste = st.lists(_zeile, min_size=1, max_size=5)


def _try(cast, zeilen) -> object:
    """The list carried out, or None when there is nothing in it to do."""
    try:
        with transaction.atomic():
            return read_in(cast, zeilen)
    except RegelVerletzt:
        return None


class _Back(Exception):
    pass


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(vorher=_liste, nachher=_liste)
def test_twice_is_once__and_taken_back_is_never(cast, vg, vorher, nachher):
    with pytest.raises(_Back), transaction.atomic():
        erste = _try(cast, vorher)
        stand = seen(*TAGE)
        assert _try(cast, vorher) is None or erste is None
        assert seen(*TAGE) == stand, "twice is once"
        zweite = _try(cast, nachher)
        danach = seen(*TAGE)
        if zweite is not None:
            assert take_back(cast, zweite) == 0
        assert seen(*TAGE) == stand, "taken back is never"
        # what comes again is what it was, but for what was agreed meanwhile
        if zweite is not None and _try(cast, nachher) is not None:
            assert seen(*TAGE) == danach, "and again is again"
        if erste is not None and zweite is None:
            assert take_back(cast, erste) == 0
            assert seen(*TAGE) == [], "all of it"
        raise _Back
