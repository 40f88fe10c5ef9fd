"""Evidence belongs to an indicator's month, no longer to the row of the value.

A value that was cleared took its files from sight. Where they belong is still in the history: the
entry of each file names its month, and the indicator as it was called then.
"""

from django.db import migrations


def kinds_of(apps, using):
    """(content type of values, of indicators); None when no file can stand beside a value."""
    kinds = apps.get_model("contenttypes", "ContentType").objects.using(using)
    value = kinds.filter(app_label="kpi", model="kpivalue").first()
    if value is None:
        return None
    indicator, _ = kinds.get_or_create(app_label="kpi", model="indicator")
    return value, indicator


def cells_of_history(apps, using, kind) -> dict:
    """{id of a value that is gone: (indicator id, month)} as the entries of files tell it."""
    known = apps.get_model("kpi", "Indicator").objects.using(using).values_list("id", "code", "name")
    by_name = {f"{code} {name}": pk for pk, code, name in known}
    by_code = {code: pk for pk, code, name in known}
    entries = apps.get_model("records", "HistoryEntry").objects.using(using)
    found = {}
    for entry in entries.filter(action="records.attachment", subject_type=kind).order_by("id"):
        name = entry.subject_label.rpartition("（")[0]
        indicator = by_name.get(name) or by_code.get(name.split(" ")[0])
        if indicator and entry.month:
            found[entry.subject_id] = (indicator, entry.month)
    return found


def move(apps, schema_editor):
    using = schema_editor.connection.alias
    kinds = kinds_of(apps, using)
    if kinds is None:
        return
    value_kind, indicator_kind = kinds
    values = apps.get_model("kpi", "KpiValue").objects.using(using)
    rows = values.values_list("id", "indicator_id", "month")
    cells = cells_of_history(apps, using, value_kind)
    cells |= {pk: (indicator, month) for pk, indicator, month in rows}
    attachments = apps.get_model("records", "Attachment").objects.using(using)
    for row in attachments.filter(subject_type=value_kind):
        if row.subject_id in cells:
            row.subject_id, row.month = cells[row.subject_id]
            row.subject_type = indicator_kind
            row.save(update_fields=["subject_type", "subject_id", "month"])
    move_in_snapshot(apps, using, value_kind, indicator_kind)


def move_in_snapshot(apps, using, value_kind, indicator_kind):
    """What comes back when sample data goes: the same, in the rows that are kept for then."""
    for load in apps.get_model("records", "SampleLoad").objects.using(using):
        values = load.snapshot.get("kpi.kpivalue", {})
        for fields in load.snapshot.get("records.attachment", {}).values():
            cell = values.get(str(fields["subject_id"]))
            if fields["subject_type"] == value_kind.pk and cell:
                fields["subject_type"] = indicator_kind.pk
                fields["subject_id"], fields["month"] = cell["indicator"], cell["month"]
        load.save(update_fields=["snapshot"])


class Migration(migrations.Migration):
    dependencies = [
        ("kpi", "0004_sentences"),
        ("records", "0008_attachment_month"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
