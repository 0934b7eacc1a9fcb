"""What a build left in its output folder: that nothing else happened to it is seen without listing its folders, and what
is kept of it step by step is what would be kept of the whole."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from bimson_site.effects import files
from bimson_site.pipeline.outputs import NO_OUTPUTS, Outputs, folder_of

_NAMES = st.sampled_from(("a", "b", "c"))
_FILES = st.builds(
    lambda folders, name: "/".join((*folders, name)),
    st.lists(_NAMES, max_size=4),
    st.sampled_from(("x.html", "y.txt", "z")),
)
_BUILDS = st.lists(st.dictionaries(_FILES, st.sampled_from(("", "one", "two")), max_size=8))
_HAND = st.sampled_from(("add", "add folder", "edit", "remove", "replace", "link", "link folder"))


def write(folder: Path, path: str, text: str) -> None:
    """As a build does: beside its place, then moved there."""
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    staged = folder.parent / "staged"
    staged.write_text(text)
    staged.replace(place)


def age(folder: Path) -> None:
    """As if all of this had been long ago."""
    for above, _, _ in os.walk(folder):
        os.utime(above, (1_000_000_000.5, 1_000_000_000.5))


def publish(output: files.Output, left: Outputs, wanted: dict[str, str]) -> Outputs:
    """Write what is wanted, delete what is not, and note it."""
    folder = output.folder
    went = [path for path in left.files if path not in wanted]
    output.put_in_place((), went)
    came = {}
    for path, text in wanted.items():
        place = folder / path
        if not (place.is_file() and place.read_text() == text):
            write(folder, path, text)
            came[path] = files.stamp(folder, path)
    return left.after(came, went, output.times())


def harm(folder: Path, how: str, path: str) -> None:
    """Do by hand what a build did not."""
    place = folder / path
    if how == "add":
        (place.parent / "foreign.txt").write_text("")
    elif how == "add folder":
        (place.parent / "foreign").mkdir()
        (place.parent / "foreign" / "more.txt").write_text("")
    elif how == "edit":
        place.write_text("by hand")
    elif how == "remove":
        place.unlink()
    elif how == "replace":
        text = place.read_text()
        place.unlink()
        (folder.parent / "takes the inode").write_text("")
        place.write_text(text)
    elif how == "link":
        place.unlink()
        place.symlink_to(folder.parent / "staged")
    elif how == "link folder":
        moved = folder.parent / "moved"
        shutil.move(folder / path.partition("/")[0], moved)
        (folder / path.partition("/")[0]).symlink_to(moved)


@settings(max_examples=150, deadline=None)
@given(_BUILDS, st.booleans(), _HAND, st.randoms(use_true_random=False))
def test_an_output_folder_is_known_as_it_was_left(builds, aged, how, chance) -> None:
    with TemporaryDirectory() as place:
        folder = Path(place, "build")
        left = NO_OUTPUTS
        with files.Output(Path(place), folder) as output:
            for wanted in builds:
                left = publish(output, left, wanted)
                if aged:
                    age(folder)
                    left = NO_OUTPUTS.after(left.files, (), output.times())
                assert files.untouched(folder, left)
                assert left.files == files.existing(folder).files
                assert Outputs.unpacked(left.packed).files == left.files
                shares = [row for share in range(2) for row in left.rows(share, 2)]
                assert sorted(shares) == sorted(left.rows())
        assert files.untouched(folder, left)
        if left.files:
            harm(folder, how, chance.choice(sorted(left.files)))
            assert not all(files.untouched(folder, left, share, 2) for share in range(2))


@settings(max_examples=100, deadline=None)
@given(_BUILDS)
def test_what_is_noted_step_by_step_is_what_would_be_noted_of_the_whole(builds) -> None:
    stamps = {"": (0, 1, 2), "one": (3, 4, 5), "two": (3, 6, 7)}
    times = dict[str, int]()

    def touch(path: str) -> None:
        folder = path
        while folder:
            folder = folder_of(folder)
            times[folder] = times.get(folder, 0) + 1

    left, before = NO_OUTPUTS, dict[str, str]()
    for wanted in builds:
        came = {path: stamps[text] for path, text in wanted.items() if before.get(path) != text}
        went = before.keys() - wanted.keys()
        for path in (*came, *went):
            touch(path)
        left = left.after(came, went, lambda folder: times.get(folder, 0))
        whole = NO_OUTPUTS.after(
            {path: stamps[text] for path, text in wanted.items()}, (), lambda f: times.get(f, 0)
        )
        assert (left.packed, left.count) == (whole.packed, len(wanted))
        before = wanted


def test_what_the_owner_keeps_at_the_top_under_a_dot_is_no_harm(tmp_path) -> None:
    folder = tmp_path / "build"
    with files.Output(tmp_path, folder) as output:
        left = publish(output, NO_OUTPUTS, {"a/x.html": "one"})
    (folder / ".owner").write_text("")
    assert files.untouched(folder, left)


def test_a_file_system_that_does_not_tell_is_listed(tmp_path, monkeypatch) -> None:
    folder = tmp_path / "build"
    monkeypatch.setattr(Path, "mkdir", keeping_times(Path.mkdir))
    with files.Output(tmp_path, folder) as output:
        publish(output, NO_OUTPUTS, {"a/x.html": "one"})
        age(folder)
        left = NO_OUTPUTS.after(files.existing(folder).files, (), output.times())
    before = (folder / "a").stat()
    (folder / "a" / "foreign.txt").write_text("")
    os.utime(folder / "a", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not files.untouched(folder, left)


def keeping_times(mkdir):
    """Folders are made as on FAT under Windows: the one above tells nothing of it."""

    def made(self: Path, *args: object, **named: object) -> None:
        above = self.parent.stat() if self.parent.exists() else None
        mkdir(self, *args, **named)
        if above:
            os.utime(self.parent, ns=(above.st_atime_ns, above.st_mtime_ns))

    return made
