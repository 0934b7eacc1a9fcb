"""Templates as Python: Jinja's code generator with the common cases written straight.

Only how the code is written differs, never what it means: an attribute of a value that is known to be
harmless is read, a function that is ours is called, a text is escaped without a detour, words that
never change are said once, and a block is drawn into one list instead of being yielded piece by
piece. Everything else is Jinja's own. Next: `running`, which decides what is harmless.
"""

from __future__ import annotations

from collections.abc import Iterable
from keyword import iskeyword
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, optimizeconst

from bimson_site.theme.sandbox.settled import names_of

# Runs after Jinja's own imports, of which it replaces three.
_RUNNING = """\
from bimson_site.theme.sandbox.running import \
LoopContext, Macro, TRUSTED, escaped, guarded, marked as Markup, readable, shown
from bimson_site.theme.sandbox.settled import settled
said = environment.globals.get("_")"""


class Code(CodeGenerator):
    """Writes `value` for what it looks at twice; it is set and used in one breath, so one will do."""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self._attributes: set[str] = set()
        self._words: dict[str, int] = {}
        self._streams = False
        self._shown: nodes.Expr | None = None  # words that are being written out already

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        # Jinja yields an include without context at once, whatever is still to be joined before it.
        self._streams = not all(each.with_context for each in node.find_all(nodes.Include))
        super().visit_Template(node, frame)
        for line in _RUNNING.splitlines():
            self.writeline(line)
        for name in sorted(self._attributes):
            self.writeline(f"has_{name} = readable({name!r})")
        for words, number in self._words.items():
            self.writeline(f"words_{number} = said({words!r})")
            self.writeline(f"html_{number} = escaped(words_{number})")
        for name, block in self.blocks.items():
            names = names_of(block, self.environment)
            if names is not None:
                kept = f"settled(block_{name}, {sorted(names)!r})"
                self.writeline(f"blocks[{name!r}] = {kept}")

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        if frame.buffer is not None or self._streams:
            super().blockvisit(nodes, frame)
            return
        self.buffer(frame)
        super().blockvisit(nodes, frame)
        self.writeline(f"yield concat({frame.buffer})")

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
        self.visit(node.node, frame)
        self.write(f") in has_{name} else environment.getattr(value, {name!r}))")

    @optimizeconst
    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        if forward_caller or not _escapes(frame) or not _plain(node):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        words = None if node is self._shown else _words(node)
        if words is not None:
            self.write("(")
            self._once("words", words, node, frame)
        self.write("(value if type(value := ")
        self.visit(node.node, frame)
        own = "".join(
            f", {name}={name}"
            for name, there in (
                ("_loop_vars", frame.loop_frame),
                ("_block_vars", frame.block_frame),
            )
            if there
        )
        self.write(f") in TRUSTED else guarded(context, value{own}))(")
        for index, argument in enumerate([*node.args, *node.kwargs]):
            self.write(", " if index else "")
            self.visit(argument, frame)
        self.write(")" if words is None else "))")

    def _once(self, name: str, words: str, call: nodes.Call, frame: Frame) -> None:
        """The words as they were said when the template was loaded, if "_" still is what says them."""
        self.write(f"{name}_{self._words.setdefault(words, len(self._words))} if ")
        self.visit(call.node, frame)
        self.write(" is said else ")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if _escapes(frame) and finalize.src is None:
            words = _words(node)
            if words is not None and isinstance(node, nodes.Call):
                self._once("html", words, node, frame)
                self._shown = node
            self.write("(escaped(value) if type(value := ")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if _escapes(frame) and finalize.src is None:
            self.write(") is str else shown(value))")
        else:
            super()._output_child_post(node, frame, finalize)


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
