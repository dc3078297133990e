"""What a page says, as somebody reads it: all white space, also what does not break, is one space."""

from __future__ import annotations

import re
from html import unescape

from django.http import HttpResponse


def text_of(response: HttpResponse) -> str:
    """The page with its marks."""
    return " ".join(response.content.decode().split())


def words_of(response: HttpResponse) -> str:
    """The page without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())
