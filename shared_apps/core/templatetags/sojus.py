"""Tags and filters of the screens. docs/design.md lists them with examples."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms, template
from django.forms.boundfield import BoundWidget
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from shared_apps.core import geld as geldformat
from shared_apps.core import zahlwort
from shared_apps.core.aufzaehlung import list_verschiedene
from shared_apps.core.clock import now, today
from shared_apps.core.diagramm import Stufe, draw_stufen
from shared_apps.core.filter_query import kept_query
from shared_apps.core.seite import title_of
from shared_apps.core.zeitraum import format_datum

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from django.forms import BoundField
    from django.template.context import Context

    from shared_apps.core.liste import Listenseite
    from shared_apps.core.seite import Faltung

register = template.Library()

LEER = "–"
ALERT_LEVELS = {"debug": "info", "info": "info", "success": "success", "warning": "warning"}


# --- figures and dates ---------------------------------------------------------------------------


def _is_empty(value: Any) -> bool:
    return value is None or value == ""


def _number(value: Any) -> Decimal:
    """Key figures may be floats; money may not, so the money filters do not come through here."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _local(value: datetime.datetime) -> datetime.datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


@register.filter
def geld(value: Decimal | int | None) -> str:
    return LEER if _is_empty(value) else geldformat.format_geld(geldformat.als_decimal(value))


@register.filter
def euro_voll(value: Decimal | int | None) -> str:
    return LEER if _is_empty(value) else geldformat.format_euro_voll(geldformat.als_decimal(value))


@register.filter
def differenz(value: Decimal | int | None) -> str:
    return LEER if _is_empty(value) else geldformat.format_differenz(geldformat.als_decimal(value))


@register.filter
def zahl(value: Any, stellen: int = 0) -> str:
    return LEER if _is_empty(value) else geldformat.format_zahl(_number(value), int(stellen))


@register.filter
def menge(value: Any) -> str:
    """A count that may have a fraction, such as half a place: decimals only where it is not whole."""
    if _is_empty(value):
        return LEER
    number = _number(value)
    return geldformat.format_zahl(number, 0 if number == number.to_integral_value() else 2)


@register.simple_tag
def aufzaehlung(*teile: Any, ausser: Any = "") -> str:
    """`{% aufzaehlung z.ort z.angebot_name z.anbieter ausser=z.einrichtung %}`: with a dot between them, none twice."""
    return " · ".join(list_verschiedene(map(str, filter(None, teile)), ausser=str(ausser)))


@register.filter(name="dauer")
def format_dauer(tage: Any, wochen: Any) -> str:
    """`{{ suche.tage|dauer:suche.wochen }}`: "182,00 Tage, 26,00 Wochen"."""
    return LEER if _is_empty(tage) else zahlwort.dauer(tage, wochen)


@register.filter
def anzahl(value: Any, woerter: str) -> str:
    """`{{ n|anzahl:"Fall,Fälle" }}`: the number with the noun that goes with it."""
    eins, _, viele = woerter.partition(",")
    return LEER if _is_empty(value) else zahlwort.anzahl(value, eins, viele)


@register.filter
def wie_alt(value: int | None) -> str:
    """`{{ suche.alter|wie_alt }}`: "unter 1 Jahr", "9 Jahre"."""
    return LEER if _is_empty(value) else zahlwort.wie_alt(int(value or 0))


@register.filter
def altersspanne(von: int, bis: int) -> str:
    """`{{ a.alter_von|altersspanne:a.alter_bis }}`: "0 bis 6 Jahre"."""
    return zahlwort.altersspanne(von, bis)


@register.filter
def prozent(value: Any, stellen: int = 1) -> str:
    return LEER if _is_empty(value) else geldformat.format_prozent(_number(value), int(stellen))


@register.filter
def datum(value: datetime.date | datetime.datetime | None) -> str:
    if not value:
        return LEER
    return format_datum(_local(value).date() if isinstance(value, datetime.datetime) else value)


@register.filter
def zeitpunkt(value: datetime.datetime | None) -> str:
    return _local(value).strftime("%d.%m.%Y, %H:%M Uhr") if value else LEER


@register.filter
def zeitraum(von: datetime.date | None, bis: datetime.date | None = None) -> str:
    if von and bis:
        return f"{datum(von)} – {datum(bis)}"
    if von:
        return f"ab {datum(von)}"
    return f"bis {datum(bis)}" if bis else LEER


@register.filter
def spanne(value: Any) -> str:
    """A half-open range of the database with its last day."""
    if not value:
        return LEER
    last = value.upper - datetime.timedelta(days=1) if value.upper else None
    return zeitraum(value.lower, last)


@register.simple_tag(takes_context=True)
def stand(context: Context) -> str:
    """The last line of every printed page: as of when it is, and who has it."""
    user = context.get("user")
    wann = f"Stand: {zeitpunkt(now())}"
    if user is None or not user.is_authenticated:
        return wann
    return f"{wann}, gedruckt von {getattr(user, 'name', '') or user.get_username()}"


# --- links -------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def query_replace(context: Context, *pairs: Any, **values: Any) -> str:
    """What the page knows of the current query, with some keys replaced; ``None`` or ``""`` removes a key."""
    request = context.get("request")
    query = kept_query(request) if request else QueryDict(mutable=True)
    changes = dict(zip(pairs[::2], pairs[1::2], strict=True)) | values
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def query_value(context: Context, name: str) -> str:
    """A value of the current query that the page knows; empty otherwise."""
    return kept_query(context["request"]).get(name, "")


@register.simple_tag
def url_or_empty(name: str) -> str:
    """Not every host serves every page: the header hides a link whose page is missing here."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def page_url(context: Context, parameters: Mapping[str, Any]) -> str:
    """The current address with another place in a list, as a `Listenseite` names the one before and the next."""
    return query_replace(context, **parameters)


@register.filter
def umfang(page: Listenseite, nouns: str) -> str:
    """`{{ page|umfang:"Fall,Fälle" }}`: how many rows a list has, "mehr als 1.000 Fälle" where nobody counted on."""
    singular, plural = nouns.split(",")
    return page.describe(singular, plural)


@register.filter
def alert_level(message: Any) -> str:
    return ALERT_LEVELS.get(message.level_tag, "danger")


@register.inclusion_tag("core/components/sort_header.html", takes_context=True)
def sort_header(
    context: Context,
    label: str,
    key: str,
    current: str = "",
    *,
    numeric: bool = False,
    param: str = "sort",
) -> dict[str, Any]:
    direction = {key: "ascending", f"-{key}": "descending"}.get(current or "", "")
    target = f"-{key}" if direction == "ascending" else key
    return {
        "label": label,
        "direction": direction,
        "numeric": numeric,
        "url": query_replace(context, param, target, "seite", None, "nach", None),
    }


# --- forms -------------------------------------------------------------------------------------

NATIVE_TYPES = (
    (forms.DateTimeInput, "datetime-local", "%Y-%m-%dT%H:%M"),
    (forms.DateInput, "date", "%Y-%m-%d"),
    (forms.TimeInput, "time", "%H:%M"),
)
#: What browsers keep in an input of their own; anything else they show as if nothing had been typed.
KEPT = {
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "datetime-local": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?"),
    "month": re.compile(r"[0-9]{4}-[0-9]{2}"),
    "number": re.compile(r"-?[0-9]+(\.[0-9]+)?"),
    "time": re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?"),
}
# The first match wins: CheckboxSelectMultiple is a RadioSelect, NullBooleanSelect a Select.
KINDS = (
    (forms.CheckboxInput, "checkbox"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radio"),
    (forms.SelectMultiple, "multiple"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
    (forms.MultiWidget, "group"),
    (forms.SelectDateWidget, "group"),
)
INPUT_CLASSES = {
    "checkbox": "kern-form-check__checkbox",
    "checkboxes": "kern-form-check__checkbox",
    "radio": "kern-form-check__radio",
    "select": "kern-form-input__select",
}
GROUPS = {"checkboxes", "radio", "group"}


def _get_kind(widget: forms.Widget) -> str:
    return next((kind for cls, kind in KINDS if isinstance(widget, cls)), "input")


def _use_native_input(widget: forms.Widget) -> None:
    """Browsers bring a date picker in the user's language; it wants ISO values."""
    for cls, input_type, iso_format in NATIVE_TYPES:
        if isinstance(widget, cls) and "type" not in widget.attrs:
            widget.input_type = input_type
            widget.format = iso_format
            return


def _keep_typed(field: BoundField, widget: forms.Widget) -> None:
    """What was typed and comes back stays to be seen and mended: "31.2.2026" and "１２" are nothing to a picker."""
    if not isinstance(widget, forms.widgets.Input):
        return
    form = KEPT.get(widget.input_type or "")
    if form and field.form.is_bound and isinstance(field.data, str) and field.data and not form.fullmatch(field.data):
        widget.input_type = "text"


def _name_group_inputs(widget: forms.Widget, label: str) -> None:
    """One legend names the group; each of its inputs still needs a name of its own."""
    if isinstance(widget, forms.SelectDateWidget):
        widget.attrs["aria-label"] = label
    named = hasattr(widget, "namen")  # each has a label of its own
    for number, part in enumerate(getattr(widget, "widgets", []), start=1):
        _use_native_input(part)
        if not named:
            part.attrs.setdefault("aria-label", f"{label}, Teil {number}")


def _list_parts(field: BoundField) -> list[tuple[str, BoundWidget]]:
    """Each input of a group whose parts have names, with its name."""
    widget = field.field.widget
    if not hasattr(widget, "namen"):
        return []
    for part in widget.widgets:
        part.attrs["class"] = widget.attrs["class"]
    context = widget.get_context(
        field.html_name, field.value(), field.build_widget_attrs({"id": field.auto_id}, widget)
    )
    parts = context["widget"]["subwidgets"]
    return [
        (name, BoundWidget(widget, part, field.form.renderer)) for name, part in zip(widget.namen, parts, strict=True)
    ]


def _get_input_classes(widget: forms.Widget, kind: str, *, has_errors: bool) -> str:
    base = INPUT_CLASSES.get(kind, "kern-form-input__input")
    own = [name for name in widget.attrs.get("class", "").split() if not name.startswith("kern-")]
    return " ".join([base, *([f"{base}--error"] if has_errors else []), *own])


def _get_optional(field: BoundField, kind: str) -> str:
    """What is shown behind the label: when the field is needed (`felder.bedingt`), or that it is not, beside such."""
    if field.field.required or kind == "checkbox":
        return ""
    if wann := getattr(field.field, "wann", ""):
        return wann
    return "optional" if any(other.required for other in field.form.fields.values()) else ""


def _list_options(field: forms.BoundField) -> list[tuple[Any, str]]:
    """Choices one by one, the first of a group with the name of the group."""
    options = []
    for option in field.subwidgets:
        gruppe, _, nummer = option.data["index"].partition("_")
        options.append((option, field.field.choices[int(gruppe)][0] if nummer == "0" else ""))
    return options


@register.inclusion_tag("core/components/field.html")
def kern_field(
    field: BoundField,
    *,
    label: str | None = None,
    hint: str | None = None,
    size: str = "",
    suffix: str = "",
    hide_label: bool = False,
    autosubmit: bool = False,
) -> dict[str, Any]:
    widget = field.field.widget
    kind = _get_kind(widget)
    _use_native_input(widget)
    _keep_typed(field, widget)
    if kind == "group":
        _name_group_inputs(widget, str(field.label))
    hint = str(field.help_text) if hint is None else hint
    base_id = field.auto_id or field.html_name
    ids = {"hint": f"{base_id}_hint", "error": f"{base_id}_error", "suffix": f"{base_id}_suffix"}
    used = {"suffix": suffix, "hint": hint, "error": field.errors}
    described_by = " ".join(ids[name] for name, shown in used.items() if shown)

    widget.attrs["class"] = _get_input_classes(widget, kind, has_errors=bool(field.errors))
    if autosubmit:
        widget.attrs["data-autosubmit"] = True
    if isinstance(field.field, forms.DecimalField):
        widget.attrs.setdefault("inputmode", "decimal")
    attrs: dict[str, str | bool] = {"aria-describedby": described_by} if described_by and kind not in GROUPS else {}
    is_choice = kind in {"checkboxes", "radio"}
    return {
        "field": field,
        "kind": kind,
        "is_group": kind in GROUPS,
        "control": "" if is_choice else field.as_widget(attrs=attrs),
        "options": _list_options(field) if is_choice else [],
        "parts": _list_parts(field) if kind == "group" else [],
        "label": field.label if label is None else label,
        "hint": hint,
        "ids": ids,
        "described_by": described_by,
        "size": size or getattr(widget, "input_type", ""),
        "suffix": suffix,
        "hide_label": hide_label,
        "optional": _get_optional(field, kind),
    }


@dataclass(frozen=True)
class FieldError:
    target: str
    label: str
    message: str


def _get_target(field: BoundField) -> str:
    base = field.auto_id or field.html_name
    first_option = _get_kind(field.field.widget) in GROUPS
    return f"{base}_0" if first_option else base


def _iterate_forms(items: Iterable[Any]) -> Iterator[forms.BaseForm]:
    for item in items:
        yield from getattr(item, "forms", None) or ([item] if item else [])


def _iterate_errors(items: tuple[Any, ...]) -> Iterator[FieldError]:
    for item in items:
        if hasattr(item, "non_form_errors"):
            yield from (FieldError("", "", message) for message in item.non_form_errors())
    for form in _iterate_forms(items):
        yield from (FieldError("", "", str(message)) for message in form.non_field_errors())
        for field in form:
            target = "" if field.is_hidden else _get_target(field)
            yield from (FieldError(target, str(field.label).rstrip("."), str(message)) for message in field.errors)


@register.inclusion_tag("core/components/form_errors.html")
def form_errors(*items: Any) -> dict[str, Any]:
    """What is wrong in these forms, form sets, and lists of forms, at the top of the page; each sentence once."""
    single = [part for item in items for part in (item if isinstance(item, list) else [item])]
    bound = tuple(item for item in single if item is not None and getattr(item, "is_bound", False))
    return {"errors": list(dict.fromkeys(_iterate_errors(bound))), "title": title_of(*_iterate_forms(bound))}


@register.inclusion_tag("core/components/form.html")
def kern_form(form: forms.BaseForm) -> dict[str, Any]:
    """All of a form but its buttons; what it folds away (`faltungen`, a tuple of `core.seite.Faltung`) comes last."""
    gefaltet = {name for faltung in _folded(form) for name in faltung.felder}
    return {"form": form, "felder": [field for field in form.visible_fields() if field.name not in gefaltet]}


@register.inclusion_tag("core/components/falten.html")
def kern_falten(form: forms.BaseForm) -> dict[str, Any]:
    """What a form folds away, for a page that puts its other fields itself; open where one is filled in or wrong."""
    faltungen = [(f.titel, [form[name] for name in f.felder if name in form.fields]) for f in _folded(form)]
    return {
        "faltungen": [
            {"titel": titel, "felder": felder, "offen": any(map(_is_filled, felder))}
            for titel, felder in faltungen
            if felder
        ]
    }


def _folded(form: forms.BaseForm) -> tuple[Faltung, ...]:
    return getattr(form, "faltungen", ())


def _is_filled(field: BoundField) -> bool:
    """Whether the field is filled in with something else than usual, or wrong: such a one is not hidden."""
    return bool(field.errors) or field.value() not in (None, "", [], False, field.field.initial)


# --- charts ------------------------------------------------------------------------------------


def _get_position(value: Any, scale: float) -> str:
    """Per cent of the scale with a dot, whatever the locale: SVG knows no decimal comma."""
    share = float(value) / scale * 100 if scale > 0 else 0
    return f"{min(max(share, 0), 100):.2f}"


@register.inclusion_tag("core/components/bar.html", name="bar")
def draw_bar(
    value: Any,
    *,
    max: Any,
    durchschnitt: Any = None,
    median: Any = None,
    eigen: bool = False,
    label: str = "",
) -> dict[str, Any]:
    scale = float(max or 0)
    return {
        "width": None if value in (None, "") else _get_position(value, scale),
        "average": None if durchschnitt in (None, "") else _get_position(durchschnitt, scale),
        "median": None if median in (None, "") else _get_position(median, scale),
        "eigen": eigen,
        "label": label,
    }


@register.inclusion_tag("core/components/stufen.html", name="stufen")
def draw_steps(stufen: Sequence[Stufe], *, name: str, titel: str, beschreibung: str = "") -> dict[str, Any]:
    """Steps in time, stacked. `name` tells the charts of a page apart; a table below says the same in numbers."""
    return {"bild": draw_stufen(stufen, today()), "name": name, "titel": titel, "beschreibung": beschreibung}


# Where the eight youth offices of Mecklenburg-Vorpommern are in relation to each other: (column, row).
KACHEL_POSITIONS = {
    "NWM": (1, 1),
    "HRO": (2, 1),
    "VR": (3, 1),
    "LHSN": (1, 2),
    "LRO": (2, 2),
    "VG": (3, 2),
    "LUP": (1, 3),
    "MSE": (2, 3),
}
FLOWING = (0, 0)


@register.inclusion_tag("core/components/kachelkarte.html")
def kachelkarte(kacheln: Iterable[dict[str, Any]], *, einheit: str = "", titel: str = "") -> dict[str, Any]:
    placed = []
    for kachel in kacheln:
        spalte, zeile = KACHEL_POSITIONS.get(kachel["kuerzel"], FLOWING)
        placed.append({"spalte": spalte, "zeile": zeile} | kachel)
    hat_geheime = any(kachel.get("stufe") == "geheim" for kachel in placed)
    return {"kacheln": placed, "einheit": einheit, "titel": titel, "hat_geheime": hat_geheime}
