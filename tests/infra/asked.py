"""What a request asks: service, operation, parameters and in whose name, of any protocol AWS's services speak.

Who signs names the service in the scope of the signature. How each protocol is read is moto's.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from botocore.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException

#: The name that signs -> the name of the model, where they differ.
MODELS = {
    "monitoring": "cloudwatch",
    "elasticloadbalancing": "elbv2",
    "elasticmapreduce": "emr",
    "ses": "sesv2",
}
#: Services of the platform whose operation stands in the body, the address or the method.
SERVICES = {
    "apigateway", "cloudformation", "cloudwatch", "ec2", "emr-serverless", "iam", "lambda", "s3", "sns", "sts",
}  # fmt: skip
_SCOPE = re.compile(r"Credential=([^/]+)/\d{8}/[\w-]+/([\w-]+)/aws4_request")


@dataclass(frozen=True)
class Asked:
    """One request: `given` has the members of the operation's input by name, `who` is the id of an access key."""

    service: str
    operation: str
    given: dict[str, Any]
    who: str
    model: OperationModel
    headers: dict[str, str]
    #: Names as they were sent, of a form or of the object that a body is.
    sent: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        """How the service speaks: json, query, ec2, rest-json or rest-xml."""
        return str(self.model.service_model.protocol)


class UnreadableError(Exception):
    """The parameters are not of their types."""


def asked(environ: dict[str, Any]) -> Asked | None:
    """What a request asks, its body already in memory; None where it is not signed or no operation is meant.

    Raise UnreadableError where a parameter cannot be read.
    """
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    if scope is None:
        return None
    service = MODELS.get(scope[2], scope[2])
    request = Request(environ)
    try:
        operation, named = get_service_router(service).match(request)
        protocol = determine_request_protocol(get_service_model(service), request.content_type)
    except (HTTPException, NotImplementedError, FileNotFoundError):
        return None
    told = {
        "method": request.method, "values": request.values, "headers": request.headers,
        "body": request.get_data(), "url_path": request.path, "url_params": named,
    }  # fmt: skip
    try:
        given = PROTOCOL_PARSERS[protocol](operation).parse(told)
    except (ValueError, TypeError) as error:
        raise UnreadableError(f"{operation.name}: {error}") from None
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Asked(
        service, operation.name, dict(given), scope[1], operation, headers, _sent(request, operation, protocol)
    )


def _sent(request: Request, operation: OperationModel, protocol: str) -> frozenset[str]:
    if protocol in ("query", "ec2"):
        return frozenset(name.partition(".")[0] for name in request.values) - {"Action", "Version"}
    is_body = protocol == "rest-json" and "payload" not in getattr(operation.input_shape, "serialization", {"payload"})
    body = json.loads(request.get_data() or b"{}") if is_body else {}
    return frozenset(body) if isinstance(body, dict) else frozenset()
