"""Master keys of the field encryption: outside the database, never in a dump (docs/adr/0017)."""

from django.core.exceptions import ImproperlyConfigured

from config import env

#: Known to everybody who reads the source: for the demo and for tests only.
INSECURE_FIELD_KEYS = "demo:aW5zZWN1cmUtZmllbGQta2V5LW9mLXRoZS1kZW1vLSE="

_text = env.secret("SOJUS_FIELD_KEYS") or (None if env.IS_PRODUCTION else INSECURE_FIELD_KEYS)
if _text is None:
    raise ImproperlyConfigured("Environment variable SOJUS_FIELD_KEYS (or SOJUS_FIELD_KEYS_FILE) is missing.")
#: (id, 32 bytes), the first one seals; all of them open.
FIELD_KEYS = env.field_keys(_text)
if env.IS_PRODUCTION and {m for _, m in FIELD_KEYS} & {m for _, m in env.field_keys(INSECURE_FIELD_KEYS)}:
    raise ImproperlyConfigured("SOJUS_FIELD_KEYS holds the key of the demo. Make one of your own.")
