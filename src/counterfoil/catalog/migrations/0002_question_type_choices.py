from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="question",
            name="type",
            field=models.CharField(
                choices=[
                    ("N", "Number"),
                    ("S", "String"),
                    ("T", "Text"),
                    ("B", "Boolean"),
                    ("C", "Choice"),
                    ("M", "Choices"),
                    ("F", "File"),
                    ("D", "Date"),
                    ("H", "Time"),
                    ("W", "Datetime"),
                    ("CC", "Country"),
                    ("TEL", "Phone"),
                ],
                default="S",
                max_length=5,
            ),
        ),
    ]
