"""A cluster costs two seconds of processor to make: made once in a run, copied for what is not about making one."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy import embedded_postgres
from deploy.embedded_postgres import Cluster


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Iterator[Cluster]:
    """What `start` makes where nothing was before. To look at, and to copy: nobody changes anything in it."""
    cluster = Cluster(test=True, project=tmp_path_factory.mktemp("made"), in_memory=True)
    cluster.start()
    yield cluster
    cluster.destroy()


@pytest.fixture
def copied(made) -> Iterator[Callable[..., Cluster]]:
    """`copied(folder)`: the cluster of the project in that folder, as if it had been started and stopped there."""
    copies: list[Cluster] = []

    def copy(project: Path, *, test: bool = True) -> Cluster:
        copies.append(Cluster(test=test, project=project, in_memory=True))
        copy_cluster(made, copies[-1])
        return copies[-1]

    yield copy
    for cluster in copies:
        cluster.destroy()


def copy_cluster(made: Cluster, cluster: Cluster) -> None:
    """Files and notes of one that was stopped; a copy has a port of its own."""
    made.stop()
    home = cluster._place_for(made.user)
    cluster.notes.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-Rp", made.home, home], check=True)
    shutil.copy2(made.notes / "password", cluster.notes)
    port = embedded_postgres._free_port(cluster.project, cluster.name)
    cluster._write_notes(**made._notes() | {"home": str(home), "port": port})
