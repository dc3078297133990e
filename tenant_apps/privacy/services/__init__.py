"""Writes of the data protection functions."""

from tenant_apps.privacy.services.auskunft import issue_auskunft, reject_auskunft
from tenant_apps.privacy.services.einschraenkung import release_klient, restrict_klient
from tenant_apps.privacy.services.loeschlauf import approve_loeschlauf, create_loeschlauf, reject_loeschlauf
from tenant_apps.privacy.services.vermerke import correct_klient, dispute_feld, end_bestritten

__all__ = [
    "approve_loeschlauf",
    "correct_klient",
    "create_loeschlauf",
    "dispute_feld",
    "end_bestritten",
    "issue_auskunft",
    "reject_auskunft",
    "reject_loeschlauf",
    "release_klient",
    "restrict_klient",
]
