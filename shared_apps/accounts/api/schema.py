"""How the OpenAPI document describes the key, and which scope each operation needs."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class AkteurScheme(OpenApiAuthenticationExtension):
    """`Authorization: Token …`."""

    target_class = "shared_apps.accounts.api.authentication.AkteurAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> Any:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token <Schlüssel>"}


class SojusSchema(AutoSchema):
    """Each operation says as `x-umfang` which scope a key needs, as its view declares it (`scopes`)."""

    def get_extensions(self) -> dict[str, Any]:
        """The scope of this operation's action."""
        scopes = getattr(self.view, "scopes", {})
        umfang = scopes.get(getattr(self.view, "action", "")) or scopes.get(self.method.lower())
        return {"x-umfang": umfang.value} if umfang else {}
