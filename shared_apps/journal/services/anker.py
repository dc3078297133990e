"""The head of every chain, once a day, to where whoever holds the database cannot reach it (ADR 0036).

A head is number and checksum of the newest seal; it holds everything before it. It goes into a file, which another
machine fetches; by mail to people who keep it; and into a bucket that refuses to change or delete it before its time.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from shared_apps.journal.selectors import has_old_seals, list_heads
from shared_apps.journal.services.kopien import get_copies
from tenants.chain import Copies

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
    tried again and somebody is told. A head that arrives twice does no harm.
    """
    places = [_file, _mail, _bucket]
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


def _mail(lines: list[str]) -> bool:
    if not settings.ANKER_MAIL:
        return False
    tag = f"{timezone.localdate():%d.%m.%Y}"
    send_mail(BETREFF.format(tag=tag), TEXT.format(tag=tag, zeilen="\n".join(lines)), None, settings.ANKER_MAIL)
    return True


def _bucket(lines: list[str]) -> bool:
    if not settings.ANKER_S3_BUCKET:
        return False
    _client().put_object(
        Bucket=settings.ANKER_S3_BUCKET,
        Key=f"{ORDNER}{timezone.now():%Y-%m-%dT%H%M%SZ}.jsonl",
        Body="".join(f"{line}\n" for line in lines).encode(),
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=timezone.now() + timedelta(days=settings.ANKER_S3_TAGE),
    )
    return True


def _client():
    import boto3  # only where a bucket is set

    return boto3.client("s3", endpoint_url=settings.ANKER_S3_ENDPOINT)


def get_anker() -> tuple[Copies, list[str]]:
    """Everything the configured places still hold, and the places that are gone although a seal is old enough."""
    text, faults = [], []
    if settings.ANKER_DATEI:
        path = Path(settings.ANKER_DATEI)
        if path.exists():
            text.append(path.read_text(encoding="utf-8"))
        elif has_old_seals(before=timezone.now() - ERSTER_ANKER):
            faults.append("SOJUS_ANKER_DATEI")
    if settings.ANKER_S3_BUCKET:
        client = _client()
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=settings.ANKER_S3_BUCKET, Prefix=ORDNER)
        for key in [entry["Key"] for page in pages for entry in page.get("Contents", [])]:
            body = client.get_object(Bucket=settings.ANKER_S3_BUCKET, Key=key)["Body"].read()
            text.append(body.decode())
    return get_copies("\n".join(text)), faults
