"""The head of every chain, once a day, to where whoever holds the database cannot reach it (ADR 0036).

A head is number and checksum of the newest seal; it holds everything before it. It goes into a file, which another
machine fetches; by mail to people who keep it; and into a bucket that refuses to change or delete it before its time.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings

from shared_apps.accounts.enums import MailArt
from shared_apps.accounts.models import Mailauftrag
from shared_apps.core.clock import local_date, real_now
from shared_apps.journal.selectors import has_old_seals, list_heads
from shared_apps.journal.services.kopien import get_copies
from shared_apps.mails.door import Nachricht, submit_mailauftrag, writes_mail
from tenants.context import on_portal
from tenants.jobs import Final
from tenants.trail.chain import Copies

ORDNER = "siegelkoepfe/"
#: A portal younger than this may have no anchor yet.
ERSTER_ANKER = timedelta(hours=36)
BETREFF = "SoJuS: Siegelköpfe vom {tag}"
TEXT = """Dies sind die Siegelköpfe der Protokolle vom {tag}. Bitte bewahren Sie diese Mail auf.

Mit ihr lässt sich beweisen, dass an den Protokollen bis zu diesem Tag nichts geändert, entfernt oder neu gebaut wurde:
manage.py verify_audit --gegen DATEI, mit dieser Mail als Datei. Sie enthält keine Angaben über Personen.

{zeilen}
"""


def publish_anker() -> int:
    """Write today's heads wherever the settings say; returns their number, 0 when they say nothing.

    Each place is tried, whatever became of the others; the first trouble is raised at the end, so that the job is
    tried again and somebody is told. A head that arrives twice does no harm. Runs in the worker, outside any
    transaction: what one place does is kept when another fails.
    """
    places = [_file, _mail, _bucket]
    with on_portal():
        lines = [_line(head) for head in list_heads()]
    trouble: list[Exception] = []
    written = False
    for place in places:
        try:
            written |= place(lines)
        except Exception as error:
            trouble.append(error)
    if trouble:
        raise trouble[0]
    return len(lines) if written else 0


def _line(head: dict) -> str:
    return json.dumps({**head, "zeit": head["zeit"].isoformat()}, sort_keys=True)


def _file(lines: list[str]) -> bool:
    if not settings.ANKER_DATEI:
        return False
    path = Path(settings.ANKER_DATEI)
    new = not path.exists()
    with path.open("a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))
    if new:
        path.chmod(0o600)
    return True


def _mail(_: list[str]) -> bool:
    """A job for each of the people: one whose address fails takes nothing from the others."""
    if not settings.ANKER_MAIL:
        return False
    if not settings.SENDS_MAIL:
        raise Final("SOJUS_ANKER_MAIL names people, but no mail server is set")
    with on_portal():
        for address in settings.ANKER_MAIL:
            submit_mailauftrag(art=MailArt.SIEGELKOEPFE, bezug_id=_recipient_id(address))
    return True


def _recipient_id(address: str) -> UUID:
    """What stands for an address of the settings in a Mailauftrag, which keeps none."""
    return uuid5(NAMESPACE_URL, f"mailto:{address.lower()}")


@writes_mail(MailArt.SIEGELKOEPFE)
def build_anker_mail(mail: Mailauftrag) -> Nachricht | None:
    """The heads as they are when it is sent, to one of those named in the settings; to nobody who no longer is."""
    address = next((a for a in settings.ANKER_MAIL if _recipient_id(a) == mail.bezug_id), None)
    if address is None:
        return None
    tag, zeilen = f"{local_date(real_now()):%d.%m.%Y}", "\n".join(_line(head) for head in list_heads())
    return Nachricht(an=address, betreff=BETREFF.format(tag=tag), text=TEXT.format(tag=tag, zeilen=zeilen))


def _bucket(lines: list[str]) -> bool:
    if not settings.ANKER_S3_BUCKET:
        return False
    _client().put_object(
        Bucket=settings.ANKER_S3_BUCKET,
        Key=f"{ORDNER}{real_now():%Y-%m-%dT%H%M%SZ}.jsonl",
        Body="".join(f"{line}\n" for line in lines).encode(),
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=real_now() + timedelta(days=settings.ANKER_S3_TAGE),
    )
    return True


def _client() -> Any:
    import boto3  # only where a bucket is set
    from botocore.config import Config

    return boto3.client("s3", endpoint_url=settings.ANKER_S3_ENDPOINT, config=Config(**settings.S3_WAITS))


def get_anker() -> tuple[Copies, list[str]]:
    """Everything the configured places still hold, and the places that are gone although a seal is old enough."""
    text, faults = [], []
    if settings.ANKER_DATEI:
        path = Path(settings.ANKER_DATEI)
        if path.exists():
            text.append(path.read_text(encoding="utf-8"))
        elif has_old_seals(before=real_now() - ERSTER_ANKER):
            faults.append("SOJUS_ANKER_DATEI")
    if settings.ANKER_S3_BUCKET:
        client = _client()
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=settings.ANKER_S3_BUCKET, Prefix=ORDNER)
        for key in [entry["Key"] for page in pages for entry in page.get("Contents", [])]:
            body = client.get_object(Bucket=settings.ANKER_S3_BUCKET, Key=key)["Body"].read()
            text.append(body.decode())
    return get_copies("\n".join(text)), faults
