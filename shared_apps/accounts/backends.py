"""Sign-in by name and password. Whether a host admits the person is decided per request."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend

from shared_apps.accounts.models import User


class MembershipBackend(BaseBackend):
    """Checks the password. Grants no permission of any kind; policies decide."""

    def authenticate(  # type: ignore[override]  # Django reads from the signature what a backend takes
        self, request: Any, username: str | None = None, password: str | None = None
    ) -> User | None:
        if not username or password is None:
            return None
        user = User.objects.filter(username__iexact=username.strip()).first()
        if user is None:
            User().set_password(password)  # same work for unknown names: no enumeration by time
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
