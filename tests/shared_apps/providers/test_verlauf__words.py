"""The history calls a column what the form calls it in which it was entered: nobody has to guess which one is meant."""

from __future__ import annotations

import pytest

from shared_apps.providers.forms.angebote import AngebotForm, NeuesAngebotForm
from shared_apps.providers.forms.dateien import DokumentForm, FotoForm, VereinbarungForm
from shared_apps.providers.forms.ende import EndeForm
from shared_apps.providers.forms.entgelte import EntgeltForm
from shared_apps.providers.forms.erlaubnis import AusnahmeForm, ErlaubnisForm
from shared_apps.providers.forms.kontakte import KontaktForm
from shared_apps.providers.forms.konto import KontoForm
from shared_apps.providers.forms.stammdaten import (
    AnbieterForm,
    EinrichtungForm,
    NeueEinrichtungForm,
    StammdatenvorschlagForm,
)
from shared_apps.providers.models import (
    Anbieter,
    Angebot,
    Ausnahme,
    Betriebserlaubnis,
    Einrichtung,
    Entgeltvorschlag,
    Foto,
    Kontakt,
    Kontovorschlag,
    Leistungsbeschreibung,
    LeqVereinbarung,
    Stammdatenvorschlag,
    list_verlaeufe,
)
from shared_apps.providers.selectors.verlauf import get_label

FORMS = [
    (AnbieterForm, Anbieter), (StammdatenvorschlagForm, Anbieter), (StammdatenvorschlagForm, Stammdatenvorschlag),
    (EndeForm, Anbieter), (EndeForm, Einrichtung), (EinrichtungForm, Einrichtung), (NeueEinrichtungForm, Einrichtung),
    (KontaktForm, Kontakt), (KontoForm, Kontovorschlag), (AngebotForm, Angebot), (NeuesAngebotForm, Angebot),
    (ErlaubnisForm, Betriebserlaubnis), (AusnahmeForm, Ausnahme), (EntgeltForm, Entgeltvorschlag),
    (DokumentForm, Leistungsbeschreibung), (VereinbarungForm, LeqVereinbarung), (FotoForm, Foto),
]  # fmt: skip
#: Fields of a form that are another column of the table.
ANDERS = {"letzter_tag": "gueltig_bis"}


@pytest.mark.parametrize(("form", "model"), FORMS, ids=lambda value: value.__name__)
def test_column_has_the_label_of_its_form(form, model):
    said = list_verlaeufe()[model._meta.db_table][1]
    kept = {*said.werte, *said.haus, *said.vermerkt}
    columns = {field.name: field for field in model._meta.concrete_fields if field.column in kept}
    checked = 0
    for name, field in form.base_fields.items():
        column = columns.get(ANDERS.get(name, name))
        if column is None:
            continue
        assert get_label(column) == str(field.label).removesuffix(" (€)"), (form, name)
        checked += 1
    assert checked, "the form has nothing of this table"
