"""What kind of data a model holds. Every model declares one as `data_class`; a test enforces it."""

from enum import StrEnum


class DataClass(StrEnum):
    """SOZIALDATUM is never in the shared schema (§ 35 SGB I, §§ 61 ff. SGB VIII)."""

    SOZIALDATUM = "sozialdatum"
    PERSONAL = "personal"
    ORGANISATION = "organisation"
    REFERENCE = "reference"
    AGGREGATE = "aggregate"
    TECHNICAL = "technical"
