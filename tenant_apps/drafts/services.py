"""Keeping and forgetting what was typed."""

from __future__ import annotations

import json
from uuid import UUID

from shared_apps.accounts.models import Portalentwurf
from shared_apps.accounts.models.drafts import SPAET_MAX
from shared_apps.core.clock import real_now
from shared_apps.core.errors import RegelVerletzt
from tenant_apps.drafts.models import Entwurf, Suchtext
from tenant_apps.drafts.rules import Felder, bewahre_felder
from tenant_apps.drafts.selectors import (
    ENTWUERFE_MAX,
    FRIST,
    entwurf_context,
    entwurf_table,
    list_entwuerfe,
    read_felder,
    read_inhalt,
    suchtext_context,
)
from tenants.context import current_schema
from tenants.crypto import SealBroken, needs_rotation, seal, seal_for

ZU_SPAET = (
    f"Ihre Eingaben sind nicht gesichert: Nach dem Ende einer Sitzung werden höchstens {SPAET_MAX} Formulare "
    "aufbewahrt. Gehen Sie mit „Zurück“ zum Formular und kopieren Sie Ihren Text, bevor Sie sich anmelden."
)
#: Characters of a search term that is kept: two fields of a line in the letters of an address.
SUCHTEXT_MAX = 2_000
SUCHTEXT_ZU_LANG = "Ihr Suchtext ist zu lang. Bitte kürzen Sie ihn."


def create_entwurf(
    *, user_id: UUID, pfad: str, seite: str, felder: Felder, nach_sitzung: UUID | None = None
) -> Entwurf | Portalentwurf | None:
    """Keep what a person typed into the form that posts to `pfad`; None when there is nothing to keep.

    `nach_sitzung`: it came with the cookie of this session of hers, which had run out. Whoever has the cookie may have
    sent it, so it takes one of few places of its own; `RegelVerletzt` when they are taken.
    """
    kept = bewahre_felder(felder)
    if not any(wert.strip() for werte in kept.values() for wert in werte):
        return None
    if nach_sitzung:
        entwurf = _find_late(user_id=user_id, sitzung_id=nach_sitzung, pfad=pfad, kept=kept)
    else:
        entwurf = _find_in_time(user_id=user_id, pfad=pfad)
    entwurf.seite, entwurf.geaendert_at = seite, real_now()
    entwurf.inhalt = _seal(entwurf, json.dumps(kept, ensure_ascii=False))
    entwurf.save(update_fields=["seite", "geaendert_at", "inhalt"])
    _wipe_oldest(user_id)
    return entwurf


def _find_in_time(*, user_id: UUID, pfad: str) -> Entwurf | Portalentwurf:
    """The one row of this form."""
    table = entwurf_table()
    rows = table.objects.filter(user_id=user_id, pfad=pfad, sitzung_id=None)
    found = rows.first()
    if found is None:  # the same form in two windows: one of them makes the row
        _insert(table(user_id=user_id, pfad=pfad, geaendert_at=real_now()))
        found = rows.get()
    return found


def _insert(entwurf: Entwurf | Portalentwurf) -> bool:
    """Make the row where no other has its place already; whether it was made."""
    rows = entwurf_table().objects
    rows.bulk_create([entwurf], ignore_conflicts=True)  # type: ignore[list-item]  # of this very table
    return rows.filter(pk=entwurf.pk).exists()


def _find_late(*, user_id: UUID, sitzung_id: UUID, pfad: str, kept: dict[str, list[str]]) -> Entwurf | Portalentwurf:
    """A new row at one of the places of a session that has run out; the row of the very same form, sent again."""
    table, taken = entwurf_table(), set()
    for late in table.objects.filter(user_id=user_id, sitzung_id=sitzung_id):
        if late.pfad == pfad and late.inhalt and read_felder(late) == kept:
            return late
        taken.add(late.nummer)
    for nummer in sorted(set(range(1, SPAET_MAX + 1)) - taken):
        late = table(user_id=user_id, sitzung_id=sitzung_id, nummer=nummer, pfad=pfad, geaendert_at=real_now())
        if _insert(late):
            return late
    raise RegelVerletzt(ZU_SPAET)


def _seal(entwurf: Entwurf | Portalentwurf, text: str) -> str:
    context = entwurf_context(entwurf)
    if isinstance(entwurf, Portalentwurf):
        return seal_for(entwurf.user_id, text, context=context)
    return seal(text, context=context)


def _wipe_oldest(user_id: UUID) -> None:
    """Nobody fills the table: beyond a number of drafts the oldest are wiped. Late ones count for themselves."""
    in_time = list_entwuerfe(user_id=user_id).filter(sitzung_id=None)
    beyond = list(in_time.values_list("pk", flat=True)[ENTWUERFE_MAX:])
    if beyond:
        entwurf_table().objects.filter(pk__in=beyond).update(inhalt="")


def clear_entwurf(*, user_id: UUID, entwurf_id: UUID) -> int:
    """Wipe a person's own draft that she discarded. How many were wiped."""
    return entwurf_table().objects.filter(user_id=user_id, pk=entwurf_id).exclude(inhalt="").update(inhalt="")


def clear_gesendet(*, user_id: UUID, pfad: str, ausgefuellt: str) -> int:
    """Wipe what a form that posts to `pfad` was sent from: the draft it was filled in with (its id, as the address says
    it), else the one typed in time, else the only one. What else is kept of this form stays: she decides (ADR 0015).

    The one typed in time goes, too, when it is newer than the late one that was sent: the page kept it while she
    completed that. How many were wiped.
    """
    rows = list(entwurf_table().objects.filter(user_id=user_id, pfad=pfad).exclude(inhalt=""))
    in_time = [e for e in rows if e.sitzung_id is None]
    if filled := [e for e in rows if str(e.pk) == ausgefuellt]:
        sent = filled + [e for e in in_time if e.geaendert_at > filled[0].geaendert_at]
    else:
        sent = in_time or (rows if len(rows) == 1 else [])
    return entwurf_table().objects.filter(pk__in=[e.pk for e in sent]).update(inhalt="") if sent else 0


def clear_expired() -> int:
    """Delete what is older than a day, in the open tenant or, where none is open, on the portal."""
    before = real_now() - FRIST
    drafts, _ = entwurf_table().objects.filter(geaendert_at__lt=before).delete()
    if current_schema() is None:
        return drafts
    texts, _ = Suchtext.objects.filter(created_at__lt=before).delete()
    return drafts + texts


def update_entwurf_seals(*, user_id: UUID | None = None) -> int:
    """Seal drafts with the current master key: the open office's, or (on the portal) one person's. How many."""
    rows = entwurf_table().objects.exclude(inhalt="")
    turned = 0
    for entwurf in rows.filter(user_id=user_id) if user_id else rows:
        if not needs_rotation(entwurf.inhalt):
            continue
        try:
            entwurf.inhalt = _seal(entwurf, read_inhalt(entwurf))
        except SealBroken:  # its key was taken out too early; it is gone and over within a day
            entwurf.inhalt = ""
        entwurf.save(update_fields=["inhalt"])
        turned += 1
    return turned


def create_suchtext(*, user_id: UUID, text: str) -> Suchtext:
    """Keep a search term, so that the URL carries an id only. `RegelVerletzt` for one that no search field takes."""
    if len(text) > SUCHTEXT_MAX:
        raise RegelVerletzt(SUCHTEXT_ZU_LANG)
    suchtext = Suchtext(user_id=user_id)
    suchtext.inhalt = seal(text, context=suchtext_context(suchtext))
    suchtext.save(force_insert=True)
    return suchtext
