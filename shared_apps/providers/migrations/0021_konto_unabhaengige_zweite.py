"""The second person of an account is independent of the first, or is of the youth office (ADR 0075).

Who let somebody into a provider, the journal says, which nobody writes: who entered her role there, and who entered her
account or gave it another address, invitation or password. People of that provider alone make a chain; an office, the
operator and set-up end it.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

_KONTO = import_module("shared_apps.providers.migrations.0020_konto_ohne_rueckdatieren").KONTO


def _with(text, *changes):
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


# The same as `rules.zulassungskette`. `leute`: everybody who ever had a role there, also one that was revoked.
KETTE = """
CREATE FUNCTION providers_zulassungskette(anbieter uuid, person uuid) RETURNS uuid[] LANGUAGE sql STABLE AS $f$
  WITH RECURSIVE leute AS MATERIALIZED (
    SELECT m.id, m.user_id FROM public.accounts_membership m WHERE m.anbieter_id = $1
  ), zugelassen AS MATERIALIZED (
    SELECT l.user_id AS wen, j.user_id AS wer
      FROM leute l JOIN public.journal_journaleintrag j
        ON j.tabelle = 'accounts_membership' AND j.zeile = l.id::text AND j.art = 'ANLEGEN'
    UNION
    SELECT l.user_id, j.user_id
      FROM leute l JOIN public.journal_journaleintrag j ON j.tabelle = 'accounts_user' AND j.zeile = l.user_id::text
     WHERE j.art = 'ANLEGEN' OR j.felder && ARRAY['einladung_nr', 'email', 'password']::varchar[]
  ), kette (wer) AS (
    SELECT $2
    UNION
    SELECT z.wer FROM kette k JOIN zugelassen z ON z.wen = k.wer WHERE z.wer IN (SELECT l.user_id FROM leute l)
  )
  SELECT array_agg(k.wer) FROM kette k
$f$;
CREATE FUNCTION providers_unabhaengig(anbieter uuid, eine uuid, andere uuid) RETURNS boolean LANGUAGE sql STABLE AS $f$
  SELECT NOT public.providers_zulassungskette($1, $2) && public.providers_zulassungskette($1, $3)
$f$
"""
KONTO = _with(
    _KONTO,
    (
        """      RAISE EXCEPTION 'an account is entered by somebody who keeps it'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_ihr_anbieter', TABLE = TG_TABLE_NAME;
    END IF;
""",
        """      RAISE EXCEPTION 'an account is entered by somebody who keeps it'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_ihr_anbieter', TABLE = TG_TABLE_NAME;
    END IF;
    IF NEW.gebietskoerperschaft_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM providers_einrichtung e
          WHERE e.anbieter_id = NEW.anbieter_id AND e.gebietskoerperschaft_id = NEW.gebietskoerperschaft_id) THEN
      RAISE EXCEPTION 'an office is asked where the provider has a facility'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_amt_am_standort', TABLE = TG_TABLE_NAME;
    END IF;
""",
    ),
    (
        "(NEW.anbieter_id, NEW.iban, NEW.inhaber, NEW.gilt_bis, NEW.vorgeschlagen_von_id, NEW.created_at)",
        "(NEW.anbieter_id, NEW.iban, NEW.inhaber, NEW.gilt_bis, NEW.vorgeschlagen_von_id, NEW.created_at,\n"
        "         NEW.gebietskoerperschaft_id)",
    ),
    (
        "(OLD.anbieter_id, OLD.iban, OLD.inhaber, OLD.gilt_bis, OLD.vorgeschlagen_von_id, OLD.created_at)",
        "(OLD.anbieter_id, OLD.iban, OLD.inhaber, OLD.gilt_bis, OLD.vorgeschlagen_von_id, OLD.created_at,\n"
        "         OLD.gebietskoerperschaft_id)",
    ),
    # Whom an office is asked for, its people decide. A colleague who was there before says no in any case.
    (
        "  IF NEW.zustand IN ('BESTAETIGT', 'ABGELEHNT') AND NOT EXISTS (\n",
        """  IF NEW.gebietskoerperschaft_id IS NOT NULL THEN
    im_amt := EXISTS (
      SELECT FROM accounts_membership m
        JOIN accounts_user u ON u.id = m.user_id AND u.is_active
        JOIN tenants_tenant t ON t.id = m.tenant_id
        JOIN regions_gebietskoerperschaft g ON g.kuerzel = t.kuerzel
       WHERE m.user_id = NEW.entschieden_von_id AND m.rolle IN ('JUGENDAMTSLEITUNG', 'TENANT_ADMIN')
         AND g.id = NEW.gebietskoerperschaft_id AND daterange(m.gueltig_ab, m.gueltig_bis) @> heute)
      AND NOT EXISTS (SELECT FROM accounts_membership m
                       WHERE m.user_id = NEW.entschieden_von_id AND m.anbieter_id = NEW.anbieter_id);
    IF NEW.zustand = 'BESTAETIGT' AND NOT im_amt THEN
      RAISE EXCEPTION 'it is confirmed by head or administration of the office that was asked'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_ihr_amt', TABLE = TG_TABLE_NAME;
    END IF;
  ELSIF NEW.zustand = 'BESTAETIGT'
        AND NOT providers_unabhaengig(NEW.anbieter_id, NEW.vorgeschlagen_von_id, NEW.entschieden_von_id) THEN
    RAISE EXCEPTION 'one person of the provider stands behind both'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'konto_unabhaengig', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.zustand IN ('BESTAETIGT', 'ABGELEHNT') AND NOT im_amt AND NOT EXISTS (
""",
    ),
    ("  eingetragen timestamptz;\n", "  eingetragen timestamptz;\n  im_amt boolean := false;\n"),
)


class Migration(migrations.Migration):

    dependencies = [
        ('journal', '0001_initial'),
        ('providers', '0020_konto_ohne_rueckdatieren'),
        ('regions', '0003_referenzdatei'),
    ]

    operations = [
        migrations.CreateModel(
            name='OffenerKontovorschlag',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
            ],
            options={
                'verbose_name': 'offenes vorgeschlagenes Konto',
                'verbose_name_plural': 'offene vorgeschlagene Konten',
                'db_table': 'providers_offenerkontovorschlag',
                'managed': False,
            },
        ),
        migrations.AddField(
            model_name='kontovorschlag',
            name='gebietskoerperschaft',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regions.gebietskoerperschaft', verbose_name='Jugendamt, das prüft'),
        ),
        migrations.AddField(
            model_name='kontovorschlag',
            name='geprueft_an',
            field=models.CharField(blank=True, db_default='', default='', max_length=500, verbose_name='Woran geprüft'),
        ),
        migrations.AddIndex(
            model_name='kontovorschlag',
            index=models.Index(fields=['created_at', 'id'], name='kontovorschlag_zeit_land'),
        ),
        migrations.AddConstraint(
            model_name='kontovorschlag',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('gebietskoerperschaft__isnull', False), ('zustand', 'BESTAETIGT'), models.Q(('geprueft_an', ''), _negated=True)), models.Q(models.Q(models.Q(('zustand', 'BESTAETIGT'), _negated=True), ('gebietskoerperschaft__isnull', True), _connector='OR'), ('geprueft_an', '')), _connector='OR'), name='kontovorschlag_geprueft_an'),
        ),
        migrations.RunSQL(
            ";".join((KETTE, KONTO)),
            ";".join((
                _KONTO,
                "DROP FUNCTION providers_unabhaengig(uuid, uuid, uuid)",
                "DROP FUNCTION providers_zulassungskette(uuid, uuid)",
            )),
        ),
    ]
