"""Triggers: the database itself refuses to change or delete what was noted of files taken along."""

from __future__ import annotations

from django.db import migrations

from marketplace.access import guards


class Migration(migrations.Migration):
    # the packages' tables come before all of ours but accounts: they were altered often, and Django draws up anew,
    # each time, all that leans on what is altered
    dependencies = [
        ("access", "0001_initial"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
        ("taggit", "0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx"),
        ("wagtailadmin", "0006_formstate"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailembeds", "0009_embed_cache_until"),
        ("wagtailimages", "0027_image_description"),
        ("wagtailredirects", "0008_add_verbose_name_plural"),
        ("wagtailsearch", "0010_add_text_fields"),
        ("wagtailusers", "0015_userprofile_keyboard_shortcuts"),
    ]

    operations = [migrations.RunPython(guards.install, guards.remove)]
