"""Reads of the register, and of what is a provider's own."""
