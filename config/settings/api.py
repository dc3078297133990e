"""The JSON API and its OpenAPI 3.1 document."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "shared_apps.accounts.api.authentication.AkteurAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["shared_apps.accounts.api.permissions.DeclaredPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["shared_apps.core.api.SojusJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "shared_apps.core.api.SojusPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "shared_apps.accounts.api.schema.SojusSchema",
    "EXCEPTION_HANDLER": "shared_apps.core.api.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "SoJuS",
    "DESCRIPTION": "Soziales und Jugend Serviceportal: HzE-Auswahl, Reservierung, Buchung, Kennzahlen.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DEFAULT_GENERATOR_CLASS": "config.generator.EinGenerator",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "COMPONENT_SPLIT_REQUEST": True,
    "TAGS": [
        {"name": "register", "description": "Register: Einrichtungen, Angebote, Entgelte"},
        {"name": "vakanzen", "description": "Freie Plätze"},
        {"name": "hinweise", "description": "Eingang"},
        {"name": "suchen", "description": "Suchen"},
        {"name": "anfragen", "description": "Anfragen an mehrere Häuser"},
        {"name": "hausanfragen", "description": "Was ein Haus gefragt wird"},
        {"name": "ausserhalb", "description": "Einrichtungen außerhalb des Verzeichnisses"},
        {"name": "pflegestellen", "description": "Eigene Pflegestellen, ohne Personen"},
        {"name": "pflegegeldsaetze", "description": "Pflegegeldsätze"},
        {"name": "klienten", "description": "Junge Menschen"},
        {"name": "reservierungen", "description": "Reservierungen"},
        {"name": "buchungen", "description": "Buchungen und Leistungsnachweise"},
        {"name": "hilfefaelle", "description": "Hilfefälle"},
        {"name": "vorgaenge", "description": "Rückfragen zu einem Vorgang"},
        {"name": "rechnungen", "description": "Rechnungen"},
        {"name": "kennzahlen", "description": "Kennzahlen"},
    ],
}
SPECTACULAR_SETTINGS["ENUM_NAME_OVERRIDES"] = {
    "ReservierungZustandEnum": "tenant_apps.placements.enums.RESERVIERUNG_ZUSTAND_CHOICES",
    "BuchungZustandEnum": "tenant_apps.placements.enums.BUCHUNG_ZUSTAND_CHOICES",
    "AblehnungsgrundEnum": "tenant_apps.placements.enums.Ablehnungsgrund",
    "BeendigungsgrundEnum": "tenant_apps.placements.enums.Beendigungsgrund",
}
SPECTACULAR_SETTINGS["POSTPROCESSING_HOOKS"] = [
    "drf_spectacular.hooks.postprocess_schema_enums",
    "tenant_apps.placements.api.schema.office_fields_are_optional",
]
