"""What the words of a line mean in the register and the catalogue: district, region, kind of help, specialities."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.utils.functional import cached_property

from shared_apps.catalogue.models import Hilfeart, Kriterium, Spezialisierung
from shared_apps.catalogue.selectors import list_hilfearten, list_spezialisierungen
from shared_apps.einlesen.katalog import normalize_name
from shared_apps.einlesen.services.objekt import FEHLT, Objekt, Planung
from shared_apps.providers.models import Geschlecht
from shared_apps.regions.models import Gebietskoerperschaft, Region

FREMDER_KREIS = (
    "„{}“ ist nicht der Kreis Ihres Jugendamts. Lassen Sie die Zeile weg: Sie ist Sache des Amts am Standort."
)
KEIN_KREIS = "„{}“ ist kein Kreis im Verzeichnis. Bitte geben Sie Namen, Kürzel oder Gemeindeschlüssel an."
KEINE_HILFEART = "„{}“ ist keine Hilfeart. Bitte geben Sie einen dieser Codes an: {}. {}"
MEHRERE_HILFEARTEN = "„{}“ haben mehrere Hilfearten. Bitte geben Sie den Code an: {}. {}"
KEINE_SPEZIALISIERUNG = "„{}“ ist keine Spezialisierung. Bitte schreiben Sie die Bezeichnung oder den Code. {}"
WO_SIE_STEHEN = "Alle stehen mit ihrer Bedeutung unter „Musterliste und Spalten“."
SPEZIALISIERUNG_BEENDET = (
    "„{}“ wird nicht mehr angeboten. Nur ein Angebot, das sie schon hat, behält sie: Bitte nehmen Sie sie heraus."
)
KEIN_GESCHLECHT = "„{}“ ist nicht möglich. Bitte schreiben Sie alle, weiblich oder männlich."


class Worte(Planung):
    """Each word is looked up in what is read once, by all lines."""

    def _kreis(self, objekt: Objekt) -> Gebietskoerperschaft | None:
        eigener = self.eigener_kreis
        wort = objekt.werte.get("kreis")
        if wort is None:
            if eigener is None and objekt.row is not None:
                return objekt.row.gebietskoerperschaft
            if eigener is None:
                self.fault(objekt, "kreis", FEHLT)
            return eigener
        kreis = self.kreise.get(normalize_name(wort))
        if kreis is None:
            self.fault(objekt, "kreis", KEIN_KREIS.format(wort))
        elif eigener is not None and kreis.pk != eigener.pk:
            self.fault(objekt, "kreis", FREMDER_KREIS.format(kreis.name))
            return None
        return kreis

    @cached_property
    def kreise(self) -> dict[str, Gebietskoerperschaft]:
        """By every word for it."""
        rows = list(Gebietskoerperschaft.objects.all())
        found: dict[str, Gebietskoerperschaft] = {}
        for worte in ("kurzname", "name", "ags", "kuerzel"):
            found |= {normalize_name(getattr(row, worte)): row for row in rows}
        return found

    @cached_property
    def eigener_kreis(self) -> Gebietskoerperschaft | None:
        """The office's own district; None for the operator."""
        tenant = self.einlesung.tenant
        return None if tenant is None else Gebietskoerperschaft.objects.get(kuerzel=tenant.kuerzel)

    @cached_property
    def regionen(self) -> dict[tuple[UUID, str], Region]:
        """By district and name."""
        return {(row.gebietskoerperschaft_id, normalize_name(row.name)): row for row in Region.objects.all()}

    @cached_property
    def hilfearten(self) -> dict[str, list[Hilfeart]]:
        """By every word for them; a § may be that of several."""
        found: dict[str, list[Hilfeart]] = defaultdict(list)
        for row in Hilfeart.objects.all():
            for wort in {row.code, row.paragraf, row.name, str(row), row.paragraf.replace("§", "")}:
                found[normalize_name(wort)].append(row)
        return found

    @cached_property
    def alle_codes(self) -> str:
        """Of the kinds of help that may be chosen today, to choose from."""
        return ", ".join(list_hilfearten().values_list("code", flat=True))

    @cached_property
    def verwendete(self) -> set[UUID]:
        """Kinds of help that may be chosen today."""
        return set(list_hilfearten().values_list("pk", flat=True))

    @cached_property
    def felder(self) -> dict[UUID, frozenset[str]]:
        """Columns of an offer that each module has."""
        found: dict[UUID, set[str]] = defaultdict(set)
        for modul_id, feld in Kriterium.objects.exclude(feld="").values_list("modul_id", "feld"):
            found[modul_id].add(feld)
        return defaultdict(frozenset, {pk: frozenset(felder) for pk, felder in found.items()})

    @cached_property
    def spezialisierungen(self) -> dict[str, Spezialisierung]:
        """By code and name."""
        return {normalize_name(wort): row for row in self.je_spezialisierung for wort in (row.code, row.name)}

    @cached_property
    def je_spezialisierung(self) -> list[Spezialisierung]:
        """All there are and ever were; an offer may have one that has ended."""
        return list(Spezialisierung.objects.all())

    @cached_property
    def waehlbare(self) -> set[UUID]:
        """Specialities that may be chosen today."""
        return set(list_spezialisierungen().values_list("pk", flat=True))

    def _resolve_angebot(self, objekt: Objekt) -> bool:
        werte = objekt.werte
        if "hilfeart" in werte:
            gefunden = self.hilfearten.get(normalize_name(werte["hilfeart"]).removesuffix("sgbviii"), [])
            if len(gefunden) != 1:
                codes = ", ".join(row.code for row in gefunden)
                satz = MEHRERE_HILFEARTEN if gefunden else KEINE_HILFEART
                self.fault(objekt, "hilfeart", satz.format(werte["hilfeart"], codes or self.alle_codes, WO_SIE_STEHEN))
            else:
                objekt.fest["hilfeart"] = gefunden[0]
        if "beginn" in werte:
            objekt.fest["beginn"] = werte["beginn"]
        if "geschlecht" in werte:
            wort = normalize_name(werte["geschlecht"]).removeprefix("nur")
            worte = {"alle": Geschlecht.ALLE, "w": Geschlecht.WEIBLICH, "weiblich": Geschlecht.WEIBLICH,
                     "m": Geschlecht.MAENNLICH, "maennlich": Geschlecht.MAENNLICH}  # fmt: skip
            if wort in worte:
                werte["geschlecht"] = worte[wort].value
            else:
                self.fault(objekt, "geschlecht", KEIN_GESCHLECHT.format(werte["geschlecht"]))
        if "spezialisierungen" in werte:
            keys = []
            for wort in (teil.strip() for teil in werte["spezialisierungen"].split("|")):
                row = self.spezialisierungen.get(normalize_name(wort))
                if row is None:
                    self.fault(objekt, "spezialisierungen", KEINE_SPEZIALISIERUNG.format(wort, WO_SIE_STEHEN))
                else:
                    keys.append(row.pk)
            werte["spezialisierungen"] = sorted(set(keys))
        return not objekt.ist_fehlerhaft

    def _names_ended(self, objekt: Objekt) -> bool:
        """Whether it is to get a speciality that the catalogue does not offer today; what an offer has it keeps."""
        schon = set(self.spez.get(objekt.row.pk, ())) if objekt.row is not None else set()
        beendet = set(objekt.werte.get("spezialisierungen", ())) - self.waehlbare - schon
        for row in sorted((row for row in self.je_spezialisierung if row.pk in beendet), key=lambda row: row.code):
            self.fault(objekt, "spezialisierungen", SPEZIALISIERUNG_BEENDET.format(row.name))
        return bool(beendet)
