"""What the API of the register takes in: the fields of the forms, so a field that a page gets is here the same day.

Rows that a form offers as choices (kinds of help, specialities, languages, regions) are named by their codes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from rest_framework import serializers

from shared_apps.catalogue.models import Hilfeart
from shared_apps.core import api_felder, felder
from shared_apps.core.gelesen import FELD
from shared_apps.providers.forms.angebote import AngebotForm, NeuesAngebotForm, PlaetzeForm
from shared_apps.providers.forms.dateien import BilderForm, DateiForm, DokumentForm, FotoForm, VereinbarungForm
from shared_apps.providers.forms.ende import EndeForm
from shared_apps.providers.forms.entgelte import EntgeltForm
from shared_apps.providers.forms.erlaubnis import AusnahmeForm, ErlaubnisForm, NeueAusnahmeForm, NeueErlaubnisForm
from shared_apps.providers.forms.kontakte import KontaktForm, NeuerKontaktForm
from shared_apps.providers.forms.platznamen import NAME_MAX
from shared_apps.providers.forms.stammdaten import (
    AnbieterForm,
    EinrichtungForm,
    NeueEinrichtungForm,
    StammdatenvorschlagForm,
)
from shared_apps.providers.models import Rechtsgrundlage
from shared_apps.providers.rules import ENTGELT_MAX
from shared_apps.providers.services.angebote import PLAETZE_MAX
from shared_apps.providers.states import VorschlagZustand
from shared_apps.regions.models import Gebietskoerperschaft

#: More of them than any offer has.
ZEILEN_MAX, MERKMALE_MAX = 50, 50
_MERKMALE = 'weitere Kriterien der Hilfeart nach ihrem Code, zum Beispiel {"pflegegrad": {"von": 2, "bis": 5}}'


def _text(art: type[api_felder.TextField]) -> Callable[[Any, dict[str, Any]], serializers.Field]:
    return lambda feld, kwargs: art(max_length=feld.max_length, allow_blank=not feld.required, **kwargs)


def _zahl(art: type[serializers.Field]) -> Callable[[Any, dict[str, Any]], serializers.Field]:
    return lambda feld, kwargs: art(von=feld.von, bis=feld.bis, allow_null=not feld.required, **kwargs)


#: Fields of forms and their counterparts; the first one that fits.
_ARTEN: tuple[tuple[type[forms.Field], Callable[[Any, dict[str, Any]], serializers.Field]], ...] = (
    (
        felder.GeldField,
        lambda feld, kwargs: api_felder.DezimalField(von=0, bis=ENTGELT_MAX, allow_null=not feld.required, **kwargs),
    ),
    (felder.PlzField, _text(api_felder.PlzField)),
    (felder.TelefonField, _text(api_felder.TelefonField)),
    (felder.KennungField, _text(api_felder.KennungField)),
    (felder.MailField, _text(api_felder.MailField)),
    (felder.NameField, _text(api_felder.NameField)),
    (felder.BezeichnungField, _text(api_felder.BezeichnungField)),
    (felder.FreitextField, _text(api_felder.FreitextField)),
    (felder.GrundField, _text(api_felder.GrundField)),
    (felder.ZeileField, _text(api_felder.ZeileField)),
    (
        felder.AdresseField,
        lambda feld, kwargs: api_felder.AdresseField(
            max_length=feld.max_length, allow_blank=not feld.required, **kwargs
        ),
    ),
    (
        felder.DatumField,
        lambda feld, kwargs: api_felder.DatumField(von=feld.von, bis=feld.bis, allow_null=not feld.required, **kwargs),
    ),
    (felder.GanzzahlField, _zahl(api_felder.GanzzahlField)),
    (
        felder.DezimalField,
        lambda feld, kwargs: _zahl(api_felder.DezimalField)(feld, {"stellen": feld.decimal_places} | kwargs),
    ),
    (
        felder.AuswahlField,
        lambda feld, kwargs: api_felder.AuswahlField(
            [(code, str(wort)) for code, wort in feld.choices if code], allow_blank=not feld.required, **kwargs
        ),
    ),
    (felder.JaNeinField, lambda feld, kwargs: api_felder.JaNeinField(**kwargs)),
    (
        felder.BilderField,
        lambda feld, kwargs: api_felder.DateienField(max_length=feld.hoechstens, **kwargs),
    ),
    (felder.DateiField, lambda feld, kwargs: api_felder.DateiField(**kwargs)),
)
#: Choices among rows of a table: by their codes, said at each body.
_ZEILEN = (felder.ObjektField, felder.ObjekteField)


def build_felder(form: type[forms.BaseForm], *, partial: bool = False) -> dict[str, serializers.Field]:
    """A form's fields for a body. `partial`: only what is sent is changed, so nothing has to be."""
    made = {}
    for name, feld in _fields(form):
        bauen = _find(feld)
        if bauen is None:
            continue
        kwargs: dict[str, Any] = {"help_text": " · ".join(filter(None, (str(feld.label or ""), str(feld.help_text))))}
        if partial or not feld.required:
            kwargs["required"] = False
        elif feld.initial is not None:
            kwargs |= {"required": False, "default": feld.initial}
        made[name] = bauen(feld, kwargs)
    return made


def list_unbekannte(form: type[forms.BaseForm]) -> list[str]:
    """Fields of a form that have no counterpart; a test asks that there are none."""
    return [name for name, feld in _fields(form) if _find(feld) is None and not isinstance(feld, _ZEILEN)]


def _fields(form: Any) -> list[tuple[str, forms.Field]]:
    return [(name, feld) for name, feld in form.base_fields.items() if name != FELD]


def _find(feld: Any) -> Callable[[Any, dict[str, Any]], serializers.Field] | None:
    return next((bauen for art, bauen in _ARTEN if isinstance(feld, art)), None)


FORMULARE: tuple[type[forms.BaseForm], ...] = (
    EinrichtungForm, NeueEinrichtungForm, AngebotForm, NeuesAngebotForm, PlaetzeForm, EntgeltForm, ErlaubnisForm,
    NeueErlaubnisForm, AusnahmeForm, NeueAusnahmeForm, KontaktForm, NeuerKontaktForm, AnbieterForm,
    StammdatenvorschlagForm, EndeForm, BilderForm, FotoForm, DateiForm, DokumentForm, VereinbarungForm,
)  # fmt: skip


def _jugendamt(hilfe: str) -> api_felder.CodeField:
    rows = Gebietskoerperschaft.objects.all()
    return api_felder.CodeField(
        slug_field="kuerzel", queryset=rows, required=False, allow_null=True, default=None, help_text=hilfe
    )


class AnbieterEingabe(api_felder.Eingabe):
    """What is to be changed of a provider; what is left out stays."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return build_felder(AnbieterForm, partial=True)


class StammdatenvorschlagEingabe(api_felder.Eingabe):
    """What an office has admitted, as it should be; what is left out stays."""

    gebietskoerperschaft = api_felder.CodeField(
        slug_field="kuerzel",
        queryset=Gebietskoerperschaft.objects.all(),
        help_text="Jugendamt, das prüft: Kürzel eines Kreises, in dem Sie eine Einrichtung betreiben",
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        made = build_felder(StammdatenvorschlagForm, partial=True)
        made["begruendung"] = build_felder(StammdatenvorschlagForm)["begruendung"]
        return made | super().get_fields()


class EinrichtungEingabe(api_felder.Eingabe):
    """What is to be changed of a facility; what is left out stays."""

    region = api_felder.ZeileField(
        required=False, allow_null=True, allow_blank=True, max_length=120, help_text="Name der Region im Kreis"
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        return build_felder(EinrichtungForm, partial=True) | super().get_fields()


class NeueEinrichtungEingabe(api_felder.Eingabe):
    """A facility that is to be entered."""

    anbieter = api_felder.UuidField(required=False, help_text="nötig, wenn Sie für mehrere Anbieter arbeiten")
    kreis = api_felder.CodeField(
        slug_field="kuerzel", queryset=Gebietskoerperschaft.objects.all(), help_text="Kürzel, zum Beispiel VG"
    )
    region = api_felder.ZeileField(
        required=False, allow_null=True, allow_blank=True, max_length=120, help_text="Name der Region im Kreis"
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        return build_felder(NeueEinrichtungForm) | super().get_fields()


class AngebotEingabe(api_felder.Eingabe):
    """What is to be changed of an offer; what is left out stays."""

    spezialisierungen = api_felder.ListeField(
        child=api_felder.KennungField(),
        required=False, max_length=ZEILEN_MAX, help_text="Codes",
    )  # fmt: skip
    sprachen = api_felder.ListeField(
        child=api_felder.KennungField(),
        required=False, max_length=ZEILEN_MAX, help_text="Codes",
    )  # fmt: skip
    merkmale = api_felder.WerteField(required=False, max_length=MERKMALE_MAX, help_text=_MERKMALE)

    def get_fields(self) -> dict[str, serializers.Field]:
        return build_felder(AngebotForm, partial=True) | super().get_fields()


class NeuesAngebotEingabe(AngebotEingabe):
    """An offer that is to be entered."""

    hilfeart = api_felder.CodeField(slug_field="code", queryset=Hilfeart.objects.all(), help_text="zum Beispiel S34")

    def get_fields(self) -> dict[str, serializers.Field]:
        return super().get_fields() | build_felder(NeuesAngebotForm)


class PlatzzahlEingabe(api_felder.Eingabe):
    """How many places from a day on."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return build_felder(PlaetzeForm)


class PlatznameEingabe(api_felder.Eingabe):
    """What one place is called."""

    nummer = api_felder.GanzzahlField(von=1, bis=PLAETZE_MAX, help_text="Nummer des Platzes")
    name = api_felder.BezeichnungField(
        max_length=NAME_MAX, allow_blank=True, help_text="zum Beispiel „Zimmer 3“; leer: ohne Namen"
    )


class PlatznamenEingabe(api_felder.Eingabe):
    """Names of places of an offer; a place that is not named stays as it is."""

    plaetze = api_felder.ListeField(child=PlatznameEingabe(), max_length=PLAETZE_MAX, allow_empty=False)


class EndeEingabe(api_felder.Eingabe):
    """The last day."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return build_felder(EndeForm)


class EntgeltvorschlagEingabe(api_felder.Eingabe):
    """A rate that is proposed, by its components in euro."""

    jugendamt = _jugendamt("leer: gilt für alle; ein Jugendamt allein nur nach § 77, zum Beispiel VG")
    vereinbarung = api_felder.UuidField(required=False, allow_null=True, help_text="LEQ-Vereinbarung der Einrichtung")
    leistungsbeschreibung = api_felder.UuidField(
        required=False, allow_null=True, help_text="Leistungsbeschreibung der Einrichtung"
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        return build_felder(EntgeltForm) | super().get_fields()


class ErlaubnisEingabe(api_felder.Eingabe):
    """What is to be corrected of a licence; what is left out stays."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return build_felder(ErlaubnisForm, partial=True)


class NeueErlaubnisEingabe(api_felder.Eingabe):
    """A licence as the authority has written it."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return build_felder(NeueErlaubnisForm)


class AusnahmeEingabe(api_felder.Eingabe):
    """What is to be corrected of an exception; what is left out stays."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return build_felder(AusnahmeForm, partial=True)


class NeueAusnahmeEingabe(api_felder.Eingabe):
    """An exception as the authority has written it."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return build_felder(NeueAusnahmeForm)


class KontaktEingabe(api_felder.Eingabe):
    """What is to be changed of a contact; what is left out stays."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return build_felder(KontaktForm, partial=True)


class NeuerKontaktEingabe(api_felder.Eingabe):
    """Whom offices call for one function."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return build_felder(NeuerKontaktForm)


class BilderEingabe(api_felder.Eingabe):
    """Some pictures, as files of a form."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return build_felder(BilderForm)


class BildEingabe(api_felder.Eingabe):
    """What a picture shows; what is left out stays."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return build_felder(FotoForm, partial=True)


class RichtungEingabe(api_felder.Eingabe):
    """One place up, or down."""

    richtung = api_felder.AuswahlField(["hoch", "runter"])


class DateiEingabe(api_felder.Eingabe):
    """The PDF of a paper, as a file of a form."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return build_felder(DateiForm)


class DokumentEingabe(api_felder.Eingabe):
    """A paper with its PDF; of an agreement also on what it rests, and with whom alone it was made."""

    rechtsgrundlage = api_felder.AuswahlField(
        Rechtsgrundlage.choices, required=False, help_text="nur einer Vereinbarung, und dann nötig"
    )
    jugendamt = _jugendamt("nur einer Vereinbarung nach § 77: das Jugendamt, mit dem allein sie geschlossen ist")

    def get_fields(self) -> dict[str, serializers.Field]:
        return build_felder(DokumentForm) | super().get_fields()


# --- what a list is narrowed by ---------------------------------------------------------------------------------------


class EinrichtungFilter(api_felder.Abfrage):
    """Which facilities."""

    suche = api_felder.ZeileField(required=False, allow_blank=True, max_length=100)
    kreis = api_felder.CodeField(required=False, slug_field="kuerzel", queryset=Gebietskoerperschaft.objects.all())
    zu_tun = api_felder.AuswahlField(["ja"], required=False)


class AngebotFilter(api_felder.Abfrage):
    """Which offers."""

    einrichtung = api_felder.UuidField(required=False)
    hilfeart = api_felder.CodeField(required=False, slug_field="code", queryset=Hilfeart.objects.all())


class ZustandFilter(api_felder.Abfrage):
    """Which proposals."""

    zustand = api_felder.AuswahlField(VorschlagZustand.choices(), required=False)
