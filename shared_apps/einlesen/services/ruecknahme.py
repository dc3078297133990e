"""Taking a list back, row by row: what it made was never there, what it changed is as it was, unless somebody leans on
it (`anhang`). From the bottom to the top, in the transaction of `run_ruecknahme`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Q
from psycopg.errors import UniqueViolation

from shared_apps.core.clock import today
from shared_apps.core.errors import SojusError, refused_by
from shared_apps.einlesen.enums import Gegenstand
from shared_apps.einlesen.katalog import SPALTEN
from shared_apps.einlesen.models import Einleseposten, Einlesung, Fremdschluessel
from shared_apps.einlesen.rules import zurueckzusetzen
from shared_apps.einlesen.services.anhang import MODELLE, VOM_HAUS, WAR_BELEGT, find_anhang
from shared_apps.einlesen.services.objekt import FELDER, get_stand
from shared_apps.einlesen.services.schreiben import request_of
from shared_apps.providers.models import Angebot, Betriebserlaubnis, Entgelt, Entgeltvorschlag
from shared_apps.providers.selectors.kontakte import TELEFONE, list_telefone
from shared_apps.providers.services.bestand import (
    get_belegungen,
    is_changed_since,
    lock_bestand,
    revoke_anbieter,
    revoke_angebote,
    revoke_einrichtungen,
    revoke_erlaubnisse,
    revoke_plaetze,
    update_bestand,
    update_telefone,
)
from shared_apps.providers.services.entgelte import revoke_entgelt, withdraw_entgeltvorschlaege
from tenants.context import on_portal

_A, _E, _G, _R = Gegenstand.ANBIETER, Gegenstand.EINRICHTUNG, Gegenstand.ANGEBOT, Gegenstand.ENTGELT
_L = Gegenstand.ERLAUBNIS
REVOKE: Mapping[Gegenstand, Callable[[Any], None]] = {
    _A: revoke_anbieter, _E: revoke_einrichtungen, _L: revoke_erlaubnisse, _G: revoke_angebote,
}  # fmt: skip

GEAENDERT = "seither geändert: {}"
HAT = "es hängt etwas daran, das nicht aus dieser Liste stammt: {}"
NICHT_ANGENOMMEN = "das Verzeichnis nimmt es nicht an ({})"
SEITHER_PLAETZE = GEAENDERT.format("Platzzahl")
BEGONNEN = "das Entgelt hat begonnen, und Plätze sind oder waren belegt: Es kann schon abgerechnet sein"
GEFOLGT = "danach ist ein weiteres Entgelt vereinbart"
ENTSCHIEDEN = "über den Vorschlag ist schon entschieden"
ERLAUBNIS_BLEIBT = "was seither angeboten wird, braucht diese Betriebserlaubnis, oder eine spätere gilt schon"
#: Days of a licence.
TAGE = {"datum", "gueltig_ab", "letzter_tag"}


class _BleibtError(Exception):
    """What was begun in a facility is undone: its licences stay."""


class Ruecknahme:
    """From the bottom to the top: rates, offers, facilities, providers."""

    def __init__(self, einlesung: Einlesung) -> None:
        self.einlesung = einlesung
        self.posten: dict[Gegenstand, list[Einleseposten]] = defaultdict(list)
        for posten in einlesung.posten.order_by("pk"):
            self.posten[Gegenstand(posten.gegenstand)].append(posten)
        self.neue_angebote = {posten.objekt_id for posten in self.posten[_G] if posten.ist_neu}
        self.geaendert: list[Einleseposten] = []

    def run(self) -> int:
        """Everything, or nothing when it breaks off."""
        self._hold()
        self._revoke_neue(_G)
        self._back_erlaubnisse(frueh=False)
        self._restore(_G)
        self._back_erlaubnisse(frueh=True)
        self._revoke_saetze()
        for art in (_E, _A):
            self._revoke_neue(art)
            self._restore(art)
        self._forget()
        Einleseposten.objects.bulk_update(
            [posten for alle in self.posten.values() for posten in alle if posten.grund], ["grund"], batch_size=500
        )
        return sum(bool(posten.grund) for alle in self.posten.values() for posten in alle)

    def _hold(self) -> None:
        """Every row that may be changed, before any is."""
        ids = {art: [p.objekt_id for p in alle] for art, alle in self.posten.items()}
        entgelte = Entgelt.je_amt.filter(pk__in=ids.get(_R, []))
        erlaubnisse = Betriebserlaubnis.objects.filter(pk__in=ids.get(_L, []))
        lock_bestand(
            angebote=[*ids.get(_G, []), *entgelte.values_list("angebot_id", flat=True)],
            zahlen=[p.objekt_id for p in self.posten[_G] if "plaetze" in p.rest],
            einrichtungen=[*ids.get(_E, []), *erlaubnisse.values_list("einrichtung_id", flat=True)],
            anbieter=ids.get(_A, []),
        )

    # --- rows that the list has made ---

    def _revoke_neue(self, art: Gegenstand, nur: Callable[[Einleseposten], bool] = lambda _: True) -> None:
        posten = {p.objekt_id: p for p in self.posten[art] if p.ist_neu and nur(p)}
        if not posten:
            return
        rows = {row.pk: row for row in MODELLE[art].objects.select_for_update(no_key=True).filter(pk__in=posten)}
        stand = _stand(art, rows.values())
        hat = find_anhang(art, rows, self.posten)
        weg = []
        for pk, row in rows.items():
            anders = [feld for feld, wert in posten[pk].nachher.items() if stand[pk][feld] != wert]
            anders += _own_columns(art, row)
            if art != _L and row.letzter_tag is not None:
                anders.append("ende")
            gruende = [GEAENDERT.format(_labels(art, anders))] if anders else []
            gruende += [HAT.format(", ".join(sorted(hat[pk])))] if pk in hat else []
            posten[pk].grund = "; ".join(gruende)[:500]
            if not gruende:
                weg.append(row)
        self._revoke(art, weg, posten)
        if art == _E and (fort := [row.pk for row in weg if not posten[row.pk].grund]):
            with on_portal(request_id=request_of(self.einlesung)):
                update_telefone(dict.fromkeys(fort, dict.fromkeys(TELEFONE, "")))

    @staticmethod
    def _revoke(art: Gegenstand, rows: list[Any], posten: Mapping[UUID, Einleseposten]) -> None:
        """All at once; where the register refuses, one by one, and what is refused stays."""
        vorher = [copy(row) for row in rows]
        try:
            with transaction.atomic():
                REVOKE[art](rows)
        except IntegrityError as error:
            if len(vorher) == 1:
                posten[vorher[0].pk].grund = _why(error)
                return
            for row in vorher:
                Ruecknahme._revoke(art, [row], posten)

    # --- rows that were there ---

    def _back_erlaubnisse(self, *, frueh: bool) -> None:
        """Licences of the list are gone, those before go on: of one facility all, or none."""
        hier = [p for p in self.posten[_L] if p.rest.get("frueh", False) == frueh]
        if not hier:
            return
        rows = Betriebserlaubnis.objects.filter(pk__in=[p.objekt_id for p in hier])
        haus_von = dict(rows.values_list("pk", "einrichtung_id"))
        haeuser: dict[UUID, list[Einleseposten]] = defaultdict(list)
        for posten in hier:
            haeuser[haus_von[posten.objekt_id]].append(posten)
        nur_neue = {p.pk for alle in haeuser.values() if all(p.ist_neu for p in alle) for p in alle}
        self._revoke_neue(_L, lambda p: p.pk in nur_neue)
        for alle in haeuser.values():
            if any(p.pk not in nur_neue for p in alle):
                self._back_haus({p.pk for p in alle}, alle)

    def _back_haus(self, keys: set[UUID], alle: list[Einleseposten]) -> None:
        try:
            with transaction.atomic():
                self._revoke_neue(_L, lambda p: p.pk in keys)
                if any(p.grund for p in alle):
                    raise _BleibtError  # the one before cannot go on beside it
                self._restore(_L, lambda p: p.pk in keys)
        except (_BleibtError, IntegrityError):
            for posten in alle:
                posten.grund = posten.grund or ERLAUBNIS_BLEIBT

    def _restore(self, art: Gegenstand, nur: Callable[[Einleseposten], bool] = lambda _: True) -> None:
        posten = {p.objekt_id: p for p in self.posten[art] if not p.ist_neu and p.nachher and nur(p)}
        rows = {row.pk: row for row in MODELLE[art].objects.select_for_update(no_key=True).filter(pk__in=posten)}
        stand = _stand(art, rows.values())
        for pk, row in rows.items():
            zurueck, fremd = zurueckzusetzen(ist=stand[pk], vorher=posten[pk].vorher, nachher=posten[pk].nachher)
            if fremd:
                posten[pk].grund = GEAENDERT.format(_labels(art, fremd))
            if art == _G and "plaetze" in zurueck:
                zurueck.pop("plaetze")
                self._restore_plaetze(row, posten[pk])
            self._update(row, zurueck, posten[pk])

    def _restore_plaetze(self, angebot: Angebot, posten: Einleseposten) -> None:
        plaetze = posten.rest["plaetze"]
        if is_changed_since(angebot, posten.created_at, **plaetze):
            posten.grund = posten.grund or SEITHER_PLAETZE
            return
        belegung = get_belegungen([angebot.pk]).get(angebot.pk) if plaetze["neue"] else None
        if belegung is not None and belegung.vom_haus:  # perhaps of a new place: only its house knows
            posten.grund = posten.grund or HAT.format(VOM_HAUS)
            return
        try:
            with transaction.atomic():
                revoke_plaetze(angebot, **plaetze)
        except IntegrityError as error:
            posten.grund = _why(error)

    @staticmethod
    def _update(row: Any, werte: dict[str, Any], posten: Einleseposten) -> None:
        angaben = dict(werte)
        if isinstance(row, Betriebserlaubnis):
            angaben = {f: date.fromisoformat(w) if f in TAGE and w else w for f, w in angaben.items()}
        if "region" in angaben:
            region = angaben.pop("region")
            angaben["region"] = row._meta.get_field("region").related_model.objects.filter(pk=region).first()
        telefone = {feld: angaben.pop(feld) for feld in TELEFONE if feld in angaben}
        try:
            with transaction.atomic():
                if telefone:
                    with on_portal(request_id=str(posten.einlesung_id)):
                        update_telefone({row.pk: telefone})
                update_bestand(row, angaben)
        except IntegrityError as error:
            taken = isinstance(error.__cause__, UniqueViolation)  # somebody else has the name by now
            posten.grund = GEAENDERT.format(_labels(Gegenstand(posten.gegenstand), ["name"])) if taken else _why(error)
        except SojusError as error:  # does not fit to what has been changed since
            posten.grund = error.message[:500]

    # --- rates ---

    def _revoke_saetze(self) -> None:
        """The latest first. Of an offer that was never there nobody asks for a rate: those stay as they are."""
        ids = [posten.objekt_id for posten in self.posten[_R]]
        entgelte = Entgelt.je_amt.select_related("angebot").in_bulk(ids)
        alte: dict[date, set[UUID]] = defaultdict(set)
        for satz in entgelte.values():
            if satz.gueltig.lower <= today() and satz.angebot_id not in self.neue_angebote:
                alte[satz.gueltig.lower].add(satz.angebot_id)
        begonnen = {(pk, ab) for ab, ids_ in alte.items() for pk, b in get_belegungen(ids_, ab).items() if b.plaetze}
        wartende = [posten.objekt_id for posten in self.posten[_R] if posten.rest.get("wartet")]
        offen = Entgeltvorschlag.objects.filter(pk__in=wartende, entschieden_von__isnull=True)
        zurueck = set(offen.values_list("pk", flat=True))
        wer = self.einlesung.aufgehoben_von_id
        assert wer is not None  # it was signed
        withdraw_entgeltvorschlaege(user_id=wer, vorschlag_ids=zurueck)
        for posten in reversed(self.posten[_R]):
            entgelt = entgelte.get(posten.objekt_id)
            if entgelt is None:
                if posten.rest.get("wartet") and posten.objekt_id not in zurueck:
                    posten.grund = ENTSCHIEDEN
                continue
            if entgelt.angebot_id in self.neue_angebote:
                continue
            entgelt.refresh_from_db(fields=["gueltig"])  # the one after it has been taken back by now
            if entgelt.gueltig.upper is not None:
                posten.grund = GEFOLGT
            elif (entgelt.angebot_id, entgelt.gueltig.lower) in begonnen:
                posten.grund = BEGONNEN
            else:
                self._revoke_satz(entgelt, posten)

    def _revoke_satz(self, entgelt: Entgelt, posten: Einleseposten) -> None:
        ende = posten.rest.get("ende")
        vor = posten.rest.get("vor")
        with on_portal(request_id=request_of(self.einlesung)):
            try:
                with transaction.atomic():
                    revoke_entgelt(
                        entgelt=entgelt,
                        vorgaenger_id=UUID(vor) if vor else None,
                        ende=date.fromisoformat(ende) if ende else None,
                    )
                    connection.check_constraints()  # judged while nobody acts: at the end somebody does
            except IntegrityError as error:
                posten.grund = _why(error)

    # --- the office's numbers ---

    def _forget(self) -> None:
        """A row that was taken back, or was only known by this list, has no number any more."""
        vergessen, frueher = [], {}
        for art in (_A, _E, _L, _G):
            for posten in self.posten[art]:
                if posten.grund:
                    continue
                if posten.stand is None:
                    vergessen.append(posten.objekt_id)
                else:
                    frueher[posten.objekt_id] = posten.stand
        fremde = Fremdschluessel.objects.filter(tenant=self.einlesung.tenant_id)
        rows = list(fremde.filter(objekt_id__in=frueher))
        for row in rows:
            row.stand = frueher[row.objekt_id]
        Fremdschluessel.objects.bulk_update(rows, ["stand"], batch_size=500)
        fremde.filter(objekt_id__in=vergessen).delete()


def _stand(art: Gegenstand, rows: Iterable[Any]) -> dict[UUID, dict[str, Any]]:
    """What the register says of these rows now."""
    rows = list(rows)
    spez: dict[UUID, list[UUID]] = defaultdict(list)
    plaetze: dict[UUID, int] = {}
    if art == _G:
        ids = [row.pk for row in rows]
        for pk, spez_id in Angebot.spezialisierungen.through.objects.filter(angebot_id__in=ids).values_list(
            "angebot_id", "spezialisierung_id"
        ):
            spez[pk].append(spez_id)
        gezaehlt = Angebot.objects.filter(pk__in=ids).annotate(
            heute=Count("plaetze", filter=Q(plaetze__gueltig__contains=today())),
            spaeter=Count("plaetze", filter=Q(plaetze__gueltig__startswith__gt=today())),
        )
        plaetze = {pk: heute or spaeter for pk, heute, spaeter in gezaehlt.values_list("pk", "heute", "spaeter")}
    telefone = list_telefone(row.pk for row in rows) if art == _E else {}
    return {
        row.pk: get_stand(
            row, art, spezialisierungen=spez[row.pk], plaetze=plaetze.get(row.pk, 0),
            telefone=telefone.get(row.pk, {}),
        )
        for row in rows
    }  # fmt: skip


def _why(error: IntegrityError) -> str:
    """What the register has refused, in words."""
    name = refused_by(error)
    return WAR_BELEGT if name == "ende_vor_bindung" else NICHT_ANGENOMMEN.format(name or type(error).__name__)


def _own_columns(art: Gegenstand, row: Any) -> list[str]:
    """Columns that no list fills, and somebody has: the row is hers, too."""
    if art == _L:
        return []
    bekannt = {*FELDER[art], "id", "created_at", "gueltig", "gueltig_bis"}
    return [
        str(field.verbose_name)
        for field in row._meta.concrete_fields
        if not field.is_relation and field.name not in bekannt and getattr(row, field.name) != field.get_default()
    ]


def _labels(art: Gegenstand, felder: Iterable[str]) -> str:
    worte = {spalte.feld: spalte.label for spalte in SPALTEN if spalte.art == art}
    worte |= {"ende": "Ende"}
    return ", ".join(worte.get(feld, feld) for feld in felder)
