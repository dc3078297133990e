"""What stops a backup or a restore."""


class SicherungFehler(Exception):
    """German message for the operator; never a row's content."""
