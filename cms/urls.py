from __future__ import annotations

from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls

from . import feeds, sitemaps, views
from .contact import contact
from .privacy import own

urlpatterns = [
    path("sitemap.xml", sitemaps.site_map, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemaps.site_map, name="sitemap_section"),
    path("stories/feed/", feeds.Stories(), name="story_feed"),
    path("notices/feed/", feeds.Notices(), name="notice_feed"),
    path("contact/", contact, name="contact"),
    path("seller/kept/", own.kept_about_me, name="kept_about_me"),
    path("seller/kept/copy/", own.kept_copy, name="kept_copy"),
    # Wagtail's own names; only the serving of pages comes first from here
    re_path(r"^((?!_util/)(?:[\w\-]+/)*)$", views.serve),
    path("", include(wagtail_urls)),
]
