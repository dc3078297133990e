"""Migrations with every operation that `tenants.operations.lean_states` knows, and with some that it does not.

A country has districts, a district has places and neighbours, a way leads to a place. Keys are referred to across two
tables, a column that is no key as well, and one model has another as its base: whatever Django looks at when a column
is altered that others lead to.
"""

from __future__ import annotations

import inspect
from typing import Any

from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models
from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation

#: Any shared app: its own models are not among the states.
HERE = "catalogue"
#: Any app of an office: it has no tables in the shared schema.
ELSEWHERE = "cases"


class CountModels(Operation):
    """An operation of our own: it asks for every model there is."""

    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        names = sorted(model.__name__ for model in to_state.apps.get_models())
        schema_editor.execute(f"COMMENT ON TABLE {HERE}_land IS '{' '.join(names)}'")

    database_backwards = database_forwards


class AddColumnAndSay(migrations.AddField):
    """A subclass that does more than its class: it looks the other way along the relations."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        super().database_forwards(app_label, schema_editor, from_state, to_state)
        bezirk = to_state.apps.get_model(app_label, "bezirk")
        found = sorted(relation.name for relation in bezirk._meta.related_objects)
        schema_editor.execute(f"COMMENT ON TABLE {HERE}_land IS '{' '.join(found)}'")


class PlainSQL(migrations.RunSQL):
    """A subclass that only says where its words come from, as procrastinate's does."""

    def __init__(self) -> None:
        super().__init__(f"CREATE VIEW {HERE}_orte AS SELECT name FROM {HERE}_ort", f"DROP VIEW {HERE}_orte")


def fill(apps: Any, schema_editor: Any) -> None:
    """Rows, and a question that goes there and back between tables."""
    land = apps.get_model(HERE, "Land").objects.create(kuerzel="MV")
    bezirk = apps.get_model(HERE, "Bezirk").objects.create(bundesland=land, name="Müritz")
    apps.get_model(HERE, "Ort").objects.create(bezirk=bezirk, name="Waren")
    assert apps.get_model(HERE, "Land").objects.filter(bezirk__ort__name="Waren").count() == 1
    check_keys(schema_editor)


def empty(apps: Any, schema_editor: Any) -> None:
    for name in ("Ort", "Bezirk", "Land"):
        apps.get_model(HERE, name).objects.all().delete()
    check_keys(schema_editor)


def check_keys(schema_editor: Any) -> None:
    """All is one transaction here, and a table is not altered while the check of a row waits for its end."""
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


def fk(to: str, **more: Any) -> models.ForeignKey:
    return models.ForeignKey(to, models.CASCADE, **more)


def steps() -> dict[str, list[Operation]]:
    """Migrations by name; made from scratch each time, since Django alters the fields of operations."""
    m, key = migrations, models.AutoField
    return {
        "0001_tables": [
            m.CreateModel(
                "Land", [("id", key(primary_key=True)), ("code", models.CharField(max_length=2, unique=True))]
            ),
            m.CreateModel(
                "Kreis",
                [("id", key(primary_key=True)), ("land", fk(f"{HERE}.land")), ("name", models.TextField(default=""))],
                options={"indexes": [models.Index(fields=["name"], name="kreis_name")]},
            ),
            m.CreateModel(
                "Ort",
                [("kreis", models.OneToOneField(f"{HERE}.kreis", models.CASCADE, primary_key=True)),
                 ("name", models.TextField())],
            ),
            m.CreateModel("Weg", [("id", key(primary_key=True)), ("ort", fk(f"{HERE}.ort")),
                                  ("land", fk(f"{HERE}.land", to_field="code"))]),
            m.CreateModel(
                "Stadtkreis",
                [("kreis_ptr", models.OneToOneField(
                    f"{HERE}.kreis", models.CASCADE, auto_created=True, parent_link=True, primary_key=True)),
                 ("tor", models.TextField())],
                bases=(f"{HERE}.kreis",),
            ),
            m.CreateModel("Altkreis", [], options={"proxy": True}, bases=(f"{HERE}.kreis",)),
        ],
        "0002_relations": [
            m.AddField("kreis", "nachbarn", models.ManyToManyField("self")),
            m.AddField("weg", "kreise", models.ManyToManyField(f"{HERE}.kreis", related_name="wege")),
            m.AddField("land", "hauptort", fk(f"{HERE}.ort", null=True, related_name="+")),
            m.CreateModel("Pate", [("id", key(primary_key=True)), ("ort", fk(f"{HERE}.ort")),
                                   ("weg", fk(f"{HERE}.weg"))]),
            m.AddField("ort", "paten", models.ManyToManyField(f"{HERE}.weg", through=f"{HERE}.pate")),
            m.AddField("weg", "laenge", models.IntegerField(default=3), preserve_default=False),
        ],
        "0003_keys": [
            m.AlterField("kreis", "id", models.BigAutoField(primary_key=True)),
            m.AlterField("land", "id", models.BigAutoField(primary_key=True)),
            m.AlterUniqueTogether("weg", {("land", "ort")}),
            m.AlterField("weg", "laenge", models.BigIntegerField(null=True, db_index=True)),
            m.AlterField("weg", "ort", fk(f"{HERE}.ort", null=True, related_name="hierher")),
        ],
        "0004_model": [
            m.DeleteModel("Stadtkreis"),
            m.DeleteModel("Altkreis"),
            m.RenameModel("Kreis", "Bezirk"),
        ],
        "0005_fields": [
            m.RenameField("bezirk", "land", "bundesland"),
            m.RenameField("land", "code", "kuerzel"),
            m.RenameField("ort", "kreis", "bezirk"),
            m.AlterField("bezirk", "name", models.CharField(max_length=90)),
        ],
        "0006_around": [
            m.AddIndex("weg", models.Index(fields=["laenge", "ort"], name="weg_ort")),
            m.RenameIndex("weg", new_name="weg_laenge_ort", old_name="weg_ort"),
            m.AddConstraint("weg", models.CheckConstraint(condition=models.Q(laenge__gt=0), name="weg_lang")),
            m.AddConstraint("weg", models.UniqueConstraint(fields=["ort"], name="weg_eins")),
            m.AlterField("land", "kuerzel", models.CharField(max_length=5, unique=True)),
            m.AlterModelOptions("bezirk", {"verbose_name": "Bezirk", "ordering": ["name"]}),
            m.AlterModelManagers("bezirk", [("objects", models.Manager()), ("alle", models.Manager())]),
            m.AlterModelTable("pate", f"{HERE}_patin"),
            m.RemoveIndex("bezirk", "kreis_name"),
        ],
        "0007_unknown": [
            CountModels(),
            AddColumnAndSay("weg", "name", models.TextField(default="")),
            PlainSQL(),
            m.RunPython(fill, empty),
            m.SeparateDatabaseAndState(
                database_operations=[m.RunSQL(f"ALTER TABLE {HERE}_weg ADD COLUMN x int",
                                              f"ALTER TABLE {HERE}_weg DROP COLUMN x")],
                state_operations=[m.AddField("weg", "x", models.IntegerField(null=True))],
            ),
            m.SeparateDatabaseAndState(database_operations=[CountModels()]),
            m.AlterField("weg", "x", models.BigIntegerField(null=True)),
        ],
        "0008_gone": [
            m.RemoveConstraint("weg", "weg_eins"),
            m.RemoveField("land", "hauptort"),
            m.RemoveField("weg", "kreise"),
        ],
    }  # fmt: skip


def migrations_here() -> list[Migration]:
    found = []
    for name, operations in steps().items():
        migration = Migration(name, HERE)
        migration.operations = operations
        found.append(migration)
    elsewhere = Migration("0009_elsewhere", ELSEWHERE)
    elsewhere.operations = [
        migrations.CreateModel("Akte", [("id", models.AutoField(primary_key=True)), ("land", fk(f"{HERE}.land"))]),
        migrations.AddField("akte", "name", models.TextField(default="")),
        migrations.RunSQL("SELECT is_never_sent", "SELECT is_never_sent"),
        BtreeGistExtension(),
        CountModels(),
    ]
    return [*found, elsewhere]


def all_known() -> set[type[Operation]]:
    """Operations that are somewhere above, those inside others included."""
    found: set[type[Operation]] = set()
    waiting = [operation for migration in migrations_here() for operation in migration.operations]
    while waiting:
        operation = waiting.pop()
        found |= {known for known in inspect.getmro(type(operation)) if issubclass(known, Operation)}
        waiting += getattr(operation, "database_operations", [])
    return found
