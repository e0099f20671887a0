"""boto3 in process: a client whose calls go to a world, without a network and under virtual time.

>>> session = crrsim.boto3_session(world, "shop", "us-west-2")    # doctest: +SKIP
>>> session.client("ecr").create_repository(repositoryName="api")  # doctest: +SKIP

Parameters are validated by botocore's model and answers are read by botocore's own parser, so what user code sees is
what it would see of AWS: modelled exceptions, paginators, waiters.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Optional, Union
from unittest import mock

import boto3
import botocore.awsrequest
import botocore.config

from crrsim.errors import ApiError, DefinitionError

if TYPE_CHECKING:
    from crrsim.world import World

#: The answers that are no 400. Source: ecr-replication.md 10.3.
_STATUS = {
    "ServerException": 500,
    "InternalFailure": 500,
    "ServiceUnavailable": 503,
    "AccessDeniedException": 403,
    "UnknownOperationException": 404,
}


class _Body(io.BytesIO):
    """What botocore reads of a response of urllib3."""

    def stream(self, amt: int = 65536, decode_content: Optional[bool] = None) -> Iterator[bytes]:
        while chunk := self.read(amt):
            yield chunk


def boto3_session(world: World, account: str, region: str, *, caller: str = "") -> boto3.session.Session:
    """A session of boto3 whose ``ecr`` clients talk to a world, as ``account`` in ``region``.

    ``caller`` is the ARN of the principal; the account's root without it. A client for another region of the world
    (``session.client("ecr", region_name=...)``) talks to that one. Other services are refused.
    """
    where = world.account(account)
    world.registry(f"{where.id}/{region}")
    session = boto3.session.Session(
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="never-leaves-this-process", region_name=region
    )

    def answer(request: botocore.awsrequest.AWSPreparedRequest, **_: Any) -> botocore.awsrequest.AWSResponse:
        target = request.headers.get("X-Amz-Target", b"")
        operation = (target.decode() if isinstance(target, bytes) else str(target)).rpartition(".")[2]
        body = request.body or b"{}"
        parameters = json.loads(body if isinstance(body, (bytes, str)) else body.read())
        registry = world.registry(f"{where.id}/{_region_of(request, region)}")
        try:
            status, document = 200, registry.call(operation, caller=caller, **parameters)
        except ApiError as error:
            status, document = _STATUS.get(error.code, 400), {"__type": error.code, "message": error.message}
        payload = json.dumps(document).encode()
        headers = {"Content-Type": "application/x-amz-json-1.1", "Content-Length": str(len(payload))}
        return botocore.awsrequest.AWSResponse(request.url, status, headers, _Body(payload))

    def refuse(request: botocore.awsrequest.AWSPreparedRequest, event_name: str, **_: Any) -> None:
        if event_name.startswith("before-send.ecr."):
            return
        raise DefinitionError(f"{request.url}: only the service 'ecr' is simulated")

    session.events.register("before-send.ecr", answer)
    session.events.register("before-send", refuse)
    return session


def _region_of(request: botocore.awsrequest.AWSPreparedRequest, default: str) -> str:
    """From the host, ``api.ecr.us-west-2.amazonaws.com``."""
    host = request.url.split("/")[2]
    parts = host.split(".")
    return parts[2] if host.startswith("api.ecr.") and len(parts) > 3 else default


@contextmanager
def virtual_sleep(world: World) -> Iterator[None]:
    """Within the block ``time.sleep`` lets the world's time pass instead of ours; waiters of botocore sleep so too.

    For the thread and the world of one test: the replacement is seen by the whole process.
    """

    def sleep(seconds: Union[int, float]) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        world.advance(f"{round(seconds * 1_000_000_000)}ns")

    with mock.patch.object(time, "sleep", sleep):
        yield
