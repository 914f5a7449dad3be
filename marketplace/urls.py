"""The site put together: every room's pages under their public names."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.static import static
from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from marketplace import views
from marketplace.access.language import choose as choose_language
from marketplace.api import api

urlpatterns = [
    path("robots.txt", views.robots, name="robots"),
    path("healthz", views.healthz, name="healthz"),
    path("room/", views.room, name="room"),
    path("accounts/", include("marketplace.access.urls")),
    path("i18n/setlang/", choose_language, name="set_language"),
    path("shop/", include("shop.catalogue.urls")),
    path("basket/", include("shop.basket.urls")),
    path("account/", include("marketplace.notices.urls")),
    path("account/", include("shop.buyers.urls")),
    path("canteen/", include("shop.buyers.canteen_urls")),
    path("seller/", include("farmers.selling.urls")),
    path("officer/clearance/", include("farmers.selling.clearance_urls")),
    path("officer/", include("farmers.registry.urls")),
    path("officer/", include("farmers.selling.officer_urls")),
    path("officer/", include("farmers.monitoring.urls")),
    path("officer/workbook/", include("farmers.workbooks.urls")),
    path("cashier/payouts/", include("farmers.payouts.urls")),
    path("", include("shop.green.urls")),
    path("", include("shop.bulk.urls")),
    path("", include("shop.orders.urls")),
    path("", include("shop.payments.urls")),
    path("cashier/", include("shop.bank.urls")),
    path("ledger/", include("farmers.ledger.urls")),
    path("api/v1/", api.urls),
    # one door for all, where tries are counted
    path("admin/login/", views.admin_door, name="admin_door"),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
]
if settings.DEBUG:
    urlpatterns += [path("styleguide/", include("marketplace.styleguide_urls"))]
    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)
# Wagtail answers for whatever no room did, the home page among it
urlpatterns += [path("", include("cms.urls"))]

handler404 = "shop.catalogue.suggest.not_found"
