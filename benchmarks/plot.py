"""Draw the cost of an article against the size of the archive, as SVG for light and dark.

python benchmarks/plot.py benchmarks/results/*.jsonl --output docs/pictures/cost.svg
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from html import escape
from math import ceil, floor, log10
from pathlib import Path

import report

WIDTH, HEIGHT = 800, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 262, 58, 48
NEAR = 17  # labels are at least so far apart
# Okabe and Ito's colours, which colour-blind readers tell apart; light and dark.
COLOURS = (
    ("#0072b2", "#56b4e9"),
    ("#b35000", "#f0a050"),
    ("#00795a", "#2fc79a"),
    ("#99477a", "#e09ac4"),
    ("#666666", "#aaaaaa"),
    ("#8a6d00", "#f0e442"),
)
SHAPES = (
    '<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>',
    '<rect x="{a:.1f}" y="{b:.1f}" width="8" height="8"/>',
    '<path d="M{x:.1f} {b:.1f}l5 9h-10z"/>',
    '<path d="M{x:.1f} {b:.1f}l5 5l-5 5l-5 -5z"/>',
)
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#222}.title{font-weight:600;font-size:15px}"
    ".grid{stroke:#ddd}.ground{fill:#fff}polyline{fill:none;stroke-width:2.5}"
    + "".join(f".c{n}{{stroke:{c[0]};fill:{c[0]}}}" for n, c in enumerate(COLOURS))
    + "@media(prefers-color-scheme:dark){text{fill:#ddd}.grid{stroke:#3a3a3a}.ground{fill:#161616}"
    + "".join(f".c{n}{{stroke:{c[1]};fill:{c[1]}}}" for n, c in enumerate(COLOURS))
    + "}"
)

Series = dict[str, list[tuple[int, float]]]
Scale = Callable[[float], float]


def series(records: Iterable[report.Record], scenario: str = "cold") -> Series:
    """Each tool's (size, milliseconds an article); short texts are a line of their own."""
    found: Series = defaultdict(list)
    medians = report.medians(records)
    usual = max((key[1] for key in medians), default=0)
    for (size, body, what, tool), each in sorted(medians.items()):
        if what == scenario or (tool == "floor" and what == "write"):
            name = "writing the files alone" if tool == "floor" else tool
            words = name if body == usual else f"{name}, texts of {body / 1000:g} KB"
            found[words].append((size, each["wall"] / size * 1000))
    return dict(found)


def draw(found: Series, scenario: str = "cold") -> str:
    """The picture. Both axes are logarithmic."""
    points = [point for line in found.values() for point in line]
    x, sizes = _axis([p[0] for p in points], LEFT, WIDTH - RIGHT)
    y, costs = _axis([p[1] for p in points], HEIGHT - BOTTOM, TOP)
    words = f"Milliseconds an article, {report.WORDS[scenario]} (less is better)"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(words)}</title>\n<style>{STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="title" x="16" y="28">{escape(words)}</text>',
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">articles</text>',
    ]
    for size in sizes:
        parts.append(_grid(x(size), x(size), TOP, HEIGHT - BOTTOM))
        parts.append(_text(x(size), HEIGHT - BOTTOM + 18, f"{size:,.0f}", "middle"))
    for cost in costs:
        parts.append(_grid(LEFT, WIDTH - RIGHT, y(cost), y(cost)))
        parts.append(_text(LEFT - 8, y(cost) + 4, f"{cost:g}", "end"))
    places = _apart({name: y(line[-1][1]) for name, line in found.items()})
    for number, (name, line) in enumerate(found.items()):
        at = [(x(size), y(cost)) for size, cost in line]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in at)
        shape = SHAPES[number % len(SHAPES)]
        marks = "".join(shape.format(x=a, y=b, a=a - 4, b=b - 5) for a, b in at)
        parts.append(f'<g class="c{number % len(COLOURS)}"><polyline points="{path}"/>{marks}</g>')
        label = f"{name} {line[-1][1]:.2g}"
        fits = at[-1][0] + 12 + 7.5 * len(label) < WIDTH
        parts.append(
            _text(at[-1][0] + 12, places[name] + 4, label, "start")
            if fits
            else _text(at[-1][0] + 4, places[name] - 12, label, "end")
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _axis(values: Sequence[float], start: float, end: float) -> tuple[Scale, list[float]]:
    """A logarithmic scale around the values, and the round numbers (1, 2, 5) on it."""
    decades = range(floor(log10(min(values))), ceil(log10(max(values))) + 1)
    steps = [digit * 10.0**decade for decade in decades for digit in (1, 2, 5)]
    low = max((s for s in steps if s <= min(values)), default=min(values))
    high = min((s for s in steps if s >= max(values)), default=max(values))
    low, high = (low, high) if low < high else (low / 2, high * 2)
    span = log10(high / low)

    def place(value: float) -> float:
        return start + (end - start) * log10(value / low) / span

    ticks = [s for s in steps if low <= s <= high]
    powers = [s for s in ticks if s == 10.0 ** round(log10(s))]
    return place, powers if len(powers) > 2 else ticks


def _apart(places: dict[str, float]) -> dict[str, float]:
    """Labels moved down where they would touch."""
    last, found = -NEAR, {}
    for name, place in sorted(places.items(), key=lambda item: item[1]):
        last = found[name] = max(place, last + NEAR)
    return found


def _grid(x1: float, x2: float, y1: float, y2: float) -> str:
    return f'<line class="grid" x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("results", nargs="+")
    parser.add_argument("--scenario", choices=[*report.WORDS], default="cold")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    found = series(report.read(options.results), options.scenario)
    options.output.write_text(draw(found, options.scenario))


if __name__ == "__main__":
    main()
