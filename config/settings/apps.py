"""Installed applications and where their tables live.

contenttypes and auth are shared only: in both lists a tenant onboarded after a later migration
gets other content-type ids, and guardian fails in that tenant alone (tried; ADR 0007).
guardian is a tenant app without tables of its own: only direct foreign keys. With its generic tables a grant on key 777
in one office opened key 777 in another.
"""

from config import env

SHARED_APPS = [
    "django_tenants",
    "config",
    "tenants",
    "shared_apps.core",
    "shared_apps.accounts",
    "shared_apps.mails",
    "shared_apps.signin",
    "shared_apps.factors",
    "shared_apps.oidc",
    "shared_apps.journal",
    "shared_apps.regions",
    "shared_apps.catalogue",
    "shared_apps.providers",
    "shared_apps.members",
    "shared_apps.aufnahme",
    "shared_apps.occupancy",
    "shared_apps.einlesen",
    "shared_apps.inbox",
    "shared_apps.operations",
    "shared_apps.comparison",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "csp",
]

TENANT_APPS = [
    "tenant_apps.audit",
    "tenant_apps.vorgaben",
    "tenant_apps.notifications",
    "tenant_apps.drafts",
    "tenant_apps.cases",
    "tenant_apps.repeats",
    "tenant_apps.foster",
    "tenant_apps.gespraeche",
    "tenant_apps.placements",
    "tenant_apps.anfragen",
    "tenant_apps.billing",
    "tenant_apps.privacy",
    "tenant_apps.controlling",
    "guardian",
]

INSTALLED_APPS = SHARED_APPS + [app for app in TENANT_APPS if app not in SHARED_APPS]
if not env.IS_PRODUCTION:
    INSTALLED_APPS.append("deploy.demo")  # commands that fill and show the demo; no table, not in the image

TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
#: State only: guardian's generic permission tables never exist (see that package).
MIGRATION_MODULES = {"guardian": "tenant_apps.audit.guardian_state"}

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.RequestIdMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.SecurityHeadersMiddleware",
    "config.middleware.ContentPolicyMiddleware",
    "config.middleware.ControlCharactersMiddleware",
    "tenants.door.middleware.TenantMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "shared_apps.signin.middleware.AkteurMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tenant_apps.drafts.middleware.DraftMiddleware",
    # Inside the drafts: what a held POST had typed is kept.
    "shared_apps.signin.second_step.GateMiddleware",
    "config.middleware.RoomMiddleware",
    # Last: its process_view runs the view inside the fenced transaction.
    "tenants.door.middleware.FenceMiddleware",
]
