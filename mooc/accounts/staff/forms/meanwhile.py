"""Two people at one form: what the other has changed meanwhile is brought into what is sent now.

Box by box: what only one of the two has touched is theirs; where both have written, what was typed stands
in the box and what stands in the database above it. Nothing is saved before it was looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from mooc.lib.text.digits import whole_number

from .seen import Row, mark

Marks = dict[str, dict[str, str]]


@dataclass(slots=True)
class Merged:
    """What came of it. ``clashes``: name of a box in the page → what stands there in the database."""

    data: QueryDict
    files: MultiValueDict[str, Any]
    clashes: dict[str, list[str]] = field(default_factory=dict)
    changed: bool = False  # whether anything at all is another's

    def settle(self, name: str, seen: str | None, now: list[str]) -> None:
        """One box."""
        typed = self.data.getlist(name)
        if mark(now) == seen:
            return
        self.changed = True
        if mark(typed) == seen:
            self.data.setlist(name, now)
        elif mark(typed) != mark(now):
            self.clashes[name] = now


def merge(
    data: QueryDict, files: Any, seen: Marks, now: dict[str, Row], formsets: list[Any]
) -> Merged | None:
    """What is sent, with what others have changed; ``None`` when nobody has."""
    found = Merged(data.copy(), files)
    for name, values in now[""].items():
        found.settle(name, seen.get("", {}).get(name), values)
    for formset in formsets:
        _merge_rows(found, seen, now, formset)
    return found if found.changed else None


def _merge_rows(found: Merged, seen: Marks, now: dict[str, Row], formset: Any) -> None:
    """Rows that are gone and were not touched go; touched ones stand at the end as new; others' new rows come in."""
    prefix, pk_name = formset.prefix, formset.model._meta.pk.name
    total = _count(found.data, f"{prefix}-TOTAL_FORMS")
    sent = [(n, found.data.get(f"{prefix}-{n}-{pk_name}", "")) for n in range(total)]
    there = {str(form.instance.pk) for form in formset.initial_forms}
    old: list[tuple[int, str]] = []
    new: list[tuple[int, str]] = []
    gone = False
    for number, pk in sent:
        key = f"{prefix}/{pk}"
        if pk in there:
            for name, values in now[key].items():
                found.settle(f"{prefix}-{number}-{name}", seen.get(key, {}).get(name), values)
            old.append((number, pk))
        elif not pk:
            new.append((number, pk))
        else:
            gone = True
            if _touched(found.data, f"{prefix}-{number}", seen.get(key, {})):
                new.append((number, ""))
    added = [
        pk for pk in sorted(there - {pk for _number, pk in sent}, key=int) if f"{prefix}/{pk}" not in seen
    ]
    if gone or added:
        found.changed = True
        _renumber(found, formset, old, new, {pk: now[f"{prefix}/{pk}"] for pk in added})


def _count(data: QueryDict, name: str) -> int:
    return min(whole_number(data.get(name)) or 0, 1000)


def _touched(data: QueryDict, row: str, seen: dict[str, str]) -> bool:
    return any(mark(data.getlist(f"{row}-{name}")) != known for name, known in seen.items())


def _renumber(
    found: Merged, formset: Any, old: list[tuple[int, str]], new: list[tuple[int, str]], added: dict[str, Row]
) -> None:
    """Write the rows anew: those of the database first, as a formset wants them."""
    prefix, pk_name, fk_name = formset.prefix, formset.model._meta.pk.name, formset.fk.name
    box = re.compile(rf"^{re.escape(prefix)}-(\d+)-(.+)$")
    files: MultiValueDict[str, Any] = MultiValueDict()
    data, clashes = found.data.copy(), found.clashes.copy()
    for name in [name for name in found.data if box.match(name)]:
        del data[name]
    place: dict[int, int] = {}
    for at, (number, pk) in enumerate([*old, *((-1, pk) for pk in added), *new]):
        if number >= 0:
            place[number] = at
        data[f"{prefix}-{at}-{pk_name}"] = pk
        data[f"{prefix}-{at}-{fk_name}"] = str(formset.instance.pk)
        for name, values in added.get(pk, {}).items():
            data.setlist(f"{prefix}-{at}-{name}", values)
    for source, write in ((found.data, data.setlist), (found.files, files.setlist)):
        for name in source:
            match = box.match(name)
            if match and int(match[1]) in place and match[2] not in (pk_name, fk_name):
                write(f"{prefix}-{place[int(match[1])]}-{match[2]}", source.getlist(name))
            elif not match and source is found.files:
                write(name, source.getlist(name))
    found.clashes = {}
    for name, values in clashes.items():
        match = box.match(name)
        found.clashes[f"{prefix}-{place[int(match[1])]}-{match[2]}" if match else name] = values
    data[f"{prefix}-INITIAL_FORMS"] = str(len(old) + len(added))
    data[f"{prefix}-TOTAL_FORMS"] = str(len(old) + len(added) + len(new))
    found.data, found.files = data, files


def whose_change(obj: Any, user: Any) -> str:
    """A sentence on who saved this form last, as far as the desk's log knows."""
    kind = ContentType.objects.get_for_model(obj)
    rows = LogEntry.objects.filter(content_type=kind, object_id=str(obj.pk)).select_related("user")
    last = rows.order_by("-action_time").first()
    if last is None:
        return _("Somebody has changed this meanwhile.")
    if last.user == user:
        return _("You have changed this meanwhile, in another window.")
    return _("%(name)s has changed this meanwhile.") % {"name": last.user}
