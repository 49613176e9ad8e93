"""How figures are misread: beside what each says, what it does not say. Printed on the page of the model, in the
guide for supervisors, and given by the API."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

#: What a share is of, by the name of the count it is divided by.
BASES = {
    "enrolled": _("everybody enrolled"),
    "members": _("everybody who was in a class that has begun"),
    "attendances": _("all attendances"),
    "attendances_completed": _("all attendances that ended in completion"),
    "reacted": _("all faces that were tapped"),
    "due": _("questions that were answered, or had waited 24 hours"),
    "questions": _("all questions"),
    "category_enrolled": _("everybody enrolled in the subject"),
}

NOT_SAID = {
    "registered": _("Not that they have learnt anything: an account is a door, not a lesson."),
    "enrolled": _("Not that they have begun: a class puts people in with one tap."),
    "people": _("Not how much: who opened one lesson is in it like who read them all."),
    "attendances": _("Not how many people. One person in five modules is five attendances; people are counted once."),
    "placed": _("Not that these people have dropped out: they have not begun."),
    "active": _("Not how much they did: one lesson opened is enough. Who finished long ago is not in it."),
    "started": _("Not that they understood it: a lesson read to its end."),
    "passed": _(
        "Not that they can do it at home. A quiz passed is not a skill learnt, and one quiz is not all of them. They may "
        "have needed several tries."
    ),
    "completed": _("Not that they finished the course or the class: one module is enough."),
    "graduated": _("Not that they sell more since: it says what was finished here, not what came of it."),
    "completed_all": _("Not who did most: who finished their only module is in it, who finished four of five is not."),
    "attendances_completed": _("Nothing about people: who finishes many modules is in it many times."),
    "minutes": _("Not how well the time was used. It is no count of training hours."),
    "first_score": _("Not what they knew before: they may have read the lesson first."),
    "second_score": _("Not what was learnt: the questions are no longer new."),
    "retry_difference": _("Not a gain in learning. Only who comes back has a second try, and has seen the questions."),
    "satisfaction": _("Not what those think who tapped nothing. Read it only together with the response rate beside it."),
    "response_rate": _("Not whether they were content: only how many said anything at all."),
    "questions": _("Not that something is wrong: where people ask, they also learn."),
    "hours_to_answer": _("Nothing about questions that nobody has answered yet, and not whether the answer helped."),
    "answered_in_time": _("Not whether the answer was right or helped, only that it came within 24 hours."),
    "solved_by_known": _("Not how many people would have asked: it counts taps on “this solved it”."),
    "completed_in": _("Not that they know the subject: one of its modules is enough."),
    "retry_difference_in": _("Not a gain in learning, as above."),
    "questions_on": _("Not how many people ask it: one person may ask often."),
}  # fmt: skip
