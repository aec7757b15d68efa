"""S3's own failures, as what they are to everybody else: the storage does not answer."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError
from s3transfer.exceptions import RetriesExceededError


@contextmanager
def as_os_error() -> Iterator[None]:
    """Turn botocore's exceptions into OSError, so that they are answered like a full disk.

    (That an object is not there arrives as FileNotFoundError already.)

    Raises:
        OSError: the storage does not answer, or refuses.
    """
    try:
        yield
    except ClientError as problem:
        raise OSError(errno.EIO, "the storage refuses") from problem
    except (BotoCoreError, RetriesExceededError) as problem:
        raise OSError(errno.EIO, "the storage does not answer") from problem
