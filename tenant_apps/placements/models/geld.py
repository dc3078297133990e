"""How amounts are kept."""

from __future__ import annotations

from typing import Any

GELD: dict[str, Any] = {"max_digits": 11, "decimal_places": 2}
