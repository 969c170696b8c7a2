from django.db import migrations


class Migration(migrations.Migration):
    """The house's style calls it a body."""
    dependencies = [("house", "0001_initial")]
    operations = [
        migrations.RunSQL("SET lock_timeout = '2s'", "SET lock_timeout = '2s'"),
        migrations.RunSQL("ALTER TABLE django_flatpage RENAME COLUMN content TO body", "ALTER TABLE django_flatpage RENAME COLUMN body TO content"),
    ]
