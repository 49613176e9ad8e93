"""Addresses of feedback."""

from django.urls import path

from .answers import views as answers
from .inbox import views as inbox
from .questions.views import asking, questions, reactions, reports

app_name = "feedback"

urlpatterns = [
    path("questions/", questions.questions, name="questions"),
    path("questions/ask/", asking.ask, name="ask"),
    path("questions/others/", questions.others, name="others_questions"),
    path("questions/<int:pk>/", questions.question, name="question"),
    path("questions/<int:pk>/reply/", questions.reply, name="question_reply"),
    path("questions/<int:pk>/solved/", questions.solved, name="question_solved"),
    path("questions/<int:pk>/report/", questions.report_post, name="question_report"),
    path("answers/", answers.themes, name="answers"),
    path("answers/<slug:slug>/", answers.theme, name="answer_module"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<int:pk>/", inbox.open_notice, name="notice"),
    path("feedback/face/<slug:slug>/", reactions.react, name="react"),
    path("feedback/report/", reports.report, {"subject": "report"}, name="report"),
    path("feedback/wish/", reports.report, {"subject": "wish"}, name="wish"),
    path("feedback/complaint/", reports.report, {"subject": "complaint"}, name="complaint"),
]
