"""What the case screens share: crumbs, and what is said with the person who was chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django import forms
from django.urls import reverse

from shared_apps.core import seite
from tenant_apps.cases.models import Hilfefall


def crumbs(*more: seite.Stufe, fall: Hilfefall | None = None) -> list[dict[str, str]]:
    """Start, list, the case, further words; the last one without a link."""
    own = [(f"Fall {fall.fallnummer}", reverse("cases:detail", args=[fall.pk]))] if fall is not None else []
    return seite.crumbs(("Hilfefälle", reverse("cases:list")), *own, *more)


def say_to(
    text: str, form: forms.Form, personen: Iterable[tuple[str, str]], *, feld: str = "person"
) -> Callable[[object], str]:
    """What is said when it is done, with the person who was chosen: `say_to("Der Fall ist übergeben an: {}.", …)`."""
    namen = dict(personen)
    return lambda _: text.format(namen.get(str(form.cleaned_data[feld]), ""))
