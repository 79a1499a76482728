"""Messages that remember how they were made, so that a report can say them in another language.

A room that has something to say about values says ``said("{count} files differ", count=3)``. What comes back is the
English text, a ``str`` like any other: it is compared, sorted and written into documents as such. Only what prints for
people asks for it in another language, of the template, and puts the same values in.

What is done to the text afterwards (an f-string around it, ``replace``, ``join``) gives plain English again: longer
texts are made with ``said``, ``+`` or ``joined``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

_NOTHING: Mapping[str, object] = MappingProxyType({})


class Said(str):
    """An English text, the template that it was made of, and the values in it."""

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, object]

    def __new__(cls, text: str, template: str | None = None, values: Mapping[str, object] = _NOTHING) -> Said:
        self = super().__new__(cls, text)
        self.template = text if template is None else template
        self.values = values
        return self

    def __reduce__(self) -> tuple[type[Said], tuple[str, str, dict[str, object]]]:
        return Said, (str(self), self.template, dict(self.values))

    def __add__(self, other: str) -> Said:
        return joined("", (self, other))

    def __radd__(self, other: str) -> Said:
        return joined("", (other, self))


def said(template: str, /, **values: object) -> Said:
    """A message: ``template`` with each ``{name}`` replaced by its value, as ``str.format`` does it.

    ``template`` is always a constant, which the catalogues of translations have (``tools/messages`` sees to it).
    Without values its braces stay as they are.
    """
    return Said(template.format(**values), template, values) if values else Said(template)


def joined(separator: str, parts: Iterable[str]) -> Said:
    """Texts behind one another, as ``str.join`` does it; messages among them stay messages."""
    if isinstance(separator, Said):
        between, separator = separator, ""
        parts = [one for part in parts for one in (between, part)][1:]
    values = {f"part{number}": part for number, part in enumerate(parts)}
    literal = separator.replace("{", "{{").replace("}", "}}")
    # No catalogue has such a template: it is the parts that are translated.
    return Said(separator.join(values.values()), literal.join(f"{{{name}}}" for name in values), values)


def message(text: str) -> Said:
    """A text that is a message whatever it is made of: a constant that the catalogues have, or one of ``said``'s."""
    return text if isinstance(text, Said) else Said(text)


def translated(message: str, translate: Callable[[str], str]) -> str:
    """A message in another language, with the messages inside it; any other text as it is."""
    if not isinstance(message, Said):
        return message
    if not message.values:
        return translate(message.template) if message.template else ""
    inside = {
        name: translated(value, translate) if isinstance(value, Said) else value
        for name, value in message.values.items()
    }
    return translate(message.template).format(**inside)
