"""The sandbox in which templates run: Jinja's, autoescaped; an unknown name is an error."""

from __future__ import annotations

import marshal
import sys
from collections.abc import Callable, Mapping, MutableMapping
from hashlib import blake2b
from types import CodeType
from typing import Any

import jinja2
from jinja2 import StrictUndefined, Template, TemplateError, meta, nodes
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.loaders import FunctionLoader
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bimson_site import __version__
from bimson_site.theme.sandbox import running
from bimson_site.theme.sandbox.code import Code
from bimson_site.theme.sandbox.filters import QUICK

# From a template's name to its text and what its file is called in messages; None if there is none.
Find = Callable[[str], tuple[str, str] | None]

# What was compiled before, by a digest of all that it depends on. Whoever can write here can run code.
Compiled = MutableMapping[str, bytes]


class _Template(Template):
    """A template. All share the same global names, so one module serves whoever imports from it."""

    parent: (
        str | None
    )  # the template that it extends; "" where it extends none, None where it depends

    @classmethod
    def _from_namespace(cls, environment: Any, namespace: Any, globals: Any) -> Any:  # noqa: A002
        made = super()._from_namespace(environment, namespace, globals)
        made.parent = namespace["parent"]  # type: ignore[attr-defined]
        return made

    def _get_default_module(self, ctx: Any = None) -> Any:
        if self._module is not None and not (ctx and ctx.globals_keys):
            return self._module
        return super()._get_default_module(ctx)


# A template, and its blocks by name, if all its pages can share them.
_Sheet = tuple[Any, dict[str, list[Any]] | None]


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox over templates that do not change while it lives."""

    code_generator_class = Code
    context_class = running.Context
    template_class = _Template

    def __init__(self, find: Find, compiled: Compiled) -> None:
        def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
            found = find(name)
            return (*found, lambda: True) if found else None

        super().__init__(
            loader=FunctionLoader(load),
            autoescape=lambda name: name is None or not name.endswith(".txt"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            bytecode_cache=_Bytecode(compiled),
            extensions=["jinja2.ext.loopcontrols"],
        )
        self.filters.update(QUICK)
        self._compiled = compiled
        self._loaded: dict[str, Template] = {}
        self._sheets: dict[str, _Sheet] = {}

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - so Jinja calls it
    ) -> Template:
        """A template by name; once loaded, without the looking up that Jinja does for ones that change."""
        if type(name) is not str or globals:
            return super().get_template(name, parent, globals)
        found = self._loaded.get(name)
        if found is None:
            found = self._loaded[name] = super().get_template(name, parent)
        return found

    def getattr(self, obj: Any, attribute: str) -> Any:
        """As the sandbox does; and where it need not look again, compiled templates will not ask."""
        kind = type(obj)
        if running.is_readable(kind, attribute):
            running.readable(attribute).add(kind)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """As the sandbox does; filters such as map(attribute="name") ask in this way for attributes."""
        if type(argument) is str and type(obj) in running.readable(argument):
            return getattr(obj, argument)
        return super().getitem(obj, argument)

    def draw(self, name: str, page: Mapping[str, Any], values: Mapping[str, Any]) -> str:
        """A template by name: what every page has, and the values of this kind of page."""
        template, shared = self._sheets.get(name) or self._sheet(name)
        blocks = shared or {each: [block] for each, block in template.blocks.items()}
        context = running.Drawing(self, {**page, **values}, name, blocks)
        context.whole = shared is not None
        context.as_given = not values or (
            values.keys().isdisjoint(page) and values.keys().isdisjoint(self.globals)
        )
        try:
            return self.concat(template.root_render_func(context))
        except Exception:  # noqa: BLE001 - it is raised again, with the template's own lines
            self.handle_exception()

    def _sheet(self, name: str) -> _Sheet:
        """A template, and its blocks with those of all that it extends, if it is certain what that is."""
        template = self.get_template(name)
        blocks: dict[str, list[Any]] = {}
        each: Any = template
        seen = {name}
        while True:
            for key, block in each.blocks.items():
                blocks.setdefault(key, []).append(block)
            parent = each.parent
            if not parent or parent in seen:
                break
            seen.add(parent)
            try:
                each = self.get_template(parent, each.name)
            except TemplateError:  # whoever draws will find it, at its place
                break
        self._sheets[name] = sheet = template, blocks if parent == "" else None
        return sheet

    def references(self, text: str) -> tuple[str | None, ...]:
        """The templates that a template extends, includes or imports; None where a name is computed."""
        key = _key("references", text)
        known: tuple[str | None, ...] | None = _read(self._compiled, key)
        if known is None:
            self.parse(text)
            known = _read(self._compiled, key) or ()
        return known

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """As Jinja does; what a template refers to is noted by the way, so that none is parsed twice."""
        tree = super()._parse(source, name, filename)
        found = tuple(meta.find_referenced_templates(tree))
        _write(self._compiled, _key("references", source), found)
        return tree


class _Bytecode(BytecodeCache):
    """Compiled templates by name and source: each is compiled once."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = _read(self._compiled, _key(bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        _write(self._compiled, _key(bucket.key, bucket.checksum), bucket.code)


_FORM = "2"  # another number for whatever `code` writes otherwise
_VERSIONS = f"{sys.version}\0{jinja2.__version__}\0{__version__}\0{_FORM}"


def _key(*parts: str) -> str:
    return blake2b("\0".join((_VERSIONS, *parts)).encode(), digest_size=16).hexdigest()


def _read(compiled: Compiled, key: str) -> Any:
    """What is kept under a key; None where nothing is, or what is there was damaged."""
    data = compiled.get(key, b"")
    proof, value = data[:16], data[16:]
    return marshal.loads(value) if value and _proof(key, value) == proof else None  # noqa: S302


def _write(compiled: Compiled, key: str, value: CodeType | tuple[str | None, ...] | None) -> None:
    data = marshal.dumps(value)
    compiled[key] = _proof(key, data) + data


def _proof(key: str, data: bytes) -> bytes:
    return blake2b(data, digest_size=16, key=key.encode()).digest()
