from django.db import migrations


class Migration(migrations.Migration):
    """Pages are found by their title, and drafts are kept beside them."""
    dependencies = [("house", "0001_initial")]
    operations = [
        migrations.RunSQL("SET lock_timeout = '2s'", "SET lock_timeout = '2s'"),
        migrations.RunSQL("CREATE INDEX django_flatpage_title ON django_flatpage (lower(title))", "DROP INDEX django_flatpage_title"),
        migrations.RunSQL("CREATE TABLE page_draft (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
                          "page_id integer NOT NULL REFERENCES django_flatpage, content text NOT NULL)", "DROP TABLE page_draft"),
        migrations.RunSQL("CREATE INDEX page_draft_page_id ON page_draft (page_id)", migrations.RunSQL.noop),
    ]
