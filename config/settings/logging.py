"""Logs carry ids and codes, never what a person typed.

Database errors quote row values in DETAIL, so exception texts of the database are cut to their
first line by `config.log_filter`.
"""

from config import env

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"sparse": {"()": "config.log_filter.SparseFilter"}},
    "formatters": {
        "line": {
            "()": "config.log_filter.SparseFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["sparse"]}},
    "root": {
        "handlers": ["console"],
        "level": env.get("SOJUS_LOG_LEVEL", "WARNING" if env.ENVIRONMENT == "test" else "INFO"),
    },
    "loggers": {
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "procrastinate": {"level": "WARNING"},
    },
}
