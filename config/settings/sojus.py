"""What SoJuS itself lets an operator set."""

from django.core.exceptions import ImproperlyConfigured

from config import env

#: What becomes of a `SojusError` that no view has caught (tenants.door.middleware).
DOMAIN_ERROR_VIEW = "config.error_views.domain_error"
#: Names the people a view loaded and did not name in its own entry (tenants.door.middleware).
READS_RECORDER = "tenant_apps.audit.services.record.record_rest"
IS_DEMO = env.ENVIRONMENT == "demo"
LAND_NAME = env.get("SOJUS_LAND", "Mecklenburg-Vorpommern")
#: Version of the data-protection text a person consents to at sign-in (stored with the time).
DATENSCHUTZ_TEXTVERSION = "2026-11b"
#: A reservation runs out after this many days unless extended.
RESERVIERUNG_TAGE = env.number("SOJUS_RESERVIERUNG_TAGE", 7)
#: An audit (role of the auditor, her access to a case) lasts at most this many days; the law of the database is 92.
PRUEFUNG_TAGE = env.number("SOJUS_PRUEFUNG_TAGE", 92)
if not 1 <= PRUEFUNG_TAGE <= 92:
    raise ImproperlyConfigured("SOJUS_PRUEFUNG_TAGE: an audit lasts 1 to 92 days.")
#: Planning days are end minus start, as on the original screen (law.md 5.1).
SOLL_TAGE_EXKLUSIV = env.flag("SOJUS_SOLL_TAGE_EXKLUSIV", default=True)
#: Figures of fewer cases than this are withheld from other bodies when filtered.
KENNZAHL_MINDESTFALLZAHL = env.number("SOJUS_KENNZAHL_MINDESTFALLZAHL", 3)
#: ISO date; freezes "today" for a demo or a test.
FIXED_TODAY = env.get("SOJUS_FIXED_TODAY")
#: Entries of the trail that only say somebody looked are removed after this many months. No law names a period: our
#: proposal, shown on the data protection officer's page; more than 12 (tenants.trail.chain.SHORTEST_RETENTION).
PROTOKOLL_LESEN_MONATE = env.number("SOJUS_PROTOKOLL_LESEN_MONATE", 24)
#: File into which the checksums of all seals are written every hour, to be fetched by another machine; empty: none.
SIEGEL_DATEI = env.get("SOJUS_SIEGEL_DATEI")
#: Where the heads of all chains go once a day (ADR 0036): a file that is only continued, people who keep the mail, a
#: bucket with object lock and for how many days it holds them. Empty: not there.
ANKER_DATEI = env.get("SOJUS_ANKER_DATEI")
ANKER_MAIL = env.names("SOJUS_ANKER_MAIL")
ANKER_S3_BUCKET = env.get("SOJUS_ANKER_S3_BUCKET")
ANKER_S3_ENDPOINT = env.get("SOJUS_ANKER_S3_ENDPOINT")
ANKER_S3_TAGE = env.number("SOJUS_ANKER_S3_TAGE", 3650)
