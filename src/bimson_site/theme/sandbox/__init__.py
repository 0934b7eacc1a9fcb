"""Where templates run. The only package that imports jinja2; `engine` is what others use."""

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

from bimson_site.theme.sandbox.environment import Compiled, Sandbox

__all__ = [
    "Compiled",
    "Sandbox",
    "TemplateError",
    "TemplateNotFound",
    "TemplateSyntaxError",
]
