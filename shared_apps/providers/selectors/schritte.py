"""The way of a new facility into the market: what is done, what is next, and the page that does it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse

from shared_apps.catalogue.models import Einheit
from shared_apps.core.clock import today
from shared_apps.core.ordnung import deutsch
from shared_apps.providers.models import Angebot, Betriebserlaubnis, Einrichtung, Entgelt, Entgeltvorschlag, Foto, Platz
from shared_apps.providers.querysets import never_confirmed_on, not_ended, shown_fotos, valid_on
from shared_apps.providers.rules import kapazitaetswort
from shared_apps.providers.selectors.erlaubnis import needing_erlaubnis
from shared_apps.providers.states import VorschlagZustand

_PFLICHT = "wo das Gesetz eine verlangt (§ 45 SGB VIII)"
#: Whoever has more houses than this knows the way: only of the first ones the start page asks whether one has arrived.
HAEUSER = 10


@dataclass(frozen=True, slots=True)
class Marktschritt:
    """One step. `url`: the page that does it, or shows what is done; "" while there is none yet."""

    label: str
    erledigt: bool
    url: str = ""
    hinweis: str = ""
    #: It waits for the office.
    beim_amt: bool = False


@dataclass(frozen=True, slots=True)
class Marktweg:
    """The steps of one facility, in the order in which they can be done."""

    name: str
    schritte: tuple[Marktschritt, ...]
    #: Where the facility itself is shown; "" before there is one.
    url: str = ""

    @property
    def erledigt(self) -> int:
        """How many steps are done."""
        return sum(schritt.erledigt for schritt in self.schritte)

    @property
    def ist_fertig(self) -> bool:
        """Whether offices find it, with a picture and true vacancies."""
        return self.erledigt == len(self.schritte)

    @property
    def items(self) -> list[dict[str, str]]:
        """The steps for `core/components/steps.html`."""
        return [
            {
                "label": schritt.label,
                "url": schritt.url,
                "hint": schritt.hinweis,
                "status": "done" if schritt.erledigt else "next" if schritt is self.naechster else "open",
            }
            for schritt in self.schritte
        ]

    @property
    def naechster(self) -> Marktschritt | None:
        """The first open step that somebody of the provider can do now."""
        offen = (schritt for schritt in self.schritte if not schritt.erledigt and schritt.url)
        return next((schritt for schritt in offen if not schritt.beim_amt), None)


def find_weg(einrichtungen: QuerySet[Einrichtung]) -> Marktweg | None:
    """What the start page of a provider shows: the facility that has come furthest, as long as none has arrived.

    Without a facility the way begins with one. One query, whose first houses are named before it looks what they have:
    else it would look through all of the register.
    """
    erste = einrichtungen.filter(valid_on(today())).order_by(deutsch("name"), "pk").values("pk")[:HAEUSER]
    wege = [_weg(row) for row in _with_stand(Einrichtung.objects.filter(pk__in=erste))]
    if any(weg.ist_fertig for weg in wege):
        return None
    return max(wege, key=lambda weg: weg.erledigt, default=None) or _beginning()


def _beginning() -> Marktweg:
    """Before there is a facility nothing else can be done."""
    erste = Marktschritt("Einrichtung anlegen", erledigt=False, url=reverse("providers:create_facility"))
    return Marktweg("", (erste, *(replace(step(_Nichts), url="", hinweis="") for step in _STEPS)))


def find_weg_of(einrichtung: Einrichtung) -> Marktweg | None:
    """What is left to do at one facility; None: nothing, or it ends. One query."""
    if einrichtung.gueltig_bis is not None:
        return None
    weg = _weg(_with_stand(Einrichtung.objects.filter(pk=einrichtung.pk)).get())
    return None if weg.ist_fertig else weg


class _Nichts:
    """What `_with_stand` would say of a facility that is not there."""

    pk = UUID(int=0)
    hat_angebot = hat_plaetze = braucht_erlaubnis = hat_erlaubnis = hat_bild = ist_unbestaetigt = False
    ohne_platz = ohne_entgelt = ohne_vorschlag = wartet = None


def _with_stand(rows: QuerySet[Einrichtung]) -> QuerySet[Einrichtung]:
    """How far each facility is; of its offers the first one that still wants a step."""
    tag = today()
    angebote = Angebot.objects.filter(not_ended(tag), einrichtung=OuterRef("pk")).order_by("pk")
    plaetze = Platz.objects.filter(not_ended(tag), angebot=OuterRef("pk"))
    erlaubnisse = Betriebserlaubnis.objects.filter(valid_on(tag), einrichtung=OuterRef("pk"))
    offen = Entgeltvorschlag.objects.filter(zustand=VorschlagZustand.VORGESCHLAGEN)
    ohne_entgelt = angebote.filter(~Exists(Entgelt.objects.filter(angebot=OuterRef("pk"))))
    return rows.annotate(
        hat_angebot=Exists(angebote),
        hat_plaetze=Exists(angebote.filter(hilfeart__einheit=Einheit.TAG)),
        braucht_erlaubnis=Exists(angebote.filter(needing_erlaubnis())),
        hat_erlaubnis=Exists(erlaubnisse),
        ohne_platz=Subquery(angebote.filter(~Exists(plaetze)).values("pk")[:1]),
        ohne_entgelt=Subquery(ohne_entgelt.values("pk")[:1]),
        ohne_vorschlag=Subquery(ohne_entgelt.exclude(Exists(offen.filter(angebot=OuterRef("pk")))).values("pk")[:1]),
        wartet=Subquery(_waiting(offen).values("pk")[:1]),
        hat_bild=Exists(Foto.objects.filter(shown_fotos(), einrichtung=OuterRef("pk"))),
        ist_unbestaetigt=Exists(angebote.filter(never_confirmed_on(tag))),
    )


def _waiting(offen: QuerySet[Entgeltvorschlag]) -> QuerySet[Entgeltvorschlag]:
    """Proposals for offers of the facility that have no rate yet, the oldest first."""
    hat_eines = Entgelt.objects.filter(angebot=OuterRef("angebot"))
    return offen.filter(~Exists(hat_eines), angebot__einrichtung=OuterRef("pk")).order_by("pk")


def _weg(row: Any) -> Marktweg:
    """`row`: as `_with_stand` loads it."""
    haus = reverse("providers:facility", args=[row.pk])
    erste = Marktschritt("Einrichtung anlegen", erledigt=True, url=haus)
    return Marktweg(row.name, (erste, *(step(row) for step in _STEPS)), haus)


def _url(name: str, pk: UUID) -> str:
    return reverse(f"providers:{name}", args=[pk])


def _erlaubnis(row: Any) -> Marktschritt:
    """Whether one is needed is known with the offers; until then it comes first, as in the authority's order."""
    label = "Betriebserlaubnis eintragen"
    if row.hat_erlaubnis:
        return Marktschritt(label, erledigt=True, url=f"{_url('facility', row.pk)}#erlaubnis-titel")
    if row.hat_angebot and not row.braucht_erlaubnis:
        return Marktschritt(label, erledigt=True, hinweis="hier nicht nötig")
    return Marktschritt(label, erledigt=False, url=_url("create_licence", row.pk), hinweis=_PFLICHT)


def _angebot(row: Any) -> Marktschritt:
    url = _url("facility", row.pk) if row.hat_angebot else _url("create_offer", row.pk)
    return Marktschritt("Angebot anlegen", erledigt=row.hat_angebot, url=url)


def _plaetze(row: Any) -> Marktschritt:
    """Places come with the offer; later they are changed."""
    worte = kapazitaetswort(je_tag=row.hat_plaetze or not row.hat_angebot)
    label = f"{worte.label} eintragen"
    if row.ohne_platz:
        return Marktschritt(label, erledigt=False, url=_url("change_places", row.ohne_platz))
    if row.hat_angebot:
        return Marktschritt(label, erledigt=True, url=reverse("occupancy:facility", args=[row.pk]))
    return Marktschritt(label, erledigt=False, hinweis="gleich mit dem Angebot")


def _vorschlag(row: Any) -> Marktschritt:
    label = "Entgelt vorschlagen"
    if row.ohne_vorschlag:
        return Marktschritt(label, erledigt=False, url=_url("propose_rate", row.ohne_vorschlag))
    return Marktschritt(label, erledigt=row.hat_angebot, url=reverse("providers:rates") if row.hat_angebot else "")


def _entgelt(row: Any) -> Marktschritt:
    """This one is the office's: the provider's next step is another one meanwhile."""
    label = "Entgelt vom Jugendamt bestätigen lassen"
    if row.wartet:
        url, hinweis = _url("rate", row.wartet), "wartet auf das Jugendamt"
        return Marktschritt(label, erledigt=False, url=url, hinweis=hinweis, beim_amt=True)
    erledigt = row.hat_angebot and not row.ohne_entgelt
    return Marktschritt(label, erledigt=erledigt, url=reverse("providers:rates") if erledigt else "")


def _bild(row: Any) -> Marktschritt:
    return Marktschritt("Bild hochladen", erledigt=row.hat_bild, url=_url("photos", row.pk))


def _vakanzen(row: Any) -> Marktschritt:
    erledigt = row.hat_angebot and not row.ist_unbestaetigt
    url = reverse("occupancy:facility", args=[row.pk]) if row.hat_angebot else ""
    return Marktschritt("Vakanzen bestätigen", erledigt=erledigt, url=url)


_STEPS = (_erlaubnis, _angebot, _plaetze, _vorschlag, _entgelt, _bild, _vakanzen)
