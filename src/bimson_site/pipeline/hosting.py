"""What the hosts of static sites take, and whether an archive is more than that.

Figures of their documentation, read on 2026-11-24; a host that says nothing of a kind has no limit here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bimson_site.errors import Location, Problem, problem


@dataclass(frozen=True, slots=True)
class Host:
    """The most that a host takes: files, bytes in all, bytes in one file, rows of its own map of
    redirects (`pipeline.servers`; pages that lead on are files like others)."""

    files: int | None = None
    total: int | None = None
    largest: int | None = None
    redirects: int | None = None


HOSTS: Mapping[str, Host] = {
    # developers.cloudflare.com/pages: limits of the free plan (paid ones take 100,000 files); of
    # its 2,100 redirects 100 are kept for rules with wildcards, and ours have none
    "cloudflare-pages": Host(files=20_000, largest=25 * 2**20, redirects=2_000),
    # docs.github.com: GitHub Pages limits
    "github-pages": Host(total=10**9, largest=100 * 2**20),
    # docs.gitlab.com: Pages on GitLab.com (1 GB, 200,000 files); above 1,000 redirects none works
    "gitlab-pages": Host(files=200_000, total=2**30, redirects=1_000),
    # docs.netlify.com: above 10,000 redirects it advises rules with wildcards
    "netlify": Host(redirects=10_000),
}


def over(name: str, sizes: Mapping[str, int]) -> Iterator[Problem]:
    """What a host would not take. `sizes` are the bytes of each file by path; no host, no problems."""
    host = HOSTS.get(name, Host())
    biggest = max(sizes, key=lambda path: (sizes[path], path), default="")
    total = sum(sizes.values()) if host.total else 0
    for what, count, limit, path in (
        ("files", len(sizes), host.files, ""),
        ("bytes in all", total, host.total, ""),
        ("bytes in one file", sizes.get(biggest, 0), host.largest, biggest),
    ):
        if limit is not None and count > limit:
            where = Location(path or "bimson.yaml")
            yield problem("host-limit", where, host=name, what=what, count=count, limit=limit)
