"""The hidden inputs of forms that are written by hand."""

import secrets

from django import template
from django.template.base import TextNode, token_kwargs
from django.template.loader_tags import IncludeNode, do_include
from django.utils import timezone
from django.utils.html import format_html

from foundation.charts.drawing import drawing_of
from foundation.charts.words import said
from foundation.records import components, icons
from foundation.records.seen import Seen, posted_texts
from foundation.sheets.texts import drawn

register = template.Library()


@register.simple_tag
def seen(**values):
    """What the page showed: `{% seen state=row.state %}`; the action compares the same names."""
    texts = {name: posted_texts(None, value) for name, value in values.items()}
    text = Seen(
        texts,
        timezone.now(),
        {},
    ).text()
    return format_html('<input type="hidden" name="seen" value="{}">', text)


@register.simple_tag
def once():
    """A token that is good for one record."""
    return format_html('<input type="hidden" name="once" value="{}">', secrets.token_urlsafe(16))


@register.filter
def cells_of(row, table):
    """The cells of a row of a table."""
    return table.cells_of(row)


class IconNode(template.Node):
    """The icon whose name a variable holds."""

    def __init__(self, name):
        self.name = name

    def render(self, context):
        return icons.drawn(self.name.resolve(context))


@register.tag
def icon(parser, token):
    """`{% icon "print" %}`: drawn when the template is read, where its name stands there."""
    _, given = token.split_contents()
    name = parser.compile_filter(given)
    if isinstance(name.var, str) and not name.filters:
        return TextNode(icons.drawn(name.var))
    return IconNode(name)


class ComponentNode(template.Node):
    """A component with the values of a page."""

    def __init__(self, name, values):
        self.name, self.values = name, values

    def render(self, context):
        values = {name: value.resolve(context) for name, value in self.values.items()}
        return components.drawn(self.name, **values)


@register.tag
def component(parser, token):
    """`{% component "state" kind="late" label=label %}`: `components/state.html` with these
    alone; nothing of the page is known in it.
    """
    _, name, *given = token.split_contents()
    values = token_kwargs(given, parser)
    if given:
        raise template.TemplateSyntaxError(f"{token.contents}: name=value")
    return ComponentNode(name.strip('"'), values)


class DrawnOnceNode(IncludeNode):
    """A template that stands on a page twice."""

    def render(self, context):
        kept = context.render_context.dicts[0].setdefault(DrawnOnceNode, {})
        name = self.template.resolve(context)
        if name not in kept:
            kept[name] = super().render(context)
        return kept[name]


@register.tag
def include_again(parser, token):
    """`{% include_again "desk/_me.html" %}`: as include, drawn once for all places of a page."""
    node = do_include(parser, token)
    return DrawnOnceNode(node.template)


@register.filter
def as_drawn(figure):
    """A chart whose names and labels are text, whatever was typed into them."""
    return drawn(figure)


@register.simple_tag
def drawn_at(figure, width, height):
    """A chart as a drawing of this size."""
    return drawing_of(figure, width, height)


@register.filter
def said_of(figure, title):
    """`{{ figure|said_of:title }}`: a chart in words."""
    return said(figure, title)


@register.filter
def on_paper(text, most):
    """A text whole on the screen, and on paper so many characters of it at the most."""
    plain = " ".join(str(text or "").split())
    if len(plain) <= most:
        return text
    pair = '<span class="dx-noprint">{}</span><span class="dx-onlypaper">{}…</span>'
    return format_html(
        pair,
        text,
        plain[: most - 1],
    )


@register.filter
def problem_count(form):
    """How many fields of a form have to be mended."""
    return sum(bool(field.errors) for field in form.visible_fields())


@register.filter
def first_input(field):
    """The id to which a link leads that means this field: of a group its first input."""
    ticks = field.subwidgets if field.use_fieldset else []
    return ticks[0].id_for_label if ticks else field.auto_id
