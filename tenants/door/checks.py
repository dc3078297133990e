"""System checks of the isolation settings."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

#: The only checks that every command runs.
ISOLATION = "isolation"


@register(ISOLATION)
def contenttypes_is_shared_only(app_configs: Any, **kwargs: Any) -> list[Any]:
    """contenttypes in the tenant list gives later tenants other ids (ADR 0007)."""
    wrong = {"django.contrib.contenttypes", "django.contrib.auth"} & set(settings.TENANT_APPS)
    return [Error(f"{', '.join(sorted(wrong))} must stand in SHARED_APPS only", id="tenants.E001")] if wrong else []


@register(ISOLATION)
def no_session_level_switching(app_configs: Any, **kwargs: Any) -> list[Any]:
    """TENANT_LIMIT_SET_CALLS trusts a session-level search_path; the fence must not."""
    if getattr(settings, "TENANT_LIMIT_SET_CALLS", False):
        return [Error("TENANT_LIMIT_SET_CALLS must stay off", id="tenants.E002")]
    return []
