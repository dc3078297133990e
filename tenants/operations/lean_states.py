"""Django's migrations with model states that render only what an operation reads (docs/adr/0090).

An operation asks for one model, before and after. Django keeps all models of the project rendered meanwhile, and
whenever one changes it renders all again that are related to it, however far: nearly the whole project for each of
some 600 operations, which was nine tenths of the time a database was made in. Here a state that has changed forgets
what it had rendered, and renders the model that is asked for with what it refers to (Reach.FORWARD), and with what
refers to it where an operation alters a column that others may lead to (Reach.AROUND).

That is said of Django's own operations, by name (`READS`). Any other, a subclass that overrides something included,
gets a state of Django's own: RunPython may ask for everything.

What is leant on is Django's inside: tests/tenants/operations/test_lean_states.py fails when it is another.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum
from typing import Any

from django.contrib.postgres.operations import CreateExtension
from django.db import connection, migrations, router
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState, StateApps
from django.db.migrations.utils import resolve_relation
from django.db.models import Field
from django.utils.functional import cached_property

Key = tuple[str, str]


class Reach(IntEnum):
    """How far from the model that is asked for an operation looks."""

    FORWARD = 1
    AROUND = 2


def _of_column(operation: Any) -> Reach:
    """Foreign keys that lead to the column are dropped and made again with it; only a key or a unique one has any."""
    field: Field = operation.field
    return Reach.AROUND if field.primary_key or field.unique else Reach.FORWARD


#: How far each operation of Django's looks.
READS: dict[type[Operation], Callable[[Any], Reach]] = {
    migrations.CreateModel: lambda _: Reach.FORWARD,
    migrations.DeleteModel: lambda _: Reach.FORWARD,
    migrations.RenameModel: lambda _: Reach.AROUND,
    migrations.AlterModelTable: lambda _: Reach.FORWARD,
    migrations.AlterModelOptions: lambda _: Reach.FORWARD,
    migrations.AlterModelManagers: lambda _: Reach.FORWARD,
    migrations.AlterUniqueTogether: lambda _: Reach.FORWARD,
    migrations.AddField: lambda _: Reach.FORWARD,
    migrations.RemoveField: lambda _: Reach.FORWARD,
    migrations.AlterField: _of_column,
    migrations.RenameField: lambda _: Reach.AROUND,
    migrations.AddIndex: lambda _: Reach.FORWARD,
    migrations.RemoveIndex: lambda _: Reach.FORWARD,
    migrations.RenameIndex: lambda _: Reach.FORWARD,
    migrations.AddConstraint: lambda _: Reach.FORWARD,
    migrations.RemoveConstraint: lambda _: Reach.FORWARD,
    migrations.RunSQL: lambda _: Reach.FORWARD,
    CreateExtension: lambda _: Reach.FORWARD,
}
#: A subclass that has these of its class is read as its class.
_MEETS_STATES = ("state_forwards", "database_forwards", "database_backwards")


def reach(operation: Operation) -> Reach | None:
    """None: unknown, it may ask for every model."""
    if type(operation) is migrations.SeparateDatabaseAndState:
        found = [reach(inner) for inner in operation.database_operations]
        return None if None in found else max((inner for inner in found if inner), default=Reach.FORWARD)
    for known, looks in READS.items():
        if isinstance(operation, known) and all(
            getattr(type(operation), name) is getattr(known, name) for name in _MEETS_STATES
        ):
            return looks(operation)
    return None


class LeanApps(StateApps):
    """Models of a state that does not change any more, rendered when they are asked for."""

    is_rendering = True  # until it is made: models of apps without migrations

    def __init__(self, real_apps: set[str], states: Mapping[Key, ModelState], looks: Reach) -> None:
        super().__init__(list(real_apps), {})
        self.states, self.looks = states, looks
        self.is_rendering = False

    def get_model(self, app_label: str, model_name: str | None = None, require_ready: bool = True) -> Any:
        if model_name is None:
            app_label, model_name = app_label.split(".")
        if not self.is_rendering:  # it asks for bases itself, and tries again when they are there
            self.render_with_neighbours((app_label, model_name.lower()))
        return super().get_model(app_label, model_name, require_ready)

    def render_with_neighbours(self, key: Key) -> None:
        needed = self.closed({key} if self.looks is Reach.FORWARD else self.referring(key))
        missing = [self.states[k] for k in needed if k in self.states and k[1] not in self.all_models[k[0]]]
        self.is_rendering = True
        try:
            self.render_multiple(missing)
        finally:
            self.is_rendering = False
        if self._pending_operations:  # all that is referred to is there, or it is nowhere
            raise ValueError(f"{'.'.join(key)} refers to {sorted(self._pending_operations)}, which no migration makes")

    def closed(self, keys: set[Key]) -> list[Key]:
        """With everything they refer to, however far; in the order of the state."""
        found, waiting = set(keys), list(keys)
        while waiting:
            key = waiting.pop()
            if key in self.states:
                new = {other for other, _ in references(key, self.states[key])} - found
                found |= new
                waiting += new
        return [key for key in self.states if key in found]

    def referring(self, key: Key) -> set[Key]:
        """The model and those that lead to it, and so on as long as it is by something one can lead to again."""
        found, waiting = {key}, [key]
        while waiting:
            for other, goes_on in self._back[waiting.pop()]:
                if goes_on and other not in found:
                    waiting.append(other)
                found.add(other)
        return found

    @cached_property
    def _back(self) -> dict[Key, list[tuple[Key, bool]]]:
        """By model: those that refer to it, and whether something refers in turn to what they do it with."""
        all_references = [(key, *found) for key, state in self.states.items() for found in references(key, state)]
        named = {(to, name) for _, to, field in all_references for name in getattr(field, "to_fields", ()) if name}
        back: dict[Key, list[tuple[Key, bool]]] = defaultdict(list)
        for key, to, field in all_references:
            back[to].append((key, field is None or field.primary_key or (key, field.name) in named))
        return back


def references(key: Key, state: ModelState) -> Iterator[tuple[Key, Field | None]]:
    """What the model refers to: with a field, through a table in between, as its base (None)."""
    for field in state.fields.values():
        if remote := field.remote_field:
            yield resolve_relation(remote.model, *key), field
            if through := getattr(remote, "through", None):
                yield resolve_relation(through, *key), field
    for base in state.bases:
        if isinstance(base, str):
            yield resolve_relation(base, key[0]), None


class LeanState(ProjectState):
    """A project state that forgets what it rendered when something changes."""

    looks = Reach.AROUND

    @classmethod
    def of(cls, state: ProjectState) -> LeanState:
        """The same models; `state` must not be used any more."""
        return cls(models=state.models, real_apps=state.real_apps)

    def whole(self) -> ProjectState:
        """A copy that renders as Django does."""
        return ProjectState(models={key: state.clone() for key, state in self.models.items()}, real_apps=self.real_apps)

    @cached_property
    def apps(self) -> LeanApps:
        return LeanApps(self.real_apps, self.models, self.looks)

    def look(self, how_far: Reach) -> None:
        if how_far != self.looks:
            self.looks = how_far
            self._forget()

    def _forget(self) -> None:
        if "apps" in self.__dict__:
            self.apps = LeanApps(self.real_apps, self.models, self.looks)

    def clone(self) -> LeanState:
        """The copy gets what is rendered: of the two it is the one that stays as it is."""
        copied = LeanState(models={k: state.clone() for k, state in self.models.items()}, real_apps=self.real_apps)
        copied.looks, copied.is_delayed = self.looks, self.is_delayed
        if "apps" in self.__dict__:
            copied.apps = self.apps
            copied.apps.states = copied.models
            self._forget()
        return copied

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        self._forget()

    def reload_models(self, models: Any, delay: bool = True) -> None:
        self._forget()

    def remove_model(self, app_label: str, model_name: str) -> None:
        super().remove_model(app_label, model_name)
        self._forget()

    def rename_field(self, app_label: str, model_name: str, old_name: str, new_name: str) -> None:
        """Django writes into the fields, which the state before has, too: it had rendered them by then."""
        for state in self.models.values():
            state.fields = {name: field.clone() for name, field in state.fields.items()}
        self._relations = None
        super().rename_field(app_label, model_name, old_name, new_name)


class _Whole(Operation):
    """An operation that we do not know, with states of Django's own."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        vars(self).update({name: getattr(operation, name) for name in ("atomic", "reversible", "reduces_to_sql")})

    def state_forwards(self, app_label: str, state: Any) -> None:
        self.operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.operation.database_forwards(app_label, schema_editor, from_state.whole(), to_state.whole())

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.operation.database_backwards(app_label, schema_editor, from_state.whole(), to_state.whole())

    def describe(self) -> str:
        return self.operation.describe()


class _Elsewhere(_Whole):
    """An operation on tables that are not in this schema."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        pass

    database_backwards = database_forwards


def lean(migration: Migration) -> tuple[Migration, Reach]:
    """The same migration for lean states, and how far they look meanwhile."""
    looks = [(operation, reach(operation)) for operation in migration.operations]
    is_here = router.allow_migrate(connection.alias, migration.app_label)
    same = copy.copy(migration)
    vars(same)["operations"] = [
        _Whole(operation) if how is None else operation if is_here else _Elsewhere(operation)
        for operation, how in looks
    ]
    return same, max((how for _, how in looks if how), default=Reach.FORWARD)


class LeanExecutor(MigrationExecutor):
    """Django's, with lean states."""

    def _create_project_state(self, with_applied_migrations: bool = False) -> LeanState:
        return LeanState.of(super()._create_project_state(with_applied_migrations))

    def apply_migration(self, state: Any, migration: Migration, fake: bool = False, fake_initial: bool = False) -> Any:
        same, looks = lean(migration)
        state.look(looks)
        return super().apply_migration(state, same, fake, fake_initial)

    def unapply_migration(self, state: Any, migration: Migration, fake: bool = False) -> Any:
        same, looks = lean(migration)
        state.look(looks)
        return super().unapply_migration(state, same, fake)
