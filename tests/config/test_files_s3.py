"""Files are kept on disk unless a bucket is named; then the same code writes to S3 (boto3), privately."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests import bootstrap

PROGRAM = """
import json, django
from moto import mock_aws
with mock_aws():
    import boto3
    boto3.client("s3", region_name="eu-central-1").create_bucket(
        Bucket="sojus-test", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    django.setup()
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage
    name = default_storage.save("register/a.pdf", ContentFile(b"%PDF-1.7"))
    again = default_storage.save("register/a.pdf", ContentFile(b"other"))
    head = boto3.client("s3", region_name="eu-central-1").get_object_acl(Bucket="sojus-test", Key=name)
    config = default_storage.connection.meta.client.meta.config
    from datetime import timedelta
    from shared_apps.core.uploads import ablage
    with ablage.writing("hochgeladen") as neu:
        kept, orphan = neu.put(b"a", "pdf"), neu.put(b"b", "pdf")
    young, ablage.ALT = ablage.clear_unnamed("hochgeladen", [kept]), timedelta(seconds=-60)
    print(json.dumps({
        "upload": [young, ablage.clear_unnamed("hochgeladen", [kept]), default_storage.open(kept).read().decode(),
                   default_storage.exists(orphan), ablage.clear_unnamed("leer", [])],
        "waits": [config.connect_timeout, config.read_timeout, config.retries["total_max_attempts"]],
        "backend": type(default_storage._wrapped).__name__,
        "content": default_storage.open(name).read().decode(),
        "overwritten": name == again,
        "public": any("AllUsers" in g["Grantee"].get("URI", "") for g in head["Grants"]),
        "signed": "X-Amz-Expires=60" in default_storage.url(name),
    }))
"""


def _run(**env: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=bootstrap.ROOT,
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_bucket_by_setting__private_signed_never_overwritten():
    result = _run(
        SOJUS_S3_BUCKET="sojus-test",
        SOJUS_S3_REGION="eu-central-1",
        SOJUS_S3_ACCESS_KEY="test",
        SOJUS_S3_SECRET_KEY="test",
    )
    assert result == {
        "upload": [0, 1, "a", False, 0],
        "waits": [5, 20, 2],
        "backend": "S3Storage",
        "content": "%PDF-1.7",
        "overwritten": False,
        "public": False,
        "signed": True,
    }
