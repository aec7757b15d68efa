"""S3's own failures, as what they are to everybody else: the storage does not answer."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def as_os_error() -> Iterator[None]:
    """Turn botocore's exceptions into OSError, so that they are answered like a full disk.

    Raises:
        FileNotFoundError: an object is not there.
        OSError: the storage does not answer, or refuses.
    """
    try:
        yield
    except Exception as problem:
        if "botocore" not in sys.modules:  # files are in a folder; boto3 may not be installed
            raise
        from botocore.exceptions import BotoCoreError, ClientError
        from s3transfer.exceptions import RetriesExceededError

        match problem:
            case ClientError(response={"Error": {"Code": "404" | "NoSuchKey"}}):
                raise FileNotFoundError(errno.ENOENT, "the file is gone") from problem
            case ClientError():
                raise OSError(errno.EIO, "the storage refuses") from problem
            case BotoCoreError() | RetriesExceededError():
                raise OSError(errno.EIO, "the storage does not answer") from problem
        raise
