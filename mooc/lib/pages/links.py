"""Addresses of pages of higher rooms, under names that a lower room may know.

A lower room's page may lead to a page of a higher one ("ask about this lesson"), and may not name the
higher app. So the higher app registers the page under the name of the thing it shows; the lower one asks
for that name. Within an app and downward, ``reverse`` and ``{% url %}`` do.
"""

from __future__ import annotations

from django.urls import reverse

from ..registry import Registry

#: the name of the address (``"feedback:ask"``) behind the name of the page (``"ask"``).
page: Registry[str] = Registry("page")


def address(name: str, *args: object) -> str:
    """Where the page is.

    :raises LookupError: no room of this house has registered a page of that name.
    """
    view = page.get(name)
    if view is None:
        raise LookupError(f"no room has a page called {name!r}")
    return reverse(view, args=args)
