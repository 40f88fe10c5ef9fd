"""`{% url %}` as Django has it, each address worked out once (`foundation.records.addresses`)."""

from django import template
from django.template import defaulttags
from django.utils.html import conditional_escape

from foundation.records.addresses import address_of

register = template.Library()


class AddressNode(defaulttags.URLNode):
    """The address; one that is put into a variable, and may be missing, is Django's."""

    def render(self, context):
        if self.asvar:
            return super().render(context)
        args = [arg.resolve(context) for arg in self.args]
        kwargs = {name: value.resolve(context) for name, value in self.kwargs.items()}
        found = address_of(self.view_name.resolve(context), *args, **kwargs)
        return conditional_escape(found) if context.autoescape else found


@register.tag
def url(parser, token):
    """An address by its name."""
    found = defaulttags.url(parser, token)
    return AddressNode(found.view_name, found.args, found.kwargs, found.asvar)
