"""Who is who: the name under which the article in a file owns its addresses.

It is the id that a person gave; else the first path that the article was published from, wherever its file is
now; else the path of its file. Decided once, before repeats are folded, from files and ledger alone. Next:
`pipeline.dedupe`, `addresses`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from bimson_site.model import Article, Slip
from bimson_site.pipeline.ledger import NO_LEDGER, Ledger


@dataclass(frozen=True)
class Past:
    """What was published before, as the files of now stand to it: `names` are those of articles by path,
    where they are other than the path; `waiting` are owners whose files are there but not live, though they
    may be again."""

    ledger: Ledger = NO_LEDGER
    names: Mapping[str, str] = field(default_factory=dict)
    waiting: frozenset[str] = frozenset()

    def name(self, path: str) -> str:
        return self.names.get(path, path)

    def had_page(self, path: str) -> str:
        """The first day on which an article had a page of its own; "" if it had none."""
        name = self.names.get(path)
        if name is None:
            return self.ledger.pages.get(path, "")
        names = {name, *self.ledger.former(name, path)}
        return min((d for n in names if (d := self.ledger.pages.get(n))), default="")


_ORDER = attrgetter("order")


def waiting(paths: Iterable[str], names: Mapping[str, str], ledger: Ledger) -> frozenset[str]:
    """The owners whose files are there but not live, by all names that they ever had; `names` as `identify`."""
    owner_in = ledger.owner_in
    owners = {names.get(path) or owner_in.get(path, path) for path in paths}
    return frozenset(owners.union(*(ledger.former(owner) for owner in owners)))


def identify(
    live: Sequence[Slip],
    others: Sequence[Slip],
    odd: Mapping[str, Article],
    on_disk: Collection[str],
    ledger: Ledger,
) -> dict[str, str]:
    """The names of articles by path, where they are other than the path. The healthy `others` yield to the
    `live`; among these the order of the archive decides, however they are listed. `on_disk` are the paths of
    all files, healthy or not.

    Of two articles with one given id the first has it. A file that is gone and a new one with its text, else
    with its planned address, are one article; not where several new ones have that text.
    """
    given = {path: article.id for path, article in odd.items() if article.id != path}
    if not given and not ledger.rows:
        return {}
    holder: dict[str, str] = {}
    for slip in sorted((s for s in live if s.path in given), key=_ORDER):
        holder.setdefault(given[slip.path], slip.path)
    slips = [s for s in (*live, *others) if s.path not in given] if given else [*live, *others]
    there = {slip.path for slip in live}
    for path, name in _from_elsewhere(slips, there, ledger):
        holder.setdefault(name, path)
    found = {path: name for name, path in holder.items()}
    for path, name in _renamed(slips, there, on_disk, holder, ledger):
        if path not in found and holder.setdefault(name, path) == path:
            found[path] = name
    # Lost to one whose name it had, or its name is another's: it begins anew.
    taken = {*ledger.strangers, *(name for name, path in holder.items() if name != path)}
    unlucky = taken and [
        path for s in (*live, *others) if (path := s.path) in taken and path not in found
    ]
    if unlucky:
        paths = [slip.path for slip in (*live, *others) if slip.path not in found]
        holder = {**dict(zip(paths, paths, strict=True)), **holder}
        found |= {path: _beside(path, holder) for path in unlucky}
    return {path: name for path, name in found.items() if name != path}


def _from_elsewhere(
    slips: Iterable[Slip], live: Collection[str], ledger: Ledger
) -> list[tuple[str, str]]:
    """Files that the ledger knows under another name than their path; the one that it met last comes first.
    Where it met the file with that path later, and that is live, it is the name of that file."""
    name_in = ledger.strangers
    if not name_in:
        return []
    met = ledger.met
    found = [
        (slip.path, name)
        for slip in sorted((s for s in slips if s.path in name_in), key=_ORDER)
        if (name := name_in[slip.path]) not in live
        or met.get((name, name), "") <= met[name, slip.path]
    ]
    if len({name for _, name in found}) < len(found):
        found.sort(key=lambda pair: met[pair[1], pair[0]], reverse=True)
    return found


def _beside(path: str, holder: dict[str, str]) -> str:
    """A name for a file whose path is the name of another article."""
    name = f"{path}+"
    while holder.setdefault(name, path) != path:
        name += "+"
    return name


def _renamed(
    slips: Sequence[Slip],
    live: Collection[str],
    on_disk: Collection[str],
    holder: Mapping[str, str],
    ledger: Ledger,
) -> Iterable[tuple[str, str]]:
    """Files that the ledger does not know, and the names of those that are gone and may be them: by their
    texts first, then by their planned addresses."""
    owner_in = ledger.owner_in
    fresh = [s for s in slips if s.path not in owner_in]
    if not fresh:
        return
    fresh.sort(key=lambda slip: (slip.path not in live, slip.order))
    here = {  # a file that is not live holds a name only where the ledger met it last
        owner
        for path in on_disk
        if (owner := owner_in.get(path))
        and (path in live or ledger.met[owner, path] == ledger.last_met[owner])
    }
    # Who has or had a given id is known by that alone.
    gone = ledger.named_by_path - ledger.superseded - here - holder.keys()
    if gone:
        gone -= {old for name, path in holder.items() for old in ledger.former(name, path)}
    if not gone:
        return
    keys: dict[str, set[str]] = defaultdict(set)
    for row in ledger.rows:
        if row.key and row.id in gone:
            keys[row.key].add(row.id)
    rivals = Counter(key_of(s) for s in fresh if s.path in live)
    everyone = Counter(map(key_of, slips)) if any(s.path not in live for s in fresh) else rivals
    for slip in fresh:
        owners = keys.get(key := key_of(slip), ())
        count = rivals if slip.path in live else everyone
        if owners and count[key] == 1:
            yield slip.path, _last(owners, ledger)
    owner_of = ledger.published.owner_of
    for slip in fresh:
        owner = owner_of.get(slip.wish)
        if owner in gone:
            yield slip.path, owner


def _last(owners: Collection[str], ledger: Ledger) -> str:
    """Of several owners of one text one that had a page; of these the one that was heir to all others, else the
    one that was met last: the others were gone before it."""
    owners = [one for one in owners if one in ledger.pages] or owners
    if len(owners) == 1:
        return next(iter(owners))
    ends = [one for one in owners if all(one in ledger.folded_into(o) for o in owners)]
    when = ledger.last_met
    return (
        min(ends)
        if ends
        else max(owners, key=lambda one: (when[one], ledger.pages.get(one, ""), one))
    )


def key_of(slip: Slip) -> str:
    """The start of the digest of an article's text, as in a row; "" where there is no text."""
    return slip.tie[-16:-8].hex() if slip.skeleton else ""
