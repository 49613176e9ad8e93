"""Addresses of pages of higher rooms, under names that a lower room may know.

A lower room's page may lead to a page of a higher one ("ask about this lesson"), and may not name the
higher app. So the higher app registers the page under the name of the thing it shows; the lower one asks
for that name. Within an app and downward, ``reverse`` and ``{% url %}`` do.
"""

from __future__ import annotations

import functools

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
    return reverse_once(view, args)


@functools.lru_cache(maxsize=4096)
def reverse_once(view: str, args: tuple[object, ...] = ()) -> str:
    """``reverse``, remembered: an address is the same until the next start, a page has some forty of them,
    and Django works each out in 20 µs.

    :raises django.urls.NoReverseMatch: there is no such view, or it takes other arguments.
    """
    return reverse(view, args=args)
