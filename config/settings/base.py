"""Language, time, hosts, keys."""

from django.core.exceptions import ImproperlyConfigured

from config import env

BASE_DIR = env.BASE_DIR
DEBUG = env.flag("SOJUS_DEBUG")
if DEBUG and env.IS_PRODUCTION:
    raise ImproperlyConfigured("SOJUS_DEBUG is set in production. Remove it.")

if env.IS_PRODUCTION:
    SECRET_KEY = env.require("SOJUS_SECRET_KEY")
    if len(SECRET_KEY) < 50 or "insecure" in SECRET_KEY or "change" in SECRET_KEY.lower():
        raise ImproperlyConfigured("SOJUS_SECRET_KEY is a default or too short (50 characters at least).")
else:
    SECRET_KEY = env.get("SOJUS_SECRET_KEY", "insecure-key-for-demo-and-tests-only-" + "x" * 20)

#: Host names: `portal.<base>` is the state portal, `<kuerzel>.<base>` a youth office.
BASE_DOMAIN = env.require("SOJUS_BASE_DOMAIN") if env.IS_PRODUCTION else env.get("SOJUS_BASE_DOMAIN", "localhost")
PORTAL_HOST = env.get("SOJUS_PORTAL_HOST", f"portal.{BASE_DOMAIN}")
ALLOWED_HOSTS = [f".{BASE_DOMAIN}", *env.names("SOJUS_ALLOWED_HOSTS")]
PUBLIC_PORT = env.get("SOJUS_PUBLIC_PORT", env.get("PORT", "8000") if not env.IS_PRODUCTION else None)
PUBLIC_SCHEME = "https" if env.IS_PRODUCTION else env.get("SOJUS_PUBLIC_SCHEME", "http")

ROOT_URLCONF = "config.urls_tenant"
PUBLIC_SCHEMA_URLCONF = "config.urls_portal"
WSGI_APPLICATION = "config.wsgi.application"

LANGUAGE_CODE = "de"
TIME_ZONE = "Europe/Berlin"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
FIRST_DAY_OF_WEEK = 1
LANGUAGES = [("de", "Deutsch")]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORMAT_MODULE_PATH = "config.formats"
MESSAGE_STORAGE = "config.messages.Storage"
TEST_RUNNER = "django.test.runner.DiscoverRunner"
