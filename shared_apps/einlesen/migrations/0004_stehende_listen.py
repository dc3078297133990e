"""Which lists nobody works on any more: released, or to be taken back, and no job for it waits or runs (ADR 0025).

It runs with the owner's rights: no page of an office sees the queue. It says yes or no of lists whose id is known, and
nothing to whoever acts for a provider.
"""

from django.db import migrations

STEHEN = """
CREATE FUNCTION einlesen_stehen(listen uuid[]) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
  RETURN QUERY
  SELECT e.id FROM einlesen_einlesung e
   WHERE e.id = ANY (listen) AND e.zustand IN ('FREIGEGEBEN', 'RUECKNAHME') AND sojus_anbieter() = '{}'
     AND NOT EXISTS (SELECT FROM procrastinate_jobs j
                      WHERE j.task_name = 'einlesen.run' AND j.status IN ('todo', 'doing')
                        AND j.args ->> 'einlesung_id' = e.id::text);
END
$f$;
REVOKE ALL ON FUNCTION einlesen_stehen(uuid[]) FROM PUBLIC
"""
# How many these are for the acting person at one of her offices: its start page runs under a role that reads no lists.
ZAEHLEN = """
CREATE FUNCTION einlesen_stehende(amt bigint) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
  RETURN (SELECT count(*) FROM einlesen_stehen(ARRAY(
            SELECT e.id FROM einlesen_einlesung e
             WHERE e.tenant_id = amt AND e.zustand IN ('FREIGEGEBEN', 'RUECKNAHME')
               AND EXISTS (SELECT FROM accounts_membership m
                            WHERE m.user_id = sojus_user() AND m.tenant_id = amt
                              AND m.rolle IN ('CONTROLLING', 'JUGENDAMTSLEITUNG')
                              AND daterange(m.gueltig_ab, m.gueltig_bis) @> (now() AT TIME ZONE 'Europe/Berlin')::date))));
END
$f$;
REVOKE ALL ON FUNCTION einlesen_stehende(bigint) FROM PUBLIC
"""


class Migration(migrations.Migration):
    dependencies = [
        ("einlesen", "0003_anbieter_und_rueckweg"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [
        migrations.RunSQL(
            ";".join((STEHEN, ZAEHLEN)),
            "DROP FUNCTION einlesen_stehende(bigint); DROP FUNCTION einlesen_stehen(uuid[])",
        )
    ]
