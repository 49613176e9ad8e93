"""Addresses of assessments."""

from django.urls import path

from .assignments import views as assignments
from .notebook import views as notebook
from .quiz.views import preview, quizzes

app_name = "assessments"

urlpatterns = [
    path("modules/<slug:slug>/quiz/", quizzes.quiz_of_module, name="module_quiz"),
    path("modules/<slug:slug>/try/", assignments.assignment, name="assignment"),
    path("preview/modules/<int:pk>/quiz/", preview.quiz, name="preview_quiz"),
    path("quizzes/<int:pk>/", quizzes.question, name="quiz"),
    path("quizzes/<int:pk>/answer/", quizzes.answer, name="quiz_answer"),
    path("quizzes/<int:pk>/tries/<uuid:attempt>/", quizzes.result, name="quiz_result"),
    path(
        "quizzes/<int:pk>/tries/<uuid:attempt>/<str:code>/",
        quizzes.explained,
        name="quiz_explained",
    ),
    path("me/review/", notebook.notebook, name="notebook"),
    path("me/review/<int:pk>/", notebook.card, name="review_card"),
    path("me/review/<int:pk>/answer/", notebook.card_answer, name="review_answer"),
]
