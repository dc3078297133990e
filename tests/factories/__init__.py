"""Factories with intent: each makes what a story needs and says so in its name."""
