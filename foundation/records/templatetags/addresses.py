"""`{% url %}` and `{% static %}` as Django has them, each address worked out once
(`foundation.records.addresses`).
"""

from django import template
from django.template import defaulttags
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape

from foundation.records.addresses import address_of, file_address

register = template.Library()


class AddressNode(defaulttags.URLNode):
    """The address, or the variable that it is put into."""

    def render(self, context):
        args = [arg.resolve(context) for arg in self.args]
        kwargs = {name: value.resolve(context) for name, value in self.kwargs.items()}
        try:
            found = address_of(self.view_name.resolve(context), *args, **kwargs)
        except NoReverseMatch:
            if not self.asvar:
                raise
            found = ""
        if self.asvar:
            context[self.asvar] = found
            return ""
        return conditional_escape(found) if context.autoescape else found


@register.tag
def url(parser, token):
    """An address by its name."""
    found = defaulttags.url(parser, token)
    return AddressNode(found.view_name, found.args, found.kwargs, found.asvar)


@register.simple_tag
def static(path):
    """The address of a file of ours."""
    return file_address(path)
