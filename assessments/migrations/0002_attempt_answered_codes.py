from django.db import migrations, models


def fill(apps, schema_editor):
    Attempt = apps.get_model("assessments", "Attempt")
    Response = apps.get_model("assessments", "Response")
    for attempt in Attempt.objects.filter(responses__isnull=False).distinct().iterator(chunk_size=500):
        codes = Response.objects.filter(attempt=attempt).order_by("pk").values_list("item__code", flat=True)
        Attempt.objects.filter(pk=attempt.pk).update(answered_codes=" ".join(codes))


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="answered_codes",
            field=models.CharField(blank=True, max_length=420),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
