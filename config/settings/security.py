"""Cookies, headers, passwords."""

from csp.constants import NONE, SELF

from config import env

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "shared_apps.accounts.backends.MembershipBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = False
GUARDIAN_MONKEY_PATCH_USER = False
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if env.ENVIRONMENT == "test":
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")  # argon2 takes 0.3 s a check
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

SESSION_ENGINE = "shared_apps.signin.session_store"  # keys hashed, content sealed (ADR 0028)
# Every host has its own host-only session: no cookie domain, ever.
SESSION_COOKIE_DOMAIN = None
CSRF_COOKIE_DOMAIN = None
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_ABSOLUTE_SECONDS = 10 * 3600
#: The store keeps a session that is over for a day more: it opens nothing, but tells whose typed text to keep.
SESSION_COOKIE_AGE = 34 * 3600
SESSION_IDLE_SECONDS = 60 * env.number("SOJUS_SESSION_IDLE_MINUTES", 15)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.IS_PRODUCTION
SESSION_COOKIE_NAME = "__Host-sojus-session" if env.IS_PRODUCTION else "sojus-session"
CSRF_COOKIE_NAME = "__Host-sojus-csrf" if env.IS_PRODUCTION else "sojus-csrf"
#: Tells that this browser has signed a person in before (shared_apps.signin.herkunft).
DEVICE_COOKIE_NAME = "__Host-sojus-geraet" if env.IS_PRODUCTION else "sojus-geraet"
#: What a stranger is told on the next page (config.messages), and the challenge her passkey has to sign.
MESSAGES_COOKIE_NAME = "__Host-sojus-meldung" if env.IS_PRODUCTION else "sojus-meldung"
PASSKEY_COOKIE_NAME = "__Host-sojus-passkey" if env.IS_PRODUCTION else "sojus-passkey"
CSRF_FAILURE_VIEW = "config.error_views.csrf_failure"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = env.IS_PRODUCTION and env.flag("SOJUS_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^gesundheit/$"]
SECURE_HSTS_SECONDS = 63_072_000 if env.IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.IS_PRODUCTION
BEHIND_PROXY = env.flag("SOJUS_BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
