"""The operator's pages: put two accounts of one person together, see likely ones, part them again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mooc.accounts.models import User
from mooc.accounts.rights import Right
from mooc.accounts.sign_in.who import signed_in
from mooc.accounts.staff import deeds
from mooc.lib.errors import DomainError
from mooc.lib.text.digits import whole_numbers

from ..models import AccountMerge, LearningRecord
from . import uniting

HERE = "admin:learners_accountmerge_changelist"


@admin.register(AccountMerge)
class AccountMergeAdmin(admin.ModelAdmin):
    """Merges are facts; within thirty days they can be undone."""

    names_people = True
    list_display = ["__str__", "merged_at", "merged_by_name", "undone_at"]
    fields = ("kept_name", "gone_name", "merged_at", "merged_by_name", "undone_at")
    readonly_fields = fields
    actions = ["undo"]
    change_list_template = "admin/learners/accountmerge/list.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By the list of accounts."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A record of what was done."""
        return False

    @admin.action(description=gettext_lazy("Part them again"))
    def undo(self, request: HttpRequest, merges: Any) -> None:
        """Undo what is ticked."""
        for merge in merges:
            try:
                left = uniting.undo_merge(merge=merge, by=signed_in(request))
            except DomainError as error:
                messages.error(request, f"{merge}: {error}")
                continue
            note = _("%(merge)s: parted again.") % {"merge": merge}
            kept = _(" %(n)s newer rows stay where they are.") % {"n": left} if left else ""
            messages.success(request, note + kept)

    def get_urls(self) -> list[Any]:
        """A page for two accounts, and one of likely doubles."""
        own = [
            path("merge/", self.admin_site.admin_view(self.merge), name="learners_accountmerge_merge"),
            path("doubles/", self.admin_site.admin_view(self.doubles), name="learners_accountmerge_doubles"),
        ]
        return own + super().get_urls()

    def merge(self, request: HttpRequest) -> HttpResponse:
        """Both accounts side by side: which one stays, and which number."""
        if not signed_in(request).may(Right.RUN_SITE):
            raise PermissionDenied
        wanted = whole_numbers([request.GET.get("a", ""), request.GET.get("b", "")])
        users = list(User.objects.filter(pk__in=wanted).select_related("learner__region").order_by("pk"))
        if len(users) != 2:
            messages.error(request, _("Tick two accounts."))
            return redirect("admin:accounts_user_changelist")
        error = ""
        if request.method == "POST" and (chosen := request.POST.get("kept")) in [
            str(user.pk) for user in users
        ]:
            kept, gone = users if chosen == str(users[0].pk) else users[::-1]
            try:
                phone = request.POST.get("phone", "")[:11]
                uniting.merge_accounts(kept=kept, gone=gone, by=signed_in(request), phone=phone)
            except DomainError as refused:
                error = str(refused)
            else:
                messages.success(request, _("Merged. For thirty days it can be undone here."))
                return redirect(HERE)
        rows = [(user, LearningRecord.objects.filter(learner__user=user).count()) for user in users]
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "rows": rows,
            "error": error,
            "title": _("Merge two accounts of one person"),
            "numbers": [user.phone for user in users if user.phone],
            "chosen": request.POST.get("kept", ""),
        }
        return render(
            request, "admin/learners/accountmerge/merge.html", context, status=400 if error else 200
        )

    def doubles(self, request: HttpRequest) -> HttpResponse:
        """Accounts that may be one person."""
        if not signed_in(request).may(Right.RUN_SITE):
            raise PermissionDenied
        pairs = uniting.likely_doubles()
        deeds.note_names(by=request.user, where="desk/doubles", count=2 * len(pairs))
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "pairs": pairs,
            "title": _("Likely two accounts of one person"),
        }
        return render(request, "admin/learners/accountmerge/doubles.html", context)
