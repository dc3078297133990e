"""Reads of signing in: what the start page asks, a person's own sessions and keys, who needs a second factor."""
