"""What is typed in a talk."""

from __future__ import annotations

from django import forms
from uuid6 import uuid7

from shared_apps.core import felder
from tenant_apps.gespraeche.enums import TEXT_HOECHSTENS


class NachrichtForm(forms.Form):
    """A message."""

    text = felder.FreitextField(label="Nachricht", max_length=TEXT_HOECHSTENS, widget=forms.Textarea(attrs={"rows": 4}))
    #: The number it is shown with: whatever is sent with it is one message.
    einmal = felder.VerstecktField(label="Nachricht", max_length=36, required=False, initial=lambda: str(uuid7()))
