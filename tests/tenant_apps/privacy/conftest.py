"""A young person with something in every table, every text dyed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.accounts.akteur import Akteur
from shared_apps.core.clock import now
from tenant_apps.billing.models import Auszahlung, Leistungsnachweis, Rechnung, Rechnungsposition
from tenant_apps.cases.models import Hilfefall, Klient
from tenant_apps.placements.models import Nachtaufnahme, Nachtschritt, Reservierung, Suchauftrag
from tenants.context import in_tenant
from tenants.models import Tenant
from tests.factories.anfragen import create_hausanfrage
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.gespraeche import create_nachricht
from tests.factories.placements import create_buchung
from tests.factories.register import create_angebot


@dataclass
class Gefaerbt:
    """The person, and each dyed text with where it is."""

    klient: Klient
    fall: Hilfefall
    farben: dict[str, str] = field(default_factory=dict)


def dye(cast, vg: Tenant, *, geboren: date = date(2007, 3, 14), name: str = "Xen") -> Gefaerbt:
    """Everything about one person in VG, in Anna's hands; call without an open tenant."""
    anna, angebot = cast.user("anna"), create_angebot()
    farben = {
        "vorname": f"{name}Avorfarbe", "nachname": f"{name}Bnachfarbe", "pkz": f"{name}Cpkzfarbe",
        "fallnummer": f"{name}Dfallfarbe", "begruendung": f"{name}Egrundfarbe", "beendigung_text": f"{name}Fendefarbe",
        "bemerkung": f"{name}Gbemerkfarbe", "beanstandung": f"{name}Hbeanfarbe",
        "ablehnung_text": f"{name}Iablehnfarbe",
        "rueckzug_grund": f"{name}Jrueckfarbe", "befunde": f"{name}Lbefundfarbe",
        "pseudonym": f"{name}Mpseudo", "nachricht": f"{name}Nnachfragefarbe",
    }  # fmt: skip
    with in_tenant(vg):
        klient = create_klient(
            vorname=farben["vorname"], nachname=farben["nachname"], pkz=farben["pkz"], geburtsdatum=geboren
        )
        fall = create_hilfefall(fachkraft_id=anna.pk, klient=klient, fallnummer=farben["fallnummer"])
        buchung = create_buchung(
            fachkraft_id=anna.pk,
            angebot=angebot,
            hilfefall=fall,
            begruendung=farben["begruendung"],
            gesucht={"geschlecht": "w", "alter": 9, "spezialisierungen": ["trauma", "mutter-kind"]},
        )
        Reservierung.objects.filter(pk=buchung.reservierung_id).update(
            ablehnung_text=farben["ablehnung_text"], rueckzug_grund=farben["rueckzug_grund"],
            pseudonym=farben["pseudonym"],
        )  # fmt: skip
        type(buchung).objects.filter(pk=buchung.pk).update(
            zustand="BEENDET", beendigungsgrund="10", beendigung_text=farben["beendigung_text"],
            ende_tatsaechlich=date(2016, 12, 31), beginn_tatsaechlich=date(2016, 1, 1),
        )  # fmt: skip
        Suchauftrag.objects.create(
            suche_id=buchung.reservierung.suche_id, fachkraft_id=anna.pk, gilt_bis=date(2016, 3, 1), geprueft_at=now()
        )
        create_hausanfrage(
            hilfefall=fall, angebot=angebot, suche_id=buchung.reservierung.suche_id, bedarf=f"{name}Nbedarffarbe",
            zustand="BEENDET", beendet_at=now(), haus={"zustand": "ABGESAGT", "absagegrund": "PERSONAL",
                                                       "antwort_text": f"{name}Oantwortfarbe", "antwort_at": now()},
        )  # fmt: skip
        nacht = Nachtaufnahme.objects.create(
            klient=klient, hilfefall=fall, reservierung_id=buchung.reservierung_id, alter=8, tag=date(2016, 1, 1),
            faellig_am=date(2016, 1, 4), zugesagt_at=now(), zugesagt_von_id=anna.pk, nachgetragen_at=now(),
        )  # fmt: skip
        Nachtschritt.objects.create(
            nachtaufnahme=nacht, pflicht="SORGEBERECHTIGTE", erledigt_at=now(), erledigt_von_id=anna.pk
        )
        create_nachricht(buchung, verfasser_id=anna.pk, text=farben["nachricht"])
        nachweis = Leistungsnachweis.objects.create(
            buchung=buchung, monat=date(2016, 1, 1), tage=[1, 2, 3], bemerkung=farben["bemerkung"],
            erfasst_von_id=anna.pk,
        )  # fmt: skip
        rechnung = Rechnung.objects.create(
            leistungsnachweis=nachweis, buchung=buchung, anbieter_id=buchung.anbieter_id, nummer=f"R-{name}-1",
            monat=date(2016, 1, 1), betrag=100, eingereicht_at=now(), eingereicht_von_id=anna.pk,
            beanstandung=farben["beanstandung"],
            befunde=[{"code": "zu_viele_tage", "meldung": farben["befunde"], "ist_hinweis": False}],
        )  # fmt: skip
        Rechnungsposition.objects.create(
            rechnung=rechnung, reihenfolge=1, bezeichnung="Tage im Januar", betrag=100, menge=3, einheit="TAG", satz=33,
            zeitraum=DateRange(date(2016, 1, 1), date(2016, 1, 4)),
        )  # fmt: skip
        Auszahlung.objects.create(rechnung=rechnung, betrag=100, bezahlt_am=date(2016, 3, 1), erfasst_von_id=anna.pk)
    return Gefaerbt(klient, fall, farben)


@pytest.fixture
def gefaerbt(cast, vg) -> Gefaerbt:
    return dye(cast, vg)


def close_case(vg: Tenant, fall: Hilfefall) -> None:
    """All matters of the case ended long ago."""
    with in_tenant(vg):
        Hilfefall.objects.filter(pk=fall.pk).update(zustand="ABGESCHLOSSEN", created_at=now() - timedelta(days=3000))


@pytest.fixture
def akteure(cast, vg) -> dict[str, Akteur]:
    """The acting people, looked up before a tenant is open."""
    return {name: cast.akteur(name) for name in ("anna", "clara", "doris", "emil", "dora", "dirk")}
