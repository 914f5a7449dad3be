from __future__ import annotations

from django.urls import path

from . import goods_views, ledger_views, look_views, payout_views, views

app_name = "selling"
urlpatterns = [
    path("new/", views.new, name="new"),
    path("new/draft/", views.save, name="save"),
    path("new/throw-away/", views.throw_away, name="throw_away"),
    path("new/<uuid:key>/", look_views.look, name="look"),
    path("new/<uuid:key>/photo.jpg", look_views.photo, name="draft_photo"),
    path("goods/", goods_views.goods, name="goods"),
    path("goods/<int:lot_id>/", goods_views.one, name="one"),
    path("goods/<int:lot_id>/again/", goods_views.again, name="again"),
    path("goods/<int:lot_id>/off/", goods_views.off, name="off"),
    path("goods/<int:lot_id>/sent/", look_views.sent, name="sent"),
    path("ledger/", ledger_views.ledger, name="ledger"),
    path("ledger/<int:entry_id>/", ledger_views.entry, name="entry"),
    path("payouts/", payout_views.payouts, name="payouts"),
    path("payouts/<int:payout_id>/", payout_views.payout, name="payout"),
    path("text-size/", goods_views.text_size, name="text_size"),
    path("shell/", views.shell, name="shell"),
    path("worker.js", views.worker, name="worker"),
]
