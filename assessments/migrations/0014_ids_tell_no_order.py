"""Ids of answers and steps no longer rise in the order in which the author wrote them.

The lines of a question exchange their ids by lot, and that is an edition of its own: what was answered before, or
still waits on a phone, names the edition it answers and is known again by its words. Questions with answers from
before editions were kept stay as they are: such an answer is known by its ids alone. So do "true" and "not true".
"""

from random import SystemRandom

from django.db import migrations

LINE = ("position", "text_zh", "text_en", "right")


def scatter(apps, schema_editor):
    Item, Option = apps.get_model("assessments", "Item"), apps.get_model("assessments", "Option")
    Response = apps.get_model("assessments", "Response")
    by_ids = Response.objects.filter(edition=0).order_by().values("item_id")
    shuffle = SystemRandom().shuffle
    for item in Item.objects.exclude(kind="truefalse").exclude(pk__in=by_ids):
        lines = list(Option.objects.filter(item_id=item.pk).order_by("position", "pk"))
        ids = [line.pk for line in lines]
        shuffle(ids)
        for line, pk in zip(lines, ids):
            Option.objects.filter(pk=pk).update(**{name: getattr(line, name) for name in LINE})
        _keep(apps, item, [(pk, line) for pk, line in zip(ids, lines)])


def _keep(apps, item, lines):
    ItemEdition = apps.get_model("assessments", "ItemEdition")
    last = ItemEdition.objects.filter(item_id=item.pk).order_by("-number").first()
    number = last.number + 1 if last else 1
    ItemEdition.objects.create(
        item_id=item.pk, number=number, kind=item.kind, stem_zh=item.stem_zh, stem_en=item.stem_en,
        why_zh=item.why_zh, why_en=item.why_en,
        options=[{"id": pk, "zh": line.text_zh, "en": line.text_en, "right": line.right} for pk, line in lines],
    )  # fmt: skip
    type(item).objects.filter(pk=item.pk).update(edition=number)


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0013_answers_as_text_go'),
    ]

    operations = [migrations.RunPython(scatter, migrations.RunPython.noop)]
