"""What allauth asks about accounts."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """People are invited, never signed up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False
