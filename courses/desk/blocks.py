"""The blocks of a lesson on the trainers' desk, and the files they choose from, by picture and name."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from mooc.accounts.staff.admin_access import OwnInline
from mooc.lib.errors import DomainError
from mooc.lib.pages.request import on
from mooc.lib.text.digits import whole_number

from ..blocks import KINDS
from ..media.documents import store_document
from ..media.uploads import store_picture
from ..models import Block, Media

TAKE_IN: dict[str, Callable[..., Media]] = {"picture": store_picture, "document": store_document}
TAKES_FILES = {code: kind for code, kind in KINDS.items() if kind.upload}
UPLOAD_WORDS = format_lazy(
    "{}" + " · {}" * (len(TAKES_FILES) - 1), *(kind.upload_words for kind in TAKES_FILES.values())
)


@dataclasses.dataclass(frozen=True, slots=True)
class AtHand:
    """A file to choose: what people call it, and what there is to see of it."""

    pk: int
    name: str
    href: str
    mime: str
    width: int = 0
    height: int = 0
    small: str = ""

    @property
    def is_picture(self) -> bool:
        """Whether it can be shown."""
        return self.mime.startswith("image/")

    @property
    def is_played(self) -> bool:
        """Whether it is sound or film."""
        return self.mime.startswith(("audio/", "video/"))


class FilesAtHand:
    """All files of lessons, by name: 3 queries for a page, and none where nobody asks."""

    @functools.cached_property
    def files(self) -> dict[int, AtHand]:
        """By id, in the order of their names. A drawing is called what its block is headed."""
        heads: dict[int, str] = {}
        drafts = Block.objects.filter(lesson__edition__number=0).exclude(media=None).order_by("pk")
        for block in drafts.only("media", "media_en", "heading_zh", "heading_en"):
            for pk in (block.media_id or 0, block.media_en_id or 0):
                heads[pk] = block.heading or heads.get(pk, "")
        rows = Media.objects.prefetch_related("sizes")
        found = [_at_hand(row, heads.get(row.pk, "")) for row in rows]
        return {file.pk: file for file in sorted(found, key=lambda file: (file.name, file.pk))}

    @property
    def pictures(self) -> list[AtHand]:
        """What can be looked at."""
        return [file for file in self.files.values() if file.is_picture]

    @property
    def choices(self) -> list[Any]:
        """For a list to choose from: pictures, then the rest."""
        pictures = [(file.pk, file.name) for file in self.pictures]
        heard = [(file.pk, file.name) for file in self.files.values() if file.is_played]
        rest = [
            (file.pk, file.name) for file in self.files.values() if not (file.is_picture or file.is_played)
        ]
        groups = [(_("pictures"), pictures), (_("sound and film"), heard), (_("files to download"), rest)]
        return [("", "–"), *((words, files) for words, files in groups if files)]


def _at_hand(row: Media, head: str) -> AtHand:
    label = str(row)
    name = head if not row.label or head == label else f"{head} ({label})" if head else label
    smallest = min(row.sizes.all(), key=lambda size: size.width, default=None)
    small = reverse("courses:media", args=[smallest.file.name]) if smallest else row.get_absolute_url()
    return AtHand(
        pk=row.pk,
        name=name or label,
        href=row.get_absolute_url(),
        mime=row.mime,
        width=row.width,
        height=row.height,
        small=small,
    )


def files_of(request: HttpRequest) -> FilesAtHand:
    """The files of this page: read once, whoever asks."""
    return on(request, FilesAtHand)


class FileSelect(forms.Select):
    """A list of names, with the picture that is chosen now below it: no script is needed."""

    at_hand: FilesAtHand

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """The list, and what stands in the lesson now."""
        listed = super().render(name, value, attrs, renderer)
        chosen = self.at_hand.files.get(whole_number(str(value)) or 0)
        if chosen is None:
            return listed
        if not chosen.is_picture:
            return format_html('{} <a class="thumb" href="{}">{}</a>', listed, chosen.href, chosen.name)
        return format_html(
            '{} <a class="thumb" href="{}"><img src="{}" width="{}" height="{}" loading="lazy" alt=""> {}</a>',
            listed,
            chosen.href,
            chosen.small,
            chosen.width or 480,
            chosen.height or 340,
            chosen.name,
        )


class BlockForm(forms.ModelForm):
    """A block, with a file chosen from the phone or computer; English may have a file of its own."""

    upload = forms.FileField(label=_("file"), required=False, help_text=UPLOAD_WORDS)
    upload_en = forms.FileField(label=_("file for readers of English"), required=False)
    position = forms.IntegerField(
        label=_("order"), required=False, min_value=0, max_value=32767, help_text=_("left empty: the last")
    )
    media = forms.ModelChoiceField(  # type: ignore[assignment]  # the column, not the form's own files
        Media.objects.all(), label=_("or a file there is already"), required=False, widget=FileSelect
    )
    media_en = forms.ModelChoiceField(
        Media.objects.all(), label=_("or a file there is already"), required=False, widget=FileSelect
    )
    at_hand: FilesAtHand

    class Meta:
        model = Block
        fields = [
            "position",
            "kind",
            "heading_zh",
            "heading_en",
            "body_zh",
            "body_en",
            "upload",
            "media",
            "upload_en",
            "media_en",
        ]
        widgets = {
            "body_zh": forms.Textarea(attrs={"rows": 5, "cols": 50}),
            "body_en": forms.Textarea(attrs={"rows": 5, "cols": 50}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.initial["position"] = None  # the last, unless said otherwise
        self._offer_files()

    def _offer_files(self) -> None:
        for name in ("media", "media_en"):
            field: Any = self.fields[name]
            field.choices = field.widget.choices = self.at_hand.choices
            field.widget.at_hand = self.at_hand

    def clean(self) -> dict[str, Any]:
        """Store files first, so that the block's own check finds them."""
        data = super().clean() or {}
        for name, column in (("upload", "media"), ("upload_en", "media_en")):
            if data.get(name):
                self._take_in(name, column, data)
        return data

    def _take_in(self, name: str, column: str, data: dict[str, Any]) -> None:
        upload: UploadedFile = data[name]
        kind = TAKES_FILES.get(data.get("kind", "picture"))  # where none was chosen, that is said above
        if kind is None:
            names = _(", ").join(f"“{kind.name}”" for kind in TAKES_FILES.values())
            self.add_error(name, _("A file belongs to a block of kind %(kinds)s.") % {"kinds": names})
            return
        headings = [data.get("heading_zh"), data.get("heading_en")]
        label = next(filter(None, headings if name == "upload" else reversed(headings)), upload.name)
        try:
            data[column] = TAKE_IN[kind.upload](upload=upload, label=label)
            self._choose(column, data[column])
        except DomainError as error:
            stands = _("All that was typed still stands here.")
            self.add_error(name, f"{error} {stands}")

    def _choose(self, column: str, media: Media) -> None:
        """The file is kept: should another field be refused, it stands chosen in the form shown again."""
        data = self.data.copy() if isinstance(self.data, QueryDict) else dict(self.data)
        data[self.add_prefix(column)] = str(media.pk)
        self.data = data
        self.at_hand.__dict__.pop("files", None)
        self._offer_files()


class BlockSet(forms.BaseInlineFormSet):
    """The blocks of a lesson: those without a number come last, in the order they stand in."""

    def clean(self) -> None:
        """Number them."""
        super().clean()
        last = max((form.instance.position or 0 for form in self.forms if self._numbered(form)), default=0)
        for form in self.forms:
            if not form.errors and form.has_changed() and form.cleaned_data.get("position") is None:
                last += 1
                form.instance.position = last

    @staticmethod
    def _numbered(form: Any) -> bool:
        return bool(form.instance.pk) if form.errors else form.cleaned_data.get("position") is not None


class BlockInline(OwnInline, admin.StackedInline):
    """The blocks of a lesson in order."""

    model = Block
    form, formset = BlockForm, BlockSet
    extra = 1
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("position", "kind"),
                    ("heading_zh", "heading_en"),
                    ("body_zh", "body_en"),
                    ("upload", "media"),
                ]
            },
        ),
        (
            _("Another file for readers of English"),
            {"classes": ["collapse"], "fields": [("upload_en", "media_en")]},
        ),
    ]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """All blocks of the page choose among the same files: read once."""
        kwargs["form"] = type("BlockForm", (self.form,), {"at_hand": files_of(request)})
        return super().get_formset(request, obj, **kwargs)
