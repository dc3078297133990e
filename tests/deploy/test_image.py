"""What `docker build` copies into the image: everything that runs in production, and nothing of the demo."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.embedded_postgres import PROJECT

DOCKERFILE = PROJECT / "deploy" / "Dockerfile"


def copied() -> list[str]:
    """Files that `COPY . .` takes: the last line of the list that names a path or a folder above it decides."""
    lines = DOCKERFILE.with_name("Dockerfile.dockerignore").read_text().split()
    ours = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    taken = []
    for name in ours.stdout.splitlines():
        above = {name, *(str(folder) for folder in Path(name).parents)}
        said = [line for line in lines if line == "*" or line.removeprefix("!") in above]
        if said[-1].startswith("!") and (PROJECT / name).is_file():
            taken.append(name)
    return taken


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> Path:
    """The folder as it is in the image."""
    folder = tmp_path_factory.mktemp("image")
    for name in copied():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, folder / name)
    return folder


def environment(tmp_path: Path) -> dict[str, str]:
    """What the line that collects the static files names, and nothing else of ours."""
    line = re.search(r"^RUN (SOJUS_SECRET_KEY.*?)python manage\.py collectstatic", DOCKERFILE.read_text(), re.S | re.M)
    assert line, "the Dockerfile collects static files with settings of its own"
    print_them = f"export {line[1].replace(chr(92) + chr(10), ' ')}; env -0"
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(["sh", "-c", print_them], env={"PATH": path}, capture_output=True, text=True, check=True)
    return dict(pair.split("=", 1) for pair in done.stdout.split("\0") if pair) | {"SOJUS_STATIC_ROOT": str(tmp_path)}


def test_image__has_what_runs_and_nothing_of_the_demo():
    names = set(copied())
    assert {"manage.py", "LICENSE", "config/wsgi.py", "deploy/gunicorn.conf.py", "deploy/healthcheck.py"} <= names
    assert not [name for name in names if name.startswith(("deploy/demo", "tests/", "docs/", "var/"))]
    assert (PROJECT / "deploy" / "demo" / "run.py").exists()
    assert "demo" not in (PROJECT / "manage.py").read_text(encoding="utf-8"), (
        "the demo says what it needs (OWNER_COMMANDS)"
    )


def test_image__collects_its_files_as_the_dockerfile_says(image, tmp_path):
    words = shlex.split("manage.py collectstatic --noinput --verbosity 0")
    done = subprocess.run(
        [sys.executable, *words], cwd=image, env=environment(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.rglob("*.css"))


def test_production__installs_no_demo(image, tmp_path):
    """Even with the demo's name in the environment there is nothing to install."""
    code = (
        "import django; django.setup(); from django.apps import apps; from django.conf import settings\n"
        "from django.core.management import get_commands\n"
        "assert not apps.is_installed('deploy.demo') and not settings.IS_DEMO\n"
        "assert not {'demo_world', 'totp_code'} & set(get_commands())\n"
        "assert 'demo' not in settings.STORAGES['default']['BACKEND']\n"
    )
    env = environment(tmp_path) | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run([sys.executable, "-c", code], cwd=image, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    demo = subprocess.run(
        [sys.executable, "-c", code],
        cwd=image,
        env=env | {"SOJUS_ENV": "demo"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "No module named 'deploy.demo'" in demo.stderr
