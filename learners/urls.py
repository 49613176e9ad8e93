"""Addresses of learners."""

from django.urls import path, re_path

from .classes import views as classes
from .file import views as file
from .people.views import guests, numbers, privacy
from .record import views as lessons

app_name = "learners"

urlpatterns = [
    path("lessons/<slug:slug>/", lessons.lesson, name="lesson"),
    path("lessons/<slug:slug>/acts/", lessons.acts, name="lesson_acts"),
    path("lessons/<slug:slug>/done/", lessons.done, name="lesson_done"),
    path("preview/lessons/<int:pk>/", lessons.preview, name="preview_lesson"),
    path("join/<str:code>/", classes.join, name="join"),
    path("join/<str:code>/qr.svg", classes.qr, name="join_qr"),
    path("classes/", classes.classes, name="classes"),
    path("classes/<int:pk>/", classes.cohort, name="class"),
    path("classes/<int:pk>/results/", classes.results, name="class_results"),
    path("classes/<int:pk>/table.csv", classes.table, name="class_table"),
    path("classes/<int:pk>/<int:learner>/", classes.member, name="class_member"),
    path("classes/<int:pk>/<int:learner>/out/", classes.out, name="class_out"),
    path("classes/numbers/", numbers.people, name="numbers"),
    path("classes/numbers/<int:pk>/", numbers.change, name="change_number"),
    path("classes/numbers/<int:pk>/password/", numbers.password, name="new_password"),
    path("me/", file.me, name="me"),
    re_path(r"^me/file\.(?P<kind>pdf|json|csv)$", file.download, name="tracking_file"),
    path("me/pause/", lessons.pause, name="pause"),
    path("me/number/", numbers.mine, name="my_number"),
    path("me/welcome/", guests.welcome, name="welcome"),
    path("me/code/", guests.use_code, name="use_code"),
    path("me/code/make/", guests.make_code, name="make_code"),
    path("me/privacy/", privacy.privacy, name="my_privacy"),
    path("me/privacy/data.json", privacy.export, name="my_data"),
    path("me/privacy/delete/", privacy.delete, name="delete_me"),
]
