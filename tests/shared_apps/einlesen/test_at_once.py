"""Two lists at the same moment: what both say is there once, nothing is half, and neither has to be sent again.

The queue does one list of an office after the other. These are lists of two sources, and what is left where a worker
that was taken for dead goes on.
"""

from __future__ import annotations

import threading

from django.db import connection

from shared_apps.core.errors import Konflikt
from shared_apps.einlesen.models import Fremdschluessel
from shared_apps.einlesen.services import ausfuehren, schreiben, vorbereiten, zuruecknehmen
from shared_apps.providers.models import Anbieter, Angebot, Einrichtung, Platz
from tests.people import Cast
from tests.shared_apps.einlesen.lists import befunde, csv_of, meldungen, read_in, release, seen, send, step
from tests.shared_apps.einlesen.lists import zeile as _zeile
from tests.shared_apps.einlesen.test_back import two

HAEUSER = 4


def zeile(**cells: str) -> dict[str, str]:
    """Without a rate: the operator agrees on none."""
    ohne = {"grundleistung": "", "investition": "", "entgelt_ab": "", "vereinbart_am": ""}
    return _zeile(kreis="VG", **(ohne | cells))


def liste(*, rueckwaerts: bool = False, **cells: str) -> list[dict[str, str]]:
    """A list of several providers, in this order or the other way round."""
    zeilen = [zeile(anbieter_nr=f"T-{n}", anbieter=f"Träger {n}", **cells) for n in range(HAEUSER)]
    return zeilen[::-1] if rueckwaerts else zeilen


def meet(monkeypatch, name: str) -> None:
    """Both have planned before either of them writes."""
    treffen, real = threading.Barrier(2), getattr(schreiben, name)
    schon = threading.local()

    def waiting(*args, **kwargs):
        if not getattr(schon, "da", False):
            schon.da = True
            treffen.wait(20)
        return real(*args, **kwargs)

    monkeypatch.setattr(schreiben, name, waiting)


def run_both(monkeypatch, one, other) -> list:
    meet(monkeypatch, "lock_bestand")
    done = two(lambda: ausfuehren.run_einlesung(einlesung_id=one.pk),
               lambda: ausfuehren.run_einlesung(einlesung_id=other.pk))  # fmt: skip
    monkeypatch.undo()
    for einlesung in (one, other):
        einlesung.refresh_from_db()
    return done


def test_same_list_of_an_office_and_the_operator__is_there_once(own_database, monkeypatch):
    """In two orders: each would have held what the other one wanted next."""
    cast = Cast()
    amt = send(cast, csv_of(liste()))
    betrieb = send(cast, csv_of(liste(rueckwaerts=True)), "lars")
    release(cast, amt)
    release(cast, betrieb, "lars", "leif")
    assert run_both(monkeypatch, amt, betrieb) == [HAEUSER, HAEUSER]
    assert {amt.zustand, betrieb.zustand} == {"EINGELESEN"}
    assert "FEHLERHAFT" not in befunde(amt) + befunde(betrieb), meldungen(amt) + meldungen(betrieb)
    for model in (Anbieter, Einrichtung, Angebot):
        namen = list(model.objects.filter(name__regex="Träger|Kranich").values_list("pk", flat=True))
        assert len(namen) == HAEUSER, model
    assert Platz.objects.count() == HAEUSER * 4
    assert Fremdschluessel.objects.filter(ist_angelegt=True).count() == Fremdschluessel.objects.count() / 2
    connection.close()


def test_two_lists_about_one_facility__the_later_knows_what_the_earlier_did(own_database, monkeypatch):
    """Both are taken back: the register is as before both, in whatever order they wrote."""
    cast = Cast()
    read_in(cast, liste())
    vorher = seen()
    amt = send(cast, csv_of(liste(telefon="03834 1", plaetze="5")))
    betrieb = send(cast, csv_of(liste(rueckwaerts=True, telefon="03834 2", plaetze="")), "lars")
    release(cast, amt)
    release(cast, betrieb, "lars", "leif")
    assert run_both(monkeypatch, amt, betrieb) == [HAEUSER, HAEUSER]
    assert "FEHLERHAFT" not in befunde(amt) + befunde(betrieb), meldungen(amt) + meldungen(betrieb)
    telefone = set(Einrichtung.objects.filter(name="Haus Kranich").values_list("telefon", flat=True))
    assert len(telefone) == 1, "one of the two, for every facility"
    erste, zweite = (betrieb, amt) if telefone == {"03834 1"} else (amt, betrieb)
    wer = {amt.pk: "emil", betrieb.pk: "leif"}
    for einlesung in (zweite, erste):
        step(cast, zuruecknehmen.revoke_einlesung, wer[einlesung.pk], einlesung)
        assert zuruecknehmen.run_ruecknahme(einlesung_id=einlesung.pk) == 0
    assert seen() == vorher
    connection.close()


def test_two_jobs_of_one_list__each_line_is_read_once(own_database, monkeypatch):
    cast = Cast()
    einlesung = send(cast, csv_of(liste()))
    release(cast, einlesung)
    done = two(*[lambda: ausfuehren.run_einlesung(einlesung_id=einlesung.pk)] * 2)
    einlesung.refresh_from_db()
    assert sorted(done) == [0, HAEUSER]
    assert (einlesung.zustand, einlesung.erledigt, Angebot.objects.count()) == ("EINGELESEN", HAEUSER, HAEUSER)
    connection.close()


def test_released_twice_at_once__the_second_is_told(own_database):
    cast = Cast()
    einlesung = send(cast, csv_of([zeile()]))
    step(cast, vorbereiten.submit_einlesung, "frieda", einlesung)

    def approve(who: str):
        return lambda: step(cast, vorbereiten.approve_einlesung, who, einlesung).zustand

    assert sorted(two(approve("emil"), approve("edda"))) == sorted([Konflikt.__name__, "FREIGEGEBEN"])
    connection.close()
