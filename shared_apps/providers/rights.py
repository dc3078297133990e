"""Row rules of the register that others lean on, as SQL."""

from __future__ import annotations

from django.conf import settings

from tenants.tables.rights import NO_ANBIETER, own_anbieter

#: She acts for a whole provider, not for one facility of it.
WHOLE_ANBIETER = "sojus_einrichtung() = '{}'"
#: A job, or set-up: no person acts, not even a stranger.
JOB = f"(sojus_user() IS NULL AND {NO_ANBIETER})"
#: `einrichtung_id` is a facility of hers.
OWN_FACILITY = (
    "EXISTS (SELECT 1 FROM providers_einrichtung e"  # noqa: S608 - constants only
    f" WHERE e.id = einrichtung_id AND {own_anbieter('e', einrichtung='id')})"
)
#: At an office's host: the row (`jugendamt_id`) holds for all offices, or for this one (§ 77 SGB VIII, ADR 0073).
FOR_THIS_OFFICE = (
    "(jugendamt_id IS NULL OR jugendamt_id = (SELECT g.id FROM regions_gebietskoerperschaft g"
    " JOIN tenants_tenant t ON t.kuerzel = g.kuerzel WHERE t.schema_name = sojus_mandant()))"
)
#: On shared pages: for all offices, or for one where the acting person works today; a job acts for nobody.
FOR_HER_OFFICE = (
    "(jugendamt_id IS NULL OR sojus_user() IS NULL OR EXISTS (SELECT 1 FROM accounts_membership m"  # noqa: S608
    " JOIN tenants_tenant t ON t.id = m.tenant_id JOIN regions_gebietskoerperschaft g ON g.kuerzel = t.kuerzel"
    " WHERE g.id = jugendamt_id AND m.user_id = sojus_user()"
    f" AND daterange(m.gueltig_ab, m.gueltig_bis) @> (now() AT TIME ZONE '{settings.TIME_ZONE}')::date))"
)


def own_offers(offer: str = "angebot_id") -> str:
    """SQL: the offer (a column with its id) belongs to the acting person's provider or facility."""
    return (
        "EXISTS (SELECT 1 FROM providers_angebot a JOIN providers_einrichtung e ON e.id = a.einrichtung_id"  # noqa: S608
        f" WHERE a.id = {offer} AND {own_anbieter('e', einrichtung='id')})"
    )


def befangen_sql(anbieter: str, *, seit: str = "") -> str:
    """SQL of an office's view: the acting person is one of this provider's people, under whichever account, or ever
    was; with `seit` (a moment): was on any day since then, or will be, or her role was altered since.
    `policies.aemter` says the same."""
    tag = f"({seit} AT TIME ZONE '{settings.TIME_ZONE}')::date"
    seitdem = (
        f" AND (m.gueltig_bis IS NULL OR m.gueltig_bis >= {tag}"  # noqa: S608 - constants only
        " OR EXISTS (SELECT 1 FROM public.journal_journaleintrag j WHERE j.tabelle = 'accounts_membership'"
        " AND j.zeile = m.id::text AND j.user_id IS NOT NULL"
        f" AND (j.created_at AT TIME ZONE '{settings.TIME_ZONE}')::date >= {tag}))"
    )
    return (
        "EXISTS (SELECT 1 FROM public.accounts_membership m JOIN public.accounts_user u ON u.id = m.user_id"  # noqa: S608
        " JOIN public.accounts_user ich ON ich.id = public.sojus_user()"
        f" WHERE m.anbieter_id = {anbieter}{seitdem if seit else ''}"
        " AND (u.id = ich.id OR ich.email <> ''"
        " AND public.accounts_postfach(u.email) = public.accounts_postfach(ich.email)))"
    )
