"""Errors a person can do something about. Messages are German and say what to do."""

from __future__ import annotations

from collections.abc import Sequence


class SojusError(Exception):
    """Base: `message` for the screen, `code` for machines, `feld` the form field it belongs to."""

    status = 400
    code = "fehler"

    def __init__(self, message: str, *, code: str | None = None, feld: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.feld = feld

    @property
    def einzeln(self) -> tuple[SojusError, ...]:
        """What is said at one field each."""
        return (self,)


class RegelVerletzt(SojusError):
    """Input breaks a rule (HTTP 422)."""

    status = 422
    code = "regel_verletzt"
    _fehler: tuple[SojusError, ...] = ()

    @classmethod
    def combine(cls, fehler: Sequence[RegelVerletzt]) -> RegelVerletzt:
        """Several rules at once, each with its own sentence at its own field; who has one line shows all of them."""
        alle = cls(" ".join(error.message for error in fehler), code=fehler[0].code, feld=fehler[0].feld)
        alle._fehler = tuple(fehler)
        return alle

    @classmethod
    def refuse(cls, fehler: Sequence[RegelVerletzt]) -> None:
        """Raise them all at once; nothing where there are none."""
        if fehler:
            raise cls.combine(fehler)

    @property
    def einzeln(self) -> tuple[SojusError, ...]:
        return self._fehler or (self,)


class Konflikt(SojusError):
    """Somebody was faster, or the state no longer allows it (HTTP 409)."""

    status = 409
    code = "konflikt"


class KeinPlatzFrei(Konflikt):
    """The last place is gone."""

    code = "kein_platz_frei"


class Gestoert(SojusError):
    """Something of ours is not there just now, and the log says what (HTTP 503); nothing was kept."""

    status = 503
    code = "gestoert"


class Verweigert(SojusError):
    """The person may not do this (HTTP 403)."""

    status = 403
    code = "verweigert"


#: Reveals neither that there is such a thing nor why it is hidden.
NICHT_SICHTBAR = "Das gibt es nicht, oder Sie dürfen es nicht (mehr) sehen."


class Fehlt(SojusError):
    """There is no such thing, or none this person may see: both look the same (HTTP 404)."""

    status = 404
    code = "fehlt"


def refused_by(error: BaseException) -> str:
    """Which constraint of the database, or rule of a trigger, has refused a statement; "" when none did."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
