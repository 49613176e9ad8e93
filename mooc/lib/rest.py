"""What all API views share: paging and errors as problem+json (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, ParseError
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import JSONParser
from rest_framework.response import Response

from .errors import DomainError, TooMany
from .text.cleaning import without_controls

DEEPEST = 20


class PlainJSONParser(JSONParser):
    """JSON with plain text in it: no control characters or lone surrogates, and no deeper than anybody needs."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        """What was sent, made plain.

        :raises ParseError: when it cannot be read, or lies too deep.
        """
        try:
            return plain(super().parse(*args, **kwargs))
        except RecursionError as error:
            raise ParseError("nested too deeply") from error


def plain(data: Any, depth: int = 0) -> Any:
    """The same data without control characters in any text.

    :raises ParseError: below ``DEEPEST``.
    """
    if depth > DEEPEST:
        raise ParseError("nested too deeply")
    if isinstance(data, str):
        return without_controls(data)
    if isinstance(data, list):
        return [plain(item, depth + 1) for item in data]
    if isinstance(data, dict):
        return {without_controls(name): plain(item, depth + 1) for name, item in data.items()}
    return data


class Pages(PageNumberPagination):
    """Twenty a page, a hundred at most."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every error of the API in one form; 403 becomes 404, so that nothing is given away."""
    from rest_framework.views import exception_handler  # views ask the settings for the parser above

    if isinstance(error, TooMany):
        refused = _problem(429, error.code, str(error))
        refused.headers["Retry-After"] = "60"
        return refused
    if isinstance(error, DomainError):
        return _problem(400, error.code, str(error))
    response = exception_handler(error, context)
    if response is None:
        return None
    status = 404 if response.status_code == 403 else response.status_code
    if isinstance(error, NotAuthenticated | AuthenticationFailed):
        status, response.headers["WWW-Authenticate"] = 401, "Token"
    detail = response.data.get("detail") if isinstance(response.data, dict) else None
    problem = _problem(status, getattr(detail, "code", "invalid"), str(detail or ""))
    if status == 404:
        problem.data["detail"] = HTTPStatus.NOT_FOUND.phrase
    elif detail is None:
        problem.data["errors"] = response.data
    for header in ("WWW-Authenticate", "Retry-After"):
        if header in response.headers:
            problem.headers[header] = response.headers[header]
    return problem


def _problem(status: int, code: str, detail: str) -> Response:
    data = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    return Response(data, status=status, content_type="application/problem+json")


class ProblemSerializer(serializers.Serializer[Any]):
    """An error, RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)


def problem(what: str) -> OpenApiResponse:
    """An error in the schema."""
    return OpenApiResponse(ProblemSerializer, description=what)


NOT_FOUND = problem("not there, or not for you")
UNAUTHENTICATED = problem("sign in first")
UNREADABLE = problem("the request could not be read")
TOO_LARGE = problem("too many items or bytes")
TOO_OFTEN = problem("too often; try again after a while")
