"""What compiled templates call while they run; `code` writes the calls.

Owns which objects need no second look in the sandbox, and nothing else of its rules: whatever is not
known here takes Jinja's own way (`environment`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from types import BuiltinMethodType
from typing import Any

from jinja2.nodes import EvalContext
from jinja2.runtime import Context as JinjaContext
from jinja2.runtime import LoopContext as JinjaLoop
from jinja2.runtime import Macro as JinjaMacro
from jinja2.utils import missing, pass_eval_context
from markupsafe import Markup, escape

try:  # one call where `escape` makes three; its result is joined at once, so it need not be Markup
    from markupsafe import _escape_inner as escaped  # type: ignore[attr-defined]
except ImportError:  # pragma: no cover - another MarkupSafe

    def escaped(s: str, /) -> str:
        return str(escape(s))


# Markup(text) for a plain text, without the question whether it is markup already.
marked: Callable[[str], Markup] = partial(str.__new__, Markup)


def shown(value: object) -> str:
    """A value that is no plain text as HTML."""
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[return-value]
    return str(value) if kind is int else escape(value)


class Context(JinjaContext):
    """The names of one drawing. `as_given` is true where no view gave a name of the whole site, or of
    every page, another meaning; in what is included or derived it is left open."""

    as_given = False


class LoopContext(JinjaLoop):
    """`loop`: over a list or tuple it knows the last item without looking ahead."""

    @property
    def last(self) -> bool:
        items = self._iterable
        if type(items) is tuple or type(items) is list:
            return self.index0 + 1 == len(items)
        return super().last


# --- attributes -------------------------------------------------------------------------------------

# Immutable, and nothing that they offer leads out of them (str has format, see `is_readable`).
_HARMLESS: frozenset[type] = frozenset({str, datetime, date, LoopContext})
_FORMATS = frozenset({"format", "format_map"})


def is_readable(kind: type, attribute: str) -> bool:
    """True where Jinja's sandbox would give the attribute of every object of this type as it is.

    That holds for the public fields and properties of our own frozen values (dataclasses with slots,
    named tuples): all objects of a type have the same, and nothing that the sandbox refuses or wraps.
    """
    if attribute.startswith("_") or attribute in _FORMATS or not hasattr(kind, attribute):
        return False
    if kind in _HARMLESS:
        return True
    frozen = hasattr(kind, "__dataclass_fields__") or issubclass(kind, tuple)
    return frozen and hasattr(kind, "__slots__") and kind.__module__.startswith("bimson_site.")


_READABLE: dict[str, set[type]] = {}


def readable(attribute: str) -> set[type]:
    """The types of which templates read this attribute directly; it grows as they are met."""
    return _READABLE.setdefault(attribute, set())


# --- calls ------------------------------------------------------------------------------------------


class Macro(JinjaMacro):
    """A macro that is called straight where its arguments are plain."""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self._straight = not (
            self.caller or self.explicit_caller or self.catch_kwargs or self.catch_varargs
        )

    @pass_eval_context
    def __call__(self, *args: Any, **values: Any) -> str:
        if not self._straight or (args and type(args[0]) is EvalContext):
            return super().__call__(*args, **values)
        absent = self._argument_count - len(args)
        if absent < 0 or (values and not values.keys() <= {*self.arguments[len(args) :]}):
            return super().__call__(*args, **values)  # it says what is wrong
        if absent:
            args += tuple(values.get(name, missing) for name in self.arguments[-absent:])
        text = self._func(*args)
        return text if type(text) is Markup else marked(text)


# Only we make partials: the functions that templates are given. What is built in, a template got
# through the sandbox (a method of a text).
TRUSTED: frozenset[type] = frozenset({partial, Macro, BuiltinMethodType})


def guarded(context: Any, called: object, **own: Any) -> Callable[..., Any]:
    """Anything else, to be called as the sandbox does. `own` is what Jinja passes along for itself."""
    return partial(context.environment.call, context, called, **own)
