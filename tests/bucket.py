"""An S3 server of our own for the tests, with one empty bucket."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest import mock

import boto3
from moto.server import ThreadedMotoServer

NAME, REGION = "box", "us-east-1"
_KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class Bucket(NamedTuple):
    client: Any
    settings: dict[str, str]
    """The environment variables by which Counterfoil knows it."""

    def fetch(self, key: str) -> bytes:
        content: bytes = self.client.get_object(Bucket=NAME, Key=key)["Body"].read()
        return content


@contextmanager
def bucket_server() -> Iterator[Bucket]:
    """Start a server. Its keys are in the environment meanwhile, where boto3 looks for them."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    try:
        with mock.patch.dict(os.environ, _KEYS):
            client = boto3.client("s3", endpoint_url=endpoint, region_name=REGION)
            client.create_bucket(Bucket=NAME)
            settings = {
                "COUNTERFOIL_S3_BUCKET": NAME,
                "COUNTERFOIL_S3_ENDPOINT": endpoint,
                "COUNTERFOIL_S3_REGION": REGION,
            }
            yield Bucket(client, settings)
    finally:
        server.stop()
