"""How old somebody is, known by birth or only from the night she was taken in."""

from __future__ import annotations

from datetime import date

from tenant_apps.cases.models import Klient
from tenant_apps.placements import rules
from tenant_apps.placements.models import Nachtaufnahme


def get_alter(klient: Klient, stichtag: date) -> int | None:
    """Age on a day; as it was given at night while nobody has entered the birth; None when nobody has said anything.

    `PlanwertError` when she was not born by then.
    """
    if klient.geburtsdatum:
        return rules.alter_am(klient.geburtsdatum, stichtag)
    gesagt = Nachtaufnahme.objects.filter(klient=klient).order_by("-tag").values_list("alter", "tag").first()
    return None if gesagt is None else rules.alter_seit(*gesagt, stichtag)
