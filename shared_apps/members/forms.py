"""Forms of administration and of the request for access."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import AMT, ANBIETERSEITE, LAND, ZU_ZWEIT, Rolle
from shared_apps.accounts.models import Membership, User
from shared_apps.accounts.rules import RUFBEREITSCHAFT_TAGE_MAX, VERTRETUNG_TAGE_MAX
from shared_apps.core import felder
from shared_apps.core.clock import today
from shared_apps.core.filter_query import FilterForm
from shared_apps.core.zahlwort import anzahl_tage
from shared_apps.members import policies
from shared_apps.members.enums import ZugangZiel
from shared_apps.members.selectors.journal import BEREICHE
from shared_apps.members.selectors.mitglieder import ARTEN, STAENDE, list_teams
from shared_apps.members.services import Rollenwunsch
from shared_apps.providers.models import Anbieter, Einrichtung

#: No team's name: the choice of one that is not there yet.
NEUES_TEAM = "__neu__"
NUR_EINRICHTUNG = f"nötig für die Rolle „{Rolle.EINRICHTUNG.label}“"
MUSS_ENDEN = "nötig für Rechnungsprüfung und Rufbereitschaft"
_RUF_TAGE = anzahl_tage(RUFBEREITSCHAFT_TAGE_MAX)
HOECHSTENS = (
    f"Leer: bis auf Weiteres. Rechnungsprüfung: höchstens {anzahl_tage(settings.PRUEFUNG_TAGE)}, Rufbereitschaft:"
    f" höchstens {_RUF_TAGE}."
)

#: What a provider's roles are for, in the order of the list.
WAS_ROLLEN_TUN = (
    f"„{Rolle.ANBIETER.label}“ pflegt alles und entscheidet über Reservierungen. „{Rolle.ANBIETER_ABRECHNUNG.label}“:"
    " Leistungsnachweise, Rechnungen, Bankverbindung. „"
    f"{Rolle.EINRICHTUNG.label}“: freie Plätze und Reservierungen eines Hauses."
)


def rolle_choices(rollen: frozenset[Rolle]) -> list[tuple[str, str]]:
    """Roles in the order of the matrix."""
    return [(r.value, r.label) for r in Rolle if r in rollen]


def _ends_at_will(feld: forms.Field) -> None:
    """No role here has to end."""
    felder.bedingt(feld, "").help_text = "Leer: bis auf Weiteres."


class TeamFelder(forms.Form):
    """Of which team: one there is, or a new one by name. A team's lead sees what carries its name, to the letter."""

    team = felder.AuswahlField(label="Team", required=False)
    team_neu = felder.bedingt(
        felder.BezeichnungField(label="Name des neuen Teams", required=False, max_length=60), "nötig für ein neues Team"
    )

    def offer_teams(self, tenant_id: int | None) -> None:
        """Those of this office."""
        teams = list_teams(tenant_id)
        self.fields["team"].choices = [
            ("", "kein Team"),
            *((team, team) for team in teams),
            (NEUES_TEAM, "neues Team …"),
        ]

    def drop_teams(self) -> None:
        """There are none at this place."""
        del self.fields["team"], self.fields["team_neu"]

    def clean(self) -> dict[str, Any]:
        """`team` is the name in the end; a new one that is there already, but for its spelling, is that one."""
        data = super().clean() or self.cleaned_data
        if "team" not in data:
            return data
        team, neu = data["team"], data.get("team_neu", "")
        if neu and team not in ("", NEUES_TEAM):
            self.add_error("team_neu", f"Sie haben schon das Team {team} gewählt. Bitte lassen Sie dieses Feld leer.")
        elif team == NEUES_TEAM and not neu and "team_neu" not in self.errors:
            self.add_error("team_neu", "Bitte geben Sie dem neuen Team einen Namen.")
        elif neu:
            vorhanden = {wert.casefold(): wert for wert, _ in self.fields["team"].choices}
            data["team"] = vorhanden.get(neu.casefold(), neu)
        return data


class MitgliederFilter(FilterForm):
    """Search word, role, validity."""

    suche = felder.SuchtextField(label="Name, Benutzername oder Team", required=False, max_length=100)
    rolle = felder.AuswahlField(label="Rolle", required=False)
    stand = felder.AuswahlField(label="Stand", required=False, choices=STAENDE)

    def __init__(self, *args: Any, akteur: Akteur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rollen = AMT if akteur.tenant_id is not None else ANBIETERSEITE
        self.fields["rolle"].choices = [("", "alle"), *rolle_choices(rollen)]


class ZulassungenFilter(FilterForm):
    """Search word, kind, validity."""

    suche = felder.SuchtextField(label="Name, Benutzername oder Team", required=False, max_length=100)
    art = felder.AuswahlField(label="Art", required=False, choices=ARTEN)
    stand = felder.AuswahlField(label="Stand", required=False, choices=STAENDE)


class JournalFilter(forms.Form):
    """Kind of change, days."""

    bereich = felder.AuswahlField(label="Bereich", required=False)
    von = felder.ArbeitstagField(label="von", required=False)
    bis = felder.ArbeitstagField(label="bis", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bereich"].choices = [("", "alle"), *((code, label) for code, label, _ in BEREICHE)]

    def values(self) -> dict[str, Any]:
        """What was asked for, without what is wrong."""
        self.is_valid()
        return {"bereich": "", "von": None, "bis": None} | {k: v for k, v in self.cleaned_data.items() if v}


class RolleForm(TeamFelder):
    """A role with its period. What it needs beside depends on the host: team, or provider and facility."""

    field_order: tuple[str, ...] = ("rolle", "team", "team_neu")

    rolle = felder.AuswahlField(label="Rolle")
    anbieter = felder.AuswahlField(label="Anbieter")
    einrichtung = felder.bedingt(
        felder.AuswahlField(label="Einrichtung", required=False, help_text="Der Zugang gilt nur für sie."),
        NUR_EINRICHTUNG,
    )
    verwaltet = felder.JaNeinField(
        label="Verwaltet auch die Zugänge des Anbieters", required=False, help_text="Nur mit der Rolle „Anbieter“."
    )
    gueltig_ab = felder.ArbeitstagField(label="Gültig ab")
    letzter_tag = felder.bedingt(
        felder.ArbeitstagField(label="Letzter Tag", required=False, help_text=HOECHSTENS), MUSS_ENDEN
    )
    begruendung = felder.bedingt(
        felder.GrundField(label="Begründung", required=False, max_length=500, help_text="Ohne Namen von Kindern."),
        "nötig, wenn eine zweite Person bewilligt",
    )

    def __init__(self, *args: Any, akteur: Akteur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.akteur = akteur
        self.fields["gueltig_ab"].initial = today()
        if akteur.tenant_id is not None:
            self._for_office(akteur.tenant_id)
        else:
            self._for_anbieter()

    def _for_office(self, tenant_id: int) -> None:
        for name in ("anbieter", "einrichtung", "verwaltet"):
            del self.fields[name]
        self.offer_teams(tenant_id)
        rollen = AMT if policies.may_administer(self.akteur) else ZU_ZWEIT & AMT
        self.fields["rolle"].choices = [("", felder.BITTE_WAEHLEN), *rolle_choices(rollen)]
        allein = ", ".join(r.label for r in Rolle if r in AMT - ZU_ZWEIT)
        self.fields["rolle"].help_text = f"Jede Rolle bewilligt eine zweite Person, außer: {allein}."

    def _for_anbieter(self) -> None:
        self.drop_teams()
        del self.fields["begruendung"]
        eigene = Anbieter.objects.filter(pk__in=self.akteur.verwaltet_ids)
        self.fields["anbieter"].choices = [(str(a.pk), a.name) for a in eigene]
        haeuser = Einrichtung.objects.filter(anbieter__in=eigene)
        self.fields["einrichtung"].choices = [("", "–"), *((str(e.pk), e.name) for e in haeuser)]
        self.fields["rolle"].choices = [("", felder.BITTE_WAEHLEN), *rolle_choices(ANBIETERSEITE)]
        self.fields["rolle"].help_text = WAS_ROLLEN_TUN
        _ends_at_will(self.fields["letzter_tag"])

    def clean(self) -> dict[str, Any]:
        """The facility belongs to the chosen provider."""
        data = super().clean() or self.cleaned_data
        haus, anbieter = data.get("einrichtung"), data.get("anbieter")
        if haus and anbieter and not Einrichtung.objects.filter(pk=haus, anbieter_id=anbieter).exists():
            self.add_error("einrichtung", "Diese Einrichtung gehört zu einem anderen Anbieter.")
        return data

    def as_wunsch(self, user: User) -> Rollenwunsch:
        """What the services need."""
        data = self.cleaned_data
        letzter = data["letzter_tag"]
        return Rollenwunsch(
            user=user,
            rolle=Rolle(data["rolle"]),
            gueltig_ab=data["gueltig_ab"],
            gueltig_bis=letzter + timedelta(days=1) if letzter else None,
            tenant_id=self.akteur.tenant_id,
            anbieter_id=UUID(data["anbieter"]) if data.get("anbieter") else None,
            einrichtung_id=UUID(data["einrichtung"]) if data.get("einrichtung") else None,
            team=data.get("team", ""),
            verwaltet=bool(data.get("verwaltet")),
        )


class PersonFelder(forms.Form):
    """Who is invited."""

    vorname = felder.NameField(label="Vorname", max_length=100)
    nachname = felder.NameField(label="Nachname", max_length=100)
    email = felder.MailField(
        label="Dienstliche E-Mail",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class EinladungForm(PersonFelder, RolleForm):
    """A new person with her first role."""

    field_order = ("vorname", "nachname", "email", "rolle", "team", "team_neu", "anbieter", "einrichtung", "verwaltet")


class EndeForm(forms.Form):
    """When a role ends."""

    letzter_tag = felder.ArbeitstagField(label="Letzter Tag", required=False, help_text="Leer: ab sofort.")


class RufbereitschaftForm(TeamFelder):
    """Somebody who works elsewhere and has an account is called for the nights. Both names of it, so nobody tries."""

    field_order = ("benutzername", "email")

    benutzername = felder.KennungField(
        label="Benutzername", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="So, wie die Person ihn Ihnen nennt.",
    )  # fmt: skip
    email = felder.MailField(label="Dienstliche E-Mail", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    gueltig_ab = felder.ArbeitstagField(label="Erster Tag")
    letzter_tag = felder.ArbeitstagField(label="Letzter Tag", help_text=f"Höchstens {_RUF_TAGE}.")
    begruendung = felder.GrundField(label="Begründung", max_length=500, help_text="Ohne Namen von Kindern.")

    def __init__(self, *args: Any, akteur: Akteur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.akteur = akteur
        self.fields["gueltig_ab"].initial = today()
        self.offer_teams(akteur.tenant_id)
        self.fields["team"].help_text = "Wer es leitet, übernimmt die Fälle. Ohne Team: alle Teamleitungen."

    def as_wunsch(self, user: User) -> Rollenwunsch:
        """The role, for whom the account belongs to."""
        data = self.cleaned_data
        return Rollenwunsch(
            user=user,
            rolle=Rolle.RUFBEREITSCHAFT,
            gueltig_ab=data["gueltig_ab"],
            gueltig_bis=data["letzter_tag"] + timedelta(days=1),
            tenant_id=self.akteur.tenant_id,
            team=data.get("team", ""),
        )


class VertretungForm(forms.Form):
    """Who stands in, and from when until when."""

    person = felder.AuswahlField(label="Wer vertritt")
    gueltig_ab = felder.ArbeitstagField(label="Erster Tag")
    letzter_tag = felder.ArbeitstagField(label="Letzter Tag")

    def __init__(self, *args: Any, personen: list[User], rolle: Rolle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", felder.BITTE_WAEHLEN), *((str(u.pk), u.name) for u in personen)]
        self.fields[
            "person"
        ].help_text = f"Zur Wahl steht, wer hier als {policies.describe_vertretbar(rolle)} arbeitet."
        self.fields["gueltig_ab"].initial = today()
        self.fields["letzter_tag"].help_text = f"Höchstens {anzahl_tage(VERTRETUNG_TAGE_MAX)}."

    def as_wunsch(self, membership: Membership) -> Rollenwunsch:
        """The represented person's role, for the deputy."""
        data = self.cleaned_data
        return Rollenwunsch(
            user=User.objects.get(pk=data["person"]),
            rolle=Rolle(membership.rolle),
            gueltig_ab=data["gueltig_ab"],
            gueltig_bis=data["letzter_tag"] + timedelta(days=1),
            tenant_id=membership.tenant_id,
            team=membership.team,
            deputy_of=membership.user,
        )


class AuftragForm(forms.Form):
    """The office's written order, on which the operator is the second person."""

    auftrag = felder.ZeileField(
        label="Aktenzeichen des schriftlichen Auftrags",
        max_length=100,
        help_text="Der Auftrag des Jugendamtes liegt Ihnen vor, unterschrieben. Ohne Namen von Kindern.",
    )
    auftrag_vom = felder.DatumField(label="Datum des Auftrags")


class GrundForm(forms.Form):
    """Why something is declined."""

    grund = felder.GrundField(
        label="Grund der Ablehnung",
        max_length=500,
        help_text="Wird vermerkt. Ohne Namen von Kindern.",
    )


class ZugangForm(PersonFelder):
    """A stranger asks for access. At an office's host the office is known, at the portal she names hers."""

    ziel = felder.AuswahlField(label="Wo arbeiten Sie?", choices=())
    organisation = felder.bedingt(
        felder.BezeichnungField(
            label="Name Ihrer Organisation",
            max_length=200,
            required=False,
            help_text="Bei Anbietern bitte genau wie im Anbieterverzeichnis.",
        ),
        "nötig bei einem Anbieter",
    )
    rolle = felder.AuswahlField(label="Gewünschte Rolle", choices=())
    begruendung = felder.GrundField(
        label="Wofür brauchen Sie den Zugang?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Ein bis drei Sätze. Bitte keine Angaben über Kinder, Jugendliche oder Familien.",
    )

    def __init__(self, *args: Any, im_amt: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.im_amt = im_amt
        for name, token in (("vorname", "given-name"), ("nachname", "family-name"), ("email", "email")):
            self.fields[name].widget.attrs["autocomplete"] = token
        if im_amt:
            del self.fields["ziel"], self.fields["organisation"]
            rollen = AMT
        else:
            self.fields["ziel"].choices = [("", felder.BITTE_WAEHLEN), *ZugangZiel.choices[1:]]
            rollen = ANBIETERSEITE | LAND
        self.fields["rolle"].choices = [("", felder.BITTE_WAEHLEN), *rolle_choices(rollen)]

    def clean(self) -> dict[str, Any]:
        """The role belongs to the place; a provider has a name."""
        data = super().clean() or self.cleaned_data
        if self.im_amt:
            data |= {"ziel": ZugangZiel.AMT, "organisation": ""}
            return data
        if data.get("ziel") == ZugangZiel.ANBIETER and not data.get("organisation", "").strip():
            self.add_error("organisation", "Bitte nennen Sie den Anbieter.")
        rollen: dict[str, frozenset[Rolle]] = {ZugangZiel.ANBIETER: ANBIETERSEITE, ZugangZiel.LAND: LAND}
        passend = rollen.get(data.get("ziel", ""))
        if passend and data.get("rolle") and data["rolle"] not in passend:
            self.add_error("rolle", "Diese Rolle gibt es an Ihrem Arbeitsplatz nicht.")
        return data


class ZugangEntscheidungForm(TeamFelder):
    """What the approved person gets; not necessarily what she wished."""

    field_order = ("rolle", "team", "team_neu")

    rolle = felder.AuswahlField(label="Rolle")
    anbieter = felder.AuswahlField(label="Anbieter")
    einrichtung = felder.bedingt(felder.AuswahlField(label="Einrichtung", required=False), NUR_EINRICHTUNG)
    letzter_tag = felder.bedingt(
        felder.ArbeitstagField(label="Letzter Tag", required=False, help_text=HOECHSTENS), MUSS_ENDEN
    )

    def __init__(self, *args: Any, akteur: Akteur, ziel: str, organisation: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rollen = {ZugangZiel.AMT: AMT, ZugangZiel.ANBIETER: ANBIETERSEITE, ZugangZiel.LAND: LAND}[ZugangZiel(ziel)]
        if ziel != ZugangZiel.AMT:
            self.drop_teams()
            _ends_at_will(self.fields["letzter_tag"])
        else:
            self.offer_teams(akteur.tenant_id)
        if ziel != ZugangZiel.ANBIETER:
            del self.fields["anbieter"], self.fields["einrichtung"]
        else:
            own = akteur.verwaltet_ids
            if own:
                anbieter = Anbieter.objects.filter(pk__in=own)
                haeuser = Einrichtung.objects.filter(anbieter__in=anbieter)
                self.fields["einrichtung"].choices = [("", "–"), *((str(e.pk), e.name) for e in haeuser)]
            else:
                anbieter = Anbieter.objects.filter(name__icontains=organisation.strip()[:200])[:50]
                rollen = frozenset({Rolle.ANBIETER})
                del self.fields["einrichtung"]
            self.fields["anbieter"].choices = [("", felder.BITTE_WAEHLEN), *((str(a.pk), a.name) for a in anbieter)]
        self.fields["rolle"].choices = [("", felder.BITTE_WAEHLEN), *rolle_choices(rollen)]


class ErsteAnbieterVerwaltungForm(PersonFelder):
    """The operator's form: who administers this provider's people from now on."""


class ErsteAmtVerwaltungForm(PersonFelder):
    """The operator's form for an office in which nobody can propose a role any more."""

    begruendung = felder.GrundField(label="Begründung", max_length=500)


class LandRolleForm(PersonFelder):
    """The operator proposes a role of the state or of operations; a second operator approves."""

    rolle = felder.AuswahlField(label="Rolle")
    letzter_tag = felder.ArbeitstagField(label="Letzter Tag", required=False, help_text="Leer: bis auf Weiteres.")
    begruendung = felder.GrundField(label="Begründung", max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rolle"].choices = [("", felder.BITTE_WAEHLEN), *rolle_choices(LAND)]
