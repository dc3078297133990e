"""The rows of the office: person, case, search, Auswahlvermerk, reservation, booking, trail."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model

from deploy.demo.world import vokabular
from deploy.demo.world.faelle.amt import Amt
from deploy.demo.world.faelle.preise import preis, soll
from deploy.demo.world.faelle.vorgang import Momente, WeltVorgang
from deploy.demo.world.werkzeug import EIN_TAG
from shared_apps.accounts.enums import Rolle
from shared_apps.providers.models import Geschlecht
from tenant_apps.audit.models import Aktion
from tenant_apps.cases.models import KlientGeschlecht
from tenant_apps.cases.states import HilfefallZustand
from tenant_apps.placements import rules
from tenant_apps.placements.enums import Ablehnungsgrund, Beendigungsgrund, Reichweite, Vorgang
from tenant_apps.placements.search.selectors.vermerk import compute_ersparnis
from tenant_apps.placements.states import BUCHUNG_ABRECHENBAR, BUCHUNG_LEBEND, BuchungZustand, ReservierungZustand

_ZEICHEN = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_ABLEHNUNG = (Ablehnungsgrund.GRUPPE_PASST_NICHT, Ablehnungsgrund.PERSONAL, Ablehnungsgrund.BEDARF_PASST_NICHT)
_VOM_ANBIETER_ENTSCHIEDEN = frozenset(
    {ReservierungZustand.ZUGESTIMMT, ReservierungZustand.ABGELEHNT, ReservierungZustand.GEBUCHT}
)
#: What has become of the case, by its booking.
_FALL = {
    BuchungZustand.GEBUCHT: HilfefallZustand.LAUFEND,
    BuchungZustand.LAUFEND: HilfefallZustand.LAUFEND,
    BuchungZustand.BEENDET: HilfefallZustand.ABGESCHLOSSEN,
    BuchungZustand.ABGEBROCHEN: HilfefallZustand.ABGESCHLOSSEN,
    BuchungZustand.STORNIERT: HilfefallZustand.OFFEN,
}


class Reihen(Amt):
    """Says each row of what was drawn."""

    def _fall_row(self, v: WeltVorgang, nummer: int) -> dict:
        assert v.gesucht and v.asd
        fachkraft, _, team = v.asd
        return {
            "id": v.ids["hilfefall"],
            "created_at": v.gesucht,
            "fallnummer": f"{self.kz}-{v.gesucht.year}-{nummer:05d}",
            "klient_id": v.ids["klient"],
            "fachkraft_id": fachkraft,
            "team": team,
            "zustand": _FALL[v.buchung] if v.buchung else HilfefallZustand.OFFEN,
        }

    def _suche_of(self, v: WeltVorgang) -> dict:
        """The search that led to it, with its counts."""
        assert v.gesucht and v.asd
        eigene = v.angebot.einrichtung.kuerzel == self.kz
        return self._suche_row(v.ids["suche"], v.gesucht, v.asd[0], v.angebot.art, v.beginn, v.ende, v.stunden) | {
            "klient_id": v.ids["klient"],
            "hilfefall_id": v.ids["hilfefall"],
            "reichweite": Reichweite.EIGENE if eigene else Reichweite.NACHBARN,
            "geschlecht": v.geschlecht,
            "alter": v.alter,
            "angebote_gesamt": len(v.liste),
            "angebote_verfuegbar": sum(zeile.verfuegbar for zeile in v.liste),
        }

    def _gemeinsam(self, v: WeltVorgang) -> dict:
        """What a booking takes over from its reservation."""
        haus = v.angebot.einrichtung
        return {
            "hilfefall_id": v.ids["hilfefall"],
            "klient_id": v.ids["klient"],
            "hilfeart_id": self.markt.hilfearten[v.angebot.art].pk,
            "anbieter_id": haus.anbieter.id,
            "einrichtung_id": haus.id,
            "angebot_id": v.angebot.id,
            "platzbindung_id": v.ids["bindung"],
            "soll_kosten": soll(preis(v.angebot, v.beginn, v.ende, v.stunden)[2]),
            "ist_auswaertig": rules.ist_auswaertig(haus.ags, self.tenant.ags[:5]),
            "zeitraum": DateRange(v.beginn, v.ende),
        }

    def _reservierung_row(self, v: WeltVorgang, suche: dict, momente: Momente) -> dict:
        satz, menge, exakt = preis(v.angebot, v.beginn, v.ende, v.stunden)
        entschieden = v.zustand in _VOM_ANBIETER_ENTSCHIEDEN
        abgelehnt = v.zustand == ReservierungZustand.ABGELEHNT
        zurueckgezogen = v.zustand == ReservierungZustand.ZURUECKGEZOGEN
        return self._gemeinsam(v) | {
            "id": v.ids["reservierung"],
            "created_at": momente.gewaehlt,
            "auswahlvermerk_id": v.ids["vermerk"],
            "suche_id": v.ids["suche"],
            "platz_id": v.platz.id,
            "pseudonym": self._pseudonym(),
            "alter_bei_beginn": v.alter,
            "menge": menge,
            "tage_je_woche": suche["tage_je_woche"],
            "stunden_je_woche": suche["stunden_je_woche"],
            "tagesentgelt": satz,
            "soll_entgelt_exakt": exakt,
            "soll_entgelt": soll(exakt),
            "taschengeld": Decimal("0.00"),
            "zustand": v.zustand,
            "ablauf_at": v.ablauf,
            "entschieden_at": momente.entschieden if entschieden else None,
            "entschieden_von_id": v.angebot.einrichtung.anbieter.user_id if entschieden else None,
            "ablehnungsgrund": self.zufall.choice(_ABLEHNUNG) if abgelehnt else "",
            "rueckzug_grund": "Die Familie hat sich anders entschieden." if zurueckgezogen else "",
        }

    def _buchung_row(self, v: WeltVorgang, gebucht: datetime) -> dict:
        v.ids["buchung"] = self.zufall.uuid(gebucht)
        beendet = v.buchung in BUCHUNG_ABRECHENBAR - BUCHUNG_LEBEND
        return self._gemeinsam(v) | {
            "id": v.ids["buchung"],
            "created_at": gebucht,
            "reservierung_id": v.ids["reservierung"],
            "zustand": v.buchung,
            "gebucht_at": gebucht,
            "beginn_tatsaechlich": v.beginn if v.buchung in BUCHUNG_ABRECHENBAR else None,
            "ende_tatsaechlich": v.bis - EIN_TAG if beendet else None,
            "beendigungsgrund": (v.grund or "") if beendet else "",
            "beendigung_text": "Umzug der Familie" if v.grund == Beendigungsgrund.SONSTIGE else "",
        }

    def _protokoll_row(self, v: WeltVorgang, moment: datetime, vorgang: Vorgang, model: type[Model], key: UUID) -> dict:
        assert v.asd
        return {
            "id": self.zufall.uuid(moment),
            "created_at": moment,
            "user_id": v.asd[0],
            "rolle": Rolle.ASD,
            "aktion": Aktion.ANLEGEN.value,
            "vorgang": vorgang,
            "objekt_art": model._meta.label_lower,
            "objekt_id": key,
        }

    def _klient_row(self, v: WeltVorgang, nummer: int) -> dict:
        zufall = self.zufall
        namen = vokabular.VORNAMEN_W if v.geschlecht == Geschlecht.WEIBLICH else vokabular.VORNAMEN_M
        tage = v.alter * 365.25 + zufall.randint(20, 340)
        geboren = v.beginn - timedelta(days=int(tage))
        return {
            "id": v.ids["klient"],
            "created_at": v.gesucht,
            "pkz": f"{self.kz}{nummer:06d}",
            "vorname": zufall.choice(namen),
            "nachname": zufall.choice(vokabular.NACHNAMEN),
            "geburtsdatum": geboren,
            "geschlecht": KlientGeschlecht.from_kuerzel(v.geschlecht),
        }

    def _vermerk_row(self, v: WeltVorgang, suche: dict, gewaehlt: datetime) -> dict:
        assert v.gesucht and v.asd
        gewaehlt_zeile = next(zeile for zeile in v.liste if zeile.angebot == v.angebot.id)
        drittel = gewaehlt_zeile.im_guenstigsten_drittel
        hilfeart = self.markt.hilfearten[v.angebot.art]
        inhalt = {
            "fachkraft_name": v.asd[1],
            "kriterien": {
                "hilfeart": hilfeart.code,
                "hilfeart_name": str(hilfeart),
                "region": self.kz,
                "reichweite": str(suche["reichweite"]),
                "beginn": v.beginn.isoformat(),
                "ende": (v.ende - EIN_TAG).isoformat(),
                "tage": f"{suche['tage']:.2f}",
                "wochen": str(suche["wochen"]),
                "tage_je_woche": None if suche["tage_je_woche"] is None else str(suche["tage_je_woche"]),
                "stunden_je_woche": None if v.stunden is None else f"{v.stunden:.2f}",
                "spezialisierungen": [],
                "geschlecht": v.geschlecht.value,
                "alter": v.alter,
                "angebote_gesamt": suche["angebote_gesamt"],
                "angebote_verfuegbar": suche["angebote_verfuegbar"],
                "klient": str(v.ids["klient"]),
                "sortierung": "kosten",
                "gesucht_at": v.gesucht.isoformat(),
                "gewaehlt_at": gewaehlt.isoformat(),
            },
            "angebote": [zeile.to_json() for zeile in v.liste],
            "angebot_id": v.angebot.id,
            "rang": gewaehlt_zeile.rang,
            "anzahl": suche["angebote_verfuegbar"],
            "im_guenstigsten_drittel": drittel,
            "begruendung": "" if drittel else self.zufall.choice(vokabular.BEGRUENDUNGEN),
            "ersparnis": compute_ersparnis(v.liste, gewaehlt_zeile.soll_entgelt),
        }
        return inhalt | {
            "id": v.ids["vermerk"],
            "klient_id": v.ids["klient"],
            "suche_id": v.ids["suche"],
            "fachkraft_id": suche["fachkraft_id"],
        }

    def _pseudonym(self) -> str:
        while True:
            pseudonym = f"{self.kz}-{''.join(self.zufall.choices(_ZEICHEN, k=5))}"
            if pseudonym not in self._pseudonyme:
                self._pseudonyme.add(pseudonym)
                return pseudonym
