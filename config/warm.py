"""What the first page of a process would have to wait for, done before the process takes requests.

No office's data is read: templates are compiled, routes put together, and one connection made.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines
from django.urls import Resolver404, get_resolver, resolve, reverse

from tenants.door.readiness import is_shared_ready, known_here

logger = logging.getLogger(__name__)


def warm_up() -> None:
    """Compile, connect, look; never a reason not to start."""
    warm_routes()
    warm_templates()
    known_here()
    try:
        is_shared_ready()
    except DatabaseError:
        logger.warning("The database did not answer while the process got ready; the first page asks it again")
    finally:
        connection.close()


def warm_routes() -> None:
    """Every pattern of both kinds of host, forwards and backwards."""
    for urlconf in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF):
        get_resolver(urlconf)
        reverse("home", urlconf=urlconf)
        with suppress(Resolver404):
            resolve("/gibt-es-nicht/", urlconf=urlconf)


def list_templates() -> set[str]:
    """Names of our own templates."""
    engine = engines["django"]
    base = Path(settings.BASE_DIR)
    return {
        str(path.relative_to(directory))
        for directory in map(Path, engine.template_dirs)
        if base in directory.parents and ".venv" not in directory.parts
        for path in directory.rglob("*.html")
    }


def warm_templates() -> int:
    """Compile our own templates into the loader's cache. How many there are."""
    engine, names = engines["django"], list_templates()
    for name in names:
        with suppress(TemplateDoesNotExist, TemplateSyntaxError):  # whoever asks for it sees the error
            engine.get_template(name)
    return len(names)
