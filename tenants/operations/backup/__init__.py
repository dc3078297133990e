"""Backup of everything, or of one office, and the way back (docs/adr/0035). Owner process."""
