"""The OpenAPI document of a host: an office and the portal answer different addresses."""

from __future__ import annotations

from typing import Any

from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request


class Schema(SpectacularAPIView):
    """What this host's API can do; the library would describe an office's at every host."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """The host's own addresses."""
        super().initial(request, *args, **kwargs)
        self.urlconf = request._request.urlconf
