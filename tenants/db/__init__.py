"""Database engine: django-tenants' wrapper with a fence (see base.py)."""
