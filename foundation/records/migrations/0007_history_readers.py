"""Every history entry carries who may read it; those from before get the rule of their object."""

from django.db import migrations, models

from foundation.records.append_only import Unguarded

OF_OBJECTS = {("reviews", "review"): "reviews.sheet", ("accounts", "user"): "accounts.person"}
DRAFT = "未回答"  # the state in words, as the history has kept it of a draft answer


def fill(apps, schema_editor):
    using = schema_editor.connection.alias
    entries = apps.get_model("records", "HistoryEntry").objects.using(using)
    for (app, model), rule in OF_OBJECTS.items():
        about = entries.filter(subject_type__app_label=app, subject_type__model=model)
        about.update(readers=rule)
    answers = entries.filter(action="meetings.answer").order_by().values_list("pk", "after")
    drafts = [pk for pk, after in answers if after.get("状態") == DRAFT]
    for start in range(0, len(drafts), 500):
        entries.filter(pk__in=drafts[start : start + 500]).update(readers="meetings.answer")


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0006_history_search"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        Unguarded(
            [
                migrations.AddField(
                    model_name="historyentry",
                    name="readers",
                    field=models.CharField(
                        blank=True, default="", max_length=40, verbose_name="読める人の決まり"
                    ),
                    preserve_default=False,
                ),
                migrations.RunPython(fill, migrations.RunPython.noop),
            ]
        ),
    ]
