"""What is paid by the hour has hours and Hilfen: no page and no mail of such a provider speaks of places."""

from __future__ import annotations

import re
from collections import deque
from datetime import date, timedelta
from html import unescape

import pytest
from django.core import mail

from shared_apps.core.zeitraum import Zeitraum
from shared_apps.occupancy.services import sperren
from shared_apps.providers.models import Angebot
from shared_apps.providers.services.vakanz import submit_vakanzmeldung
from tenant_apps.placements.enums import Ablehnungsgrund
from tenants.context import in_tenant, on_portal
from tests.factories.register import create_angebot, create_einrichtung
from tests.formulare import gelesen
from tests.mails import remind, work
from tests.tenant_apps.placements.story import Story

pytestmark = pytest.mark.django_db
KUESTE = "Jugendhilfe Küste gGmbH"
HEUTE = date.today()
NIE = re.compile(r"\b\w*(?:Pl[aä]tze|Platz|Betriebstag|Schichtdienst)\w*", re.IGNORECASE)
#: Texts for everybody and one's own account; a licence, which is for places (§ 45 SGB VIII) and which a service needs
#: none of; the descriptions of a file and of the API, the same for all, so that programs can rely on them.
OHNE = re.compile(
    r"^/(?:datenschutz|impressum|barrierefreiheit|abmelden|konto|static|api|schnittstelle|anmelden)"
    r"|/(?:erlaubnis|ausnahme|mitnehmen)/$"
)
LINK = re.compile(r'href="(/[^"#]*)"')


def words(text: str) -> list[str]:
    """Words of a page that say places; names of addresses, classes and fields are no words for people.

    One reason to decline is left out: a list of an office's own tables, the same for all kinds of help (ADR 0072).
    """
    ohne_programm = re.sub(r"<(script|style)\b.*?</\1>", " ", text, flags=re.DOTALL)
    gesagt = re.findall(r'\b(?:aria-label|title|placeholder|content|value|alt)="([^"]*)"', ohne_programm)
    gesagt.append(re.sub(r"<[^>]*>", " ", ohne_programm).replace(Ablehnungsgrund.ANDERWEITIG_BELEGT.label, ""))
    return sorted({found for stueck in gesagt for found in NIE.findall(unescape(stueck))})


def crawl(client, *starts: str, most: int = 120) -> dict[str, str]:
    """Every page that links lead to, each address once, whatever its filter says."""
    seen: dict[str, str] = {}
    waiting = deque(starts)
    while waiting and len(seen) < most:
        url = waiting.popleft()
        path = url.partition("?")[0]
        if path in seen or OHNE.search(path):
            continue
        answer = client.get(url)
        if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
            continue  # to another host, not hers, a file
        seen[path] = answer.text
        waiting.extend(unescape(found) for found in LINK.findall(answer.text))
    return seen


@pytest.fixture
def angebot(cast, vg) -> Angebot:
    haus = create_einrichtung(anbieter=cast.anbieter(KUESTE), name="Dienst Nord")
    return create_angebot(
        einrichtung=haus, hilfeart="A31", name="Familienhilfe", plaetze=4, stunden_je_woche=40, entgelt="62.50"
    )


def test_files_and_refusals_of_an_ambulant_offer__speak_of_none_either(vg, sign_in, angebot):
    """What a crawler does not come to: files, and what is said when a number is refused."""
    anna, ines = sign_in("anna"), sign_in("ines")
    url = f"/anbieter/eigene/angebote/{angebot.pk}/plaetze/"
    typed = gelesen(ines.get(url).text) | {"anzahl": "2"}
    for answer in (
        anna.get("/anbieter/?format=csv"),
        anna.get("/anbieter/unbestaetigt/?format=csv"),
        ines.get(f"/anbieter/einrichtungen/{angebot.einrichtung_id}/verlauf/?format=csv"),
        ines.post(url, typed | {"ab": str(HEUTE - timedelta(days=1))}),
        ines.post(url, typed | {"ab": str(HEUTE), "letzter_tag": str(HEUTE + timedelta(days=9))}),
    ):
        assert answer.status_code in {200, 422}, answer
        text = answer.content.decode()
        assert not (words(text) if "html" in answer.headers["Content-Type"] else NIE.findall(text)), text[:400]


def test_no_page_and_no_mail_of_an_ambulant_provider_speaks_of_places(vg, cast, sign_in, angebot):
    ines, anna = cast.akteur("ines"), cast.akteur("anna")
    story = Story(cast, vg, angebot)
    buchung, wartet = story.book("2026-06-01", "2027-05-31"), story.reserve("2099-01-01", "2099-06-30")
    with in_tenant(vg, user_id=anna.user_id):
        submit_vakanzmeldung(akteur=anna, angebot=angebot, tag=HEUTE, grund="ANDERS")
    with on_portal(user_id=ines.user_id, anbieter_ids=ines.anbieter_ids):
        frei = angebot.plaetze.order_by("-nummer").first()
        bis = Zeitraum(HEUTE, HEUTE + timedelta(days=9))
        sperre = sperren.create_sperre(akteur=ines, platz=frei, zeitraum=bis, grund="PERSONAL")
        stopp = sperren.create_stopp(akteur=ines, angebot=angebot, zeitraum=bis, grund="PERSONAL")
    portal, beim_amt = sign_in("ines"), sign_in("ines", at="VG")
    plan, eigene = "/anbieter/eigene/plan/", "/anbieter/eigene/"
    seiten = crawl(
        portal,
        "/",
        eigene,
        plan,
        f"{eigene}buchungen/",
        "/eingang/",
        "/anbieter/meldungen/",
        f"/anbieter/{angebot.einrichtung.anbieter_id}/",
        f"{eigene}einrichtungen/neu/",
        f"{eigene}einrichtungen/{angebot.einrichtung_id}/angebote/neu/?hilfeart={angebot.hilfeart_id}",
        f"{plan}plaetze/{frei.pk}/",
        f"{plan}sperren/{sperre.pk}/",
        f"{plan}aufnahmestopps/{stopp.pk}/",
    )
    for art in ("Belegung", "Familienhilfe", "Dienst Nord"):
        assert any(art in text for text in seiten.values())
    assert len(seiten) > 20, sorted(seiten)
    amt = crawl(
        beim_amt,
        "/",
        "/faelle/",
        f"/reservierungen/{wartet.pk}/",
        f"/reservierungen/{wartet.pk}/zustimmen/",
        f"/buchungen/{buchung.pk}/",
        f"/reservierungen/{wartet.pk}/ablehnen/",
    )
    seiten |= {f"VG {path}": text for path, text in amt.items()}
    jugendamt = sign_in("anna")
    for url in (
        f"/anbieter/einrichtungen/{angebot.einrichtung_id}/",
        f"/anbieter/angebote/{angebot.pk}/war-nicht-frei/",
        "/anbieter/meldungen/",
        f"/reservierungen/{wartet.pk}/",
        f"/reservierungen/{wartet.pk}/verlaengern/",
        f"/reservierungen/{wartet.pk}/zurueckziehen/",
        f"/buchungen/{buchung.pk}/",
        f"/buchungen/{buchung.pk}/beenden/",
        f"/buchungen/{buchung.pk}/stornieren/",
    ):
        seiten[f"anna {url}"] = jugendamt.get(url, follow=True).text.partition("<main")[2]
    mail.outbox.clear()
    Angebot.objects.filter(pk=angebot.pk).update(vakanz_gemeldet_at=None, vakanz_bestaetigt_at=None)
    remind()
    work()
    (brief,) = [m for m in mail.outbox if "bestaetigen/" in m.body]
    seiten["the mail"] = f"{brief.subject}\n{brief.body}"
    (link,) = re.findall(r"https?://[^/]+(/anbieter/bestaetigen/\S+)", brief.body)
    page = portal.get(link)
    seiten["its link"] = page.text
    (stempel,) = re.findall(r'name="stempel" value="([^"]+)"', page.text)
    seiten["confirmed"] = portal.post(link, {"stempel": stempel}).text
    assert "Danke" in seiten["confirmed"]
    said = {name: found for name, text in seiten.items() if (found := words(text))}
    assert not said, said
