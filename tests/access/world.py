"""One person of every role, and a whole dyed story in each office: what the executed table and the crawler ask for.

Every text about a person carries a dye such as `FbVGn01x`: office, class, number of the person. Classes: k name, p PKZ,
f case number, n note of the office, v text that office and provider exchange. Numbers of a story, each with its case:

- 01 booked at provider A, in the hands of the ASD worker; service record and invoice
- 02 as 01, but in the hands of her neighbour (another team) and at provider B
- 03 reserved at A, nothing decided: the provider knows no name yet
- 04 reserved at A, consented; 05 booked at A, not begun

**A new route with an id in its path**: create the object in `_story` (a young person's), `_fill_account` (the account's
own) or `build_world` (shared), and put its id under the last fixed word of the path before the argument, for example
`"hilfeplaene": str(plan.pk)`.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from PIL import Image
from uuid6 import uuid7

from config.access_table import OTHER_OFFICE, STRANGER, Column, Route
from shared_apps.accounts.enums import AMT, ANBIETERSEITE, LAND, Rolle
from shared_apps.accounts.models import ApiToken, Faktor, Membership, Portalentwurf, User
from shared_apps.aufnahme.models import Aufnahmeantrag
from shared_apps.catalogue.models import Spezialisierung
from shared_apps.core.clock import now, real_now, today
from shared_apps.einlesen.models import Einlesezeile, Einlesung
from shared_apps.factors.siegel import seal_secret
from shared_apps.inbox.models import Hinweis
from shared_apps.journal.models import Supportzugriff
from shared_apps.members.models import Mitgliedschaftsantrag, Zugangsantrag
from shared_apps.occupancy.models import Aufnahmestopp, Platzsperre
from shared_apps.providers.models import (
    DOKUMENTE,
    Anbieter,
    Angebot,
    Ausnahme,
    Einrichtung,
    Entgeltvorschlag,
    Foto,
    Kontakt,
    Kontovorschlag,
    Stammdatenvorschlag,
    Vakanzmeldung,
)
from shared_apps.signin.services import create_api_token, create_sitzung, record_consent
from shared_apps.signin.session_store import SESSION_ROW
from tenant_apps.audit.models import Freigabe
from tenant_apps.billing.models import Leistungsnachweis, Rechnung
from tenant_apps.cases.models import AnvertrauteNotiz, Fallfreigabe
from tenant_apps.drafts.keeping import FLAG as DRAFTS
from tenant_apps.drafts.services import create_entwurf
from tenant_apps.placements.models import Nachtaufnahme, Reservierung, Suchauftrag
from tenant_apps.privacy.models import Feldvermerk, Loeschlauf
from tenant_apps.vorgaben.models import Vorgabewert
from tenants.context import in_tenant, on_portal
from tenants.crypto import seal
from tenants.door.middleware import find_tenant
from tenants.door.readiness import find_hindernis
from tenants.jobs import defer
from tenants.models import OnboardingLauf, Tenant
from tests.factories.anfragen import create_hausanfrage
from tests.factories.cases import create_hilfefall, create_klient
from tests.factories.foster import create_pflegegeldsatz, create_pflegestelle
from tests.factories.gespraeche import create_nachricht
from tests.factories.placements import create_buchung, create_fremdeinrichtung, create_reservierung
from tests.factories.register import create_angebot, create_einrichtung, period
from tests.people import Visitor, appoint, open_session
from tests.shared_apps.factors.steps import SECRET

PASSWORD = "Sonne-Wind-Regen-2026"
#: Dyes that exist, no others: among a hundred thousand random tokens one looks like a dye of an office nobody has.
OFFICES = ("VG", "HRO", "LHSN", "LUP", "NWM", "LRO", "VR", "MSE")
KINDS = "kpfnvbea"
DYE = re.compile(f"Fb({'|'.join(OFFICES)})([{KINDS}])(0[1-9])x".encode(), re.IGNORECASE)
_MEMBERSHIP_FIELDS = {f.name for f in Membership._meta.get_fields()}


def dye(kuerzel: str, kind: str, number: int) -> str:
    """The mark of one text about one person of one office.

    Kinds: k name, p PKZ, f case number, n reasons and notes of the office, v texts of the billing, b why a datum is
    disputed, e entrusted note (§ 65), a what houses are asked, without a name.
    """
    assert kuerzel in OFFICES and kind in KINDS and 0 < number < 10, "no crawl would look for this dye"
    return f"Fb{kuerzel}{kind}{number:02d}x"


@dataclass
class Person:
    """An account with one role, and where she is at home."""

    column: Column
    user: User
    office: str  # "" for providers and bodies of the state
    provider: str = ""  # A or B


@dataclass
class Office:
    """A tenant with the ids of its story: own for the person asked about, or by number."""

    tenant: Tenant
    own: dict[str, str] = field(default_factory=dict)
    neighbour: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """Its host name."""
        return f"{self.tenant.kuerzel.lower()}.localhost"


@dataclass
class World:
    """Offices, people, and shared objects."""

    offices: dict[str, Office] = field(default_factory=dict)
    people: dict[tuple[str, str], Person] = field(default_factory=dict)
    objects: dict[str, str] = field(default_factory=dict)
    tokens: dict[tuple[UUID, str], str] = field(default_factory=dict)  # by person and host
    personal: dict[UUID, dict[str, str]] = field(default_factory=dict)  # ids of what is each person's own
    trail: dict[str, str] = field(default_factory=dict)

    def person(self, column: Column, office: str) -> Person | None:
        """Who stands for a column of the table at this office (strangers: None)."""
        if column is STRANGER:
            return None
        if column is OTHER_OFFICE:
            other = next(k for k in self.offices if k != office)
            return self.people[other, Rolle.ASD.value]
        return self.people.get((office, column.key)) or self.people["", column.key]


def _user(name: str) -> User:
    return User.objects.create_user(
        username=name, password=PASSWORD, vorname="Test", nachname=name.title(), email=f"{name}@example.org"
    )


def create_person(
    column: Column,
    *,
    tenant: Tenant | None = None,
    provider: str = "",
    anbieter: Anbieter | None = None,
    einrichtung: Einrichtung | None = None,
    suffix: str = "",
) -> Person:
    """An account with exactly one membership: the role of the column."""
    rolle = column.rolle
    assert rolle
    where = tenant.kuerzel.lower() if tenant else provider.lower() or "land"
    user = _user(f"{where}-{column.key.lower()}{suffix}")
    fields: dict[str, object] = {"user": user, "rolle": rolle, "gueltig_ab": date(2015, 1, 1)}
    if rolle in AMT:
        fields |= {"tenant": tenant, "team": f"Team{suffix}"}
    elif rolle in ANBIETERSEITE:
        assert anbieter
        fields["anbieter_id"] = anbieter.pk
        if rolle == Rolle.EINRICHTUNG and einrichtung and "einrichtung_id" in _MEMBERSHIP_FIELDS:
            fields["einrichtung_id"] = einrichtung.pk
        if column.is_admin_of_provider:
            fields["verwaltet"] = True
    elif rolle in LAND:
        fields["koerperschaft"] = rolle.value
    if rolle in {Rolle.PRUEFUNG, Rolle.RUFBEREITSCHAFT}:
        fields |= {"gueltig_ab": today() - timedelta(days=1), "gueltig_bis": today() + timedelta(days=30)}
    appoint(**fields)
    record_consent(user=user, textversion=settings.DATENSCHUTZ_TEXTVERSION, tenant=None)
    return Person(column, user, tenant.kuerzel if tenant and rolle in AMT else "", provider)


def sign_in(person: Person, host: str) -> Client:
    """A client with a session of that host, as a sign-in and some pages leave it."""
    client = Visitor(SERVER_NAME=host, raise_request_exception=False)
    known: dict[str, object] = {
        SESSION_ROW: str(create_sitzung(user=person.user, tenant=_tenant_at(host), geraet="Test").pk),
        "sojus_faktor": "app",
        "sojus_bestaetigt": now().timestamp(),  # and has just shown again that it is she
        # No request has to note that she is still there (once a minute) or has drafts: where everything is taken back
        # after each request, each would note it again.
        "sojus_started": real_now().timestamp(),
        "sojus_seen": (real_now() + timedelta(days=1)).timestamp(),
        DRAFTS: True,
    }
    open_session(client, person.user, **known)
    return client


def _tenant_at(host: str) -> Tenant | None:
    """The office of a host; None: the portal."""
    kuerzel = host.partition(".")[0]
    return None if kuerzel == "portal" else Tenant.objects.get(schema_name=kuerzel)


def _picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(file, "PNG")
    return file.getvalue()


#: What a kind of document must say beside its day and its PDF.
PAPER = {"nummer": "1", "plaetze": 12}


def _stammdaten(einrichtung: Einrichtung) -> Stammdatenvorschlag:
    """Another name that waits, of a provider in each district where it works; one at a time waits, the others did."""
    anbieter = einrichtung.anbieter
    author = User.objects.get_or_create(username="stammdaten", defaults={"password": "!", "nachname": "Stamm"})[0]
    with on_portal(anbieter_ids=[anbieter.pk]):
        Stammdatenvorschlag.objects.filter(anbieter=anbieter, zustand="VORGESCHLAGEN").update(
            zustand="ZURUECKGEZOGEN", entschieden_von=author, entschieden_at=now()
        )
        return Stammdatenvorschlag.objects.create(
            anbieter=anbieter, gebietskoerperschaft=einrichtung.gebietskoerperschaft, name=f"{anbieter.name} neu",
            bisher={"name": anbieter.name}, begruendung="Umbenannt", vorgeschlagen_von=author,
        )  # fmt: skip


def _konto(einrichtung: Einrichtung) -> Kontovorschlag:
    """An account that waits for the office of its district, entered by somebody whom nobody of the table is; one at a
    time waits, the others did."""
    anbieter = einrichtung.anbieter
    with on_portal(anbieter_ids=[anbieter.pk]):
        for there in Kontovorschlag.objects.filter(anbieter=anbieter, zustand="VORGESCHLAGEN"):
            there.zustand, there.entschieden_von_id = "ZURUECKGEZOGEN", there.vorgeschlagen_von_id
            there.entschieden_at = now()
            there.save()
    name = f"kasse-{anbieter.pk.hex[-6:]}"
    kasse = User.objects.filter(username=name).first()
    if kasse is None:
        kasse = _user(name)
        appoint(user=kasse, anbieter_id=anbieter.pk, rolle=Rolle.ANBIETER_ABRECHNUNG, gueltig_ab=date(2015, 1, 1))
    frist = real_now() + timedelta(days=14)
    with on_portal(anbieter_ids=[anbieter.pk]):
        return Kontovorschlag.objects.create(
            anbieter=anbieter, iban="DE02120300000000202051", inhaber="Test", vorgeschlagen_von=kasse, gilt_bis=frist,
            gebietskoerperschaft=einrichtung.gebietskoerperschaft,
        )  # fmt: skip


def _register(kuerzel: str, anbieter: Anbieter) -> tuple[Angebot, dict[str, str]]:
    """A facility of a provider in a district with an offer, documents, a picture."""
    einrichtung = create_einrichtung(anbieter=anbieter, kreis=kuerzel)
    angebot = create_angebot(einrichtung=einrichtung, plaetze=12, entgelt="88.00")
    pdf = {"einrichtung": einrichtung, "datum": date(2026, 1, 1)}
    papers = {}
    for kind, model in DOKUMENTE.items():
        own = {field.name for field in model._meta.fields}
        there = model.objects.filter(einrichtung=einrichtung).first()  # the offer came with its licence
        papers[kind] = there or model(**pdf, **{name: value for name, value in PAPER.items() if name in own})
        papers[kind].datei.save("x.pdf", ContentFile(b"%PDF-1.4\n%%EOF\n"), save=True)
    ausnahme = Ausnahme.objects.create(
        einrichtung=einrichtung, aktenzeichen="1", datum=date(2026, 1, 1), plaetze_mehr=1, grund="Umbau",
        gueltig=(date(2026, 1, 1), date(2199, 1, 1)),
    )  # fmt: skip
    kontakt = Kontakt.objects.create(einrichtung=einrichtung, funktion="LEITUNG", telefon="03834 1", ist_notruf=True)
    foto = Foto(einrichtung=einrichtung, titel="Haus", alternativtext="Ein weißes Quadrat")
    foto.datei.save("x.png", ContentFile(_picture()), save=True)
    gestern, morgen = today() - timedelta(days=1), today() + timedelta(days=1)
    author = User.objects.get_or_create(username="entgelte", defaults={"password": "!", "nachname": "Entgelte"})[0]
    vorschlag = Entgeltvorschlag.objects.create(
        angebot=angebot, grundleistung="90.00", ab=morgen, vereinbart_am=gestern, rechtsgrundlage="78b",
        vorgeschlagen_von=author,
    )  # fmt: skip
    with in_tenant(Tenant.objects.get(kuerzel=kuerzel)):
        meldung = Vakanzmeldung.objects.create(
            mandant=kuerzel.lower(), angebot=angebot, tag=gestern, grund="BELEGT", gemeldet_at=now()
        )
    spaeter = {"zeitraum": DateRange(date(2035, 1, 1), None), "geaendert_von": author, "geaendert_at": now()}
    konto, stammdaten = _konto(einrichtung), _stammdaten(einrichtung)
    with on_portal(anbieter_ids=[anbieter.pk]):
        platz = angebot.plaetze.get(nummer=12)
        sperre = Platzsperre.objects.create(platz=platz, grund="SONSTIGES", **spaeter)
        stopp = Aufnahmestopp.objects.create(angebot=angebot, grund="PERSONAL", **spaeter)
    return angebot, {
        "kontakte": str(kontakt.pk),
        "stammdaten": str(stammdaten.pk),
        "stammdatenvorschlaege": str(stammdaten.pk),
        "entgeltvorschlaege": str(vorschlag.pk),
        "konten": str(konto.pk),
        "plaetze": str(platz.pk),
        "sperren": str(sperre.pk),
        "aufnahmestopps": str(stopp.pk),
        "entgelte": str(vorschlag.pk),
        "entwicklung": str(angebot.pk),
        "meldungen": str(meldung.pk),
        "anbieter": str(anbieter.pk),
        "eigene": str(anbieter.pk),
        "einrichtungen": str(einrichtung.pk),
        "angebote": str(angebot.pk),
        "dokumente pk": str(papers["betriebserlaubnis"].pk),
        "providers:end_paper kind": "leistungsbeschreibung",
        "providers:end_paper pk": str(papers["leistungsbeschreibung"].pk),
        "erlaubnisse": str(papers["betriebserlaubnis"].pk),
        "ausnahmen": str(ausnahme.pk),
        "fotos": str(foto.pk),
        "bilder": str(foto.pk),
        "providers:create_paper kind": "leistungsbeschreibung",
        "api-neues-dokument kind": "leistungsbeschreibung",
        "api-dokument-beenden kind": "leistungsbeschreibung",
        "api-dokument-beenden uuid": str(papers["leistungsbeschreibung"].pk),
        "dokumente": str(papers["betriebserlaubnis"].pk),
        "passkey": "1",
        "sicherheit": "1",
        "password_new uid": "x",
        "password_new token": "x-x",
        "anbieter_werden_antrag token": "x",
    }


def _case(kuerzel: str, number: int, fachkraft: User, team: str):
    klient = create_klient(
        vorname=dye(kuerzel, "k", number),
        nachname=dye(kuerzel, "k", number),
        pkz=dye(kuerzel, "p", number),
        geburtsdatum=date(2014, 3, number),
    )
    return create_hilfefall(fachkraft_id=fachkraft.pk, klient=klient, fallnummer=dye(kuerzel, "f", number), team=team)


def _story(kuerzel: str, number: int, fachkraft: User, team: str, angebot: Angebot) -> dict[str, str]:
    """A booked young person with a month of service and its invoice. Returns ids by the word of the path."""
    fall = _case(kuerzel, number, fachkraft, team)
    note = dye(kuerzel, "n", number)
    buchung = create_buchung(
        fachkraft_id=fachkraft.pk,
        angebot=angebot,
        hilfefall=fall,
        zustand="LAUFEND",
        zeitraum=period("2026-03-01", "2027-02-28"),
        rueckzug_grund=note,
        begruendung=note,
    )
    vermerk = buchung.reservierung.auswahlvermerk
    nachweis = Leistungsnachweis.objects.create(
        buchung=buchung,
        monat=date(2026, 9, 1),
        tage=list(range(1, 31)),
        bemerkung=dye(kuerzel, "v", number),
        erfasst_von_id=fachkraft.pk,
        zustand="EINGEREICHT",
        eingereicht_at=now(),
    )
    rechnung = Rechnung.objects.create(
        leistungsnachweis=nachweis,
        buchung=buchung,
        anbieter_id=buchung.anbieter_id,
        nummer=f"R-{kuerzel}-{number}",
        monat=nachweis.monat,
        betrag=Decimal("2640.00"),
        eingereicht_at=now(),
        eingereicht_von_id=fachkraft.pk,
        beanstandung=dye(kuerzel, "v", number),
    )
    nacht = Nachtaufnahme.objects.create(
        klient_id=fall.klient_id, hilfefall=fall, reservierung_id=buchung.reservierung_id, alter=9,
        tag=date(2026, 3, 1), faellig_am=date(2026, 3, 2),
    )  # fmt: skip
    auftrag = Suchauftrag.objects.create(
        suche_id=vermerk.suche_id, fachkraft_id=fachkraft.pk, gilt_bis=date(2027, 2, 28), neu=[buchung.angebot_id],
        geprueft_at=now(),
    )  # fmt: skip
    nachricht = create_nachricht(buchung, verfasser_id=fachkraft.pk, text=dye(kuerzel, "v", number), nach_buchung=True)
    vermerk_am_feld = Feldvermerk.objects.create(
        klient_id=fall.klient_id,
        feld="vorname",
        art="BESTRITTEN",
        grund=dye(kuerzel, "b", number),
        erfasst_von_id=fachkraft.pk,
    )
    haus = create_hausanfrage(
        hilfefall=fall, angebot=angebot, bedarf=dye(kuerzel, "a", number), suche_id=vermerk.suche_id
    )
    return {
        "anfragen": str(haus.anfrage_id),
        "haeuser": str(haus.pk),
        "hausanfragen": str(haus.pk),
        "neu": str(vermerk.suche_id),
        "personen": str(fall.klient_id),
        "vermerke": str(vermerk_am_feld.pk),
        "auskunft": "json",
        "klienten": str(fall.klient_id),
        "hilfefaelle": str(fall.pk),
        "hze-auswahl": str(vermerk.suche_id),
        "suchen": str(vermerk.suche_id),
        "auswahlvermerke": str(vermerk.pk),
        "reservierungen": str(buchung.reservierung_id),
        "suchauftraege": str(auftrag.pk),
        "heute-nacht": str(nacht.pk),
        "vorgaenge": str(buchung.platzbindung_id),
        "rueckfragen": str(nachricht.gespraech_id),
        "zu": str(buchung.platzbindung_id),
        "buchungen": str(buchung.pk),
        "nachweise": str(nachweis.pk),
        "rechnungen": str(rechnung.pk),
    }


def _hint(row: Reservierung, tenant: Tenant) -> None:
    Hinweis.objects.create(
        mandant=tenant.schema_name, anbieter_id=row.anbieter_id, art="RESERVIERUNG_NEU", objekt_id=row.pk,
        angebot_id=row.angebot_id, hilfeart_id=row.hilfeart_id,
    )  # fmt: skip


def _case_extras(tenant: Tenant, number: int, fall: str, fachkraft: User, empfaenger: User) -> dict[str, str]:
    """An entrusted note of the worker in charge and an audit's exception that ran out. The database asks who acts."""
    with in_tenant(tenant, user_id=fachkraft.pk):
        notiz = AnvertrauteNotiz(hilfefall_id=fall, verfasser_id=fachkraft.pk)
        notiz.text = seal(f"{dye(tenant.kuerzel, 'e', number)} anvertraut", context=notiz.siegel)
        notiz.save(force_insert=True)
        freigabe = Fallfreigabe.objects.create(
            hilfefall_id=fall, user_id=empfaenger.pk, art="PRUEFUNG", grund="Prüfung des Vorjahres",
            erteilt_von_id=fachkraft.pk, gueltig_ab=today() - timedelta(days=9),
            gueltig_bis=today() - timedelta(days=2),
        )  # fmt: skip
    return {"anvertraut": str(notiz.pk), "freigaben": str(freigabe.pk)}


def _fill_office(world: World, tenant: Tenant, angebote: dict[str, Angebot], shared: dict[str, str]) -> Office:
    kuerzel = tenant.kuerzel
    asd = world.people[kuerzel, Rolle.ASD.value].user
    nachbarin = world.people[kuerzel, "NACHBARIN"].user
    office = Office(tenant)
    with in_tenant(tenant):
        own = _story(kuerzel, 1, asd, "Team", angebote["A"])
        office.neighbour = _story(kuerzel, 2, nachbarin, "Team2", angebote["B"])
        offen = create_reservierung(
            fachkraft_id=asd.pk, angebot=angebote["A"], hilfefall=_case(kuerzel, 3, asd, "Team"),
            rueckzug_grund=dye(kuerzel, "n", 3),
        )  # fmt: skip
        zugestimmt = create_reservierung(
            fachkraft_id=asd.pk, angebot=angebote["A"], hilfefall=_case(kuerzel, 4, asd, "Team"), zustand="ZUGESTIMMT"
        )
        gehalten = Nachtaufnahme.objects.create(  # what is booked is exchanged no more
            klient_id=zugestimmt.klient_id, hilfefall_id=zugestimmt.hilfefall_id, reservierung=zugestimmt, alter=9,
            tag=date(2026, 3, 1), faellig_am=date(2026, 3, 2),
        )  # fmt: skip
        gebucht = create_buchung(fachkraft_id=asd.pk, angebot=angebote["A"], hilfefall=_case(kuerzel, 5, asd, "Team"))
        ausserhalb = create_fremdeinrichtung(name=f"Haus {kuerzel}", eingetragen_von_id=asd.pk)
        stelle = create_pflegestelle(eingetragen_von_id=asd.pk, kennzeichen=f"PS-1-{kuerzel}")
        satz = create_pflegegeldsatz(eingetragen_von_id=asd.pk)
        loeschlauf = Loeschlauf.objects.create(stichtag=date(2026, 9, 1), erstellt_von_id=asd.pk)
    own["ausserhalb"] = str(ausserhalb.pk)
    own |= {"pflegestellen": str(stelle.pk), "pflegegeld": str(satz.pk)}
    own["loeschlaeufe"] = str(loeschlauf.pk)
    own |= _case_extras(office.tenant, 1, own["hilfefaelle"], asd, nachbarin)
    office.neighbour |= _case_extras(office.tenant, 2, office.neighbour["hilfefaelle"], nachbarin, asd)
    own["cases:hand_over_several uuid"] = str(asd.pk)
    office.neighbour["cases:hand_over_several uuid"] = str(nachbarin.pk)
    own["reservierungen"] = str(offen.pk)
    for name in ("placements:book", "api-buchen"):
        own[f"{name} uuid"] = str(zugestimmt.pk)
    own["placements:nacht_anderer_platz uuid"] = str(gehalten.pk)
    for name in ("placements:begin", "placements:cancel"):
        own[f"{name} uuid"] = str(gebucht.pk)
    own["api-reservierung-beenden uuid"] = str(gebucht.reservierung_id)
    office.own = shared | own | {"kuerzel": kuerzel, "gebietskoerperschaften": kuerzel, "weiter": kuerzel}
    return office


def _zugangsantrag(**fields: object) -> str:
    antrag = Zugangsantrag.objects.create(
        vorname="Ute",
        nachname="Neu",
        email="neu@example.org",
        begruendung="neu",
        zustand="OFFEN",
        bestaetigt_at=now(),
        expires_at=now(),
        token_hash=uuid7().hex,
        **fields,
    )
    return str(antrag.pk)


def _members_of_office(tenant: Tenant) -> dict[str, str]:
    """A colleague whom nobody of the table is, a proposal about her, a request for access."""
    kz = tenant.kuerzel.lower()
    user, proposer = _user(f"{kz}-mitglied"), _user(f"{kz}-vorschlag")
    rolle = Membership.objects.create(user=user, tenant=tenant, rolle=Rolle.AUSSCHUSS, gueltig_ab=date(2015, 1, 1))
    antrag = Mitgliedschaftsantrag.objects.create(
        user=user,
        tenant=tenant,
        rolle=Rolle.TEAMLEITUNG,
        gueltig_ab=today(),
        begruendung="neu",
        beantragt_von=proposer,
    )
    found = {f"members:{name} pk": str(user.pk) for name in ("detail", "grant", "reinvite")}
    found |= {f"members:{name} pk": str(rolle.pk) for name in ("end", "deputy")}
    zugang = _zugangsantrag(ziel="AMT", tenant=tenant, rolle=Rolle.ASD)
    found["aufnahme:detail pk"] = _aufnahmeantrag(tenant, proposer)
    verwaist = create_einrichtung(anbieter=f"Ohne Verwaltung {tenant.kuerzel} e. V.", kreis=tenant.kuerzel)
    found["aufnahme:first_admin pk"] = str(verwaist.anbieter_id)
    return found | {"members:antrag pk": str(antrag.pk), "members:zugang pk": zugang}


def _aufnahmeantrag(tenant: Tenant, author: User) -> str:
    """A provider that somebody of the office has entered; whoever is in the table may be the second person."""
    with on_portal():
        antrag = Aufnahmeantrag.objects.create(
            name=f"Neuer Anbieter {tenant.kuerzel}",
            rechtsform="e. V.",
            anerkennung="KEINE",
            steuerstatus="GEMEINNUETZIG",
            einrichtungen=[{"name": "Haus Neu", "kreis": tenant.kuerzel, "strasse": "", "plz": "", "ort": ""}],
            vorname="Nele",
            nachname="Neu",
            person_email=f"nele-{tenant.kuerzel.lower()}@example.org",
            tenant=tenant,
            zustand="GEPRUEFT",
            vorgeschlagen_von=author,
            vorgeschlagen_at=now(),
        )
    return str(antrag.pk)


def _members_of_portal(anbieter: Anbieter) -> dict[str, str]:
    """The same for a provider and for the operator, and a provider whom nobody administers."""
    user, proposer = _user("a-mitglied"), _user("land-vorschlag")
    rolle = appoint(user=user, anbieter_id=anbieter.pk, rolle=Rolle.ANBIETER, gueltig_ab=date(2015, 1, 1))
    antrag = Mitgliedschaftsantrag.objects.create(
        user=user,
        koerperschaft="MINISTERIUM",
        rolle=Rolle.MINISTERIUM,
        gueltig_ab=today(),
        begruendung="neu",
        beantragt_von=proposer,
    )
    # Only the administration has left: everybody else there goes on working, and is crawled like the other offices.
    verwaist = Tenant.objects.get(kuerzel="LHSN")
    Membership.objects.filter(tenant=verwaist, rolle=Rolle.TENANT_ADMIN).update(gueltig_bis=today())
    found = {f"provider_members:{name} pk": str(user.pk) for name in ("detail", "grant", "reinvite")}
    return found | {
        "provider_members:end pk": str(rolle.pk),
        "provider_members:zugang pk": _zugangsantrag(ziel="ANBIETER", organisation=anbieter.name, rolle=Rolle.ANBIETER),
        "operators:antrag pk": str(antrag.pk),
        "operators:zugang pk": _zugangsantrag(ziel="LAND", rolle=Rolle.MINISTERIUM),
        "operators:tenant_admin pk": str(verwaist.pk),
        "operators:anbieter pk": str(Anbieter.objects.create(name="Anbieter ohne Verwaltung").pk),
    }


def _fill_account(world: World, tenants: dict[str, Tenant], user: User) -> None:
    """Keys for every host, a session elsewhere, a draft in every office and on the portal."""
    for tenant in (None, *tenants.values()):
        host = f"{tenant.kuerzel.lower()}.localhost" if tenant else "portal.localhost"
        world.tokens[user.pk, host] = create_api_token(user=user, tenant=tenant)
        if tenant:
            with in_tenant(tenant, user_id=user.pk):
                felder = {"grund": ["angefangen"]}
                entwurf = create_entwurf(user_id=user.pk, pfad="/faelle/", seite="/faelle/", felder=felder)
                assert entwurf
            world.personal.setdefault(user.pk, {}).setdefault("entwuerfe", str(entwurf.pk))
    with on_portal(user_id=user.pk):
        there = create_entwurf(user_id=user.pk, pfad="/eingang/", seite="/eingang/", felder={"grund": ["angefangen"]})
        assert there  # the route is the same at every host, so its object carries the same id at every host
        Portalentwurf.objects.filter(pk=there.pk).update(id=world.personal[user.pk]["entwuerfe"])
    key = user.api_tokens.order_by("created_at").first()
    sitzung = create_sitzung(user=user, tenant=None, geraet="Firefox auf Windows")
    app = Faktor.objects.create(user=user, art="totp", data={"secret": seal_secret(SECRET, user_id=user.pk)})
    world.personal[user.pk] |= {
        "schluessel": str(key.pk),
        "sitzungen": str(sitzung.pk),
        "sicherheit": str(app.pk),
        "passkey": "0",  # nobody has one: only a browser can make it
    }


def _fill_trail(world: World, tenant: Tenant) -> dict[str, str]:
    """The data protection officer may read the trail, one more request waits; the operator may look."""
    kuerzel, soon = tenant.kuerzel, now() + timedelta(hours=2)
    dsb = world.people[kuerzel, Rolle.DATENSCHUTZ.value].user.pk
    leitung = world.people[kuerzel, Rolle.JUGENDAMTSLEITUNG.value].user.pk
    betrieb = world.people["", Rolle.BETRIEB.value].user.pk
    with in_tenant(tenant, user_id=dsb):
        valid, waits = (
            Freigabe.objects.create(vorgang="PROTOKOLL_LESEN", grund="Beschwerde", beantragt_von=dsb) for _ in "12"
        )
    with on_portal(user_id=betrieb):
        look = Supportzugriff.objects.create(
            mandant=tenant.schema_name, ticket="T-1", grund="Suche nach einem Fehler", beantragt_von=betrieb
        )
    with in_tenant(tenant, user_id=leitung):
        decided = {"zustand": "BEWILLIGT", "entschieden_von": leitung, "entschieden_at": now(), "gueltig_bis": soon}
        Freigabe.objects.filter(pk=valid.pk).update(**decided)
        Supportzugriff.objects.filter(pk=look.pk).update(**decided)
    world.trail.setdefault("journal:look pk", str(look.pk))
    with in_tenant(tenant, user_id=dsb):
        wert = Vorgabewert.objects.create(
            vorgabe="privacy.einschraenkung_jahre", gueltig_ab=today(), wert=2, grund="Konzept", user_id=dsb,
            user_name="Datenschutz",
        )  # fmt: skip
    return {
        "audit:decide pk": str(waits.pk), "audit:support_decide pk": str(look.pk), "vorgaben:grant pk": str(wert.pk),
    }  # fmt: skip


def build_world(columns: tuple[Column, ...], kuerzel: tuple[str, ...] = ("VG", "HRO")) -> World:
    """Everything, in the transaction or database that is open now. Clear the cache afterwards."""
    world = World()
    tenants = {k: Tenant.objects.get(kuerzel=k) for k in kuerzel}
    anbieter = {p: Anbieter.objects.create(name=f"Anbieter {p} der Welt") for p in "AB"}
    register = {(k, p): _register(k, anbieter[p]) for k in kuerzel for p in "AB"}
    home = kuerzel[0]
    einrichtung = {p: Einrichtung.objects.get(pk=register[home, p][1]["einrichtungen"]) for p in "AB"}
    for column in columns:
        if column.rolle is None:
            continue
        if column.rolle in AMT:
            for k, tenant in tenants.items():
                world.people[k, column.key] = create_person(column, tenant=tenant)
        elif column.rolle in ANBIETERSEITE:
            for p in "AB":
                person = create_person(column, provider=p, anbieter=anbieter[p], einrichtung=einrichtung[p])
                world.people["" if p == "A" else "B", column.key] = person
        else:
            world.people["", column.key] = create_person(column)
    asd = next(column for column in columns if column.rolle == Rolle.ASD)
    for k, tenant in tenants.items():
        world.people[k, "NACHBARIN"] = create_person(asd, tenant=tenant, suffix="2")
        angebote = {p: register[k, p][0] for p in "AB"}
        world.offices[k] = _fill_office(world, tenant, angebote, register[k, "A"][1])
        world.offices[k].own |= _fill_trail(world, tenant)
    for k, tenant in tenants.items():
        world.offices[k].own |= _members_of_office(tenant)
    with on_portal(user_id=world.people["", Rolle.BETRIEB.value].user.pk):  # only who operates may order
        lauf = OnboardingLauf.objects.create(id=uuid7(), kuerzel="NEU")
        nr = defer("accounts.send_mail", mail_id=str(uuid7()))
    invited = User.objects.create_user(username="erste-verwaltung", password=None, nachname="Erste")
    appoint(
        user=invited, rolle=Rolle.ANBIETER, verwaltet=True, gueltig_ab=today(),
        anbieter_id=Anbieter.objects.create(name="Anbieter einer ersten Einladung").pk,
    )  # fmt: skip
    world.trail.setdefault("operators:einladung pk", str(invited.pk))
    listen = _listen(world, tenants)
    world.objects = (
        world.trail
        | {
            "onboarding": str(lauf.pk),
            "auftraege": str(nr),
            "jugendaemter": home,
            "kennzahlen": "fallzahlen",
            "dokumente kind": "betriebserlaubnis",
            "katalog": "spezialisierungen",
            "catalogue:edit pk": str(Spezialisierung.objects.get(code="trauma").pk),
            "catalogue:end pk": str(Spezialisierung.objects.get(code="trauma").pk),
            "einlesen": listen[""],
            "jahr": "2026",
            "monat": "9",
            "ansatz": "2026",
            "hilfeart": "S34",
            "vorgaben": "placements.reservierung_tage",
            "uid": "x",
            "token": "x",
        }
        | _members_of_portal(anbieter["A"])
    )
    for person in {id(p): p for p in world.people.values()}.values():
        _fill_account(world, tenants, person.user)
    world.personal[world.people["", Rolle.BETRIEB.value].user.pk]["einlesen"] = listen[""]
    office_key = ApiToken.objects.filter(tenant=tenants[home]).first()
    assert office_key
    world.objects["office_key_revoke pk"] = str(office_key.pk)
    return world


def _listen(world: World, tenants: dict[str, Tenant]) -> dict[str, str]:
    """A list of each office and one of the operator, on their way: somebody who is gone has handed them in."""
    found = {}
    author = User.objects.create_user(username="listen", password=None, nachname="Listen")
    for kuerzel, tenant in [("", None), *tenants.items()]:
        einlesung = Einlesung.objects.create(
            tenant=tenant, dateiname="liste.csv", kopf=["Träger-Nr."], zuordnung={"anbieter_nr": 0}, anzahl=1,
            eingereicht_von=author,
        )  # fmt: skip
        Einlesezeile.objects.create(einlesung=einlesung, nummer=2, werte=["T-1"])
        found[kuerzel] = str(einlesung.pk)
        if kuerzel:
            world.offices[kuerzel].own["einlesen"] = str(einlesung.pk)
    return found


def known_offices(world: World) -> dict[str, object]:
    """What every process keeps in its cache for half a minute: which office a host is, and that it can be served."""
    known: dict[str, object] = {}
    for office in world.offices.values():
        known[f"tenants.host.{office.host}"] = find_tenant(office.host)
        known[f"tenants.hindernis.{office.tenant.schema_name}"] = find_hindernis(office.tenant)
    assert set(cache.get_many(known)) == set(known), "the keys have other names"
    return known


class UnknownObject(KeyError):
    """A route with an id in its path for which the world has no object."""


def _lookup(sources: list[dict[str, str]], names: list[str]) -> str | None:
    return next((source[name] for name in names for source in sources if name in source), None)


def fill(route: Route, world: World, *, office: Office, user: User | None, neighbour: bool = False) -> str:
    """The path of a route with ids of real rows that belong to the office (or to the neighbour in it)."""
    values: dict[str, str] = {}
    word = ""
    sources = [office.own, world.objects]
    if neighbour:
        sources[:1] = [office.neighbour, {name: v for name, v in office.own.items() if not name.endswith(" uuid")}]
    if user is not None:
        sources.insert(0, world.personal[user.pk])
    for segment in route.path.split("/"):
        match = re.fullmatch(r"<(?:\w+:)?(\w+)>", segment)
        if not match:
            word = segment or word
            continue
        name = match[1]
        value = _lookup(sources, [f"{route.name} {name}", f"{word} {name}", name, word])
        if value is None and user is None and any(word in own for own in world.personal.values()):
            value = str(UUID(int=0)) if "uuid" in segment else "0"
        if value is None:
            raise UnknownObject(
                f"/{route.path} ({route.name}): no object for <{name}>. Create one in tests/access/world.py (`_story`: "
                "a young person's; `_fill_account`: the account's own; `build_world`: shared by all) and return its "
                f'id as "{word}".'
            )
        values[name] = value
    return route.fill(values)


def is_of_a_person(route: Route) -> bool:
    """Whether an argument of the path names a row of a tenant schema."""
    words = {segment for segment in route.path.split("/") if segment and "<" not in segment}
    return "<uuid" in route.path and bool(words & PERSONAL_WORDS)


#: Words of a path whose ids are in a tenant schema (keys of `_story`).
PERSONAL_WORDS = {
    "personen",
    "vermerke",
    "loeschlaeufe",
    "klienten", "hilfefaelle", "hze-auswahl", "suchen", "auswahlvermerke", "reservierungen", "buchungen", "nachweise",
    "rechnungen", "vorgaenge", "heute-nacht", "suchauftraege", "rueckfragen", "zu",
}  # fmt: skip
