import django.db.models.deletion
from django.db import migrations, models

from tenants.db import roles

# One answer per office for the web process, which reads no tenant schema: '' or why its host cannot serve people now.
CREATE = """
CREATE FUNCTION tenants_hindernis(office text, rollen text[], bekannt text[]) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE
  fehlend integer;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM tenants_tenant t WHERE t.schema_name = office)
     OR to_regclass(format('%I.django_migrations', office)) IS NULL
     OR to_regnamespace(quote_ident(office || '_portal')) IS NULL THEN
    RETURN 'SCHEMA';
  ELSIF (SELECT count(*) FROM pg_roles WHERE rolname = ANY (rollen)) < cardinality(rollen) THEN
    RETURN 'ROLLE';
  ELSIF EXISTS (SELECT 1 FROM tenants_migrationsstand s JOIN tenants_tenant t ON t.id = s.tenant_id
                 WHERE t.schema_name = office AND s.grund = 'RECHTE') THEN
    RETURN 'RECHTE';
  END IF;
  EXECUTE format(
    'SELECT count(*) FROM unnest($1) AS b(name) WHERE NOT EXISTS'
    ' (SELECT 1 FROM %I.django_migrations m WHERE m.app || ''.'' || m.name = b.name)', office)
  INTO fehlend USING bekannt;
  RETURN CASE WHEN fehlend > 0 THEN 'MIGRATION' ELSE '' END;
END
$f$
"""
SIGNATURE = "public.tenants_hindernis(text, text[], text[])"


def grant(apps, schema_editor) -> None:
    """For `migrate` alone; the fence that follows gives it to the roles of web and worker instead (migrated.callers)."""
    schema_editor.execute(f"REVOKE EXECUTE ON FUNCTION {SIGNATURE} FROM PUBLIC")
    schema_editor.execute(f'GRANT EXECUTE ON FUNCTION {SIGNATURE} TO "{roles.app()}"')


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', "0003_jobs"),
    ]

    operations = [
        migrations.CreateModel(
            name='Migrationsstand',
            fields=[
                ('tenant', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='tenants.tenant', verbose_name='Jugendamt')),
                ('grund', models.CharField(blank=True, choices=[('SPERRE', 'Tabellen waren die ganze Zeit in Gebrauch'), ('DATEN', 'vorhandene Daten passen nicht zur neuen Version'), ('RECHTE', 'jemand hat mehr Rechte, als das Programm vorsieht'), ('FEHLER', 'unerwarteter Fehler')], max_length=8, verbose_name='bleibt zurück, weil')),
                ('einzelheit', models.CharField(blank=True, max_length=300, verbose_name='Einzelheit')),
                ('versuche', models.PositiveIntegerField(default=0, verbose_name='Versuche')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='zuletzt versucht am')),
            ],
            options={
                'verbose_name': 'Migrationsstand',
                'verbose_name_plural': 'Migrationsstände',
            },
        ),
        migrations.RunSQL(CREATE, f"DROP FUNCTION {SIGNATURE}"),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
