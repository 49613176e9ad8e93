"""Whether a change of templates left what people read as it was: every page's visible text, kept and compared.

``python -m tests.visible_text --save before.json`` starts the demonstration on a port and data of its own,
visits its pages as guest, learner, trainer, helper, supervisor and operator, in Chinese and in English, and
stores what can be read there. After the change ``--compare before.json`` does it again, with the course
content of the commit that was saved, and prints what differs. Exit code 1 when words differ.

Text is what HTML makes of it: white space in a text is one blank and never nothing, since a blank between
two Chinese words is seen; a tag that stands for itself breaks the line. Words in attributes count, for
somebody hears them or finds them on a button. Clock and dice of the demonstration are fixed, so that days and
codes are the same each time.
"""

from __future__ import annotations

import argparse
import collections
import difflib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.reading import PEOPLE, Browser, pages_of
from tests.serving import ROOT, Site

Pages = dict[str, str]
LANGUAGES = ("zh-hans", "en")
SHOWN = 40  # differences printed at most
# Read by Python before anything else: the demonstration is made at one fixed time, by the same dice.
SAME_EACH_TIME = """
import datetime, itertools, os, random, secrets, uuid
from django.utils import timezone
begin = datetime.datetime(2026, 11, 25, 2, int(os.environ["AT_MINUTE"]), tzinfo=datetime.timezone.utc)
dice, asked = random.Random(20), itertools.count()
timezone.now = lambda: begin + datetime.timedelta(microseconds=100 * next(asked))
uuid.uuid4 = lambda: uuid.UUID(int=dice.getrandbits(128), version=4)
secrets.choice, secrets.randbelow = dice.choice, dice.randrange
"""


def main() -> int:
    """Save or compare, as asked."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    asked.add_argument("--save", type=Path, metavar="FILE")
    asked.add_argument("--compare", type=Path, metavar="FILE")
    asked.add_argument("--with", type=Path, metavar="FILE", dest="other", help="a second file, not the site")
    asked.add_argument("--all", action="store_true", help="print every difference")
    wanted = asked.parse_args()
    if bool(wanted.save) == bool(wanted.compare):
        asked.error("--save FILE or --compare FILE")
    if wanted.save:
        kept = {"commit": _git("rev-parse", "HEAD").strip(), "pages": read_site(ROOT / "courses" / "content")}
        wanted.save.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
        print(f"{len(kept['pages'])} pages")
        return 0
    before = json.loads(wanted.compare.read_text(encoding="utf-8"))
    if wanted.other:
        now = json.loads(wanted.other.read_text(encoding="utf-8"))["pages"]
    else:
        now = read_site_with_content_of(before["commit"])
    return report(before["pages"], now, None if wanted.all else SHOWN)


def read_site_with_content_of(commit: str) -> Pages:
    """The pages of this code with the courses of ``commit``: a lesson that was mended is no difference."""
    with tempfile.TemporaryDirectory(prefix="mooc-content-") as folder:
        packed = subprocess.run(
            ["git", "archive", commit, "courses/content"], cwd=ROOT, check=True, capture_output=True
        )
        subprocess.run(["tar", "-x"], cwd=folder, input=packed.stdout, check=True)
        return read_site(Path(folder) / "courses" / "content")


def read_site(content: Path) -> Pages:
    """Make the demonstration, serve it, and read every page as everybody."""
    with tempfile.TemporaryDirectory(prefix="mooc-text-") as folder:
        site = Site(Path(folder) / "data")
        (Path(folder) / "sitecustomize.py").write_text(SAME_EACH_TIME)
        site.env |= {"PYTHONPATH": f"{folder}:{ROOT}", "AT_MINUTE": "10", "MOOC_LOG_LEVEL": "ERROR"}
        site.create()
        try:
            for command in (
                ("migrate", "-v0"),
                ("collectstatic", "--noinput", "-v0"),
                ("demo", "--content", str(content)),
            ):
                site.manage(*command)
            site.env["AT_MINUTE"] = "20"  # read after it was made
            site.start()
            pages: Pages = {}
            for person in PEOPLE:
                for language in LANGUAGES:
                    for name, text in pages_of(Browser(site.url, language), person):
                        pages[f"{person} {language} {name}"] = text
            return pages
        finally:
            site.destroy()


def report(before: Pages, now: Pages, most: int | None) -> int:
    """Print what differs, the same difference once for all its pages. Returns the exit code."""
    for name in sorted(before.keys() - now.keys()):
        print(f"gone: {name}")
    for name in sorted(now.keys() - before.keys()):
        print(f"new:  {name}")
    words, blanks = _differences(before, now)
    for title, found in (("Words", words), ("Only blanks or line breaks", blanks)):
        print(f"\n{title}: {len(found)} differences")
        for (old, new), names in list(found.items())[:most]:
            print(f"  {names[0]}" + (f" and {len(names) - 1} more" if len(names) > 1 else ""))
            print("".join(f"    - {line}\n" for line in old) + "".join(f"    + {line}\n" for line in new))
    same = sum(before[name] == now.get(name) for name in before)
    print(f"{len(before)} pages, {same} the same")
    return int(bool(words) or before.keys() != now.keys())


Change = tuple[tuple[str, ...], tuple[str, ...]]
Changes = dict[Change, list[str]]


def _differences(before: Pages, now: Pages) -> tuple[Changes, Changes]:
    """Changed lines with the pages they stand on: those with other words, and those with other blanks."""
    words: Changes = collections.defaultdict(list)
    blanks: Changes = collections.defaultdict(list)
    for name in before.keys() & now.keys():
        for old, new in _hunks(before[name].splitlines(), now[name].splitlines()):
            kind = blanks if _bare(old) == _bare(new) else words
            kind[old, new].append(name)
    by_count = lambda found: dict(sorted(found.items(), key=lambda item: -len(item[1])))  # noqa: E731
    return by_count(words), by_count(blanks)


def _hunks(old: list[str], new: list[str]) -> Iterator[Change]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield tuple(old[a:b]), tuple(new[c:d])


def _bare(lines: Iterable[str]) -> str:
    return re.sub(r"\s", "", "".join(lines))


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
