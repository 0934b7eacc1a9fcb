"""What an archive offers: each feature is a set of planners and views behind one `Extension`."""

from __future__ import annotations

from bimson_site.extension import Extension
from bimson_site.features import (
    anniversaries,
    articles,
    assets,
    calendar,
    data,
    feeds,
    front,
    gone,
    old_addresses,
    redirects,
    repeats,
    search,
    sitemap,
    terms,
)

# Order decides who is named first when two pages claim one address.
BUILT_IN: tuple[Extension, ...] = (
    assets.EXTENSION,
    front.EXTENSION,
    articles.EXTENSION,
    repeats.EXTENSION,
    calendar.EXTENSION,
    anniversaries.EXTENSION,
    terms.EXTENSION,
    feeds.EXTENSION,
    sitemap.EXTENSION,
    data.EXTENSION,
    search.EXTENSION,
    redirects.EXTENSION,
    gone.EXTENSION,
    old_addresses.EXTENSION,
)
