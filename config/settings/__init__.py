"""Settings, one file per concern. Order matters only where a file says so."""

from config.settings.base import *
from config.settings.apps import *
from config.settings.database import *
from config.settings.security import *
from config.settings.crypto import *
from config.settings.accounts import *
from config.settings.templates import *
from config.settings.files import *
from config.settings.api import *
from config.settings.jobs import *
from config.settings.logging import *
from config.settings.sentry import *
from config.settings.sojus import *
