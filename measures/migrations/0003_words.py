"""An open point names the field it is about: 算出方法 is formula_text now."""

from django.db import migrations


def renamed(old, new):
    def run(apps, schema_editor):
        points = apps.get_model("measures", "OpenPoint").objects.using(
            schema_editor.connection.alias
        )
        points.filter(subject_type__model="indicator", field=old).update(field=new)

    return run


class Migration(migrations.Migration):
    dependencies = [("measures", "0002_revisions"), ("contenttypes", "0002_remove_content_type_name")]
    operations = [
        migrations.RunPython(
            renamed("definition", "formula_text"), renamed("formula_text", "definition")
        )
    ]
