"""Offers kept and compared side by side."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.catalogue.models import Sprache
from shared_apps.core.uploads.states import Dateipruefung
from shared_apps.providers.models import Foto
from tenant_apps.placements import rules
from tenant_apps.placements.models import Suche
from tenant_apps.placements.search.selectors.kriterien import kriterien_of
from tenant_apps.placements.search.selectors.passung import get_gewichtung
from tenant_apps.placements.search.selectors.vergleich import compare_angebote
from tenants.context import in_tenant
from tests.factories.cases import create_hilfefall
from tests.factories.register import create_angebot, license_einrichtung
from tests.factories.suchen import create_markt, search_for
from tests.seiten import text_of


@pytest.fixture
def anna(cast):
    return cast.akteur("anna")


@pytest.fixture
def suche(anna, vg) -> Suche:
    with in_tenant(vg):
        return search_for(anna, create_hilfefall(fachkraft_id=anna.user_id), alter=12)


def _main(response) -> str:
    return text_of(response).partition("<main")[2]


def _gemerkt(vg) -> list[str]:
    with in_tenant(vg):
        return Suche.objects.get().gemerkt


def test_from_ticks_to_reservation__without_a_script(suche, vg, sign_in):
    markt = create_markt()
    client, url = sign_in("anna"), f"/hze-auswahl/{suche.pk}/"
    liste = _main(client.get(url))
    assert liste.count('name="angebot"') == liste.count('name="gezeigt"') == 14
    ids = [str(angebot.pk) for angebot in markt]
    seite = _main(client.post(f"{url}merken/", {"gezeigt": ids, "angebot": ids[:2]}, follow=True))
    for angebot in markt[:2]:
        assert angebot.einrichtung.name in seite and f"angebote/{angebot.pk}/#reservieren" in seite
    for wort in (
        "13.832 €",
        "Bestpreis",
        "Passung",
        "günstigstes Drittel",
        "wie viel auch immer der Preis zählt",
    ):
        assert wort in seite, wort
    ohne = _main(client.get(f"{url}vergleich/?preise=ohne"))
    assert markt[0].einrichtung.name in ohne and "für das Kind und die Eltern" in ohne
    for wort in ("€", "Bestpreis", "Entgelt", "Drittel", "Differenz"):
        assert wort not in ohne.partition("<table")[2], wort
    assert _main(client.get(url)).count("placements-merken--ja") == 2
    assert _gemerkt(vg) == ids[:2]


def test_merken__goes_back_to_the_page_and_nothing_is_lost_by_sorting_or_paging(suche, vg, sign_in):
    """Each click is kept at once: no link of the page can lose it, and there is no script in it."""
    markt = [create_angebot(entgelt=f"{70 + n}.00", alter_bis=17) for n in range(27)]
    client, url = sign_in("anna"), f"/hze-auswahl/{suche.pk}/"
    seite = client.get(f"{url}?sort=-kosten&seite=2&zeige=alle&erfunden=1").text
    hin = f'action="{url}merken/?sort=-kosten&amp;seite=2&amp;zeige=alle"'
    assert seite.count(hin) == 2, "two lines on the second page, each with its button"
    billig, teuer = str(markt[0].pk), str(markt[-1].pk)
    klick = {"nach": "liste", "gezeigt": billig}
    danach = client.post(f"{url}merken/?sort=-kosten&seite=2&zeige=alle&erfunden=1", klick | {"angebot": billig})
    assert danach["Location"] == f"{url}?zeige=alle&sort=-kosten&seite=2#a-{billig}"
    client.post(f"{url}merken/", {"nach": "liste", "gezeigt": teuer, "angebot": teuer})
    for query in ("", "?sort=passung", "?seite=2", "?km=10", "?preis=80"):
        assert "2 gemerkt" in _main(client.get(url + query)), query
    client.post(f"{url}merken/", klick)
    assert _gemerkt(vg) == [teuer], "clicked once more, it is taken off"


def test_two_offers_of_one_house__are_told_apart(suche, vg, sign_in):
    eins = create_angebot(name="Gruppe Möwe", alter_bis=17)
    zwei = create_angebot(name="Gruppe Storch", alter_bis=18, einrichtung=eins.einrichtung)
    drei = create_angebot(name="Gruppe Reiher", alter_bis=17)
    with in_tenant(vg):
        Suche.objects.update(gemerkt=[str(a.pk) for a in (eins, zwei, drei)])
    haus, client, url = eins.einrichtung.name, sign_in("anna"), f"/hze-auswahl/{suche.pk}/"
    seite = _main(client.get(f"{url}vergleich/"))
    for name in (f"{haus}, Gruppe Möwe", f"{haus}, Gruppe Storch", drei.einrichtung.name):
        assert f'data-label="{name}"' in seite and f'aria-label="Reservieren: {name}"' in seite, name
    liste = _main(client.get(url))
    for name in ("Gruppe Möwe", "Gruppe Storch"):
        assert f"{name} · " in liste and f'aria-label="Merken: {haus}, {name}"' not in liste
        assert f'aria-label="Gemerkt: {haus}, {name}. Herausnehmen"' in liste


def test_ticks__of_other_pages_stay_and_four_are_the_most(suche, vg, sign_in):
    markt = create_markt()
    client, url = sign_in("anna"), f"/hze-auswahl/{suche.pk}/merken/"
    ids = [str(angebot.pk) for angebot in markt]
    client.post(url, {"gezeigt": ids[:2], "angebot": ids[:2]})
    client.post(url, {"gezeigt": ids[2:4], "angebot": ids[2:4]})
    assert _gemerkt(vg) == ids[:4]
    zu_viele = client.post(url, {"gezeigt": ids[4:6], "angebot": [ids[4]]}, follow=True).content.decode()
    assert "höchstens 4 Angebote, das wären 5" in zu_viele and _gemerkt(vg) == ids[:4]
    client.post(url, {"gezeigt": [ids[1]]})
    assert _gemerkt(vg) == [ids[0], ids[2], ids[3]]
    fremd = str(uuid4())
    client.post(url, {"gezeigt": [fremd, "x", ids[5]], "angebot": [fremd, "x", ids[6]]})
    assert _gemerkt(vg) == [ids[0], ids[2], ids[3]], "nothing that was not shown, and no offer that there is not"
    for name in ("bernd", "doris"):
        assert sign_in(name).post(url, {"gezeigt": ids[:1]}).status_code in {403, 404}


def test_comparison__says_what_fits_no_more_and_what_is_taken(suche, vg, sign_in):
    leer = _main(sign_in("anna").get(f"/hze-auswahl/{suche.pk}/vergleich/"))
    assert "Noch nichts gemerkt" in leer
    jung, belegt = create_angebot(alter_bis=18), create_angebot(plaetze=0, alter_bis=18)
    alt = create_angebot(alter_von=16, alter_bis=20)
    with in_tenant(vg):
        Suche.objects.update(gemerkt=[str(a.pk) for a in (jung, belegt, alt)])
    seite = _main(sign_in("anna").get(f"/hze-auswahl/{suche.pk}/vergleich/"))
    assert f"{alt.einrichtung.name} passt nicht mehr zu dieser Suche" in seite
    assert "belegt, " in seite and "Ansehen" in seite and "Reservieren" in seite


def test_comparison__says_what_differs_and_what_the_houses_may_do(suche, vg, sign_in):
    """Two houses: one with a licence until the end of 2028, one without an end; what both say is marked as equal."""
    eins = create_angebot(
        alter_bis=18, entgelt="80.00", erlaubnis=False, gruppe="8 Plätze, gemischt", barrierefrei="JA"
    )
    license_einrichtung(
        eins.einrichtung, plaetze=12, alter_von=0, alter_bis=21, behoerde="Landesamt", gueltig_bis=date(2029, 1, 1)
    )
    eins.sprachen.set(Sprache.objects.filter(code="ar"))
    zwei = create_angebot(alter_bis=18, entgelt="81.00", alter_von=10)
    Foto.objects.create(
        einrichtung=eins.einrichtung, datei="register/x.webp", titel="Garten", alternativtext="Garten mit Schaukel",
        pruefung=Dateipruefung.FREI,
    )  # fmt: skip
    with in_tenant(vg):
        Suche.objects.update(gemerkt=[str(eins.pk), str(zwei.pk)])
        vergleich = compare_angebote(kriterien_of(Suche.objects.get()), [eins.pk, zwei.pk], get_gewichtung())
    gesagt = {(z.gruppe, z.name): [(w.text, w.dazu) for w in z.werte] for z in vergleich.zeilen}
    assert gesagt["Haus", "Betriebserlaubnis"] == [("gilt bis 31.12.2028", "Landesamt"), ("unbefristet", "")]
    assert gesagt["Haus", "Genehmigt"][0] == ("12 Plätze", "0 bis 21 Jahre")
    assert gesagt["Platz", "Frei ab"] == [("01.06.2017", ""), ("01.06.2017", "")]
    assert gesagt["Angebot", "Gruppe"] == [("8 Plätze, gemischt", ""), ("–", "")]
    assert (
        gesagt["Angebot", "Sprachen neben Deutsch"][0][0] == "Arabisch"
        and gesagt["Angebot", "Barrierefrei"][0][0] == "ja"
    )
    assert gesagt["Kosten", "Soll-Entgelt"] == [("14.560\xa0€", ""), ("14.742\xa0€", "+\xa0182\xa0€")]
    angebot = _main(sign_in("anna").get(f"/hze-auswahl/{suche.pk}/angebote/{eins.pk}/"))
    assert "gilt bis 31.12.2028" in angebot and "12 Plätze, 0 bis 21 Jahre, Landesamt, Nr." in angebot, "the same words"
    gleich = {z.name for z in vergleich.zeilen if z.ist_gleich}
    assert {"Frei ab", "Ort", "Anbieter"} <= gleich and not {"Gruppe", "Soll-Entgelt", "Genehmigt"} & gleich
    passung = [z for z in vergleich.zeilen if z.gruppe == "Passung"]
    for nummer, spalte in enumerate(vergleich.spalten):
        punkte = [z.werte[nummer].punkte for z in passung if z.werte[nummer].punkte is not None]
        assert punkte[0] == spalte.passung.punkte == sum(punkte[1:])
    seite = sign_in("anna").get(f"/hze-auswahl/{suche.pk}/vergleich/").text
    assert "Zwei Angebote im Vergleich" in seite and 'alt="Garten mit Schaukel"' in seite and "passt am besten" in seite
    verschieden = [z for z in passung if z.werte[0].hoechstens and not z.ist_gleich]
    assert seite.count('class="placements-punkte"') == 2 * len(verschieden) > 0, "a bar for what differs"


def test_comparison__as_many_queries_for_four_as_for_one(suche, vg, sign_in):
    markt = [create_angebot(alter_bis=18) for _ in range(4)]
    client = sign_in("anna")
    zahlen = []
    for wie_viele in (1, 1, 4):
        with in_tenant(vg):
            Suche.objects.update(gemerkt=[str(a.pk) for a in markt[:wie_viele]])
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/hze-auswahl/{suche.pk}/vergleich/")
        zahlen.append(len(captured))
    assert zahlen[1] == zahlen[2]


def test_merkliste__keeps_places_and_says_nothing_twice():
    assert rules.merkliste(["a", "b"], gezeigt={"b", "c"}, gewaehlt=["c", "c"]) == ["a", "c"]
    assert rules.merkliste(["a", "b"], gezeigt={"a", "b"}, gewaehlt=["b", "a"]) == ["a", "b"]
