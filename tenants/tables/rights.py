"""Database rights as data beside the model; `tenants.fence.grants` turns them into GRANT and POLICY."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Policy:
    """One row-level security policy.

    `to`: app (binds land too) | tenants | portal | compare | queue; `command`: SELECT, INSERT, UPDATE, DELETE, ALL.
    `says`: the check as a function, where it is put together of what apps declare after the models are loaded.
    """

    name: str
    to: str
    command: str
    using: str | None = None
    check: str | None = None
    says: Callable[[], str] | None = None

    def placed(self, schema: str) -> Policy:
        """As it is in the schema of one office: `{schema}` filled in, `says` asked."""
        check = self.says() if self.says else self.check
        using, check = (text and text.replace("{schema}", schema) for text in (self.using, check))
        return replace(self, using=using, check=check, says=None)


@dataclass(frozen=True, slots=True)
class Rights:
    """What each kind of role may do with a shared table (docs/adr/0002, 0016, 0028).

    app: middleware and jobs on shared tables (`sojus_dienst`). land: the state portal and the administration of
    people; None: as app. anmeldung: pages of sign-in and of one's own account. tenants: the offices. portal: a
    provider's request at a youth office's host. compare: the comparison. queue: a worker's own
    connection to the queue (docs/adr/0025).
    DELETE on register tables is given to nobody: shared rows are ended, users deactivated.
    """

    app: str = "SELECT"
    tenants: str = ""
    portal: str = ""
    compare: str = ""
    queue: str = ""
    land: str | None = None
    anmeldung: str = ""
    policies: tuple[Policy, ...] = field(default=())

    def of(self, kind: str) -> str:
        """What a kind of role may do, as in GRANT."""
        granted = getattr(self, kind)
        return self.app if granted is None else granted


#: Reference data: read by everybody, written by the owner's commands.
REFERENCE = Rights(app="SELECT", tenants="SELECT", portal="SELECT", compare="SELECT", anmeldung="SELECT")
PORTAL_ONLY = Rights(app="SELECT, INSERT, UPDATE, DELETE")
#: Traffic of sign-in: tickets, attempts, sessions.
SIGN_IN = Rights(app="SELECT, INSERT, UPDATE, DELETE", anmeldung="SELECT, INSERT, UPDATE, DELETE")

OWN_MANDANT = "mandant = sojus_mandant()"
#: Nobody of a provider acts: an office, the state, a job.
NO_ANBIETER = "sojus_anbieter() = '{}'"


def own_anbieter(row: str = "", *, einrichtung: str = "einrichtung_id", narrows: bool = True) -> str:
    """SQL: the row belongs to the acting person's provider and, for facility staff, to her facility.

    `row` is the alias of a row that has `anbieter_id`; `einrichtung` its column with the facility.
    `narrows`: False where another condition has picked her rows already and nearly every row left will pass: it means
    the same, but the planner does not count the same share a second time (docs/adr/0038).
    """
    dot = f"{row}." if row else ""
    hers = f"{dot}anbieter_id = ANY (sojus_anbieter())"
    if not narrows:
        hers = f"array_position(sojus_anbieter(), {dot}anbieter_id) IS NOT NULL"
    # "<>" passes for likely, "=" and CASE for rare: with 0.5 % the planner joins 2,000 rows by nested loops.
    return (
        f"({hers} AND (least(cardinality(sojus_einrichtung()), 1) <> 1"
        f" OR {dot}{einrichtung} = ANY (sojus_einrichtung())))"
    )


def register(own: str, *, is_link: bool = False) -> Rights:
    """Read by everybody, kept at the portal: of a provider only its own people write, whatever a page forgets to ask.

    `own` says in SQL that a row is the acting person's, before a change and after it. Who acts for no provider (an
    office, the state, a job) is held by the services. `is_link`: a pair of keys, which is taken away again.
    """
    hers = f"{NO_ANBIETER} OR {own}"
    unlink = (Policy("entfernen", "app", "DELETE", using=hers),) if is_link else ()
    return Rights(
        app="SELECT, INSERT, UPDATE, DELETE" if is_link else "SELECT, INSERT, UPDATE",
        tenants="SELECT",
        portal="SELECT",
        policies=(
            Policy("lesen_am_amt", "tenants", "SELECT", using="true"),
            Policy("lesen_als_anbieter", "portal", "SELECT", using="true"),
            Policy("lesen", "app", "SELECT", using="true"),
            Policy("eintragen", "app", "INSERT", check=hers),
            Policy("fortschreiben", "app", "UPDATE", using=hers, check=hers),
            *unlink,
        ),
    )


def business_secret(own: str, *, handed_in: str = "", amt: str = "true", hers: str = "true") -> Rights:
    """Agreed with one provider, kept through the portal, no competitor's to read (§ 67 Abs. 2 SGB X).

    `own` says in SQL that a row is the acting person's. Offices, the state and jobs act for no provider: they see all.
    `handed_in`: condition of those rows that the provider itself enters and goes on writing, and never leaves.
    `amt`, `hers`: which rows that is, where some are agreed with one office alone: at an office's host, and for
    whoever acts for no provider on shared pages.
    """
    alle = NO_ANBIETER if hers == "true" else f"({NO_ANBIETER} AND {hers})"
    eigene = own if amt == "true" else f"{own} AND {amt}"
    schreibt = f"{alle} OR ({own} AND {handed_in})" if handed_in else alle
    return Rights(
        app="SELECT, INSERT, UPDATE",
        tenants="SELECT",
        portal="SELECT",
        policies=(
            Policy("amt", "tenants", "SELECT", using=amt),
            Policy("eigene_am_amt", "portal", "SELECT", using=eigene),
            Policy("eigene", "app", "SELECT", using=f"{alle} OR {own}"),
            Policy("vereinbaren", "app", "INSERT", check=schreibt),
            Policy("fortschreiben", "app", "UPDATE", using=schreibt, check=schreibt if handed_in else None),
        ),
    )


def own_rows(*, name: str = "eigene") -> Policy:
    """A tenant sees and writes only the rows that carry its own schema name."""
    return Policy(name, "tenants", "ALL", using=OWN_MANDANT, check=OWN_MANDANT)
