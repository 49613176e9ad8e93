"""The tags that lead from page to page. A builtin library: every template has them without loading it."""

from __future__ import annotations

from django import template
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.utils.html import escape
from django.utils.safestring import SafeString

from . import links

register = template.Library()


@register.simple_tag
def address(name: str, *args: object) -> str:
    """Where a page of a higher room is: ``{% address "ask" %}``. Everything else has ``{% url %}``."""
    return links.address(name, *args)


class RememberedUrlNode(URLNode):
    """Django's ``{% url %}``, worked out once for each view and arguments. With ``as name`` it forgives a name that
    is not there only where Django's own admin templates ask for one (``django-admindocs-docroot``): a name with
    one of our namespaces must be right."""

    def render(self, context: template.Context) -> SafeString:
        if self.kwargs:
            return SafeString(super().render(context))
        name = self.view_name.resolve(context)
        if self.asvar and (":" not in name or name.startswith("admin:")):
            return SafeString(super().render(context))
        args = tuple(argument.resolve(context) for argument in self.args)
        address = links.reverse_once(name, args)
        if self.asvar:
            context[self.asvar] = address
            return SafeString("")
        return SafeString(escape(address))


@register.tag("url")
def url_tag(parser: template.base.Parser, token: template.base.Token) -> URLNode:
    """``{% url "courses:module" module.slug %}``."""
    node = django_url(parser, token)
    return RememberedUrlNode(node.view_name, node.args, node.kwargs, node.asvar)
