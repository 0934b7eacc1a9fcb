"""Tags, authors, sections and sources: which spellings are one term, and how it is shown.

Two spellings are one term when equal after NFC, tone placement, dash and space folding and
casefold; the most frequent spelling is shown. Addresses come from `pipeline.assign`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain

from bimson_site import routes
from bimson_site.model import Slip, TermKind, TermRef, digest
from bimson_site.pipeline.assign import Claim
from bimson_site.pipeline.records import kinds_of, names_of, names_of_all
from bimson_site.text import slugs, vietnamese

# A term's key: its kind, and the folded spelling ("tin tuc/kinh te"-like path for a section).
TermKey = tuple[TermKind, str]


@dataclass(frozen=True, slots=True)
class Wording:
    """Every term with the spelling that is shown; and for each `TermKind` in its order the keys of all names, as they
    stand in slips. A name that says nothing has no key."""

    shown: Mapping[TermKey, str]
    keys: tuple[Mapping[bytes, TermKey], ...]

    def keys_of(self, slip: Slip) -> tuple[tuple[TermKey, ...], ...]:
        """The keys of an article's terms for each kind, each once."""
        named = enumerate(kinds_of(slip.terms))
        return tuple([self.keys_named(kind, names) for kind, names in named])

    def keys_named(self, kind: int, names: bytes) -> tuple[TermKey, ...]:
        """The keys of the terms of one kind that an article names together, each once."""
        known = self.keys[kind]
        return tuple(dict.fromkeys([known[name] for name in names_of(names) if name in known]))

    def keys_of_all(self, slips: Iterable[Slip]) -> tuple[tuple[TermKey, ...], ...]:
        """The same for several articles, united in order."""
        found = zip(*map(self.keys_of, slips), strict=True)
        return tuple(tuple(dict.fromkeys(chain.from_iterable(each))) for each in found)


@dataclass(frozen=True, slots=True)
class Glossary:
    """Every term of the archive by key, and a digest of each."""

    refs: Mapping[TermKey, TermRef]
    digests: Mapping[TermKey, bytes]

    def refs_of(self, keys: Iterable[TermKey]) -> tuple[TermRef, ...]:
        return tuple([self.refs[key] for key in keys])


def key_of(kind: TermKind, name: str) -> TermKey:
    if kind is TermKind.SECTION:
        return kind, "/".join(vietnamese.term_key(part) for part in _parts(name))
    return kind, vietnamese.term_key(name)


def parents(key: TermKey) -> tuple[TermKey, ...]:
    """The sections above a nested one, outermost first; none for other kinds."""
    kind, name = key
    if kind is not TermKind.SECTION:
        return ()
    parts = name.split("/")
    return tuple((kind, "/".join(parts[:depth])) for depth in range(1, len(parts)))


def wording(slips: Iterable[Slip]) -> Wording:
    """Which names are one term, and how it is shown: the most frequent spelling, then the first by
    order."""
    counts: dict[TermKey, Counter[str]] = defaultdict(Counter)
    keys: list[dict[bytes, TermKey]] = []
    together = zip(*[kinds_of(slip.terms) for slip in slips], strict=True)
    for kind, said in zip(TermKind, tuple(together) or ((),) * len(TermKind), strict=True):
        names = _counted(said)
        decoded = {name: name.decode() for name in names}
        found = {n: k for n, text in decoded.items() if (k := key_of(kind, text))[1].strip("/")}
        for name, key in found.items():
            _count(counts, key, decoded[name], names[name])
        keys.append(found)
    shown = {
        key: min(
            found, key=lambda name: (-found[name], -_capitals(name), vietnamese.sort_key(name))
        )
        for key, found in counts.items()
    }
    return Wording(shown, tuple(keys))


def _counted(said: Sequence[bytes]) -> Counter[bytes]:
    """How often each name of one kind stands in articles. Most name the same authors, sections and sources together;
    tags stand in a new company nearly every time."""
    together = Counter(said)
    if 4 * len(together) > len(said):
        return Counter(names_of_all(said))
    names: Counter[bytes] = Counter()
    for some, times in together.items():
        for name in names_of(some):
            names[name] += times
    return names


def _capitals(name: str) -> int:
    """Between spellings that are as frequent, the one with more words capitalised is a name's."""
    return sum(word[:1].isupper() for word in name.split())


def _count(counts: dict[TermKey, Counter[str]], key: TermKey, name: str, times: int) -> None:
    parts = _parts(name) if key[0] is TermKind.SECTION else (name,)
    for depth, above in enumerate((*parents(key), key)):
        shown = parts[min(depth, len(parts) - 1)] if key[0] is TermKind.SECTION else name
        counts[above][" ".join(vietnamese.nfc(shown).split())] += times


def claims(shown: Mapping[TermKey, str]) -> tuple[Claim, ...]:
    """A claim for every term, in an order that depends on nothing but the terms.

    A nested section's wish stands below its parents' natural slugs; where a parent had to take a
    suffix, the child keeps an address of its own all the same.
    """
    return tuple(
        Claim(owner(key), f"{routes.terms(key[0])}{_path(key, shown)}/") for key in sorted(shown)
    )


def owner(key: TermKey) -> str:
    """The owner's name of a term in the ledger."""
    return f"{key[0].value}:{key[1]}"


def glossary(shown: Mapping[TermKey, str], urls: Mapping[str, str]) -> Glossary:
    """Every term with its address; sections know those above them."""
    refs: dict[TermKey, TermRef] = {}
    for key in sorted(shown, key=lambda k: (len(parents(k)), k)):
        above = tuple(refs[each] for each in parents(key))
        refs[key] = TermRef(key[0], shown[key], urls[owner(key)], above)
    return Glossary(refs, {key: bytes.fromhex(digest(ref)) for key, ref in refs.items()})


def _path(key: TermKey, shown: Mapping[TermKey, str]) -> str:
    return "/".join(_slug(shown[each], each[1]) for each in (*parents(key), key))


def _slug(name: str, key: str) -> str:
    """The slug of a term; a digest of its key where nothing of it can stand in an address."""
    return slugs.slug(name) or f"nhan-{blake2b(key.encode(), digest_size=3).hexdigest()}"


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in name.split("/") if part.strip())
