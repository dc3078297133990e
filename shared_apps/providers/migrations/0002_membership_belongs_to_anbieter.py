from django.db import migrations

ADD = """
ALTER TABLE providers_einrichtung ADD CONSTRAINT einrichtung_of_anbieter UNIQUE (anbieter_id, id);
ALTER TABLE accounts_membership
  ADD CONSTRAINT membership_anbieter_fk FOREIGN KEY (anbieter_id) REFERENCES providers_anbieter (id)
    DEFERRABLE INITIALLY DEFERRED,
  ADD CONSTRAINT membership_einrichtung_fk FOREIGN KEY (anbieter_id, einrichtung_id)
    REFERENCES providers_einrichtung (anbieter_id, id) DEFERRABLE INITIALLY DEFERRED
"""
DROP = """
ALTER TABLE accounts_membership DROP CONSTRAINT membership_einrichtung_fk, DROP CONSTRAINT membership_anbieter_fk;
ALTER TABLE providers_einrichtung DROP CONSTRAINT einrichtung_of_anbieter
"""


class Migration(migrations.Migration):
    """A role at a provider or a facility names one that exists, and a facility of that very provider.

    Here and not in accounts, because accounts lies below providers and does not know its tables.
    """

    dependencies = [("providers", "0001_initial"), ("accounts", "0005_refused_pairs")]
    operations = [migrations.RunSQL(ADD, DROP)]
