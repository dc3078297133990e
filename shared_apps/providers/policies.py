"""Who reads the register, who keeps it, who opens which document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.enums import AMT, Rolle
from shared_apps.accounts.selectors import list_valid_memberships
from shared_apps.catalogue.models import Entgeltrecht
from shared_apps.core.uploads.states import LESBAR
from shared_apps.providers.models import (
    Anbieter,
    Angebot,
    Ausnahme,
    Betriebserlaubnis,
    Einrichtung,
    EinrichtungDokument,
    Entgelt,
    Entgeltvorschlag,
    Foto,
    Kontakt,
    Kontovorschlag,
    LeqVereinbarung,
    OffenerStammdatenvorschlag,
    OffenerVorschlag,
    Registeraenderung,
    Stammdatenvorschlag,
    Vakanzmeldung,
)
from shared_apps.providers.querysets import has_been, shown_fotos
from shared_apps.providers.selectors.konto import KONTO_ROLLEN
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.models import Tenant

#: Who agrees on rates in an office; trigger `providers_vorschlag_pruefen` has the same.
ENTGELT_ROLLEN = (Rolle.CONTROLLING, Rolle.JUGENDAMTSLEITUNG)
#: Who looks for places in an office.
SUCH_ROLLEN = (Rolle.ASD, Rolle.TEAMLEITUNG, Rolle.JUGENDAMTSLEITUNG)
#: Who sees in an office, and for the whole state, whose vacancies nobody has confirmed.
NACHFASSEN_ROLLEN = (*SUCH_ROLLEN, Rolle.CONTROLLING)
LANDESWEIT = (Rolle.LANDESJUGENDAMT, Rolle.MINISTERIUM)


#: Whose two signatures let a new provider in: roles that nobody gives alone (ADR 0029, 0061). The same are in the row
#: rules and the trigger of the app that keeps the applications.
SIGNIERT = (Rolle.JUGENDAMTSLEITUNG, Rolle.TENANT_ADMIN)


def may_admit_anbieter(akteur: Akteur) -> bool:
    """Enter, check, admit a new provider: head and administration of the office, at its host."""
    return akteur.tenant_id is not None and akteur.hat(*SIGNIERT)


def may_read_register(akteur: Akteur) -> bool:
    """Everybody who is signed in: the register holds no person."""
    return True


def may_keep_own(akteur: Akteur) -> bool:
    """People of a provider see their own facilities."""
    return akteur.ist_anbieter


def may_write_own(akteur: Akteur) -> bool:
    """Who keeps master data and vacancies; billing staff does not."""
    return akteur.hat(Rolle.ANBIETER, Rolle.EINRICHTUNG)


def may_write_anbieter(akteur: Akteur) -> bool:
    """Who keeps the contacts of the provider itself; staff of one facility does not."""
    return akteur.hat(Rolle.ANBIETER)


def may_offer_own(akteur: Akteur) -> bool:
    """Who opens a facility, an offer, places, enters a licence: who speaks for the provider, as with their end."""
    return akteur.hat(Rolle.ANBIETER)


def may_propose_entgelt(akteur: Akteur) -> bool:
    """Who proposes a rate: who speaks for the whole provider, or who agrees on rates in the office."""
    return akteur.hat(Rolle.ANBIETER) or may_decide_entgelt(akteur)


def may_decide_entgelt(akteur: Akteur) -> bool:
    """Who confirms a rate, at the office of the facility's place (§ 78e Abs. 1 SGB VIII): controlling, its head."""
    return akteur.hat(*ENTGELT_ROLLEN)


def may_end_own(akteur: Akteur) -> bool:
    """Who ends an offer, a facility, the provider, and takes the end back: who speaks for the whole provider.

    Staff of one facility keeps its master data; whether it closes is not theirs to say.
    """
    return akteur.hat(Rolle.ANBIETER)


def may_decide_stammdaten(akteur: Akteur) -> bool:
    """Who confirms what an office has admitted: those who let a provider in (`SIGNIERT`)."""
    return akteur.hat(*SIGNIERT)


def may_see_stammdaten(akteur: Akteur) -> bool:
    """Changed names: the provider that proposes, the office that decides."""
    return may_write_anbieter(akteur) or may_decide_stammdaten(akteur)


def visible_stammdatenvorschlaege(akteur: Akteur) -> QuerySet[Stammdatenvorschlag]:
    """Those of one's own provider; in an office those that ask this office."""
    if not may_decide_stammdaten(akteur):
        return Stammdatenvorschlag.objects.filter(anbieter__in=own_anbieter(akteur))
    aemter = _aemter(akteur, SIGNIERT)
    return Stammdatenvorschlag.objects.filter(gebietskoerperschaft__kuerzel__in=aemter)


def count_offene_stammdaten(akteur: Akteur) -> int:
    """How many wait for her, asked from the office's own pages."""
    return OffenerStammdatenvorschlag.objects.count() if may_admit_anbieter(akteur) else 0


def may_keep_konto(akteur: Akteur) -> bool:
    """Who enters another account, and who confirms it: who speaks for the whole provider, and who bills."""
    return akteur.hat(*KONTO_ROLLEN)


def visible_kontovorschlaege(akteur: Akteur) -> QuerySet[Kontovorschlag]:
    """Accounts of the person's provider that were entered; nobody of one facility, and no office."""
    return Kontovorschlag.objects.filter(anbieter__in=own_anbieter(akteur))


def may_read_dokument(akteur: Akteur, dokument: EinrichtungDokument) -> bool:
    """What holds the provider's calculation (§ 67 Abs. 2 SGB X): offices, state and its own people only.

    Asked of papers that she may know to be there (`visible_dokumente`). What the scanner has not let through is read by
    nobody.
    """
    return dokument.ist_freigegeben and (not dokument.ist_geheim or sees_entgelt(akteur, dokument.einrichtung))


def visible_dokumente(akteur: Akteur, art: type[EinrichtungDokument]) -> QuerySet[Any]:
    """Papers of this kind of which the person may know that they are there; the file is `may_read_dokument`'s.

    An agreement with one office alone (§ 77 SGB VIII) is known there and to the provider.
    """
    rows: QuerySet[Any] = art._default_manager.all()
    if art is not LeqVereinbarung:
        return rows
    eigene = Q(einrichtung__in=own_einrichtungen(akteur))
    if akteur.ist_amt:
        eigene |= Q(jugendamt__in=own_jugendaemter(akteur))
    return rows.filter(Q(jugendamt=None) | eigene).select_related("jugendamt")


def _reads_secrets(akteur: Akteur) -> bool:
    """Offices and the state know what was agreed with every provider."""
    return akteur.ist_amt or akteur.hat(Rolle.LANDESJUGENDAMT, Rolle.MINISTERIUM)


def sees_entgelt(akteur: Akteur, einrichtung: Einrichtung) -> bool:
    """Whether the person may know the rates agreed for this facility."""
    own = einrichtung.anbieter_id in akteur.anbieter_ids
    return _reads_secrets(akteur) or (own and einrichtung.pk in (akteur.einrichtung_ids or {einrichtung.pk}))


def visible_entgelte(akteur: Akteur) -> QuerySet[Entgelt]:
    """Agreed rates are business secrets (§ 67 Abs. 2 SGB X): a competitor sees offer and vacancy, never the rate.

    What is agreed with one office alone is read there and by the provider: no other office, not the state (ADR 0073).
    The database holds them all to the same (`Entgelt.rights`).
    """
    if akteur.ist_amt:
        return Entgelt.je_amt.filter(_fuer_amt(akteur))
    if _reads_secrets(akteur):
        return Entgelt.objects.all()
    return Entgelt.je_amt.filter(angebot__einrichtung__in=own_einrichtungen(akteur))


def own_jugendaemter(akteur: Akteur, rollen: Iterable[Rolle] = AMT) -> QuerySet[Gebietskoerperschaft]:
    """Districts of the offices where the person has one of these roles; at an office's host, of that one."""
    return Gebietskoerperschaft.objects.filter(kuerzel__in=_offices(akteur, rollen).values("kuerzel"))


def _fuer_amt(akteur: Akteur) -> Q:
    """What holds for all offices, or for hers alone."""
    return Q(jugendamt=None) | Q(jugendamt__in=own_jugendaemter(akteur))


def own_anbieter(akteur: Akteur) -> QuerySet[Anbieter]:
    """Providers the person works for. Facility staff keep their facility, not the provider."""
    if akteur.einrichtung_ids:
        return Anbieter.objects.none()
    return Anbieter.objects.filter(pk__in=akteur.anbieter_ids)


def own_einrichtungen(akteur: Akteur) -> QuerySet[Einrichtung]:
    """Facilities of the person's providers; for facility staff their own."""
    rows = Einrichtung.objects.filter(has_been(), anbieter_id__in=akteur.anbieter_ids)
    return rows.filter(pk__in=akteur.einrichtung_ids) if akteur.einrichtung_ids else rows


def own_kontakte(akteur: Akteur) -> QuerySet[Kontakt]:
    """Contacts the person keeps: of her facilities and, when she speaks for it, of her provider."""
    anbieter = own_anbieter(akteur) if may_write_anbieter(akteur) else Anbieter.objects.none()
    return Kontakt.objects.filter(Q(einrichtung__in=own_einrichtungen(akteur)) | Q(anbieter__in=anbieter))


def sees_kontakte(akteur: Akteur, ort: Anbieter | Einrichtung) -> bool:
    """Who is told whom to call: offices, the state, its own people. No competitor; the database tells it nothing."""
    if isinstance(ort, Einrichtung):
        return sees_entgelt(akteur, ort)
    return _reads_secrets(akteur) or ort.pk in akteur.anbieter_ids


def own_angebote(akteur: Akteur) -> QuerySet[Angebot]:
    """Offers of the person's facilities."""
    return Angebot.objects.filter(einrichtung__in=own_einrichtungen(akteur))


def own_fotos(akteur: Akteur) -> QuerySet[Foto]:
    """Pictures of the person's facilities that were not taken away."""
    return Foto.objects.filter(einrichtung__in=own_einrichtungen(akteur), gueltig_bis=None)


def visible_fotos(akteur: Akteur) -> QuerySet[Foto]:
    """Pictures everybody sees, and her own that wait for their words. What the scanner has not let through, nobody."""
    own = Q(einrichtung__in=own_einrichtungen(akteur), gueltig_bis=None, pruefung__in=LESBAR) & ~Q(datei="")
    return Foto.objects.filter(shown_fotos() | own)


def own_dokumente(akteur: Akteur, art: type[EinrichtungDokument]) -> QuerySet[EinrichtungDokument]:
    """Papers of this kind that the person keeps: of her facilities, and none that an office has entered (`rights`)."""
    rows: QuerySet = art._default_manager.filter(einrichtung__in=own_einrichtungen(akteur))
    return rows.filter(vom_anbieter=True) if art is LeqVereinbarung else rows


def own_erlaubnisse(akteur: Akteur) -> QuerySet[Betriebserlaubnis]:
    """Licences of the person's facilities."""
    return Betriebserlaubnis.objects.filter(einrichtung__in=own_einrichtungen(akteur))


def own_ausnahmen(akteur: Akteur) -> QuerySet[Ausnahme]:
    """Exceptions of the authority for the person's facilities."""
    return Ausnahme.objects.filter(einrichtung__in=own_einrichtungen(akteur))


def may_read_entgelte(akteur: Akteur) -> bool:
    """Who reads how rates have developed: offices, the state, people of providers for their own."""
    return _reads_secrets(akteur) or akteur.ist_anbieter


def priced_angebote(akteur: Akteur) -> QuerySet[Angebot]:
    """Offers whose rates the person reads (`sees_entgelt`)."""
    return Angebot.objects.all() if _reads_secrets(akteur) else own_angebote(akteur)


def rated_angebote(akteur: Akteur) -> QuerySet[Angebot]:
    """Offers whose rates the person may propose: her provider's; those of facilities in the district of her office, and
    all of which it may have a rate for itself (§ 77 SGB VIII)."""
    if not may_decide_entgelt(akteur):
        return own_angebote(akteur)
    im_bezirk = _angebote_im_bezirk(akteur, ENTGELT_ROLLEN)
    return Angebot.objects.filter(Q(pk__in=im_bezirk) | Q(hilfeart__entgeltrecht=Entgeltrecht.P77))


def may_rate_for_all(akteur: Akteur, angebot: Angebot) -> bool:
    """Whether her proposal may be one for all offices: the provider's, and that of the office at the place."""
    if not may_decide_entgelt(akteur):
        return own_angebote(akteur).filter(pk=angebot.pk).exists()
    return _angebote_im_bezirk(akteur, ENTGELT_ROLLEN).filter(pk=angebot.pk).exists()


def _angebote_im_bezirk(akteur: Akteur, rollen: tuple[Rolle, ...]) -> QuerySet[Angebot]:
    """Offers in the districts of the offices where the person has one of these roles; at an office's host, of that."""
    return Angebot.objects.filter(einrichtung__gebietskoerperschaft__kuerzel__in=_aemter(akteur, rollen))


def _aemter(akteur: Akteur, rollen: tuple[Rolle, ...]) -> QuerySet[Tenant, str]:
    """Kürzel of the offices where the person has one of these roles; at an office's host, of that."""
    return _offices(akteur, rollen).values_list("kuerzel", flat=True)


def _offices(akteur: Akteur, rollen: Iterable[Rolle]) -> QuerySet[Tenant]:
    if akteur.tenant_id is not None:
        return Tenant.objects.filter(pk=akteur.tenant_id)
    own = list_valid_memberships(user_id=akteur.user_id).filter(rolle__in=rollen, tenant_id__isnull=False)
    return Tenant.objects.filter(pk__in=own.values("tenant_id"))


def visible_vorschlaege(akteur: Akteur) -> QuerySet[Entgeltvorschlag]:
    """Proposed rates: business secrets of the provider and of the office that agrees on them, which is the one at the
    place of the facility, or the one for which alone the rate would hold."""
    if not may_decide_entgelt(akteur):
        return Entgeltvorschlag.objects.filter(angebot__in=own_angebote(akteur))
    return Entgeltvorschlag.objects.filter(
        Q(jugendamt=None, angebot__in=_angebote_im_bezirk(akteur, ENTGELT_ROLLEN))
        | Q(jugendamt__in=own_jugendaemter(akteur, ENTGELT_ROLLEN))
    )


def count_offene_vorschlaege(akteur: Akteur) -> int:
    """How many wait for her, asked from the office's own pages, which read no proposals; never those she made."""
    if akteur.tenant_id is None or not may_decide_entgelt(akteur):
        return 0
    return OffenerVorschlag.objects.exclude(autor_id=akteur.user_id).count()


# --- how fresh vacancies are ----------------------------------------------------------------------------------------


def may_report_vakanz(akteur: Akteur) -> bool:
    """Who says that a place was not free: whoever looks for places in an office."""
    return akteur.hat(*SUCH_ROLLEN)


def may_read_meldungen(akteur: Akteur) -> bool:
    """Who works with such reports: the office that reported, the provider that answers."""
    return may_report_vakanz(akteur) or may_write_own(akteur)


def visible_meldungen(akteur: Akteur) -> QuerySet[Vakanzmeldung]:
    """A provider's people: those about their own offers. At an office's host: those of that office. Nobody else's."""
    if akteur.ist_anbieter and not akteur.ist_amt:
        return Vakanzmeldung.objects.filter(angebot__in=own_angebote(akteur))
    if akteur.tenant_id is None:
        return Vakanzmeldung.objects.none()
    schema = Tenant.objects.filter(pk=akteur.tenant_id).values("schema_name")
    return Vakanzmeldung.objects.filter(mandant__in=schema)


def may_chase_vakanzen(akteur: Akteur) -> bool:
    """Who sees which vacancies are unconfirmed, with the telephone: the office at the place, and the state."""
    return akteur.hat(*NACHFASSEN_ROLLEN, *LANDESWEIT)


def chased_angebote(akteur: Akteur) -> QuerySet[Angebot]:
    """Offers in the office's district; for the state all."""
    return Angebot.objects.all() if akteur.hat(*LANDESWEIT) else _angebote_im_bezirk(akteur, NACHFASSEN_ROLLEN)


def sees_zuverlaessigkeit(akteur: Akteur, einrichtung: Einrichtung) -> bool:
    """Offices, the state and the facility's own people; no competitor is told how well another one keeps its word."""
    return sees_entgelt(akteur, einrichtung)


# --- what has become of the register --------------------------------------------------------------------------------


def may_view_verlauf(akteur: Akteur) -> bool:
    """Who reads what was changed: a provider's people, and who agrees on rates in the office at the place."""
    return akteur.ist_anbieter or akteur.hat(*ENTGELT_ROLLEN)


def _am_ort(akteur: Akteur) -> QuerySet[Einrichtung]:
    """Facilities in the district of the office whose host was called; of a provider's people there none."""
    if not akteur.ist_amt:
        return Einrichtung.objects.none()
    kuerzel = Tenant.objects.filter(pk=akteur.tenant_id).values("kuerzel")
    return Einrichtung.objects.filter(has_been(), gebietskoerperschaft__kuerzel__in=kuerzel)


def einrichtungen_with_verlauf(akteur: Akteur) -> QuerySet[Einrichtung]:
    """Facilities whose history the person reads: her own at the portal, those in the district at the office's host."""
    return own_einrichtungen(akteur) if akteur.tenant_id is None else _am_ort(akteur)


def anbieter_with_verlauf(akteur: Akteur) -> QuerySet[Anbieter]:
    """The same of providers; an office reads of one that has a facility in its district."""
    if akteur.tenant_id is None:
        return own_anbieter(akteur)
    return Anbieter.objects.filter(pk__in=_am_ort(akteur).values("anbieter_id"))


def visible_verlauf(akteur: Akteur) -> QuerySet[Registeraenderung]:
    """Changes the person may read; the database holds every role to the same (`Registeraenderung.rights`)."""
    rows = Registeraenderung.objects.all()
    if akteur.tenant_id is None:
        rows = rows.filter(anbieter_id__in=akteur.anbieter_ids)
        return rows.filter(einrichtung_id__in=akteur.einrichtung_ids) if akteur.einrichtung_ids else rows
    hier = _am_ort(akteur)
    am_ort = Q(einrichtung_id__in=hier.values("pk"))
    des_anbieters = Q(einrichtung_id__isnull=True, anbieter_id__in=hier.values("anbieter_id"))
    return rows.filter(am_ort | des_anbieters, fuer_amt=True)
