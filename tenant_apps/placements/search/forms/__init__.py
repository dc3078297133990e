"""Forms of choosing and reserving, a module for each page; here is what pages and API take of them."""

from tenant_apps.placements.search.forms.ergebnis import (
    OHNE_PREISE,
    NichtPassendFilter,
    ProbeForm,
    TrefferFilter,
    read_ansicht,
    shows_preise,
)
from tenant_apps.placements.search.forms.fremd import (
    CENT,
    FREMDENTGELT_MAX,
    FremdbuchungForm,
    FremdeFilter,
    FremdeinrichtungForm,
    FremdentgeltForm,
    NeueFremdeinrichtungForm,
    VorschlagForm,
)
from tenant_apps.placements.search.forms.geschwister import GESCHWISTER_HOECHSTENS, GeschwisterForm
from tenant_apps.placements.search.forms.reservieren import NachtragForm, ReservierenForm
from tenant_apps.placements.search.forms.suche import AuswahlForm, initial_of, read_anderes, without_foreign

__all__ = [
    "CENT",
    "FREMDENTGELT_MAX",
    "GESCHWISTER_HOECHSTENS",
    "OHNE_PREISE",
    "AuswahlForm",
    "FremdbuchungForm",
    "FremdeFilter",
    "FremdeinrichtungForm",
    "FremdentgeltForm",
    "GeschwisterForm",
    "NachtragForm",
    "NeueFremdeinrichtungForm",
    "NichtPassendFilter",
    "ProbeForm",
    "ReservierenForm",
    "TrefferFilter",
    "VorschlagForm",
    "initial_of",
    "read_anderes",
    "read_ansicht",
    "shows_preise",
    "without_foreign",
]
