"""A kind of document is its class; a page, an address, a right that it does not follow into is found here."""

from __future__ import annotations

import re

import pytest

from deploy.demo.world.akten import _TEXTE
from shared_apps.providers.models import DOKUMENTE, EinrichtungDokument

KINDS = [pytest.param(model, id=model.__name__) for model in EinrichtungDokument.__subclasses__()]


def test_the_three_kinds_keep_their_words() -> None:
    assert list(DOKUMENTE)[:3] == ["betriebserlaubnis", "leistungsbeschreibung", "leq-vereinbarung"]


@pytest.mark.parametrize("model", KINDS)
def test_kind_has_a_word_of_its_own_for_addresses(model: type[EinrichtungDokument]) -> None:
    kennung = vars(model).get("kennung", "")
    assert re.fullmatch(r"[a-z][a-z-]+", kennung), f"{model.__name__}: write `kennung` beside its rights, a-z and -"
    assert DOKUMENTE.get(kennung) is model, f"{kennung}: two kinds have this word, or DOKUMENTE is above the class"


@pytest.mark.parametrize("model", KINDS)
def test_pages_keep_secret_what_the_database_keeps_secret(model: type[EinrichtungDokument]) -> None:
    open_to_all = {p.name for p in model.rights.policies if p.command == "SELECT" and p.using == "true"}
    assert model.ist_geheim == ("lesen" not in open_to_all), (
        f"{model.__name__}: `ist_geheim` and `rights` (register, or business_secret) say different things"
    )


def test_the_demo_has_a_text_for_every_kind() -> None:
    titles = {str(model._meta.verbose_name) for model in DOKUMENTE.values()}
    assert set(_TEXTE) == titles, "add the text to _TEXTE of the demo's akten.py, and a row in write_dokumente"
