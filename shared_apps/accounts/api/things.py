"""The one shape of a thing of the API: what its actions declare, and how a write runs once per `Idempotency-Key`.

Where the answers are kept, and what a repetition leaves behind, is the host's matter: an office keeps them in its own
schema and writes its trail (`tenant_apps.repeats.api`), the portal keeps them here (`Portalantwort`, ADR 0068).
Only successful answers are kept: a refused request leaves no trace and may be repeated as it is. They are kept for a
day, and nobody gets one again who may not see today what it is about.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model, QuerySet
from django.utils.datastructures import MultiValueDict
from drf_spectacular.utils import OpenApiParameter
from rest_framework.parsers import BaseParser, FormParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from shared_apps.accounts.akteur import Akteur
from shared_apps.accounts.models import Portalantwort
from shared_apps.accounts.umfang import Umfang
from shared_apps.core import api_felder as felder
from shared_apps.core.api import SojusJSONParser, SojusMultiPartParser
from shared_apps.core.errors import RegelVerletzt

HEADER = "Idempotency-Key"
IDEMPOTENCY = OpenApiParameter(
    HEADER, str, OpenApiParameter.HEADER, description="Wiederholung mit gleichem Inhalt: gleiche Antwort."
)
MAX_LENGTH = 200
ANDERER_INHALT = "Dieser Idempotency-Key wurde schon für eine andere Anfrage benutzt. Bitte nehmen Sie einen neuen."
ZU_LANG = f"Der Idempotency-Key darf höchstens {MAX_LENGTH} Zeichen lang sein."

Work = Callable[[], tuple[int, Any]]
#: Kept data → the row it is about, loaded as this person may load it now. Raises Http404 when her right has ended.
Again = Callable[[dict], Any]


class KeineEingabe(felder.Eingabe):
    """No body is needed."""


class ThingViewSet(GenericViewSet):
    """One thing of the API: each action with its policy, the scope a key needs, and what it takes in.

    An action without a body reads nothing, so the kind of what is sent does not matter.
    """

    policy: ClassVar[Mapping[str, Callable[[Akteur], bool]]] = {}
    scopes: ClassVar[dict[str, Umfang]] = {}
    bodies: ClassVar[dict[str, type[felder.Eingabe]]] = {}
    #: Actions whose body may be missing: whatever kind of nothing is sent, it is nothing.
    auch_leer: ClassVar[frozenset[str]] = frozenset()
    #: Actions that take files, as multipart/form-data; all others take JSON.
    nimmt_dateien: ClassVar[frozenset[str]] = frozenset()
    #: Actions that give out a file: whatever kind of answer is asked for, it is this file.
    gibt_dateien: ClassVar[frozenset[str]] = frozenset()
    #: The table that keeps answers to repeated requests at this host.
    antworten: ClassVar[type[Model]] = Portalantwort

    @property
    def akteur(self) -> Akteur:
        """Who acts, and that a program does it for her."""
        return replace(self.request._request.akteur, ist_programm=True)

    def _asked(self) -> str:
        """The action asked for. OPTIONS asks for each method; the OpenAPI document has an action and no request."""
        action = self.action_map.get(self.request.method.lower()) if self.request else self.action
        return action or ""

    def get_serializer_class(self) -> type[felder.Eingabe]:
        return self.bodies.get(self._asked(), KeineEingabe)

    def get_parsers(self) -> list[BaseParser]:
        if self._asked() in self.nimmt_dateien:
            return [SojusMultiPartParser()]
        if self.get_serializer_class() is KeineEingabe or self._asked() in self.auch_leer:
            return [SojusJSONParser(), FormParser(), SojusMultiPartParser()]
        return super().get_parsers()

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force or self._asked() in self.gibt_dateien)

    def seen(self) -> QuerySet:
        """All rows of its list this person may see, filtered by nothing."""
        raise NotImplementedError

    def load(self, uuid: UUID) -> Any:
        """The row this person may act on. Raises Http404."""
        raise NotImplementedError

    def load_again(self, uuid: UUID) -> Any:
        """The row a kept answer is about, if she may still see it; also one that the step itself has put away."""
        return self.load(uuid)

    def load_kept(self, kept: dict) -> Any:
        """What a kept answer is about: the row of the address, or the one that was made."""
        return self.load_again(self.kwargs.get("uuid") or kept["uuid"])

    def answer(self, row: Any) -> dict:
        """What is said of it."""
        raise NotImplementedError

    def has_scope(self, scope: Umfang) -> bool:
        """Whether this request may do this, too: a session may do all that its person may."""
        request = self.request._request
        return not request.is_token_auth or scope in request.token_scopes

    def narrow(self, data: Any) -> Any:
        """What this request may read of an answer. A kept answer may be asked for with another key of hers."""
        return data

    def read_body(self) -> dict[str, Any]:
        """The checked input."""
        eingabe = self.get_serializer(data=self.request.data)
        eingabe.is_valid(raise_exception=True)
        return eingabe.validated_data

    def note_repetition(self, row: Any) -> None:
        """What a repetition leaves behind; an office's API writes its trail."""

    def act(self, work: Callable[[dict[str, Any]], Any], *, status: int = 200) -> Response:
        """Work with the checked input, once per Idempotency-Key; the answer is what `work` says.

        When it says nothing, the row is shown as it is now.
        """
        uuid = self.kwargs.get("uuid")

        def once() -> tuple[int, Any]:
            said = work(self.read_body())
            return status, self.answer(self.load(uuid)) if said is None else said

        return self.run_idempotent(once, again=self.load_kept)

    def run_idempotent(self, work: Work, *, again: Again) -> Response:
        """Answer with `work()`, which returns status and data; with a known key, with the kept answer.

        The kept answer is given when `again` finds what it is about: a right that ended meanwhile ends it, too (404).
        Two requests with one new key: the unique constraint lets the second wait for the first.
        """
        key = self.request.headers.get(HEADER, "").strip()
        if not key:
            status, data = work()
            return Response(self.narrow(data), status=status)
        if len(key) > MAX_LENGTH:
            raise RegelVerletzt(ZU_LANG, code="idempotency_key")
        record, is_new = self._claim(key)
        if not is_new:
            return self._replay(record, again)
        status, data = work()
        record.status, record.response = status, JSONRenderer().render(data).decode()
        record.save(update_fields=["status", "response"])
        return Response(self.narrow(data), status=status)

    def _claim(self, key: str) -> tuple[Any, bool]:
        request: Request = self.request
        rows = self.antworten._default_manager
        asked = {"method": request.method, "path": request.path[:300], "body_hash": _hash(request)}
        wanted = self.antworten(user_id=self.akteur.user_id, key=key, status=0, response="", **asked)
        rows.bulk_create([wanted], ignore_conflicts=True)
        kept = rows.get(user_id=self.akteur.user_id, key=key)
        return kept, kept.pk == wanted.pk

    def _replay(self, record: Any, again: Again) -> Response:
        asked = (self.request.method, self.request.path[:300], _hash(self.request))
        if asked != (record.method, record.path, record.body_hash):
            raise RegelVerletzt(ANDERER_INHALT, code="idempotency_key")
        data = json.loads(record.response)
        self.note_repetition(again(data))
        return Response(self.narrow(data), status=record.status, headers={"Idempotency-Replayed": "true"})


def _hash(request: Request) -> str:
    # Of a form each value of a field: as a mapping it has only the last one, the last of ten pictures.
    data = dict(request.data.lists()) if isinstance(request.data, MultiValueDict) else request.data
    body = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    query = request.META.get("QUERY_STRING", "")  # it may ask for another answer, and may hold what nobody keeps
    return hashlib.sha256(f"{body}?{query}".encode() if query else body.encode()).hexdigest()


def _plain(wert: Any) -> str:
    """Of a file its name and what is in it: another picture of the same name is another request."""
    if not isinstance(wert, UploadedFile):
        return str(wert)
    inhalt = hashlib.sha256()
    for chunk in wert.chunks():
        inhalt.update(chunk)
    wert.seek(0)
    return f"{wert.name}:{inhalt.hexdigest()}"
