"""Templates and static files."""

from config import env
from config.static_headers import add_static_headers

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [env.BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context_processors.page_frame",
            ],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = env.get("SOJUS_STATIC_ROOT", str(env.BASE_DIR / "var" / "static"))
WHITENOISE_ADD_HEADERS_FUNCTION = add_static_headers
WHITENOISE_USE_FINDERS = env.ENVIRONMENT != "production"
# Each test client loads the middleware: there a file is looked for when it is asked for, not all of them each time.
WHITENOISE_AUTOREFRESH = env.flag("SOJUS_DEBUG") or env.ENVIRONMENT == "test"
