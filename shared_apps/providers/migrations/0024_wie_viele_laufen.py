"""How many offers run: statistics on both ends of their period.

A condition on `lower(gueltig)` was taken to hold for every third row, two of them for every ninth. The planner therefore
expected few offers of a district, or of a kind of help, and read and sorted all of them for one page instead of going
through an index and stopping. Comparisons of dates are leakproof, so it may use this under row-level security, too.
"""

from django.db import migrations

STATISTIK = """
CREATE STATISTICS angebot_gueltig ON lower(gueltig), upper(gueltig), isempty(gueltig) FROM providers_angebot;
ANALYZE providers_angebot
"""


class Migration(migrations.Migration):
    """One object of statistics, filled at once and kept by autovacuum."""

    dependencies = [("providers", "0023_worte_der_formulare")]
    operations = [migrations.RunSQL(STATISTIK, "DROP STATISTICS angebot_gueltig")]
