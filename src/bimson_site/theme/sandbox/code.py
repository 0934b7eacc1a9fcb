"""Templates as Python: Jinja's code generator with the common cases written straight.

Only how the code is written differs, never what it means: an attribute of a value that is known to be
harmless is read, a function that is ours is called, a text is escaped without a detour, words that
never change are said once, and a block is a function that gives its text back instead of yielding
it piece by piece. Everything else is Jinja's own. Next: `running`, which decides what is harmless.
"""

from __future__ import annotations

from collections.abc import Iterable
from keyword import iskeyword
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, DependencyFinderVisitor, Frame, optimizeconst
from jinja2.idtracking import VAR_LOAD_RESOLVE

from bimson_site.theme.sandbox.settled import names_of

# Runs after Jinja's own imports, of which it replaces three.
_RUNNING = """\
from bimson_site.theme.sandbox.running import \
LoopContext, Macro, TRUSTED, escaped, guarded, marked as Markup, readable, shown
from bimson_site.theme.sandbox.settled import settled
said = environment.globals.get("_")
everywhere = environment.globals
undefined, concat = environment.undefined, environment.concat
cond_expr_undefined = Undefined"""

# How Jinja goes on in the template that is extended.
_PARENT = "yield from parent_template.root_render_func(context)"


class Code(CodeGenerator):
    """Writes `value` for what it looks at twice; it is set and used in one breath, so one will do."""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self._attributes: set[str] = set()
        self._words: dict[str, int] = {}
        self._called: list[tuple[str, str, str]] = []  # filters and tests
        self._streams = False
        self._parent: str | None = ""  # what is extended: nothing, a template, or (None) it depends
        self._buffer = ""
        self._shown: nodes.Expr | None = None  # words that are being written out already
        self._bare: nodes.Expr | None = (
            None  # a name that is written without asking whether it is known
        )

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        # Jinja yields an include without context at once, whatever is still to be joined before it.
        self._streams = not all(each.with_context for each in node.find_all(nodes.Include))
        super().visit_Template(node, frame)
        for line in _RUNNING.splitlines():
            self.writeline(line)
        for name in sorted(self._attributes):
            self.writeline(f"has_{name} = readable({name!r})")
        for at, name, kind in self._called:
            self._write_called(at, name, kind)
        for words, number in self._words.items():
            self.writeline(f"words_{number} = said({words!r})")
            self.writeline(f"html_{number} = escaped(words_{number})")
        self.writeline(f"parent = {self._parent!r}")
        for name, block in self.blocks.items():
            names = names_of(block, self.environment)
            if names is not None:
                kept = f"settled(block_{name}, {sorted(names)!r})"
                self.writeline(f"blocks[{name!r}] = {kept}")

    def write_commons(self) -> None:
        if self._streams:
            super().write_commons()
        self.writeline("given, own = context.parent, context.vars")

    def pull_dependencies(self, nodes: Iterable[nodes.Node]) -> None:
        """Filters and tests are looked up once a template, not once a block."""
        found = DependencyFinderVisitor()
        for node in nodes:
            found.visit(node)
        for kept, names, kind in (
            (self.filters, found.filters, "filter"),
            (self.tests, found.tests, "test"),
        ):
            for name in sorted(names - kept.keys()):
                kept[name] = self.temporary_identifier()
                self._called.append((kept[name], name, kind))

    def _write_called(self, at: str, name: str, kind: str) -> None:
        self.writeline(f"{at} = environment.{kind}s.get({name!r})")
        self.writeline(f"if {at} is None:")
        self.indent()
        self.writeline("@internalcode")
        self.writeline(f"def {at}(*unused):")
        self.indent()
        message = f"No {kind} named {name!r} found."
        self.writeline(f"raise TemplateRuntimeError({message!r})")
        self.outdent(2)

    def enter_frame(self, frame: Frame) -> None:
        """Names are looked up as Jinja does (`Context.resolve_or_missing`), without a call for each."""
        if self.get_context_ref() != "context":
            super().enter_frame(frame)
            return
        loads = frame.symbols.loads
        for target, (action, name) in loads.items():
            if action == VAR_LOAD_RESOLVE:
                self.writeline(f"{target} = own[{name!r}] if {name!r} in own else ")
                self.write(f"given[{name!r}] if {name!r} in given else ")
                self.write(f"everywhere.get({name!r}, missing)")
        others = {at: load for at, load in loads.items() if load[0] != VAR_LOAD_RESOLVE}
        frame.symbols.loads = others
        super().enter_frame(frame)
        frame.symbols.loads = loads

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        if frame.buffer is not None or self._streams:
            super().blockvisit(nodes, frame)
            return
        self.buffer(frame)
        self._buffer = frame.buffer or ""
        super().blockvisit(nodes, frame)
        if frame.toplevel and self.extends_so_far:
            if self.has_known_extends:
                return  # the template that is extended comes next
            self.writeline("if parent_template is None:")
            self.indent()
            self.writeline(f"return {frame.buffer}")
            self.outdent()
        else:
            self.writeline(f"return (concat({frame.buffer}),)")

    def writeline(self, x: str, node: nodes.Node | None = None, extra: int = 0) -> None:
        if x == "finally: gen.close()":  # it may be no generator
            x = "finally: pass"
        elif x == _PARENT and not self._streams:
            super().writeline(f"{self._buffer}.extend(parent_template.root_render_func(context))")
            x = f"return {self._buffer}"
        super().writeline(x, node, extra)

    def visit_Extends(self, node: nodes.Extends, frame: Frame) -> None:  # noqa: N802
        """Where it is certain what is extended, `draw` has put the blocks together already."""
        name = node.template.value if isinstance(node.template, nodes.Const) else None
        if self.extends_so_far or not frame.rootlevel or type(name) is not str:
            self._parent = None
            super().visit_Extends(node, frame)
            return
        self._parent = name
        self.writeline(f"parent_template = environment.get_template({name!r}, {self.name!r})", node)
        self.writeline("if not context.whole:")
        self.indent()
        self.writeline("for name, parent_block in parent_template.blocks.items():")
        self.indent()
        self.writeline("context.blocks.setdefault(name, []).append(parent_block)")
        self.outdent(2)
        self.has_known_extends = True
        self.extends_so_far += 1

    def visit_Block(self, node: nodes.Block, frame: Frame) -> None:  # noqa: N802
        if frame.buffer is None or (frame.toplevel and self.has_known_extends):
            super().visit_Block(node, frame)
            return
        conditional = frame.toplevel and self.extends_so_far > 0
        if conditional:
            self.writeline("if parent_template is None:")
            self.indent()
        context = self.derive_context(frame) if node.scoped else self.get_context_ref()
        if node.required:
            self.writeline(f"if len(context.blocks[{node.name!r}]) <= 1:", node)
            self.indent()
            missing = f"Required block {node.name!r} not found"
            self.writeline(f"raise TemplateRuntimeError({missing!r})", node)
            self.outdent()
        drawn = f"context.blocks[{node.name!r}][0]({context})"
        self.writeline(f"{frame.buffer}.extend({drawn})", node)
        if conditional:
            self.outdent()

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802
        for child in node.nodes:
            if isinstance(child, nodes.CondExpr) and child.expr2 is None:
                child.expr2 = nodes.Const("")  # what Jinja shows for a condition without "else"
        super().visit_Output(node, frame)

    @optimizeconst
    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        name = node.attr
        if name.startswith("_") or not name.isascii() or iskeyword(name):
            super().visit_Getattr(node, frame)
            return
        self._attributes.add(name)
        self.write(f"(value.{name} if type(value := ")
        value = self._value(node.node, frame)
        self.write(f") in has_{name} else environment.getattr({value}, {name!r}))")

    @optimizeconst
    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802
        number = node.arg.value if isinstance(node.arg, nodes.Const) else None
        if type(number) is not int or number < 0:
            super().visit_Getitem(node, frame)
            return
        self.write(f"(value[{number}] if type(value := ")
        value = self._value(node.node, frame)
        self.write(f") is tuple and len(value) > {number} else ")
        self.write(f"environment.getitem({value}, {number}))")

    @optimizeconst
    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        if forward_caller or not _escapes(frame) or not _plain(node):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        words = _words(node)
        if words is not None:
            self.write("(")
            if node is not self._shown:
                self._once("words", words, node, frame)
            super().visit_Call(node, frame)  # hardly ever: it need not be quick
            self.write(")")
            return
        self.write("(value if type(value := ")
        value = self._value(node.node, frame)
        own = ", _loop_vars=_loop_vars" if frame.loop_frame else ""
        own += ", _block_vars=_block_vars" if frame.block_frame else ""
        self.write(f") in TRUSTED else guarded(context, {value}{own}))(")
        for index, argument in enumerate([*node.args, *node.kwargs]):
            self.write(", " if index else "")
            self.visit(argument, frame)
        self.write(")")

    def _once(self, name: str, words: str, call: nodes.Call, frame: Frame) -> None:
        """The words as they were said when the template was loaded, if "_" still is what says them."""
        self.write(f"{name}_{self._words.setdefault(words, len(self._words))} if ")
        self._value(call.node, frame)
        self._bare = None
        self.write(" is said else ")

    def _value(self, node: nodes.Expr, frame: Frame) -> str:
        """Write what is asked for its type. Gives how it is to be written, as `value`, where the type is
        none of ours; it is only there that a name may be unknown."""
        self._bare = node
        self.visit(node, frame)
        return _known(node)

    def visit_Name(self, node: nodes.Name, frame: Frame) -> None:  # noqa: N802
        if node is self._bare and node.ctx == "load":
            self.write(frame.symbols.ref(node.name))
        else:
            super().visit_Name(node, frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if _escapes(frame) and finalize.src is None:
            words = _words(node)
            if words is not None and isinstance(node, nodes.Call):
                self._once("html", words, node, frame)
                self._shown = node
                self.write("shown(")
            else:
                self.write("(escaped(value) if type(value := ")
                self._bare = node
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if _escapes(frame) and finalize.src is None:
            self.write(")" if node is self._shown else f") is str else shown({_known(node)}))")
        else:
            super()._output_child_post(node, frame, finalize)


def _known(node: nodes.Expr) -> str:
    if isinstance(node, nodes.Name):
        return f"undefined(name={node.name!r}) if value is missing else value"
    return "value"


def _escapes(frame: Frame) -> bool:
    """True where what is written out is known, while compiling, to be escaped."""
    return bool(frame.eval_ctx.autoescape) and not frame.eval_ctx.volatile


def _words(node: nodes.Node) -> str | None:
    """The words of _("words"), which are the same on every page; None for any other expression."""
    match node:
        case nodes.Call(
            node=nodes.Name(name="_"),
            args=[nodes.Const(value=str() as words)],
            kwargs=[],
            dyn_args=None,
            dyn_kwargs=None,
        ):
            return words
    return None


def _plain(node: nodes.Call) -> bool:
    """True for a call without "*", and without a name that Python would not take."""
    return not (
        node.dyn_args or node.dyn_kwargs or any(iskeyword(each.key) for each in node.kwargs)
    )
