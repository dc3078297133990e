"""Rules about the young person. No Django."""

from tenant_apps.cases.rules.personenbezug import (
    Fundstelle,
    Personenangaben,
    Personendetail,
    describe_personenbezug,
    find_personenbezug,
)

__all__ = [
    "Fundstelle",
    "Personenangaben",
    "Personendetail",
    "describe_personenbezug",
    "find_personenbezug",
]
