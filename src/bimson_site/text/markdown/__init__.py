"""Bodies: Markdown in, what a reader sees and the HTML of a page out.

The package that alone imports markdown_it; it never reads files and knows no addresses of this site: a
function maps references to them. Raw HTML goes on to `text.sanitise`. Next: `reading`, `drawing`.
"""

from __future__ import annotations

from bimson_site.text.markdown.anchors import anchor
from bimson_site.text.markdown.drawing import Drawn, render
from bimson_site.text.markdown.reading import LEDE_LENGTH, Reading, read, read_and_draw

__all__ = ["LEDE_LENGTH", "Drawn", "Reading", "anchor", "read", "read_and_draw", "render"]
