"""What the two kinds of approval share on their screens: who asked, who decided, and how it is decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from shared_apps.accounts.models import Fachkraft
from shared_apps.core.frage import Frage, Weg, answered, decide
from shared_apps.journal.models import Supportzugriff
from tenant_apps.audit.forms import EntscheidungForm
from tenant_apps.audit.models import Freigabe


def with_names(rows: list[Freigabe] | list[Supportzugriff], key: str) -> list[dict[str, Any]]:
    """Each row under `key`, with the names of who asked and who decided."""
    ids = {r.beantragt_von for r in rows} | {r.entschieden_von for r in rows if r.entschieden_von}
    names: dict[UUID | None, str] = {f.pk: str(f) for f in Fachkraft.objects.filter(pk__in=ids)}
    return [{key: r, "von": names.get(r.beantragt_von, ""), "durch": names.get(r.entschieden_von, "")} for r in rows]


@dataclass(frozen=True, slots=True)
class Antwort:
    """One answer: its button, what is done with the remark (empty when there is none), what is said afterwards."""

    label: str
    work: Callable[[str], Any]
    done: str
    offered: bool


def decide_approval(
    request: HttpRequest, frage: Frage, *, bewilligen: Antwort, ablehnen: Antwort, widerrufen: Antwort
) -> HttpResponse:
    """Approve or decline with a remark, or take back without one."""
    form = EntscheidungForm(answered(request, "bewilligen", "ablehnen"))

    def with_remark(antwort: Antwort) -> Weg:
        return Weg(
            label=antwort.label,
            form=form,
            work=lambda data: antwort.work(data["bemerkung"]),
            done=antwort.done,
            offered=antwort.offered,
        )

    back = Weg(
        label=widerrufen.label,
        level="danger",
        work=lambda _: widerrufen.work(""),
        done=widerrufen.done,
        offered=widerrufen.offered,
    )
    wege = {"bewilligen": with_remark(bewilligen), "ablehnen": with_remark(ablehnen), "widerrufen": back}
    return decide(request, frage, wege)
