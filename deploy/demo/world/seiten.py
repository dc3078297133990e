"""What people have entered one by one on their pages, today: each act by its service, in the name and with the rights
of somebody who signs in to the demo. Runs when the cases are there, for what is free depends on them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile

from deploy.demo.world import akten
from deploy.demo.world.ablage import build_blatt
from deploy.demo.world.kontakte import build_notruf
from deploy.demo.world.leute import PASSWORT, find_akteur
from deploy.demo.world.markt import Markt, WeltAngebot, WeltPlatz
from deploy.demo.world.werkzeug import EIN_TAG, acting_as_people, at_portal
from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import MailArt, Rolle
from shared_apps.accounts.kennwort import seal_hash
from shared_apps.accounts.models import Mailauftrag, User
from shared_apps.aufnahme import services as aufnahme
from shared_apps.aufnahme.models import Aufnahmeantrag
from shared_apps.catalogue.models import Hilfeart, Spezialisierung, Sprache
from shared_apps.core.gelesen import Gelesen
from shared_apps.core.zeitraum import Zeitraum, format_datum
from shared_apps.members import services as members
from shared_apps.members.selectors.rufbereitschaft import get_konto
from shared_apps.occupancy.services.sperren import create_sperre, create_stopp
from shared_apps.providers.models import (
    Anerkennung,
    Angebot,
    Barrierefreiheit,
    Betriebserlaubnis,
    Einrichtung,
    Platz,
    Rechtsgrundlage,
    Steuerstatus,
)
from shared_apps.providers.selectors.erlaubnis import LAEUFT_BALD_AB
from shared_apps.providers.services import dateien, update_einrichtung
from shared_apps.providers.services.angebote import create_angebot, update_angebot, update_platzzahl
from shared_apps.providers.services.entgelte import confirm_entgeltvorschlag, submit_entgeltvorschlag
from shared_apps.providers.services.erlaubnis import create_ausnahme, create_erlaubnis, update_erlaubnis
from shared_apps.providers.services.kontakte import create_kontakt
from shared_apps.providers.services.platznamen import PLATZ_FELD, update_platznamen
from shared_apps.providers.services.vakanz import submit_vakanzmeldung
from tenant_apps.cases.models import KlientGeschlecht
from tenant_apps.cases.services import NeuePerson
from tenant_apps.foster.rules import Pflegeform
from tenant_apps.foster.services import create_pflegegeldsatz, create_pflegestelle
from tenant_apps.placements.enums import Bundesland
from tenant_apps.placements.search.selectors.kriterien import Kriterien
from tenant_apps.placements.services.fremd import (
    Entgeltangabe,
    Zusage,
    book_fremdeinrichtung,
    create_fremdeinrichtung,
)
from tenant_apps.placements.services.person import resolve_neue_person
from tenant_apps.placements.services.search import create_suche
from tenants.context import in_tenant, on_portal, on_shared_tables
from tenants.models import Tenant

#: Who joins and is admitted, and who asks and waits. They sign in as `NEU`, or not at all yet.
NEU = "anbieter-neu"
AUFGENOMMEN = "Lotsenhaus Inobhutnahme gGmbH"
WARTET = "Kompass Familienhilfe e. V."
_LINK = re.compile(r"/anbieter-werden/antrag/([0-9a-f]+)/")
#: On call at night for two offices, each of which has appointed her.
RUF = "rufbereitschaft"
RUF_BEI = ("VG", "HRO")
_SPRACHEN = ("en", "uk", "ru", "ar")


def keep_free(markt: Markt, heute: date) -> list[WeltPlatz]:
    """Places that no case takes: two of `anbieter-kueste`, to be blocked, and one of `anbieter-see`, whose vacancy
    fades. Asked before cases are drawn."""
    kueste = [a for a in markt.angebote if a.einrichtung.anbieter.nummer == 1][1:3]
    see = next(a for a in markt.angebote if a.einrichtung.anbieter.nummer == 2)
    plaetze = [angebot.plaetze[-1] for angebot in (*kueste, see)]
    for platz in plaetze:
        platz.belegt.append((heute - timedelta(days=400), date.max))
    return plaetze[:2]


def enter_pages(markt: Markt, vg: Tenant, frei: list[WeltPlatz], *, heute: date, jetzt: datetime) -> None:
    """All of it; `frei`: of `keep_free`."""
    kueste, see = find_akteur("anbieter-kueste", None), find_akteur("anbieter-see", None)
    _join(vg, heute, jetzt)
    _call_for_the_nights(heute)
    eigene = [a for a in markt.angebote if a.einrichtung.anbieter.nummer == 1]
    _describe(kueste, eigene)
    _allow_one_more(kueste, eigene[0], heute)
    _let_run_out(kueste, eigene, heute)
    _block(kueste, frei, heute)
    _propose(kueste, eigene[0], heute)
    andere = [a for a in markt.angebote if a.einrichtung.anbieter.nummer == 2 and a.einrichtung.kuerzel != "VG"]
    with at_portal(see):
        create_stopp(
            akteur=see,
            angebot=_row(andere[-1]),
            zeitraum=Zeitraum(heute, heute + timedelta(days=30)),
            grund="PERSONAL",
            hinweis="Zwei Stellen sind ausgeschrieben.",
        )
    asd = find_akteur("asd-vg", vg)
    with acting_as_people(), in_tenant(vg, user_id=asd.user_id):
        submit_vakanzmeldung(akteur=asd, angebot=_row(andere[0]), tag=heute - EIN_TAG, grund="BELEGT")
    _book_outside(vg, heute)
    _keep_foster_places(vg, heute)


def _book_outside(vg: Tenant, heute: date) -> None:
    """A house in Hamburg on the office's own list, and a child who goes there from next month on (ADR 0089)."""
    leitung = find_akteur("teamleitung-vg", vg)
    art = Hilfeart.objects.get(code="S34")
    beginn = (heute.replace(day=1) + timedelta(days=32)).replace(day=1)
    with acting_as_people(), in_tenant(vg, user_id=leitung.user_id):
        haus = create_fremdeinrichtung(
            akteur=leitung,
            angaben={
                "name": "Haus Alsterblick", "anbieter": "Alster Jugendhilfe gGmbH", "strasse": "Uferweg 3",
                "plz": "22087", "ort": "Hamburg", "land": Bundesland.HH.value, "kreis": None,
                "ansprechpartner": "Frau Petersen", "telefon": "0000 40123 0", "email": "haus@alsterblick.example",
                "behoerde": "Landesjugendamt Hamburg",
            },
            entgelt=Entgeltangabe(
                art, Decimal("248.60"), heute.replace(month=1, day=1), f"Entgeltvereinbarung Hamburg {heute.year}"
            ),
        )  # fmt: skip
        kind = NeuePerson(
            pkz="P-DEMO-HH1", vorname="Jonte", nachname="Wulff", geburtsdatum=date(heute.year - 13, 4, 9),
            geschlecht=KlientGeschlecht.MAENNLICH.value,
        )  # fmt: skip
        betroffen = resolve_neue_person(akteur=leitung, person=kind)
        suche = create_suche(
            akteur=leitung,
            kriterien=Kriterien(
                hilfeart=art, region="VG", reichweite="LAND", beginn=beginn, ende=beginn + timedelta(days=364)
            ),
            betroffen=betroffen,
        )
        book_fremdeinrichtung(
            akteur=leitung,
            suche=suche,
            einrichtung=haus,
            betroffen=betroffen,
            zusage=Zusage(heute, "Frau Petersen"),
            begruendung="Im Land gibt es keine Wohngruppe für Jugendliche mit dieser Stoffwechselerkrankung.",
            wuensche="Jonte möchte in der Nähe seines Vaters in Hamburg wohnen.",
        )


#: Sign, form, region, places, taken, ages, sex, for how many days at most. Invented, like the rates.
_PFLEGESTELLEN: tuple[tuple[str, Pflegeform, str, int, int, int, int, str, int | None], ...] = (
    ("PS-003", Pflegeform.VOLLZEIT, "Greifswald", 1, 0, 0, 10, "", None),
    ("PS-007", Pflegeform.VOLLZEIT, "Amt Landhagen", 2, 1, 3, 17, "", None),
    ("PS-011", Pflegeform.VOLLZEIT, "Anklam", 1, 1, 0, 6, "", None),
    ("PS-014", Pflegeform.KURZZEIT, "Usedom", 2, 0, 0, 14, "", 183),
    ("PS-019", Pflegeform.VOLLZEIT, "Pasewalk", 1, 0, 6, 17, "w", None),
    ("BP-002", Pflegeform.BEREITSCHAFT, "Wolgast", 2, 0, 0, 12, "", 90),
)
_SAETZE = ((0, 6, "1010.00"), (7, 12, "1104.00"), (13, 17, "1230.00"))


def _keep_foster_places(vg: Tenant, heute: date) -> None:
    """Six own places of foster families, without a family, and what the office pays for a child there (ADR 0094)."""
    asd, wjh = find_akteur("asd-vg", vg), find_akteur("wjh-vg", vg)
    seit = date(2017, 1, 1)
    with acting_as_people(), in_tenant(vg, user_id=asd.user_id):
        for zeichen, form, region, plaetze, belegt, von, bis, geschlecht, tage in _PFLEGESTELLEN:
            angaben = {
                "kennzeichen": zeichen, "form": form.value, "region": region, "plaetze": plaetze, "belegt": belegt,
                "frei_ab": heute + timedelta(days=60) if belegt == plaetze else None, "alter_von": von,
                "alter_bis": bis, "geschlecht": geschlecht, "hoechstens_tage": tage, "bemerkung": "",
            }  # fmt: skip
            create_pflegestelle(akteur=asd, angaben=angaben, ab=seit)
    with acting_as_people(), in_tenant(vg, user_id=wjh.user_id):
        for form in Pflegeform:
            for von, bis, betrag in _SAETZE:
                satz: dict[str, Any] = {
                    "form": form.value, "alter_von": von, "alter_bis": bis, "betrag": Decimal(betrag), "ab": seit,
                    "bis": None, "quelle": "Beispiel der Demo, kein amtlicher Satz",
                }  # fmt: skip
                create_pflegegeldsatz(akteur=wjh, angaben=satz)


def _row(angebot: WeltAngebot) -> Angebot:
    return Angebot.objects.select_related("hilfeart").get(pk=angebot.id)


def _call_for_the_nights(heute: date) -> None:
    """Somebody of a clearing house: in each office the administration proposes her, the head decides."""
    for kuerzel in RUF_BEI:
        with on_shared_tables():
            tenant = Tenant.objects.get(kuerzel=kuerzel)
        admin = find_akteur(f"admin-{kuerzel.lower()}", tenant)
        leitung = find_akteur(f"leitung-{kuerzel.lower()}", tenant)
        with at_portal(admin):
            if kuerzel == RUF_BEI[0]:
                user = members.create_person(vorname="Ruth", nachname="Reimers", email="r.reimers@clearing.example")
                _open_login(user, RUF)
            else:
                user = get_konto(benutzername=RUF, email="r.reimers@clearing.example")
            antrag = members.submit_mitgliedschaftsantrag(
                akteur=admin,
                wunsch=members.Rollenwunsch(
                    user=user, rolle=Rolle.RUFBEREITSCHAFT, tenant_id=tenant.pk, gueltig_ab=heute,
                    gueltig_bis=heute + timedelta(days=365),
                ),
                begruendung="Clearingstelle, nachts für beide Jugendämter",
            )  # fmt: skip
        with at_portal(leitung):
            members.approve_mitgliedschaftsantrag(akteur=leitung, antrag=antrag)


# --- a provider joins -------------------------------------------------------------------------------------------------


def _join(vg: Tenant, heute: date, jetzt: datetime) -> None:
    """One applies, proves its address, is checked and admitted, and fills its house; another one has only applied."""
    _apply(WARTET, "Familienbüro Peenestrom", "Meike", "Ohlsen", "kompass.example", ("17438", "Wolgast"))
    antrag = _apply(
        AUFGENOMMEN, "Lotsenhaus am Ryck", "Frauke", "Lindner", "lotsenhaus.example", ("17489", "Greifswald")
    )
    leitung, admin = find_akteur("leitung-vg", vg), find_akteur("admin-vg", vg)
    with at_portal(leitung):
        aufnahme.check_aufnahmeantrag(akteur=leitung, antrag=antrag)
    with at_portal(admin):
        user = aufnahme.approve_aufnahmeantrag(akteur=admin, antrag=antrag).user
    _open_login(user, NEU)
    neu = find_akteur(NEU, None)
    haus = Einrichtung.objects.get(anbieter__in=neu.anbieter_ids)
    angebot = _fill_house(neu, haus, heute, jetzt)
    controlling = find_akteur("controlling-vg", vg)
    with at_portal(neu):
        vorschlag = submit_entgeltvorschlag(akteur=neu, angebot=angebot, **_rate("211.40", "17.60", heute, heute))
    with at_portal(controlling):
        confirm_entgeltvorschlag(akteur=controlling, vorschlag=vorschlag)


def _apply(name: str, haus: str, vorname: str, nachname: str, host: str, ort: tuple[str, str]) -> Aufnahmeantrag:
    """The public form, and the link of the mail that comes of it."""
    anschrift = {"strasse": "Am Ryck 12", "plz": ort[0], "ort": ort[1]}
    angaben: dict[str, Any] = {
        "name": name, "rechtsform": "gGmbH" if "gGmbH" in name else "e. V.", "register_nr": f"Demo-Register {host}",
        "dachverband": "", "anerkennung": Anerkennung.ANERKANNT, "steuerstatus": Steuerstatus.GEMEINNUETZIG,
        "telefon": "0000 100200", "email": f"info@{host}", "web": f"https://{host}/", "vorname": vorname,
        "nachname": nachname, "person_email": f"{nachname.lower()}@{host}",
    }  # fmt: skip
    with _unknown():
        aufnahme.submit_aufnahmeantrag(
            angaben=angaben | anschrift, einrichtungen=[{"name": haus, "kreis": "VG"} | anschrift]
        )
    with on_shared_tables():
        antrag = Aufnahmeantrag.objects.get(name=name)
        mail = Mailauftrag.objects.get(art=MailArt.AUFNAHME_BESTAETIGEN, bezug_id=antrag.pk)
        nachricht = aufnahme.build_bestaetigung_mail(mail)
    found = _LINK.search(nachricht.text) if nachricht else None
    assert found, "the mail has the link"
    with _unknown():
        aufnahme.confirm_aufnahmeantrag(token=found.group(1))
    return antrag


@contextmanager
def _unknown() -> Iterator[None]:
    """Nobody who is signed in."""
    with acting_as_people(), on_portal():
        yield


def _open_login(user: User, username: str) -> None:
    """As all people of the demo: a name that says what she shows, and the one password."""
    user.username, user.password = username, seal_hash(make_password(PASSWORT), user_id=user.pk)
    user.save(update_fields=["username", "password"])


def _fill_house(neu: Akteur, haus: Einrichtung, heute: date, jetzt: datetime) -> Angebot:
    """Licence, offer, papers, pictures, names of the rooms."""
    bescheid = heute - timedelta(days=30)
    kontakt = {
        "telefon": "0000 100201",
        "email": "aufnahme@lotsenhaus.example",
        "ansprechpartner": "Frauke Lindner",
        "beschreibung": "Haus am Fluss, Tag und Nacht besetzt. Erfundene Angaben.",
    }
    with at_portal(neu):
        update_einrichtung(
            akteur=neu, einrichtung=haus, angaben=kontakt, gelesen=Gelesen.of(dict.fromkeys(kontakt, ""))
        )
        create_kontakt(akteur=neu, ort=haus, angaben=build_notruf("0000 100202", "lotsenhaus.example"))
        create_erlaubnis(
            akteur=neu,
            einrichtung=haus,
            angaben={
                "nummer": f"LJA {bescheid.year}/N1", "behoerde": "Landesjugendamt Mecklenburg-Vorpommern",
                "datum": bescheid, "plaetze": 6, "alter_von": 6, "alter_bis": 17,
            },
        )  # fmt: skip
        angebot = create_angebot(
            akteur=neu,
            einrichtung=haus,
            hilfeart=Hilfeart.objects.get(code="S42"),
            angaben={
                "name": "Inobhutnahme rund um die Uhr",
                "alter_von": 6,
                "alter_bis": 17,
                "hinweis": "Aufnahme auch nachts",
                "beschreibung": "Sechs Einzelzimmer, Aufnahme zu jeder Stunde. Erfundene Angaben.",
                "ausschluss": "Akute Selbst- oder Fremdgefährdung, die eine Klinik braucht.",
                "barrierefrei": Barrierefreiheit.TEILWEISE,
                "spezialisierungen": list(Spezialisierung.objects.filter(code="krisenaufnahme")),
                "sprachen": list(Sprache.objects.filter(code__in=_SPRACHEN)),
            },
            beginn=heute,
            plaetze=6,
        )
        _name_places(neu, angebot.pk, [f"Zimmer {nummer}" for nummer in range(1, 7)])
        bilder = [SimpleUploadedFile(f"bild-{motiv}.webp", akten.draw_bild(motiv, 1), "image/webp") for motiv in (0, 2)]
        for foto, motiv in zip(
            dateien.submit_fotos(akteur=neu, einrichtung=haus, dateien=bilder, ohne_menschen=True).fotos,
            (0, 2),
            strict=True,
        ):
            dateien.update_foto(
                akteur=neu,
                foto=foto,
                angaben=akten.build_worte(motiv),
                gelesen=Gelesen.of({"titel": "", "alternativtext": ""}),
            )
        blatt = build_blatt(
            titel="Leistungsbeschreibung",
            zeilen=[("Einrichtung", haus.name), ("Anbieter", AUFGENOMMEN), ("Datum", format_datum(heute))],
            text="Art, Ziel und Qualität der Leistung nach § 42 SGB VIII.",
            jetzt=jetzt,
        )
        dateien.create_dokument(
            akteur=neu,
            einrichtung=haus,
            kennung="leistungsbeschreibung",
            datum=heute,
            letzter_tag=None,
            datei=SimpleUploadedFile("leistungsbeschreibung.pdf", blatt, "application/pdf"),
        )
    return angebot


# --- a house that is there keeps its data -----------------------------------------------------------------------------


def _describe(akteur: Akteur, angebote: list[WeltAngebot]) -> None:
    """What no list of an office knows: languages, for whom not, what is near."""
    sprachen = list(Sprache.objects.filter(code__in=_SPRACHEN))
    for nummer, welt in enumerate(angebote):
        angaben: dict[str, Any] = {
            "sprachen": sprachen[: 1 + nummer % len(sprachen)],
            "ausschluss": "Akute Suchtmittelabhängigkeit, Brandstiftung in der Vorgeschichte.",
            "barrierefrei": Barrierefreiheit.JA if nummer % 2 else Barrierefreiheit.TEILWEISE,
            "schule": "Grundschule und Regionale Schule, 10 Minuten zu Fuß",
            "therapie": "Kinder- und jugendpsychiatrische Ambulanz, 4 km",
        }
        with at_portal(akteur):
            angebot = _row(welt)
            jetzt = {name: getattr(angebot, name) for name in angaben if name != "sprachen"} | {"sprachen": []}
            update_angebot(akteur=akteur, angebot=angebot, angaben=angaben, gelesen=Gelesen.of(jetzt))
    _name_places(akteur, angebote[0].id, [f"Zimmer {nr}" for nr in range(1, len(angebote[0].plaetze) + 1)])


def _name_places(akteur: Akteur, angebot_id: UUID, namen: list[str]) -> None:
    with at_portal(akteur):
        update_platznamen(
            akteur=akteur,
            angebot=Angebot.objects.get(pk=angebot_id),
            namen=dict(enumerate(namen, 1)),
            gelesen=Gelesen.of({PLATZ_FELD.format(nummer): "" for nummer in range(1, len(namen) + 1)}),
        )


def _allow_one_more(akteur: Akteur, welt: WeltAngebot, heute: date) -> None:
    """The authority allows one place more for three months, and the house offers it as long."""
    letzter_tag = heute + timedelta(days=90)
    with at_portal(akteur):
        create_ausnahme(
            akteur=akteur,
            einrichtung=Einrichtung.objects.get(pk=welt.einrichtung.id),
            angaben={
                "aktenzeichen": f"LJA {heute.year}/A7", "datum": heute, "beginn": heute, "letzter_tag": letzter_tag,
                "plaetze_mehr": 1, "grund": "Geschwister sollen zusammen aufgenommen werden können.",
            },
        )  # fmt: skip
        da = len(welt.plaetze)
        update_platzzahl(
            akteur=akteur,
            angebot=_row(welt),
            anzahl=da + 1,
            ab=heute,
            letzter_tag=letzter_tag,
            gelesen=Gelesen.of({"anzahl": da}),
        )


def _let_run_out(akteur: Akteur, angebote: list[WeltAngebot], heute: date) -> None:
    """The licence of a house in another district ends soon: whoever keeps it is warned, and so are offices."""
    haus = next(a.einrichtung for a in angebote if a.einrichtung.kuerzel != "VG" and a.einrichtung.erlaubnis)
    with at_portal(akteur):
        erlaubnis = Betriebserlaubnis.objects.get(einrichtung=haus.id)
        update_erlaubnis(
            akteur=akteur,
            erlaubnis=erlaubnis,
            angaben={"letzter_tag": heute + LAEUFT_BALD_AB / 2},
            gelesen=Gelesen.of({"letzter_tag": None}),
        )


def _block(akteur: Akteur, plaetze: list[WeltPlatz], heute: date) -> None:
    """A room that is painted, and one that somebody will live in of whom no office here knows."""
    dauern = (
        (Zeitraum(heute, heute + timedelta(days=21)), "RENOVIERUNG", "Boden wird erneuert"),
        (Zeitraum(heute + timedelta(days=7), None), "BELEGT_AUSSERHALB", ""),
    )
    for platz, (zeitraum, grund, notiz) in zip(plaetze, dauern, strict=True):
        with at_portal(akteur):
            row = Platz.objects.get(pk=platz.id)
            create_sperre(akteur=akteur, platz=row, zeitraum=zeitraum, grund=grund, notiz=notiz)


def _propose(akteur: Akteur, welt: WeltAngebot, heute: date) -> None:
    """What the provider asks for from next summer on; the office has not decided."""
    ab = date(heute.year + 1, 7, 1)
    satz = Decimal(welt.satz_am(date.max)) / 100 * Decimal("1.03")
    grund = satz.quantize(Decimal("0.01")) - Decimal("9.80")
    with at_portal(akteur):
        submit_entgeltvorschlag(akteur=akteur, angebot=_row(welt), **_rate(str(grund), "9.80", ab, heute))


def _rate(grundleistung: str, investition: str, ab: date, vereinbart_am: date) -> dict[str, Any]:
    return {
        "grundleistung": Decimal(grundleistung),
        "investition": Decimal(investition),
        "sonderleistung": Decimal(0),
        "ab": ab,
        "vereinbart_am": vereinbart_am,
        "rechtsgrundlage": Rechtsgrundlage.P78B,
    }
