"""Whether two accounts are one person's: who reads a mailbox opens every account behind it (ADR 0075)."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from shared_apps.accounts.models import Postfach, User


def list_konten(user_id: UUID) -> QuerySet[User]:
    """Her account and all others with her mailbox; without an address that one alone. Asked on shared tables."""
    postfach = User.objects.filter(pk=user_id).exclude(email="").values(postfach=Postfach("email"))
    own = User.objects.alias(postfach=Postfach("email")).filter(postfach__in=postfach)
    return User.objects.filter(pk=user_id) | User.objects.filter(pk__in=own.values("pk"))


def list_eigene_konten() -> frozenset[UUID]:
    """The acting person's accounts, as the database knows her (`sojus_user`): hers, and all with her mailbox. One
    query; also at an office, which reads no addresses. Nobody acts: none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_eigene_konten()")
        return frozenset(cursor.fetchone()[0])


def wer_sql(konto: str) -> str:
    """SQL of an office's view: the account in this column, and of one with the acting person's mailbox her own. So what
    the view says of accounts can be compared with hers."""
    return (
        "CASE WHEN EXISTS (SELECT 1 FROM public.accounts_user u, public.accounts_user ich"  # noqa: S608 - constants only
        f" WHERE u.id = {konto} AND ich.id = public.sojus_user() AND ich.email <> ''"
        " AND public.accounts_postfach(u.email) = public.accounts_postfach(ich.email))"
        f" THEN public.sojus_user() ELSE {konto} END"
    )


def ist_dieselbe(eine: UUID | None, andere: UUID | None) -> bool:
    """Whether both accounts are one person's; nobody is the same as nobody. Function `providers_ist_dieselbe` says the
    same."""
    if eine is None or andere is None:
        return False
    return eine == andere or list_konten(eine).filter(pk=andere).exists()
