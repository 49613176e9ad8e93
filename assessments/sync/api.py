"""The synchronisation of phones by API."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, serializers, status
from rest_framework.authentication import SessionAuthentication, TokenAuthentication
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from learners.people import guests
from learners.record import clocks, receipts, senders
from learners.record.clocks import Clock
from learners.record.senders import Sender
from mooc.lib.pages.http import from_here
from mooc.lib.rest import TOO_LARGE, TOO_OFTEN, UNAUTHENTICATED, UNREADABLE, PlainJSONParser

from .batch import store_item
from .reading import BatchSerializer, SenderSerializer

MAX_BYTES = 256 * 1024


class ResultSerializer(serializers.Serializer[Any]):
    """What became of one item; ``keep``: send it again later; ``corrected``: it cannot have happened when the phone
    said, so our time counts and the claimed one is kept beside it."""

    id = serializers.CharField()
    status = serializers.ChoiceField(["stored", "duplicate", "rejected"])
    code = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)
    keep = serializers.BooleanField()
    corrected = serializers.BooleanField()
    url = serializers.CharField(allow_blank=True)


class ReceiptSerializer(serializers.Serializer[Any]):
    """One result an item, in the order sent, and which database has them. ``clock_ahead``: seconds the phone's clock
    is ahead, behind when negative, 0 when it is right; ``clock`` says it in words."""

    mark = serializers.CharField()
    server = serializers.UUIDField()
    high = serializers.IntegerField()
    backed_up = serializers.IntegerField()
    who = serializers.CharField(allow_blank=True)
    clock_ahead = serializers.IntegerField()
    clock = serializers.CharField(allow_blank=True)
    results = ResultSerializer(many=True)


class PageSession(SessionAuthentication):
    """A session counts where the browser says that a page of ours sent this: a worker has no token."""

    def enforce_csrf(self, request: Any) -> None:
        """Foreign pages cannot send JSON here unasked, nor forge where they come from."""
        if not from_here(request):
            super().enforce_csrf(request)


class PageSessionScheme(SessionScheme):
    """In the description of the API it is the session's cookie, like any other."""

    target_class = "assessments.sync.api.PageSession"
    name = "pageSession"


class Sync(APIView):
    """Store a batch made offline; sending it again changes nothing.

    Whoever is signed in, by token or by session; else the guest of the phone's cookie, or of its own name.
    """

    authentication_classes = [PageSession, TokenAuthentication]
    permission_classes = [permissions.AllowAny]
    parser_classes = [PlainJSONParser]

    @extend_schema(
        request=BatchSerializer,
        responses={
            200: ReceiptSerializer,
            400: UNREADABLE,
            401: UNAUTHENTICATED,
            413: TOO_LARGE,
            429: TOO_OFTEN,
        },
    )
    def post(self, request: Request) -> Response:
        """Each item by itself: one bad item spoils no other."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
            return _problem(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "too_large")
        body = request.data if isinstance(request.data, dict) else {}
        who, batch = SenderSerializer(data=body), BatchSerializer(data=body)
        who.is_valid(raise_exception=True)
        sender = _sender(request, who.validated_data.get("phone"))
        if not batch.is_valid():
            if batch.errors["items"][0].code == "max_length":
                return _problem(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "too_large")
            return _problem(status.HTTP_400_BAD_REQUEST, "unreadable")
        clock = Clock(timezone.now(), batch.validated_data.get("sent"))
        items = batch.validated_data["items"]
        results = [store_item(sender=sender, values=item, clock=clock) for item in items]
        frame = receipts.receipt(counts=any(row["status"] != "rejected" for row in results))
        told = {"clock_ahead": clock.ahead, "clock": clocks.sentence(clock.ahead)}
        answer = Response(frame | {"who": sender.short_name, **told, "results": results})
        clocks.tell(answer, sender.request, clock)
        answer["Cache-Control"] = "no-store"
        return guests.remember(sender.request, answer)


def _sender(request: Request, phone: uuid.UUID | None) -> Sender:
    """Who sends: an account, the guest of this browser's cookie, or a phone that names itself.

    :raises NotAuthenticated: for nobody at all.
    """
    plain = request._request
    if request.user.is_authenticated:
        return Sender(plain, phone, guests.Person(plain, guests.learner_of(request.user), True))
    person = guests.person_of(plain) if from_here(plain) else None
    if person is None and phone is None:
        raise NotAuthenticated
    return senders.guest(plain, phone, person)


def _problem(code: int, name: str) -> Response:
    data = {"type": "about:blank", "title": name, "status": code, "code": name, "detail": ""}
    return Response(data, status=code, content_type="application/problem+json")
