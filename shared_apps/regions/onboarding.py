"""What the regions know for onboarding: the districts, their names, keys and inhabitants."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from shared_apps.regions import services
from shared_apps.regions.models import Bevoelkerungsstand, Gebietskoerperschaft
from shared_apps.regions.referenzdatei import ReferenzdateiFehler
from tenants.models import Tenant
from tenants.onboarding.registry import (
    Angaben,
    OnboardingFehler,
    Report,
    checks_angaben,
    completes_angaben,
    finds_gaps,
    onboarding_step,
    reference_data,
    reference_file,
)

reference_data(order=10, name="Gebietskörperschaften")(services.load_gebietskoerperschaften)
reference_data(order=20, name="Bevölkerungsstände")(services.load_bevoelkerung)
reference_data(order=30, name="Gebietskörperschaften aus Referenzdateien")(services.load_referenzdateien)

_SO_BESCHAFFEN = (
    "Ohne Gebiet und Einwohnerzahlen kann das Jugendamt keine Kennzahlen bilden. Bitte geben Sie eine Referenzdatei "
    "(CSV) mit; ihr Aufbau steht in docs/referenzdatei.md."
)


@completes_angaben
def take_from_register(angaben: Angaben) -> None:
    """Name, AGS and order of a district that is in the reference data, or in the file handed in with it."""
    kreis: Gebietskoerperschaft | services.Kreis | None
    kreis = Gebietskoerperschaft.objects.filter(kuerzel=angaben.kuerzel).first()
    if kreis is None and angaben.referenz:
        try:
            kreise = services.check_referenzdatei(angaben.referenz)
        except ReferenzdateiFehler:
            return  # said by the check
        kreis = next((k for k in kreise if k.kuerzel == angaben.kuerzel), None)
    if kreis is None:
        return
    angaben.name = angaben.name or kreis.name
    angaben.ags = angaben.ags or kreis.ags
    angaben.sortierung = angaben.sortierung or kreis.sortierung


@checks_angaben
def has_reference(angaben: Angaben) -> None:
    """Refuse an office whose district or inhabitants nobody knows: every figure would fail afterwards."""
    if angaben.referenz:
        try:
            kreise = services.check_referenzdatei(angaben.referenz)
        except ReferenzdateiFehler as fehler:
            raise OnboardingFehler(str(fehler), feld="referenz") from fehler
        if not any((k.kuerzel, k.ags) == (angaben.kuerzel, angaben.ags) for k in kreise):
            raise OnboardingFehler(
                f"In der Referenzdatei steht keine Zeile mit kuerzel {angaben.kuerzel} und ags {angaben.ags or '…'}.",
                feld="referenz",
            )
        return
    kreis = Gebietskoerperschaft.objects.filter(ags=angaben.ags).first()
    if kreis is None:
        raise OnboardingFehler(f"Zum AGS {angaben.ags} gibt es keine Referenzdaten. {_SO_BESCHAFFEN}", feld="referenz")
    if not Bevoelkerungsstand.objects.filter(gebietskoerperschaft=kreis).exists():
        raise OnboardingFehler(f"Zu {kreis.name} fehlen die Einwohnerzahlen. {_SO_BESCHAFFEN}", feld="referenz")


@finds_gaps
def find_missing_reference(tenants: list[Tenant]) -> dict[str, str]:
    """Offices from before the form asked, and offices whose district lost its data: their figures fail on schedule."""
    known = dict(
        Gebietskoerperschaft.objects.filter(ags__in=[t.ags for t in tenants]).values_list(
            "ags", Exists(Bevoelkerungsstand.objects.filter(gebietskoerperschaft=OuterRef("pk")))
        )
    )
    return {
        t.kuerzel: "Einwohnerzahlen" if t.ags in known else f"Gebiet zum AGS {t.ags} und Einwohnerzahlen"
        for t in tenants
        if not known.get(t.ags)
    }


@onboarding_step(order=15, name="Referenzdaten übernehmen")
def take_reference_file(tenant: Tenant, angaben: Angaben, report: Report) -> None:
    """District and inhabitants of the file; kept, and read by every later `load_reference`."""
    if angaben.referenz:
        report(f"{services.load_referenzdatei(text=angaben.referenz)} Gebietskörperschaften")


@reference_file
def take_file(text: str) -> int:
    """`load_reference --datei`: newer inhabitants, or districts before their office comes."""
    try:
        return services.load_referenzdatei(text=text)
    except ReferenzdateiFehler as fehler:
        raise OnboardingFehler(str(fehler)) from fehler
