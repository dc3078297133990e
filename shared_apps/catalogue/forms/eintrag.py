"""Entries of the catalogue, entered and changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db import models

from shared_apps.catalogue.models import (
    Einheit,
    Entgeltrecht,
    Form,
    Grund,
    Grundart,
    Hilfeart,
    Modul,
    Spezialisierung,
    Sprache,
)
from shared_apps.catalogue.selectors import Eintrag, list_module, read_wert
from shared_apps.catalogue.services.pflege import AENDERBAR, NEU
from shared_apps.core import felder
from shared_apps.core.gelesen import BearbeitenForm

_OHNE_CODE = (
    "Zwei Ziffern der amtlichen Liste. Leer, wenn es keinen Code gibt; ein Code ohne Quelle wird nicht eingetragen."
)


class _Gueltig(BearbeitenForm):
    """The days on which it is offered."""

    ab = felder.DatumField(label="Wird angeboten ab", required=False, help_text="leer: seit jeher")
    letzter_tag = felder.DatumField(label="Letzter Tag", required=False, help_text="leer: ohne Ende")


class HilfeartForm(_Gueltig):
    """A kind of help."""

    modul = felder.ObjektField(label="Modul", queryset=Modul.objects.none(), empty_label=felder.BITTE_WAEHLEN)
    code = felder.MusterField(
        r"[A-Z0-9]{1,8}",
        label="Code",
        error_messages={"invalid": "Ein Code hat höchstens acht Großbuchstaben und Ziffern."},
    )
    paragraf = felder.KennungField(label="Paragraf", max_length=12, help_text="zum Beispiel § 34")
    name = felder.BezeichnungField(label="Bezeichnung", max_length=120)
    form = felder.AuswahlField(label="Form", choices=Form.choices)
    einheit = felder.AuswahlField(label="Bezahlt je", choices=Einheit.choices)
    statistik_code = felder.MusterField(
        r"[0-9]{2}", label="Statistikcode", required=False, help_text=_OHNE_CODE,
        error_messages={"invalid": "Ein Statistikcode hat zwei Ziffern."},
    )  # fmt: skip
    tage_je_woche = felder.DezimalField(label="Tage je Woche (üblich)", von=Decimal(1), bis=Decimal(7), initial=7)
    hat_barbetrag = felder.JaNeinField(label="mit Barbetrag (§ 39 Abs. 2 SGB VIII)", required=False)
    erlaubnispflichtig = felder.JaNeinField(label="braucht eine Betriebserlaubnis (§ 45 SGB VIII)", required=False)
    entgeltrecht = felder.AuswahlField(
        label="Entgelte nach", choices=Entgeltrecht.choices, initial=Entgeltrecht.P78A.value
    )
    sortierung = felder.GanzzahlField(label="Stelle in der Liste", von=0, bis=999, initial=50)
    quelle = felder.BezeichnungField(label="Quelle", max_length=300)


class SpezialisierungForm(_Gueltig):
    """A speciality."""

    code = felder.MusterField(
        r"[a-z0-9-]{2,40}",
        label="Code",
        error_messages={"invalid": "Ein Code hat Kleinbuchstaben, Ziffern und Bindestriche."},
    )
    name = felder.BezeichnungField(label="Bezeichnung", max_length=120)
    sortierung = felder.GanzzahlField(label="Stelle in der Liste", von=0, bis=999, initial=50)


class SpracheForm(SpezialisierungForm):
    """A language."""

    code = felder.MusterField(
        r"[a-z]{2}",
        label="Code nach ISO 639-1",
        error_messages={"invalid": "Ein Code nach ISO 639-1 hat zwei Kleinbuchstaben."},
    )


class KataloggrundForm(_Gueltig):
    """A reason."""

    art = felder.AuswahlField(label="Wofür", choices=[("", felder.BITTE_WAEHLEN), *Grundart.choices])
    code = felder.MusterField(
        r"[A-Z][A-Z0-9_]{1,19}",
        label="Code",
        help_text="zum Beispiel WASSERSCHADEN",
        error_messages={"invalid": "Ein Code hat Großbuchstaben, Ziffern und Unterstriche und höchstens 20 Zeichen."},
    )
    name = felder.BezeichnungField(label="Bezeichnung", max_length=120)
    sortierung = felder.GanzzahlField(label="Stelle in der Liste", von=0, bis=999, initial=50)


class ModulForm(BearbeitenForm):
    """A module; its criteria are in its file."""

    name = felder.BezeichnungField(label="Bezeichnung", max_length=120)
    rechtsgrundlage = felder.BezeichnungField(label="Rechtsgrundlage", max_length=120, required=False)
    sortierung = felder.GanzzahlField(label="Stelle auf der Startseite", von=0, bis=999)
    eingeschaltet = felder.JaNeinField(
        label="eingeschaltet", required=False, help_text="Hilfearten dieses Moduls werden angeboten und gesucht."
    )


_FORMS: dict[type[models.Model], type[BearbeitenForm]] = {
    Hilfeart: HilfeartForm, Spezialisierung: SpezialisierungForm, Sprache: SpracheForm, Grund: KataloggrundForm,
    Modul: ModulForm,
}  # fmt: skip


def build_form(model: type[models.Model], eintrag: Eintrag | None, data: Any) -> BearbeitenForm:
    """The form of an entry: of a new one everything, of one that is there what may change."""
    klasse = _FORMS[model]
    if eintrag is None:
        form = klasse(data)
        erlaubt = set(NEU[model])
    else:
        form = klasse(
            data, initial={name: read_wert(eintrag, name) for name in klasse.base_fields if name != "gelesen"}
        )
        erlaubt = set(AENDERBAR[model])
    tage = set() if isinstance(eintrag, Grund) and eintrag.fest else {"ab", "letzter_tag"}
    for name in [n for n in form.fields if n not in {*erlaubt, *tage, "gelesen"}]:
        del form.fields[name]
    if "modul" in form.fields:
        form.fields["modul"].queryset = list_module()
    order = [n for n in (*NEU.get(model, AENDERBAR[model]), "ab", "letzter_tag") if n in form.fields]
    form.order_fields(order)
    form.mark_shown()
    return form


class EndeForm(forms.Form):
    """The last day on which it is offered."""

    letzter_tag = felder.ArbeitstagField(label="Letzter Tag", help_text="Bis zu diesem Tag einschließlich")
