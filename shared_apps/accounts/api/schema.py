"""How the OpenAPI document describes the key."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class AkteurScheme(OpenApiAuthenticationExtension):
    """`Authorization: Token …`."""

    target_class = "shared_apps.accounts.api.authentication.AkteurAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> Any:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token <Schlüssel>"}
