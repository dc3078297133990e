from django.db import migrations

from tenants.db import roles

# The web process owns nothing and reads no tenant schema. This function belongs to the owner and tells the
# operator's page one number per youth office: how many of the known migrations its schema has not seen.
CREATE = """
CREATE FUNCTION tenants_rueckstand(bekannt text[]) RETURNS TABLE (schema_name text, fehlend integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE
  t record;
BEGIN
  FOR t IN SELECT x.schema_name AS name FROM tenants_tenant x LOOP
    IF to_regclass(format('%I.django_migrations', t.name)) IS NULL THEN
      schema_name := t.name;
      fehlend := cardinality(bekannt);
      RETURN NEXT;
    ELSE
      RETURN QUERY EXECUTE format(
        'SELECT %L::text, count(*)::integer FROM unnest($1) AS b(name) WHERE NOT EXISTS'
        ' (SELECT 1 FROM %I.django_migrations m WHERE m.app || ''.'' || m.name = b.name)', t.name, t.name)
      USING bekannt;
    END IF;
  END LOOP;
END
$f$
"""


SIGNATURE = "public.tenants_rueckstand(text[])"


def grant(apps, schema_editor) -> None:
    """For `migrate` alone; the fence that follows gives it to the roles of web and worker instead (migrated.callers)."""
    schema_editor.execute(f"REVOKE EXECUTE ON FUNCTION {SIGNATURE} FROM PUBLIC")
    schema_editor.execute(f'GRANT EXECUTE ON FUNCTION {SIGNATURE} TO "{roles.app()}"')


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]
    operations = [
        migrations.RunSQL(CREATE, f"DROP FUNCTION {SIGNATURE}"),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
