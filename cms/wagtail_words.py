"""Words of Wagtail's own screens that its Chinese lacks and our editors meet: named here, so that our catalogue has them."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

WORDS = (
    _("- Select an option -"),
    _("Locked by workflow"),
    _("Go to the first error"),
    _("Actions (footer)"),
    _("Privacy and access"),
    _("Your pages and snippets in a workflow"),
    _(
        "Pages created here will not be accessible at any URL. To add pages to an existing site, create them as children of the homepage."
    ),
    _("Choose when this page should go live and/or expire"),
    _('This publishing schedule will only take effect after you select the "Schedule to publish" option'),
    _("Anyone with editing permissions can create schedules"),
    _("But only those with publishing permissions can make them effective."),
    _("Saved"),
    _("Autosave is paused"),
    _("Edit account avatar"),
    _("View latest version"),
    _("A network error occurred"),
    _(
        "Troubleshoot your connection to the site before proceeding. Open the editor in a separate tab to view the last saved version."
    ),
    _("Section"),
    _("Content metrics"),
    _("Words"),
    _("Reading time"),
    _("Readability"),
    _("This data explained"),
    _("How we calculate our metrics"),
    _(
        "We extract the main content from the page preview, remove all formatting, and calculate the number of words."
    ),
    _("We calculate reading time from word count, using different reading speeds for different languages."),
    _(
        "We use a readability formula based on length of words and sentences. Long sentences and words result in a worse readability score."
    ),
    _("Available in %(translations_total)s locales"),
    _("Locking: "),
    _("Choose who can view the live version of this page"),
    _("Correct the validation errors to resume preview (saving will highlight errors)"),
    _("Checks"),
    _("Application"),
    _("Show keyboard shortcuts"),
    _("Toggle minimap"),
    _("Close modal dialogs (like this one)"),
    _("Save changes"),
    _("Add or show comments"),
    _("Text editing"),
    _("Cut"),
    _("Paste"),
    _("Paste without formatting"),
    _("Text formatting"),
    _("Insert or edit a link"),
    _("Monospace (code)"),
    _("Strike-through"),
    ngettext_lazy("Referenced %(count)s time", "Referenced %(count)s times", "count"),
    _("Toggle checks"),
    _("(blank)"),
    _("Theme preferences"),
    _("Search all pages…"),
    _("Is commenting action"),
    _("Date updated"),
    _("Edited by"),
    _("Has child pages"),
    _("Any"),
    _("Page type"),
    _("Page types usage"),
    _("By task"),
    _("Shortcuts"),
    _("More contrast"),
    _("Snug"),
    _("Enable custom keyboard shortcuts specific to Wagtail."),
    _("Grid layout"),
    _("List layout"),
    _("Oldest"),
    _("Usage count: (low to high)"),
    _("Usage count: (high to low)"),
    # Wagtail's Chinese for looking at one thing is that for checking it, which here is something else
    _("Inspect"),
    _("There are no %(model_name)s to display."),
    _('There are no %(model_name)s to display. Why not <a href="%(add_url)s">add one</a>?'),
)
