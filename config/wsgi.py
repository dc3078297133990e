"""Entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from config.room import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = with_room(get_wsgi_application())

from config.warm import warm_up  # noqa: E402 - asks for models, which are there from here on

warm_up()
