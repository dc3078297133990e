"""Who pays a provider hears that it is paid to another account, and who does not pay it hears nothing."""

from __future__ import annotations

import pytest
from django.core import mail

from shared_apps.accounts.models import Mailauftrag
from shared_apps.providers.models import Anbieter
from shared_apps.providers.services import konto
from tenant_apps.billing.models import Rechnung
from tenant_apps.billing.services.kontowechsel import notify_zahlende
from tenant_apps.placements.models import Buchung
from tenants.context import on_portal
from tests.mails import work
from tests.tenant_apps.billing.story import bill
from tests.tenant_apps.placements.story import Story, tell

NEU = "DE02500105170137075030"


@pytest.fixture
def story(cast, vg, hro) -> Story:
    """Doris pays at VG, Hilde at HRO; only VG has a booking with Ines's house."""
    cast.user("doris"), cast.user("hilde"), cast.user("emil")
    return tell(cast, vg)


def change(story: Story, monkeypatch) -> list:
    """Ines enters another account, Bille confirms it; what is handed over to the worker, it does at once."""
    handed = []
    monkeypatch.setattr(konto, "tell_kontowechsel", handed.append)
    anbieter = Anbieter.objects.get(pk=story.cast.anbieter_id("ines"))
    story.cast.user("bille")
    vorschlag = _as(story, "ines", konto.submit_kontovorschlag, anbieter=anbieter, iban=NEU, inhaber="Küste")
    _as(story, "bille", konto.confirm_kontovorschlag, vorschlag=vorschlag)
    return handed


def _as(story: Story, who: str, service, **row):
    akteur = story.cast.akteur(who)
    with on_portal(user_id=akteur.user_id, anbieter_ids=akteur.anbieter_ids):
        return service(akteur=akteur, **row)


def told() -> list[tuple[str, str]]:
    rows = Mailauftrag.objects.filter(art="KONTO_ZAHLENDE").select_related("user", "tenant")
    return sorted((m.tenant.kuerzel, m.user.username) for m in rows)


def test_the_office_with_a_booking_is_told_once(story, monkeypatch) -> None:
    story.book()
    (vorschlag_id,) = change(story, monkeypatch)
    assert notify_zahlende(vorschlag_id=vorschlag_id) == 1
    assert told() == [("VG", "doris")]
    assert notify_zahlende(vorschlag_id=vorschlag_id) == 0, "the job was done again"
    mail.outbox.clear()
    work()
    (text,) = [m.body for m in mail.outbox if m.to == ["doris@example.org"]]
    assert "Jugendhilfe Küste gGmbH" in text and "vg." in text and NEU[-4:] not in text


@pytest.mark.parametrize(
    ("rechnung", "sees"),
    [(None, []), ("EINGEREICHT", [("VG", "doris")]), ("BEANSTANDET", [])],
)
def test_a_help_that_has_ended_counts_while_an_invoice_is_unpaid(story, monkeypatch, rechnung, sees) -> None:
    buchung = story.book()
    if rechnung:
        bill(story, buchung)
    emil = story.cast.user("emil").pk
    with story.at_vg():
        Rechnung.objects.filter(buchung=buchung).exclude(zustand=rechnung).update(
            zustand=rechnung, beanstandung="falsch", beanstandet_von=emil
        )
        Buchung.objects.filter(pk=buchung.pk).update(zustand="STORNIERT")
    (vorschlag_id,) = change(story, monkeypatch)
    notify_zahlende(vorschlag_id=vorschlag_id)
    assert told() == sees


def test_nobody_is_told_of_what_was_not_confirmed(story, monkeypatch) -> None:
    story.book()
    (vorschlag_id,) = change(story, monkeypatch)
    assert notify_zahlende(vorschlag_id=story.cast.user("doris").pk) == 0
    assert told() == []
    assert vorschlag_id
