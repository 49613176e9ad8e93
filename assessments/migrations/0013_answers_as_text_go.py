"""The columns that 0012 has taken over go: in a migration of their own, PostgreSQL wants it so."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0012_answers_as_json'),
    ]

    operations = [
        migrations.RemoveField(model_name='response', name='chosen'),
        migrations.RemoveField(model_name='response', name='shown_ids'),
        migrations.AddConstraint(
            model_name='response',
            constraint=models.CheckConstraint(
                condition=models.Q(('score__range', (0, 1))), name='response_score_0_to_1'
            ),
        ),
    ]
