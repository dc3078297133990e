"""The forms of a page as a browser finds them: where they go, what can be filled in, what is there already."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

#: Kinds nobody types into.
BUTTONS = {"submit", "button", "image", "reset"}
CHOICES = {"select", "radio", "checkbox"}


@dataclass
class Field:
    """One name of a form: its kind, its value now, and the values offered."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)

    @property
    def is_typed(self) -> bool:
        """Whether a person types the value (and sees it again)."""
        return self.kind not in CHOICES | {"hidden", "password", "file"}


@dataclass
class Form:
    """A form of a page."""

    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        """The same form on another page."""
        return (self.method, *sorted(self.fields))

    def valid(self) -> dict[str, list[str]]:
        """What somebody would send who changes nothing and fills what is empty."""
        return {name: [f.value or _fill(f)] for name, f in self.fields.items() if f.kind != "checkbox" or f.value}


def _fill(f: Field) -> str:
    typical = {"date": "2026-10-01", "month": "2026-10", "number": "2", "email": "anna@example.org"}
    if f.kind in CHOICES:
        return next((option for option in f.options if option), "")
    return "" if f.kind == "hidden" else typical.get(f.kind, "Beispieltext")


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.forms = address, []
        self.form: Form | None = None
        self.open: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.address, a.get("action", "") or self.address)
            self.form = Form(action, a.get("method", "get").lower())
            self.forms.append(self.form)
        elif tag == "option" and self.open is not None:
            value = a.get("value", "")
            self.open.options.append(value)
            if "selected" in a:
                self.open.value = value
        elif tag in {"input", "select", "textarea", "button"} and a.get("name"):
            self._add(tag, a)

    def _add(self, tag: str, a: dict[str, str]) -> None:
        kind = a.get("type", "text") if tag == "input" else {"button": "submit"}.get(tag, tag)
        target = self.form
        if target is None or a["name"] == "csrfmiddlewaretoken":
            return
        known = target.fields.setdefault(a["name"], Field(a["name"], kind))
        if kind in {"radio", "checkbox"} | BUTTONS:
            known.options.append(a.get("value", "on"))
            if "checked" in a or kind in BUTTONS:
                known.value = a.get("value", "on")
        elif tag == "input":
            known.value = a.get("value", "")
        self.open = known if tag in {"select", "textarea"} else None

    def handle_data(self, data: str) -> None:
        if self.open is not None and self.open.kind == "textarea":
            self.open.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag in {"select", "textarea"}:
            self.open = None


def find_forms(html: str, address: str) -> list[Form]:
    """Every form of a page that was opened at an address."""
    reader = _Reader(address)
    reader.feed(html)
    return reader.forms
