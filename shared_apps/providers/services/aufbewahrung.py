"""What the register forgets of its own: reasons that nobody asks about any more, and whom to call at a house that has
ended. Jobs."""

from __future__ import annotations

from django.db.models import Q

from shared_apps.core.clock import real_now, today
from shared_apps.providers.models import Anbieter, Einrichtung, Entgeltvorschlag, Kontakt, Stammdatenvorschlag
from shared_apps.providers.rules import NACHLAUF

#: Columns of an address that lead to a person.
_PERSONEN = ("ansprechpartner", "telefon", "email")


def clear_gruende() -> int:
    """Empty the reasons of proposals that were decided or withdrawn longer than `NACHLAUF` ago; returns how many.

    What was proposed and what became of it stays. The triggers of both tables let a job do this, and nothing else.
    """
    vorbei = Q(entschieden_at__lt=real_now() - NACHLAUF)
    satz = Entgeltvorschlag.objects.filter(vorbei).exclude(grund="")
    stamm = Stammdatenvorschlag.objects.filter(vorbei).exclude(grund="", begruendung="")
    return satz.update(grund="") + stamm.update(grund="", begruendung="")


def clear_kontakte() -> int:
    """Remove the contacts of houses and providers that ended longer than `NACHLAUF` ago, and empty the person,
    telephone and mail in their addresses; returns how many rows. Street and web page stay: they name nobody.

    A house that went with its provider counts from the provider's end.
    """
    tag = today() - NACHLAUF
    beendet = Q(gueltig_bis__lte=tag)
    haeuser = beendet | Q(anbieter__gueltig_bis__lte=tag)
    kontakte = Kontakt.objects.filter(
        Q(anbieter__in=Anbieter.objects.filter(beendet)) | Q(einrichtung__in=Einrichtung.objects.filter(haeuser))
    )
    leer = dict.fromkeys(_PERSONEN, "")
    weg = kontakte.delete()[0]
    weg += Einrichtung.objects.filter(haeuser).exclude(**leer).update(**leer)
    return weg + Anbieter.objects.filter(beendet).exclude(**leer).update(**leer)
