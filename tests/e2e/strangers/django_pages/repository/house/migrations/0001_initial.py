from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("flatpages", "0001_initial"), ("sites", "0002_alter_domain_unique"), ("admin", "0003_logentry_add_action_flag_choices"), ("sessions", "0001_initial"),
                    ("auth", "0012_alter_user_first_name_max_length")]
    operations = []
