"""Which articles dedupe.yaml means: by the paths of their files, their ids, their addresses.

Rules as they were written in, rules about live articles out, with what is wrong with them. Before: `pipeline.rulings`;
next: `pipeline.dedupe`; `survey` brings the two together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from bimson_site import routes
from bimson_site.errors import Problem, problem
from bimson_site.model import ORDINARY, Article, Slip
from bimson_site.pipeline import addresses
from bimson_site.pipeline.remarks import in_content
from bimson_site.pipeline.rulings import Group, Name, Ruled, Rulings
from bimson_site.text.vietnamese import nfc

_NAMES = "the path of an article file, its id or its address"


def unread(rulings: Rulings, files: Collection[str]) -> bool:
    """Whether a name is not the path of a file, so that ids and addresses are asked for; `files` are
    the paths of all article files (NFC)."""
    return any(nfc(in_content(name.text)) not in files for name in rulings.names)


def resolve(
    rulings: Rulings,
    files: Iterable[str],
    slips: Sequence[Slip],
    odd: Mapping[str, Article],
    live: Collection[str],
    base_url: str,
) -> tuple[Ruled, tuple[Problem, ...]]:
    """The rules as they are to be obeyed, and what is wrong with them. `files` are the paths of all
    article files, `slips` those of the healthy ones, `odd` the odd articles by path, `live` the paths of
    the live ones.

    A name that means nothing is left out of its group, and so is an article that is not live; groups of
    `same` that share an article are one; one that contradicts a group of `different` is not obeyed.
    """
    index = _Index(files, slips, odd, base_url)
    problems: list[Problem] = []
    same = _united([_known(group, index, problems) for group in rulings.same])
    different = [_known(group, index, problems) for group in rulings.different]
    obeyed = []
    for group in same:
        if against := list(_contradictions(group, different)):
            problems += against
        else:
            obeyed.append(group)
    return (
        Ruled(tuple(_living(obeyed, live)), tuple(_living(different, live))),
        tuple(sorted(set(problems))),
    )


_Known = dict[str, Name]  # the articles of a group by path, in its order, as they were named first


def _known(group: Group, index: _Index, problems: list[Problem]) -> _Known:
    found: _Known = {}
    for name in group:
        path, wrong, expected = index.find(name.text)
        if path in found:
            wrong, expected = "it stands twice in this group", "another article, or leave it out"
        if wrong:
            problems.append(
                problem("dedupe-name", name.where, name=name.text, reason=wrong, expected=expected)
            )
        else:
            found[path] = name
    return found


def _united(groups: Iterable[_Known]) -> list[_Known]:
    """The groups, those that share an article as one, in the order of the file."""
    united: list[_Known] = []
    for group in groups:
        touching = [each for each in united if each.keys() & group.keys()]
        if not touching:
            united.append(dict(group))
            continue
        first, *others = touching
        for each in (*others, group):
            for path, name in each.items():
                first.setdefault(path, name)
        united = [each for each in united if not any(each is other for other in others)]
    return united


def _contradictions(same: _Known, different: Iterable[_Known]) -> Iterator[Problem]:
    for group in different:
        both = [path for path in group if path in same]
        if len(both) > 1:
            first, other = both[:2]
            yield problem(
                "dedupe-contradiction",
                group[other].where,
                others=(same[first].where, same[other].where),
                first=first,
                other=other,
            )


def _living(groups: Iterable[_Known], live: Collection[str]) -> Iterator[tuple[str, ...]]:
    for group in groups:
        paths = tuple(path for path in group if path in live)
        if len(paths) > 1:
            yield paths


def finder(
    files: Iterable[str], slips: Sequence[Slip], odd: Mapping[str, Article], base_url: str
) -> Callable[[str], tuple[str, str, str]]:
    """Who finds an article by its name as dedupe.yaml may spell it: its path; or '', what is wrong with the
    name, and what would be right. Arguments as in `resolve`."""
    return _Index(files, slips, odd, base_url).find


class _Index:
    """Articles by everything that may name them."""

    def __init__(
        self,
        files: Iterable[str],
        slips: Sequence[Slip],
        odd: Mapping[str, Article],
        base_url: str,
    ) -> None:
        self._paths = {nfc(path): path for path in files}
        self._slips, self._odd, self._base_url = slips, odd, base_url
        self._ordinary = {slip.path for slip in slips if slip.flags & ORDINARY}
        self._ids: dict[str, list[str]] = defaultdict(list)
        for path, article in odd.items():
            if article.id != path:
                self._ids[nfc(article.id)].append(path)
        self._urls: dict[str, list[str]] | None = None

    def find(self, name: str) -> tuple[str, str, str]:
        """The path of the article that is meant; or '', what is wrong, and what would be right."""
        wanted = nfc(name)
        if path := self._paths.get(in_content(wanted)):
            return self._article([path])
        if wanted in self._ids:
            return self._article(self._ids[wanted])
        url = _address(name, self._base_url)
        if url and (named := self._at().get(url)):
            return self._article(named)
        return "", "no article has this path, id or address", self._close(wanted, url)

    def _article(self, found: list[str]) -> tuple[str, str, str]:
        if len(found) > 1:
            return "", "it means more than one article", min(found)
        if found[0] in self._ordinary:
            return "", "it is an ordinary page", _NAMES
        return found[0], "", ""

    def _at(self) -> dict[str, list[str]]:
        """The articles that ask for each address, made only when an address is asked for."""
        if self._urls is None:
            self._urls = defaultdict(list)
            for slip in self._slips:
                url = slip.wish or addresses.natural(self._odd[slip.path], self._base_url)
                self._urls[routes.folded(url)].append(slip.path)
        return self._urls

    def _close(self, name: str, url: str) -> str:
        """The name that may have been meant: an address among addresses; a path among those of the
        file's own name, else of the closest folder, for to compare all would take long."""
        if url:
            near = get_close_matches(url, self._at(), 1)
            return min(self._at()[near[0]]) if near else _NAMES
        folder, _, file = in_content(name).rpartition("/")
        pool = [path for path in self._paths if path.rpartition("/")[2] == file]
        if not pool:
            count = Counter(path.rpartition("/")[0] for path in self._paths)
            near = get_close_matches(folder, count, 1)
            pool = [path for path in self._paths if path.rpartition("/")[0] in near]
        wanted = in_content(name)
        near = get_close_matches(name, self._ids, 1, 0.8) or get_close_matches(wanted, pool, 1)
        return next(iter(near), _NAMES)


def _address(name: str, base_url: str) -> str:
    """The folded address of this site that a name spells, or ''."""
    if not name.startswith(("/", "http://", "https://")):
        return ""
    url = routes.old_address(name.partition("#")[0], base_url)
    return routes.folded(url) if url else ""
