"""Answers that operations of the API may give besides their own, for the OpenAPI document."""

from __future__ import annotations

from rest_framework import serializers


class FehlerAusgabe(serializers.Serializer):
    """What went wrong: `code` for machines, `detail` in German, `felder` by field of the request."""

    code = serializers.CharField(required=False)
    detail = serializers.CharField()
    felder = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)


FEHLER = {401: FehlerAusgabe, 403: FehlerAusgabe, 404: FehlerAusgabe}
FEHLER_SCHREIBEN = FEHLER | {409: FehlerAusgabe, 422: FehlerAusgabe}
