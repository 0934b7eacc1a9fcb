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

from bimson_site import routes

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
    """The names in an included, imported or derived piece of a template."""

    as_given = False  # no view gave a name of the whole site, or of every page, another meaning
    whole = False  # the blocks of what is extended are there already


class Drawing(Context):
    """The names of one page that is drawn; those of the whole site are not copied for it. What all
    pages of a template share is made once: `blocks` are not to be changed where they are `whole`."""

    globals_keys: Any = frozenset()

    def __init__(
        self,
        environment: Any,
        names: dict[str, Any],
        name: str,
        blocks: dict[str, list[Any]],
    ) -> None:
        self.environment = environment
        self.parent = names
        self.vars = {}
        self.exported_vars = set()
        self.name = name
        self.blocks = blocks

    def resolve_or_missing(self, key: str) -> Any:
        found = super().resolve_or_missing(key)
        return self.environment.globals.get(key, missing) if found is missing else found

    def get_all(self) -> dict[str, Any]:
        return {**self.environment.globals, **self.parent, **self.vars}

    def __contains__(self, name: str) -> bool:
        return super().__contains__(name) or name in self.environment.globals

    def __getattr__(self, name: str) -> Any:
        """What few templates ask for is made when it is asked for."""
        if name == "eval_ctx":
            self.eval_ctx = EvalContext(self.environment, self.name)
            return self.eval_ctx
        if name == "place":
            self.place = routes.tree(self.parent["page"].url)
            return self.place
        raise AttributeError(name)


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
        if values or len(args) != self._argument_count:
            names = self.arguments[len(args) :]
            if not values.keys() <= {*names} or len(args) > self._argument_count:
                return super().__call__(*args, **values)  # it says what is wrong
            args = (*args, *[values.get(name, missing) for name in names])
        text = self._func(*args)
        return text if type(text) is Markup else marked(text)


# Only we make partials: the functions that templates are given. What is built in, a template got
# through the sandbox (a method of a text).
TRUSTED: frozenset[type] = frozenset({partial, Macro, BuiltinMethodType})


def guarded(context: Any, called: object, **own: Any) -> Callable[..., Any]:
    """Anything else, to be called as the sandbox does. `own` is what Jinja passes along for itself."""
    return partial(context.environment.call, context, called, **own)
