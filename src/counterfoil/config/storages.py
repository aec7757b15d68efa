"""Where files lie: in the data folder, or in a bucket that all hosts share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from counterfoil.config.extras import require
from counterfoil.core.environment import Environment, EnvironmentRefused

_STATIC = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def storages(environment: Environment, folder: Path) -> dict[str, Any]:
    """Return Django's settings of its storages."""
    bucket = environment.text("COUNTERFOIL_S3_BUCKET")
    files = _s3(environment, bucket) if bucket else _local(folder / "files")
    return {"default": files, "staticfiles": _STATIC}


def downloads(environment: Environment) -> str:
    """Return who sends stored files: we (stream), the proxy (accel), the bucket (presigned).

    Raises:
        EnvironmentRefused: the one chosen cannot reach the files.
    """
    chosen = environment.choice("COUNTERFOIL_DOWNLOADS", "stream", ("stream", "accel", "presigned"))
    bucket = environment.text("COUNTERFOIL_S3_BUCKET")
    if chosen == "presigned" and not bucket:
        raise EnvironmentRefused("COUNTERFOIL_DOWNLOADS=presigned needs COUNTERFOIL_S3_BUCKET.")
    if chosen == "accel" and bucket:
        raise EnvironmentRefused(
            "COUNTERFOIL_DOWNLOADS=accel lets a proxy send files of the data folder; "
            "with COUNTERFOIL_S3_BUCKET use stream or presigned."
        )
    return chosen


def _local(folder: Path) -> dict[str, Any]:
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(folder), "file_permissions_mode": 0o600},
    }


def _s3(environment: Environment, bucket: str) -> dict[str, Any]:
    """Keys come from where boto3 looks for them: AWS_ACCESS_KEY_ID, a profile, the host's role."""
    require("s3", "COUNTERFOIL_S3_BUCKET")
    from botocore.config import Config  # late: most have their files in a folder

    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": environment.text("COUNTERFOIL_S3_ENDPOINT") or None,
            "region_name": environment.text("COUNTERFOIL_S3_REGION") or None,
            "location": environment.text("COUNTERFOIL_S3_PREFIX"),
            "file_overwrite": True,  # names are unique; else each write asks whether one exists
            # A bucket that swallows packets must not keep threads for longer than a proxy waits.
            "client_config": Config(
                signature_version="s3v4",
                connect_timeout=3,
                read_timeout=10,
                retries={"total_max_attempts": 2},
            ),
            "max_memory_size": 4 * 1024 * 1024,  # more than that of an opened object is on disk
        },
    }
