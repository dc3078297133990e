"""Writes of members, one module per concern. Others import from here."""

from shared_apps.members.services.antraege import (
    approve_mitgliedschaftsantrag,
    reject_mitgliedschaftsantrag,
    submit_mitgliedschaftsantrag,
)
from shared_apps.members.services.memberships import Rollenwunsch, create_membership, end_membership
from shared_apps.members.services.people import Einladung, create_person, issue_einladung
from shared_apps.members.services.zugang import (
    approve_zugangsantrag,
    confirm_zugangsantrag,
    reject_zugangsantrag,
    submit_zugangsantrag,
)

__all__ = [
    "Einladung",
    "Rollenwunsch",
    "approve_mitgliedschaftsantrag",
    "approve_zugangsantrag",
    "confirm_zugangsantrag",
    "create_membership",
    "create_person",
    "end_membership",
    "issue_einladung",
    "reject_mitgliedschaftsantrag",
    "reject_zugangsantrag",
    "submit_mitgliedschaftsantrag",
    "submit_zugangsantrag",
]
