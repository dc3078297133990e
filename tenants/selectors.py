"""What the operator's page shows: technical state, never content. Runs as `sojus_land`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.timesince import timesince
from django.utils.timezone import now

from tenants.door.lag import known_migrations
from tenants.door.rueckkehr import RETURNING, RUNNING, amt_kehrt_zurueck, defects
from tenants.enums import Jobstand
from tenants.fence.scan import scan_privileges
from tenants.jobs import NACHGEHOLT, RULES, WAITING_PER_OFFICE
from tenants.jobs.times import LATE_SHOWN, silent_seconds
from tenants.models import Domain, Jobfehler, Migrationsstand, OnboardingLauf, Tenant, TenantZustand
from tenants.onboarding.registry import list_gaps


@dataclass(frozen=True, slots=True)
class Betriebszeile:
    """One youth office as the operator sees it."""

    tenant: Tenant
    domain: str
    schema_da: bool
    rolle_da: bool
    migrationen_fehlen: int
    rechte_in_ordnung: bool
    stand: Migrationsstand | None = None
    fehlt: tuple[str, ...] = ()
    """Reference data without which the office has no figures, in words."""
    rueckkehr: str = ""
    """What to do when a return of this office is not over."""

    @property
    def ist_gesund(self) -> bool:
        """Everything that is needed is there, and nothing too much."""
        return bool(
            self.domain
            and self.schema_da
            and self.rolle_da
            and not self.migrationen_fehlen
            and self.rechte_in_ordnung
            and not self.stand
            and not self.fehlt
            and not self.rueckkehr
        )


def list_betriebszeilen() -> list[Betriebszeile]:
    """State of every youth office in a fixed number of queries."""
    tenants = list(Tenant.objects.select_related("migrationsstand"))
    hosts = dict(Domain.objects.order_by("is_primary").values_list("tenant_id", "domain"))
    luecken = list_gaps([t for t in tenants if t.zustand != TenantZustand.STILLGELEGT])
    zu_viel = {name for v in scan_privileges(tenants) for name in (v.schema, v.role)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT schema_name, fehlend FROM tenants_rueckstand(%s::text[])", [known_migrations()])
        fehlend = dict(cursor.fetchall())
        cursor.execute(
            " UNION ALL ".join(
                (
                    "SELECT 'schema', nspname FROM pg_namespace WHERE nspname = ANY(%s)",
                    "SELECT 'rolle', rolname FROM pg_roles WHERE rolname = ANY(%s)",
                    RETURNING,
                )
            ),
            [list(fehlend), [t.role for t in tenants], defects(fehlend), RUNNING],
        )
        standing = set(cursor.fetchall())
    return [
        Betriebszeile(
            tenant=t,
            domain=hosts.get(t.pk, ""),
            schema_da=("schema", t.schema_name) in standing,
            rolle_da=("rolle", t.role) in standing,
            migrationen_fehlen=fehlend.get(t.schema_name, 0),
            rechte_in_ordnung=not {t.schema_name, t.role} & zu_viel,
            stand=stand if (stand := getattr(t, "migrationsstand", None)) and stand.grund else None,
            fehlt=tuple(luecken.get(t.kuerzel, ())),
            rueckkehr=amt_kehrt_zurueck(t.kuerzel) if ("rueckkehr", t.schema_name) in standing else "",
        )
        for t in tenants
    ]


def count_broken_laeufe() -> int:
    """Municipalities whose last attempt failed."""
    last = (
        OnboardingLauf.objects.order_by("kuerzel", "-created_at").distinct("kuerzel").values_list("zustand", flat=True)
    )
    return sum(zustand == OnboardingLauf.Zustand.FEHLER for zustand in last)


def list_laeufe() -> QuerySet[OnboardingLauf]:
    """Attempts to onboard a municipality."""
    return OnboardingLauf.objects.all()


#: A running job counts as hanging after this, a waiting one as late.
LANGE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Jobzeile:
    """One job as the operator sees it: no content, of its arguments only the office."""

    nr: int
    titel: str
    amt: str
    stand: Jobstand
    versuche: int
    seit: datetime | None
    fehler: str
    wird_getan: bool = False
    """A worker has it in hand; else it waits, or is given up."""
    laengstens: timedelta | None = None
    """After this a worker ends it by itself, and it is done again."""

    @property
    def erklaerung(self) -> str:  # noqa: PLR0911 - one line per state
        """What the state means here: for how long already, how long is usual, what happens by itself."""
        dauer, grenze = _dauer(self.seit), _words(LANGE)
        ende = f" Nach {_words(self.laengstens)} wird er abgebrochen und neu begonnen." if self.laengstens else ""
        match self.stand:
            case Jobstand.GESCHEITERT:
                return f"Zuletzt versucht vor {dauer}. Von selbst geschieht nichts mehr."
            case Jobstand.STEHENGEBLIEBEN:
                return f"Begonnen vor {dauer}; sein Arbeiter meldet sich nicht. Der nächste nimmt ihn von selbst auf."
            case Jobstand.HAENGT if self.wird_getan:
                return f"Läuft seit {dauer}, üblich sind höchstens {grenze}.{ende}"
            case Jobstand.HAENGT:
                return f"Wartet seit {dauer}, üblich sind höchstens {grenze}. Bitte prüfen Sie, ob der Arbeiter läuft."
            case Jobstand.LAEUFT:
                return f"Läuft seit {dauer}.{ende}"
            case Jobstand.VERSUCHT:
                return f"Zuletzt versucht vor {dauer}; der nächste Versuch kommt von selbst."
        return f"Wartet seit {dauer}."

    @property
    def darf_wiederholt_werden(self) -> bool:
        """What failed, for good or until its next try (then it need not wait). Others are taken up by themselves."""
        return self.stand in {Jobstand.GESCHEITERT, Jobstand.VERSUCHT}


def _dauer(seit: datetime | None) -> str:
    """How long ago, in the two largest units: `2 Stunden, 5 Minuten`."""
    if seit is None:
        return "unbekannter Zeit"
    gerade = now() - seit < timedelta(minutes=1)
    return "weniger als einer Minute" if gerade else timesince(seit).replace("\xa0", " ")


def _words(dauer: timedelta) -> str:
    """A length of time as Django says it: `15 Minuten`, `1 Stunde`."""
    jetzt = now()
    return timesince(jetzt - dauer, jetzt).replace("\xa0", " ")


# Stand of each job that is not done. `silent`: its worker has not been heard of for this many seconds.
_JOBS = """
    SELECT j.id, j.task_name, j.args ->> 'schema' AS schema_name, j.attempts, s.stand,
           CASE WHEN j.status = 'todo' AND j.attempts = 0 THEN coalesce(j.scheduled_at, e.seit) ELSE e.seit END,
           f.meldung, j.status = 'doing'
      FROM procrastinate_jobs j
      LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
      CROSS JOIN LATERAL (SELECT max(at) AS seit FROM procrastinate_events v
                           WHERE v.job_id = j.id AND v.type <> 'scheduled') e
      CROSS JOIN LATERAL (SELECT CASE
               WHEN j.status = 'failed' THEN 'GESCHEITERT'
               WHEN j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - %(silent)s)
                   THEN 'STEHENGEBLIEBEN'
               WHEN j.status = 'doing' AND e.seit < now() - %(long)s THEN 'HAENGT'
               WHEN j.status = 'doing' THEN 'LAEUFT'
               WHEN j.attempts > 0 THEN 'VERSUCHT'
               WHEN coalesce(j.scheduled_at, e.seit) < now() - %(long)s THEN 'HAENGT'
               ELSE 'WARTET' END AS stand) s
      LEFT JOIN LATERAL (SELECT meldung FROM tenants_jobfehler x WHERE x.job_nr = j.id
                          AND NOT starts_with(meldung, %(late)s) ORDER BY created_at DESC LIMIT 1) f ON true
     WHERE j.status IN ('todo', 'doing', 'failed')
"""


def _job_params(**more: Any) -> dict[str, Any]:
    return {"silent": timedelta(seconds=silent_seconds()), "long": LANGE, "late": NACHGEHOLT, **more}


def count_jobs() -> dict[Jobstand, int]:
    """How many jobs are in which state; done ones are gone."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT stand, count(*) FROM ({_JOBS}) j GROUP BY stand", _job_params())  # noqa: S608
        found = dict(cursor.fetchall())
    return {stand: found.get(stand.value, 0) for stand in Jobstand}


#: One outage of all workers is some thirty jobs.
LATE_MAX = 100


def list_stau() -> list[str]:
    """Tasks of which too many jobs wait: new ones are, or soon will be, refused (`tenants.jobs.WAITING_PER_OFFICE`)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock IS NULL"
            " GROUP BY task_name HAVING count(*) >= %s ORDER BY task_name",
            [WAITING_PER_OFFICE],
        )
        rows = cursor.fetchall()
    return [f"{RULES[name].title if name in RULES else name} ({number})" for name, number in rows]


@dataclass(frozen=True, slots=True)
class Nachgeholt:
    """A scheduled job that ran late: which, with the time it was due, and when it began."""

    was: str
    created_at: datetime


def list_nachgeholte() -> list[Nachgeholt]:
    """What ran late in the last days, because no worker was up at its time; newest first."""
    rows = Jobfehler.objects.filter(meldung__startswith=NACHGEHOLT, created_at__gte=now() - LATE_SHOWN)
    return [
        Nachgeholt(r.meldung.removeprefix(NACHGEHOLT), r.created_at) for r in rows.order_by("-created_at")[:LATE_MAX]
    ]


def find_jobs(*, staende: Iterable[Jobstand], bis: int) -> list[int]:
    """Numbers of the jobs in these states, newest first, `bis` at most."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM ({_JOBS}) j WHERE stand = ANY(%(staende)s) ORDER BY id DESC LIMIT %(bis)s",  # noqa: S608
            _job_params(staende=[str(s) for s in staende], bis=bis),
        )
        return [nr for (nr,) in cursor.fetchall()]


def load_jobs(nummern: Sequence[int]) -> list[Jobzeile]:
    """These jobs, newest first; without those that were done meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({_JOBS}) j WHERE id = ANY(%(nummern)s) ORDER BY id DESC",  # noqa: S608
            _job_params(nummern=list(nummern)),
        )
        rows = cursor.fetchall()
    aemter = dict(Tenant.objects.values_list("schema_name", "kuerzel"))
    return [_jobzeile(row, aemter) for row in rows]


def find_job(nr: int) -> Jobzeile | None:
    """One job that is not done."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({_JOBS}) j WHERE id = %(nr)s", _job_params(nr=nr))  # noqa: S608
        row = cursor.fetchone()
    return row and _jobzeile(row, dict(Tenant.objects.values_list("schema_name", "kuerzel")))


def _jobzeile(row: tuple, aemter: dict[str, str]) -> Jobzeile:
    nr, name, schema, attempts, stand, seit, meldung, doing = row
    return Jobzeile(
        nr=nr,
        titel=RULES[name].title if name in RULES else name,
        amt=aemter.get(schema or "", ""),
        stand=Jobstand(stand),
        versuche=attempts,
        seit=seit,
        fehler=meldung or "",
        wird_getan=doing,
        laengstens=RULES[name].longest if name in RULES else None,
    )
