"""After a deletion run nothing of the person is left in the office's schema, sealed or not; vouchers go in their time.

A dye is a word; of a sealed column the sealed value itself is the dye, for whoever has the office's key could open it.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import connection

from shared_apps.core.clock import now, today
from shared_apps.core.errors import RegelVerletzt
from tenant_apps.audit.models import Freigabe
from tenant_apps.billing.models import Auszahlung, Leistungsnachweis, Rechnung, Rechnungsposition
from tenant_apps.cases.models import (
    AnvertrauteNotiz,
    Fallfreigabe,
    Fallnotiz,
    Falluebergabe,
    Fallverknuepfung,
    Hilfefall,
    Klient,
    Notizfreigabe,
)
from tenant_apps.drafts.models import Entwurf
from tenant_apps.privacy.models import Auskunft, Loeschlauf
from tenant_apps.privacy.services import approve_loeschlauf, create_loeschlauf, dispute_feld, restrict_klient
from tenant_apps.repeats.models import IdempotencyRecord
from tenants.context import in_tenant
from tenants.crypto import seal
from tests import trail
from tests.factories.cases import create_hilfefall
from tests.tenant_apps.cases.test_encrypted import rows_of_every_table
from tests.tenant_apps.privacy.conftest import Gefaerbt, close_case, dye

pytestmark = pytest.mark.django_db
ALT = date(1910, 5, 4)
LAEUFE = "/datenschutzrechte/loeschlaeufe/"


@dataclass
class Spur:
    """A restricted old person, and everything by which she could still be found."""

    person: Gefaerbt
    zweiter_fall: Hilfefall
    farben: set[str]


def _notes(cast, vg, person: Gefaerbt, name: str) -> set[str]:
    """Notes of both kinds and everything said about them; returns the sealed texts and the open words."""
    anna, bernd = cast.user("anna"), cast.user("bernd")
    with in_tenant(vg, user_id=anna.pk):
        notiz = Fallnotiz(hilfefall=person.fall, verfasser_id=anna.pk)
        notiz.text = seal(f"{name}Nnotizfarbe", context=notiz.siegel)
        notiz.save()
        vertraut = AnvertrauteNotiz(hilfefall=person.fall, verfasser_id=anna.pk)
        vertraut.text = seal(f"{name}Overtrautfarbe", context=vertraut.siegel)
        vertraut.save()
        Notizfreigabe.objects.create(
            notiz=vertraut, verfasser_id=anna.pk, empfaenger_id=bernd.pk, grund_code="1",
            begruendung=f"{name}Pweitergabefarbe",
        )  # fmt: skip
    return {notiz.text, vertraut.text, f"{name}Pweitergabefarbe"}


def _around(cast, vg, person: Gefaerbt, name: str) -> Hilfefall:
    """What else hangs on the case: exceptions, hand-over, joined case, requests, refused Auskunft, drafts, answers."""
    anna, bernd = cast.user("anna"), cast.user("bernd")
    with in_tenant(vg, user_id=anna.pk):
        zweiter = create_hilfefall(
            fachkraft_id=anna.pk, klient=person.klient, fallnummer=f"{name}Qzweitfarbe", zustand="ABGESCHLOSSEN"
        )
        Hilfefall.objects.filter(pk=zweiter.pk).update(created_at=now() - timedelta(days=3000))
        Fallverknuepfung.objects.create(
            hilfefall=person.fall, verbunden=zweiter, grund=f"{name}Rpaarfarbe", erteilt_von_id=anna.pk
        )
        Falluebergabe.objects.create(
            hilfefall=person.fall, alte_fachkraft_id=bernd.pk, neue_fachkraft_id=anna.pk,
            grund=f"{name}Suebergabefarbe", erteilt_von_id=bernd.pk,
        )  # fmt: skip
        Fallfreigabe.objects.create(
            hilfefall=person.fall, user_id=bernd.pk, art="MITARBEIT", gueltig_ab=today(),
            grund=f"{name}Tfreigabefarbe", erteilt_von_id=anna.pk,
        )  # fmt: skip
        Freigabe.objects.create(
            vorgang="PROTOKOLL_LESEN", objekt_art="cases.klient", objekt_id=person.klient.pk,
            grund=f"{name}Uantragfarbe", beantragt_von=anna.pk,
        )  # fmt: skip
        Auskunft.objects.create(
            klient=person.klient, art="VERSAGT", versagungsgrund="DRITTE", begruendung=f"{name}Vversagtfarbe",
            erteilt_von_id=anna.pk,
        )  # fmt: skip
        Entwurf.objects.create(
            user_id=anna.pk, pfad=f"/hilfefaelle/{person.fall.pk}/notiz/", seite="/", inhalt=f"{name}Wentwurffarbe",
            geaendert_at=now(),
        )  # fmt: skip
        IdempotencyRecord.objects.create(
            user_id=anna.pk, key="k", method="POST", path="/", body_hash="x", status=201,
            response=f'{{"uuid": "{person.fall.pk}", "fallnummer": "{person.farben["fallnummer"]}"}}',
        )  # fmt: skip
    return zweiter


def _sealed_values(klient: Klient) -> set[str]:
    """What the database holds of her sealed columns, as a reader of the files sees it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(c, 'hex') FROM (SELECT unnest(ARRAY[vorname, nachname, pkz, geburtsdatum]) FROM cases_klient"
            " WHERE id = %(k)s UNION ALL SELECT schluessel FROM cases_personenschluessel WHERE id = %(k)s"
            " UNION ALL SELECT begruendung FROM privacy_auskunft WHERE klient_id = %(k)s"
            " UNION ALL SELECT grund FROM privacy_feldvermerk WHERE klient_id = %(k)s"
            " UNION ALL SELECT n.text FROM gespraeche_gespraechsnachricht n JOIN gespraeche_gespraech g"
            " ON g.id = n.gespraech_id JOIN cases_hilfefall h ON h.id = g.hilfefall_id WHERE h.klient_id = %(k)s"
            " UNION ALL SELECT response FROM placements_idempotencyrecord) s(c) WHERE length(c) > 0",
            {"k": klient.pk},
        )
        return {row[0] for row in cursor.fetchall()}


@pytest.fixture
def spur(cast, vg, akteure) -> Spur:
    person = dye(cast, vg, geboren=ALT)
    words = _notes(cast, vg, person, "Xen")
    zweiter = _around(cast, vg, person, "Xen")
    close_case(vg, person.fall)
    with in_tenant(vg):
        dispute_feld(akteur=akteure["anna"], klient=person.klient, feld="vorname", grund="XenGrundDerBestreitung")
        restrict_klient(akteur=akteure["dora"], klient=person.klient, grund="AUFBEWAHRUNG")
        words |= _sealed_values(person.klient)
    typed = ("Qzweitfarbe", "Rpaarfarbe", "Suebergabefarbe", "Tfreigabefarbe", "Uantragfarbe", "Wentwurffarbe")
    return Spur(person, zweiter, words | set(person.farben.values()) | {f"Xen{word}" for word in typed})


def _dump(vg) -> str:
    """Every row of every table of the office: as a job, which the rules for rows let pass, and the whole trail."""
    with in_tenant(vg):
        text = rows_of_every_table(vg.schema_name)
    with trail.reading(vg):
        text += rows_of_every_table(vg.schema_name)
    return text.lower()


def _left(vg, farben: set[str]) -> set[str]:
    dump = _dump(vg)
    spellings = {f: {f.lower(), f.encode().hex(), b64encode(f.encode()).decode().strip("=").lower()} for f in farben}
    return {farbe for farbe, forms in spellings.items() if any(form in dump for form in forms)}


def test_run__no_dye_and_no_sealed_value_is_left_in_any_table(spur, cast, vg, sign_in):
    bleibt = dye(cast, vg, name="Bleib")
    bleibende = _notes(cast, vg, bleibt, "Bleib")
    sealed_before = {
        "vorname",
        "nachname",
        "pkz",
        "begruendung",
        "nachricht",
    }  # of these only the sealed value was ever there
    open_words = spur.farben - {spur.person.farben[name] for name in sealed_before - {"begruendung"}}
    assert _left(vg, spur.farben) == open_words, "every dye is found before the run, or the search proves nothing"
    dora, dirk = sign_in("dora"), sign_in("dirk")
    preview = dora.post(f"{LAEUFE}vorbereiten/", follow=True)
    for zeile in (
        "Fälle ohne Nummer und Bezug: 2", "Notizen zum Fall: 1", "anvertraute Notizen (§ 65 SGB VIII): 1",
        "Nachrichten an Einrichtungen und von ihnen: 1",
        "Weitergaben anvertrauter Notizen: 1", "Übergaben und Verknüpfungen von Fällen: 2",
        "Freigaben und Rechte am Fall: 1", "angefangene Eingaben: 1",
        "Begründungen in Auskünften, Vermerken und Anträgen: 3",
    ):  # fmt: skip
        assert f"<li>{zeile}</li>" in preview.text
    assert "Xen" not in preview.text.replace(spur.person.farben["vorname"], "").replace(
        spur.person.farben["nachname"], ""
    )
    done = dirk.post(preview.redirect_chain[-1][0], follow=True)
    assert "<li>anvertraute Notizen (§ 65 SGB VIII): 1</li>" in done.text and "Xen" not in done.text
    with in_tenant(vg):
        umfang = Loeschlauf.objects.get().umfang
        assert (umfang["faelle"], umfang["fallnotizen"], umfang["anvertraute"], umfang["weitergaben"]) == (2, 1, 1, 1)
    assert _left(vg, spur.farben) == set()
    assert _left(vg, bleibende) == bleibende, "nobody else's notes are touched"


def test_run__an_open_sealed_case_that_nobody_sees_stops_it(spur, cast, vg, akteure):
    with in_tenant(vg, user_id=akteure["dora"].user_id):
        lauf = create_loeschlauf(akteur=akteure["dora"])
    with in_tenant(vg):
        Hilfefall.objects.filter(pk=spur.zweiter_fall.pk).update(gesperrt=True, zustand="LAUFEND")
    with in_tenant(vg, user_id=akteure["dirk"].user_id):
        assert not Hilfefall.objects.filter(pk=spur.zweiter_fall.pk).exists()
        lauf = approve_loeschlauf(akteur=akteure["dirk"], lauf=lauf)
        assert (lauf.geloescht, lauf.umfang, lauf.positionen.get().ausgenommen) == (0, {}, True)
        assert str(Klient.objects.get(pk=spur.person.klient.pk)).startswith(spur.person.farben["nachname"])


def test_run__a_closed_sealed_case_is_emptied_without_being_seen(spur, cast, vg, akteure):
    with in_tenant(vg, user_id=akteure["dora"].user_id):
        lauf = create_loeschlauf(akteur=akteure["dora"])
    with in_tenant(vg):
        Hilfefall.objects.filter(pk=spur.zweiter_fall.pk).update(gesperrt=True)
    with in_tenant(vg, user_id=akteure["dirk"].user_id):
        assert approve_loeschlauf(akteur=akteure["dirk"], lauf=lauf).geloescht == 1
    assert _left(vg, spur.farben) == set()


def _call(name: str, *arguments: object) -> list[tuple]:
    marks = ", ".join(["%s"] * len(arguments))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name}({marks})", arguments)
        return cursor.fetchall()


def test_functions__give_nothing_outside_an_approved_run(spur, cast, vg, akteure):
    person, other = spur.person.klient.pk, dye(cast, vg, name="Frei").klient.pk
    with in_tenant(vg, user_id=akteure["dora"].user_id):
        lauf = create_loeschlauf(akteur=akteure["dora"])
        assert _call("privacy_person_leeren", lauf.pk, person) == [], "not approved"
    with in_tenant(vg):
        Loeschlauf.objects.filter(pk=lauf.pk).update(
            zustand="FREIGEGEBEN", freigegeben_von_id=akteure["dirk"].user_id, freigegeben_at=now()
        )
    with in_tenant(vg, user_id=akteure["anna"].user_id):
        assert _call("privacy_person_leeren", lauf.pk, person) == [], "only who approved it"
    with in_tenant(vg, user_id=akteure["dirk"].user_id):
        assert _call("privacy_person_leeren", lauf.pk, other) == [], "not in this run"
        assert {anzahl for _, anzahl in _call("privacy_umfang", lauf.pk)} == {0}, "counts are for the preview"
    with in_tenant(vg):
        Klient.objects.filter(pk=person).update(eingeschraenkt_seit=None)
        assert _call("privacy_person_leeren", lauf.pk, person) == [], "only restricted people"
        assert AnvertrauteNotiz.objects.count() == 1 and Fallnotiz.objects.count() == 1


# --- vouchers ---------------------------------------------------------------------------------------------------------


def _pay(vg, person: Gefaerbt, am: date) -> None:
    with in_tenant(vg):
        rechnungen = Rechnung.objects.filter(buchung__klient=person.klient)
        rechnungen.update(
            zustand="BEZAHLT", festgestellt_von_id=person.fall.fachkraft_id, angeordnet_von_id=person.klient.pk
        )
        Auszahlung.objects.filter(rechnung__in=rechnungen).update(bezahlt_am=am)


@pytest.mark.parametrize(("bezahlt", "geht"), [((2016, 11, 21), True), ((2016, 11, 22), False)])
def test_run__vouchers_go_ten_years_after_payment_and_the_person_stays(cast, vg, akteure, bezahlt, geht):
    person = dye(cast, vg)
    _pay(vg, person, date(*bezahlt))
    with in_tenant(vg):
        faellig = date(2026, 11, 22)
        if not geht:
            with pytest.raises(RegelVerletzt, match="nichts"):
                create_loeschlauf(akteur=akteure["dora"], stichtag=faellig)
            return
        lauf = create_loeschlauf(akteur=akteure["dora"], stichtag=faellig)
        position = lauf.positionen.get()
        assert (position.schritt, position.klasse, position.faellig_am) == ("BELEGE", "BELEGE", faellig)
        lauf = approve_loeschlauf(akteur=akteure["dirk"], lauf=lauf)
        assert (lauf.umfang, lauf.geloescht) == ({"belege": 1}, 0)
        for model in (Auszahlung, Rechnungsposition, Rechnung, Leistungsnachweis):
            assert not model.objects.exists()
        assert str(Klient.objects.get(pk=person.klient.pk)).startswith(person.farben["nachname"])


def test_run__unpaid_and_replaced_invoices(cast, vg, akteure):
    """What waits for its payment stays; the replaced one goes before the one that replaced it."""
    person, offen = dye(cast, vg), dye(cast, vg, name="Offen")
    with in_tenant(vg):
        neu = Rechnung.objects.get(buchung__klient=person.klient)
        alt = Rechnung.objects.get(pk=neu.pk)
        alt.pk, alt.nummer, alt.zustand, alt.storniert_durch_id = None, "R-Alt", "STORNIERT", neu.pk
        alt._state.adding = True
        alt.save()
        Rechnung.objects.filter(pk=alt.pk).update(eingereicht_at=now() - timedelta(days=5000))
        Rechnung.objects.filter(buchung__klient=offen.klient).update(eingereicht_at=now() - timedelta(days=5000))
        lauf = approve_loeschlauf(akteur=akteure["dirk"], lauf=create_loeschlauf(akteur=akteure["dora"]))
        assert lauf.umfang == {"belege": 1}
        assert set(Rechnung.objects.values_list("nummer", flat=True)) == {"R-Xen-1", "R-Offen-1"}
        assert Leistungsnachweis.objects.count() == 2, "the replacing invoice still needs its proof"


def test_run__vouchers_of_a_deleted_person_go_in_their_time(spur, cast, vg, sign_in, akteure):
    with in_tenant(vg):
        approve_loeschlauf(akteur=akteure["dirk"], lauf=create_loeschlauf(akteur=akteure["dora"]))
    _pay(vg, spur.person, date(2016, 3, 1))
    preview = sign_in("dora").post(f"{LAEUFE}vorbereiten/", follow=True)
    assert "Nr. 1" in preview.text and "<li>Rechnungen mit Zahlung und Leistungsnachweis: 1</li>" in preview.text
    done = sign_in("dirk").post(preview.redirect_chain[-1][0], follow=True)
    assert "<li>Rechnungen mit Zahlung und Leistungsnachweis: 1</li>" in done.text
    with in_tenant(vg):
        assert not Rechnung.objects.exists() and not Auszahlung.objects.exists()
