"""What an office's list brings into the register: many rows in a few statements, by the rules of the single entry.

Whether somebody may is asked by whoever calls (`shared_apps.einlesen`): a provider's own people never come here. What a
row must be is said by the same functions as when they enter it (`build_einrichtung`, `build_angebot`,
`check_satz`), and by the same constraints and triggers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from shared_apps.core.errors import Konflikt, refused_by
from shared_apps.core.zeitraum import EIN_TAG
from shared_apps.providers.models import (
    Anbieter,
    Angebot,
    Betriebserlaubnis,
    Einrichtung,
    Kontakt,
    Platz,
)
from shared_apps.providers.rules import nie_gewesen, platzzahl_aendern
from shared_apps.providers.selectors.erlaubnis import stand_of_platz
from shared_apps.providers.selectors.kontakte import TELEFONE, find_gelistete, is_nur_nummer
from shared_apps.providers.services import EINRICHTUNG, KONTAKT, R, check_eroeffnung, check_region, clean_angaben
from shared_apps.providers.services.angebote import (
    ANGEBOT,
    check_alter,
    check_stunden,
    check_tag,
    lock_plaetze,
)
from shared_apps.providers.services.erlaubnis import clean_erlaubnis
from tenants.db.locks import PairLock

#: What a list may say of a provider; its own people keep the rest of it, and of these the contacts.
ANBIETER = ("name", "rechtsform", "register_nr", *KONTAKT)


def build_anbieter(angaben: dict[str, Any]) -> Anbieter:
    """A provider that is to be inserted, cleaned."""
    anbieter = Anbieter()
    clean_angaben(anbieter, angaben, ANBIETER)
    return anbieter


def build_erlaubnis(einrichtung: Einrichtung, nummer: str, angaben: dict[str, Any]) -> Betriebserlaubnis:
    """A licence that is to be inserted, cleaned; beside its columns its last day (`letzter_tag`)."""
    return clean_erlaubnis(Betriebserlaubnis(einrichtung=einrichtung), {"nummer": nummer, **angaben})


def create_bestand(
    *,
    anbieter: Sequence[Anbieter] = (),
    einrichtungen: Sequence[Einrichtung] = (),
    angebote: Sequence[tuple[Angebot, int, Sequence[UUID]]] = (),
    erlaubnisse: Sequence[Betriebserlaubnis] = (),
) -> None:
    """Insert built rows; of an offer with the number of its places and the keys of its specialities."""
    Anbieter.objects.bulk_create(anbieter)
    Einrichtung.objects.bulk_create(einrichtungen)
    Betriebserlaubnis.objects.bulk_create(erlaubnisse)
    if not angebote:
        return
    Angebot.objects.bulk_create(angebot for angebot, _, _ in angebote)
    through = Angebot.spezialisierungen.through
    through.objects.bulk_create(
        through(angebot_id=angebot.pk, spezialisierung_id=pk) for angebot, _, keys in angebote for pk in keys
    )
    with connection.cursor() as cursor:
        cursor.execute(_PLAETZE, [[str(a.pk) for a, _, _ in angebote], [plaetze for _, plaetze, _ in angebote]])


#: A list has more places than all its other rows together: they are made where they are kept.
_PLAETZE = """
INSERT INTO providers_platz (id, created_at, angebot_id, nummer, gueltig)
SELECT gen_random_uuid(), now(), a.id, nummer, a.gueltig
  FROM unnest(%s::uuid[], %s::int[]) AS neue (id, plaetze)
  JOIN providers_angebot a ON a.id = neue.id
 CROSS JOIN generate_series(1, neue.plaetze) AS nummer
"""


def update_bestand(row: R, angaben: dict[str, Any]) -> None:
    """Change what a list says of a row that is there; `spezialisierungen` are keys, `letzter_tag` ends a licence."""
    if isinstance(row, Betriebserlaubnis):
        clean_erlaubnis(row, angaben)
        row.save(update_fields=["gueltig_bis" if name == "letzter_tag" else name for name in angaben])
        return
    felder = {name: wert for name, wert in angaben.items() if name != "spezialisierungen"}
    erlaubt: dict[type, tuple[str, ...]] = {
        Anbieter: ANBIETER,
        Einrichtung: EINRICHTUNG,
        Angebot: ANGEBOT,
    }
    clean_angaben(row, felder, erlaubt[type(row)])
    if isinstance(row, Einrichtung):
        check_region(row)
        if "eroeffnet_am" in felder and row.eroeffnet_am is not None:
            check_eroeffnung(row, row.eroeffnet_am)
    if isinstance(row, Angebot):
        check_alter(row)
        if felder.get("stunden_je_woche") is not None:
            check_stunden(row, row.hilfeart, neu=False)
        if "spezialisierungen" in angaben:
            row.spezialisierungen.set(angaben["spezialisierungen"])
    if felder:
        row.save(update_fields=list(felder))


def update_telefone(telefone: Mapping[UUID, Mapping[str, str]]) -> None:
    """Telephones of facilities by function (`TELEFONE`) as a list says them; "": what a list has entered goes. Runs
    where no person acts. What its house has given a name or an address is the house's: of that only the number changes.
    """
    rows = Kontakt.objects.select_for_update(no_key=True).filter(einrichtung__in=telefone).order_by("pk")
    da = find_gelistete(rows)
    neue, weg = [], []
    for pk, felder in telefone.items():
        for feld, telefon in felder.items():
            kontakt = da.get((pk, feld))
            if kontakt is None and telefon:
                funktion, ist_notruf = TELEFONE[feld]
                neue.append(Kontakt(einrichtung_id=pk, funktion=funktion, ist_notruf=ist_notruf, telefon=telefon))
            elif kontakt is not None and telefon:
                kontakt.telefon = telefon
                kontakt.save(update_fields=["telefon"])
            elif kontakt is not None and is_nur_nummer(kontakt):
                weg.append(kontakt.pk)
    Kontakt.objects.bulk_create(neue)
    if weg:
        Kontakt.objects.filter(pk__in=weg).delete()


@transaction.atomic
def update_platzzahl_by_list(*, angebot: Angebot, anzahl: int, ab: date) -> dict[str, Any]:
    """Have `anzahl` places from `ab` on, as `update_platzzahl` does; returns what ended and which ones are new.

    No office reads who holds which place. The database refuses to end one that is held: then the next one is tried.
    """
    angebot, rows = lock_plaetze(angebot)
    plaetze = [stand_of_platz(platz) for platz in rows]
    check_tag(angebot, plaetze, anzahl=anzahl, ab=ab)
    by_id, gehalten, beendet = {p.pk: p for p in rows}, set[UUID](), dict[UUID, str | None]()
    while True:
        aenderung = platzzahl_aendern(plaetze, anzahl=anzahl, ab=ab, gehalten=frozenset(gehalten))
        if aenderung.fehlende:
            worte = angebot.worte
            raise Konflikt(f"{worte.vergeben(len(gehalten))} {worte.vergebene}", code="laeuft_noch")
        offen = [pk for pk in aenderung.endende if pk not in beendet]
        if not offen:
            break
        ende = by_id[offen[0]].gueltig.upper
        if _end_platz(by_id[offen[0]], ab):
            beendet[offen[0]] = ende.isoformat() if ende else None
        else:
            gehalten.add(offen[0])
    neue = [
        Platz(angebot=angebot, nummer=nummer, gueltig=DateRange(ab, angebot.gueltig.upper))
        for nummer in aenderung.neue_nummern
    ]
    Platz.objects.bulk_create(neue)
    return {"beendet": {str(pk): ende for pk, ende in beendet.items()}, "neue": [str(platz.pk) for platz in neue]}


def _end_platz(platz: Platz, ab: date) -> bool:
    try:
        with transaction.atomic():
            platz.gueltig = DateRange(platz.gueltig.lower, ab)
            platz.save(update_fields=["gueltig"])
    except IntegrityError as error:
        if refused_by(error) == "ende_vor_bindung":
            return False
        raise
    return True


# --- back ---------------------------------------------------------------------------------------------------------


def revoke_angebote(angebote: Sequence[Angebot]) -> None:
    """Offers that a list has made were never there: nobody finds them on any day, and their names are free again."""
    for angebot in angebote:
        angebot.name = _free_name(angebot)
        angebot.gueltig, angebot.gueltig_zuvor = DateRange(*nie_gewesen()), None
    Angebot.objects.bulk_update(angebote, ["name", "gueltig", "gueltig_zuvor"], batch_size=500)


def revoke_einrichtungen(einrichtungen: Sequence[Einrichtung]) -> None:
    """The same for facilities."""
    _revoke(Einrichtung, einrichtungen)


def revoke_anbieter(anbieter: Sequence[Anbieter]) -> None:
    """The same for providers."""
    _revoke(Anbieter, anbieter)


def revoke_erlaubnisse(erlaubnisse: Sequence[Betriebserlaubnis]) -> None:
    """The same for licences: each of a facility gets a day of its own, before those of offers that never were."""
    frueheste = Betriebserlaubnis.alle.filter(
        einrichtung__in=[row.einrichtung_id for row in erlaubnisse], gueltig_bis__lte=nie_gewesen()[0]
    )
    tage = defaultdict[UUID, date](lambda: nie_gewesen()[0])
    for haus, datum in frueheste.values_list("einrichtung_id", "datum"):
        tage[haus] = min(tage[haus], datum)
    for row in erlaubnisse:
        row.gueltig_bis = tage[row.einrichtung_id]
        row.datum, row.gueltig_ab = row.gueltig_bis - EIN_TAG, None
        tage[row.einrichtung_id] = row.datum
    Betriebserlaubnis.alle.bulk_update(erlaubnisse, ["datum", "gueltig_ab", "gueltig_bis"], batch_size=500)


def _revoke(model: Any, rows: Sequence[Any]) -> None:
    for row in rows:
        row.name, row.gueltig_bis = _free_name(row), nie_gewesen()[0]
    model.objects.bulk_update(rows, ["name", "gueltig_bis"], batch_size=500)


def _free_name(row: Anbieter | Einrichtung | Angebot) -> str:
    return f"{row.name[:140]} (zurückgenommen {row.pk})"


def revoke_plaetze(angebot: Angebot, *, beendet: dict[str, str | None], neue: Iterable[str]) -> None:
    """The change of a number of places is taken back. `IntegrityError` where a new one is held."""
    rows = {str(p.pk): p for p in lock_plaetze(angebot)[1]}
    for pk in neue:
        rows[pk].gueltig = DateRange(*nie_gewesen())
        rows[pk].save(update_fields=["gueltig"])
    for pk, ende in beendet.items():
        rows[pk].gueltig = DateRange(rows[pk].gueltig.lower, date.fromisoformat(ende) if ende else None)
        rows[pk].save(update_fields=["gueltig"])


@dataclass(frozen=True, slots=True)
class Belegung:
    """What others than its list have to do with an offer: places somebody holds, blocks and stops of its house."""

    plaetze: int
    vom_haus: bool


def is_changed_since(
    angebot: Angebot, seit: datetime, *, beendet: Mapping[str, str | None], neue: Iterable[str]
) -> bool:
    """Whether somebody has changed the offer's places after a list did (`seit`): ended it, or some of its places, had
    more, or called a new one by a name."""
    if angebot.gueltig_zuvor is not None:
        return True
    neue, ende = set(neue), angebot.gueltig.upper
    rows = {str(p.pk): p for p in Platz.objects.filter(angebot=angebot).exclude(gueltig__startswith=nie_gewesen()[0])}
    tage = {rows[pk].gueltig.upper for pk in beendet} | {rows[pk].gueltig.lower for pk in neue}
    if len(tage) != 1 or None in tage:
        return True
    (tag,) = tage
    return any(
        (pk in neue and (platz.name != "" or platz.gueltig.upper != ende))
        or (pk not in beendet and platz.gueltig.upper not in (None, ende) and platz.gueltig.upper > tag)
        or (pk not in neue and platz.created_at > seit)
        for pk, platz in rows.items()
    )


def get_belegungen(angebote: Iterable[UUID], ab: date | None = None) -> dict[UUID, Belegung]:
    """Of each of these offers, whoever holds a place on this day or later (None: ever), whatever the place's own
    time; reservations count while they live. Offers without anything are missing. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT angebot_id, plaetze, vom_haus FROM occupancy_je_belegt(%s::uuid[], %s::date)",
            [[str(pk) for pk in angebote], ab or "-infinity"],
        )
        return {pk: Belegung(plaetze, vom_haus) for pk, plaetze, vom_haus in cursor.fetchall()}


def lock_bestand(
    *, angebote: Iterable[UUID], zahlen: Iterable[UUID], einrichtungen: Iterable[UUID], anbieter: Iterable[UUID]
) -> None:
    """Hold rows in the one order of all who hold several: who changes the number of places (`zahlen`: of which
    offers), places, offers, facilities, providers; of one kind by key. A hold of a place asks for them in this order,
    one of each (trigger `occupancy_bindung_pruefen`). Called before anything is written."""
    alle, worte = sorted({*angebote, *zahlen}), [str(pk) for pk in sorted(set(zahlen))]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(w)) FROM unnest(%s::text[]) WITH ORDINALITY AS n (w, stelle)"
            " ORDER BY stelle",
            [PairLock.PLAETZE, worte],
        )
    ordnung = {Platz: ("angebot_id", "nummer"), Angebot: ("pk",), Einrichtung: ("pk",), Anbieter: ("pk",)}
    keys: dict[Any, dict[str, Any]] = {
        Platz: {"angebot__in": alle},
        Angebot: {"pk__in": alle},
        Einrichtung: {"pk__in": set(einrichtungen)},
        Anbieter: {"pk__in": set(anbieter)},
    }
    for model, order in ordnung.items():
        rows: Any = model._base_manager.filter(**keys[model]).order_by(*order)
        list(rows.select_for_update(no_key=True).values_list("pk"))
