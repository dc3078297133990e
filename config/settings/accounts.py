"""Sign-in: passwords, second factors, mail, the districts' own sign-in servers (ADR 0013)."""

from django.core.exceptions import ImproperlyConfigured

from config import env

# -- passwords ----------------------------------------------------------------------------------
#: A bigger list of leaked passwords (Have I Been Pwned, ordered by hash); empty: the one that is shipped.
PASSWORD_LIST = env.get("SOJUS_PASSWORD_LIST")
PASSWORD_MIN_LENGTH = 12
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "shared_apps.signin.passwords.LengthValidator",
        "OPTIONS": {"min_length": PASSWORD_MIN_LENGTH, "max_length": 256},
    },
    {"NAME": "shared_apps.signin.passwords.PersonValidator"},
    {"NAME": "shared_apps.signin.passwords.LeakedPasswordValidator"},
]
#: A link to set a forgotten password is valid for this long.
PASSWORD_RESET_LINK_SECONDS = 3600

# -- mail ---------------------------------------------------------------------------------------
EMAIL_HOST = env.get("SOJUS_SMTP_HOST", "") or ""
EMAIL_PORT = env.number("SOJUS_SMTP_PORT", 587)
EMAIL_HOST_USER = env.get("SOJUS_SMTP_USER", "") or ""
EMAIL_HOST_PASSWORD = env.get("SOJUS_SMTP_PASSWORD", "") or ""
EMAIL_USE_TLS = env.flag("SOJUS_SMTP_STARTTLS", default=env.IS_PRODUCTION)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.get("SOJUS_MAIL_FROM", "sojus@localhost")
if env.ENVIRONMENT == "test":
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
elif EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
elif env.IS_PRODUCTION:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # pages that need mail say so
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
#: Whether a forgotten password can be renewed by mail.
SENDS_MAIL = not EMAIL_BACKEND.endswith("dummy.EmailBackend")

# -- second factor ------------------------------------------------------------------------------
#: Under which name the app on the phone lists us.
TOTP_ISSUER = env.get("SOJUS_TOTP_ISSUER", "SoJuS")
#: Who needs a second factor where no Anmelderegel says otherwise: alle | keine | roles, comma separated.
MFA_PFLICHT = env.names("SOJUS_MFA_PFLICHT", "alle" if env.IS_PRODUCTION else "keine")
#: How long a confirmation (password, code or passkey) opens the pages of "Sicherheit".
CONFIRMATION_SECONDS = 600
#: How long the second step of a sign-in may take.
SECOND_STEP_SECONDS = 600
if env.IS_PRODUCTION and env.get("SOJUS_SMTP_HOST") and not env.get("SOJUS_MAIL_FROM"):
    raise ImproperlyConfigured("SOJUS_MAIL_FROM is missing: mail needs a sender.")

# -- the districts' own sign-in servers ---------------------------------------------------------
#: Networks of the house in which such a server may be. All other addresses that are not the internet's are not asked,
#: whatever an administration types (ADR 0052). Demo and tests have theirs on this machine.
OIDC_NETZE = env.networks("SOJUS_OIDC_NETZE", "" if env.IS_PRODUCTION else "127.0.0.0/8, ::1/128")
