import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


def fill(apps, schema_editor):
    """Each membership is one stay; of who came back only the last leaving is known, so a gap before is not."""
    member, stay = (apps.get_model("learners", name) for name in ("CohortMember", "CohortStay"))
    rows = member.objects.order_by("pk").values_list("cohort_id", "learner_id", "created_at", "left_at")
    made = (
        stay(cohort_id=cohort, learner_id=learner, joined_at=joined, left_at=left if left is None else max(left, joined))
        for cohort, learner, joined, left in rows.iterator()
    )
    stay.objects.bulk_create(made, batch_size=1000)


class Migration(migrations.Migration):

    dependencies = [
        ('learners', '0009_a_new_password'),
    ]

    operations = [
        migrations.CreateModel(
            name='CohortStay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('joined_at', models.DateTimeField()),
                ('left_at', models.DateTimeField(null=True)),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stays', to='learners.cohort')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stays', to='learners.learner')),
            ],
            options={
                'indexes': [models.Index(fields=['learner', 'cohort', 'joined_at'], name='stay_of_learner')],
                'constraints': [models.CheckConstraint(condition=Q(('left_at', None), ('left_at__gte', F('joined_at')), _connector='OR'), name='stay_ends_after_it_begins')],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=False),
    ]
