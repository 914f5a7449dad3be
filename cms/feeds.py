"""Stories and notices for feed readers, in the language that a reader asks for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from wagtail.models import Locale

from marketplace.templatetags.sharing import absolute

from .models import NoticePage, StoryPage

NEWEST = 30
SUMMARY = 300


class Articles(Feed):
    """The newest of one kind of page, as told in the reader's language, under the site's public address."""

    feed_type = Atom1Feed
    place = ""
    name = ""

    def link(self) -> str:
        return absolute(reverse("wagtail_serve", args=[self.place]))

    def feed_url(self) -> str:
        return absolute(reverse(self.name))

    def author_name(self) -> str:
        return _("Dingzhou Harvest Market")

    def item_link(self, item: Any) -> str:
        return absolute(item.address)

    def item_title(self, item: Any) -> str:
        return str(item.title)

    def item_pubdate(self, item: Any) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(item.date, dt.time()))

    def item_updateddate(self, item: Any) -> dt.datetime:
        return item.last_published_at or self.item_pubdate(item)


class Stories(Articles):
    place = "stories/"
    name = "story_feed"

    def title(self) -> str:
        return f"{_('Stories')} · {_('Dingzhou Harvest Market')}"

    def items(self) -> list[StoryPage]:
        told = StoryPage.objects.told_in(Locale.get_active()).agreed().public()
        return list(told.order_by("-date", "-pk")[:NEWEST])

    def item_description(self, item: StoryPage) -> str:
        return str(item.intro)


class Notices(Articles):
    place = "notices/"
    name = "notice_feed"

    def title(self) -> str:
        return f"{_('Notices')} · {_('Dingzhou Harvest Market')}"

    def items(self) -> list[NoticePage]:
        issued = NoticePage.objects.told_in(Locale.get_active()).public()
        return list(issued.order_by("-date", "-pk")[:NEWEST])

    def item_description(self, item: NoticePage) -> str:
        words = strip_tags(item.body.replace("<", " <"))
        return Truncator(" ".join(words.split())).chars(SUMMARY)

    def item_author_name(self, item: NoticePage) -> str:
        return str(item.office)
