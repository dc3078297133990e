"""Files on disk by default, S3 by setting (boto3 through django-storages)."""

from django.core.exceptions import ImproperlyConfigured

from config import env

MEDIA_ROOT = env.get("SOJUS_MEDIA_ROOT", str(env.BASE_DIR / "var" / "media"))
MEDIA_URL = "/dateien/"  # never served from here; each file goes through a view that authorises
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_HANDLERS = [
    "shared_apps.core.uploads.handler.BoundedRequestHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "shared_apps.core.uploads.handler.RoomAskingHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_242_880

#: How long a page or a job waits for the bucket: to be connected, and for each piece; and how often in all. boto3 alone
#: would wait a minute for each, five times. What is read is ours and has the length that an upload may have.
S3_WAITS = {"connect_timeout": 5, "read_timeout": 20, "retries": {"total_max_attempts": 2, "mode": "standard"}}

if env.get("SOJUS_S3_BUCKET"):
    from botocore.config import Config  # only where a bucket is set

    _default = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.require("SOJUS_S3_BUCKET"),
            "endpoint_url": env.get("SOJUS_S3_ENDPOINT"),
            "region_name": env.get("SOJUS_S3_REGION"),
            "access_key": env.get("SOJUS_S3_ACCESS_KEY"),
            "secret_key": env.get("SOJUS_S3_SECRET_KEY"),
            "default_acl": "private",
            "querystring_auth": True,
            "querystring_expire": 60,
            "file_overwrite": False,
            "client_config": Config(**S3_WAITS),
        },
    }
elif env.IS_PRODUCTION:
    _default = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
else:
    _default = {"BACKEND": "deploy.demo.world.ablage.DemoStorage"}  # sets the demo's papers when opened

STORAGES = {
    "default": _default,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if env.ENVIRONMENT == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

#: The virus scanner: a socket of this machine (its path) or (host, port); None: what people hand in is not scanned, and
#: pages say so. Production has to decide it: an installation that forgot about it must not look like one that chose.
_clamd = env.require("SOJUS_CLAMD") if env.IS_PRODUCTION else env.get("SOJUS_CLAMD", "keiner")
CLAMD: str | tuple[str, int] | None = None
if _clamd.startswith("/"):
    CLAMD = _clamd
elif _clamd != "keiner":
    _host, _, _port = _clamd.rpartition(":")
    if not _host or not _port.isascii() or not _port.isdigit():
        raise ImproperlyConfigured(
            "SOJUS_CLAMD: the path of clamd's socket, host:port, or keiner (nothing is scanned)."
        )
    CLAMD = (_host, int(_port))
