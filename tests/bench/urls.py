"""Routes of an office with the same two answers, each once for SoJuS's way of a request and once for plain Django's."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from config.context_processors import page_frame
from config.urls_tenant import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401
from shared_apps.accounts.guards import anyone, require
from shared_apps.accounts.umfang import Umfang
from shared_apps.catalogue.models import Hilfeart
from shared_apps.regions.models import Gebietskoerperschaft
from tenants.models import Tenant
from tests.bench import plain


def five() -> dict[str, Any]:
    """What the page shows, in five statements."""
    arten = list(Hilfeart.objects.order_by("code")[:10])
    gebiete = list(Gebietskoerperschaft.objects.order_by("name")[:10])
    return {
        "arten": arten,
        "gebiete": gebiete,
        "zahl": Hilfeart.objects.count(),
        "amt": Tenant.objects.get(kuerzel="VG"),
        "erste": Gebietskoerperschaft.objects.filter(pk=gebiete[0].pk).first(),
    }


def _page(request: HttpRequest, using: str) -> HttpResponse:
    name = "page" if request.path.endswith("rahmen/") else "thin"
    return render(request, f"bench/{name}.html", five(), using=using)


@require(anyone)
@require_safe
def of_sojus(request: HttpRequest) -> HttpResponse:
    """Runs in the fence."""
    if not plain.FRAME:
        plain.FRAME.update(page_frame(request))
    return _page(request, "django")


@login_required
@require_safe
def of_plain(request: HttpRequest) -> HttpResponse:
    """Runs in a transaction."""
    assert connection.in_atomic_block
    return _page(request, "plain")


def _rows() -> Response:
    found = five()
    return Response(
        {
            "arten": [{"id": str(a.pk), "code": a.code, "name": a.name} for a in found["arten"]],
            "gebiete": [{"id": str(g.pk), "name": g.name} for g in found["gebiete"]],
            "zahl": found["zahl"],
        }
    )


class OfSojus(APIView):
    """Policy and scope."""

    policy = {"get": anyone}
    scopes = {"get": next(iter(Umfang))}

    def get(self, request: HttpRequest) -> Response:
        return _rows()


class OfPlain(APIView):
    """Who has a key."""

    authentication_classes = [plain.PlainTokens]
    permission_classes = [IsAuthenticated]

    def get(self, request: HttpRequest) -> Response:
        return _rows()


urlpatterns = [
    *urlpatterns,
    path("bench/sojus/", of_sojus),
    path("bench/sojus/rahmen/", of_sojus),
    path("bench/plain/", of_plain),
    path("bench/plain/rahmen/", of_plain),
    path("api/v1/bench/sojus/", OfSojus.as_view()),
    path("api/v1/bench/plain/", OfPlain.as_view()),
]
