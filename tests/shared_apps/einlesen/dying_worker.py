"""`manage.py worker` that reads a list provider by provider, to be killed between two of them."""

from __future__ import annotations

import os

import django
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from shared_apps.einlesen.services import ausfuehren  # noqa: E402

ausfuehren.TEIL = 1
call_command("worker")
