from __future__ import annotations

from django.urls import path

from . import day_views, figures_views, paper_views, sample_views, talk_views, views

app_name = "green"
urlpatterns = [
    path("green/", views.first, name="first"),
    path("green/figures/", figures_views.trade, name="figures"),
    path("green/talks/", talk_views.mine, name="talks"),
    path("green/talks/<str:number>/", talk_views.talk, name="talk"),
    path("green/talks/<str:number>/<slug:step>/", talk_views.take, name="take"),
    path("green/orders/<str:number>/day/", day_views.day, name="day"),
    path("green/orders/<str:number>/day/<int:change_id>/", day_views.answer, name="day_answer"),
    path("green/orders/<str:number>/lines/<int:line_id>/sample/", sample_views.sample, name="sample"),
    path("green/papers/<int:paper_id>/", paper_views.file, name="paper"),
    path("green/<slug:slug>/", views.one, name="one"),
    path("green/<slug:slug>/look/", views.begin, name="begin"),
    path("seller/talks/", talk_views.of_seller, name="seller_talks"),
    path("officer/talks/", talk_views.of_officer, name="officer_talks"),
    path("officer/papers/", paper_views.papers, name="papers"),
    path("officer/papers/lots/<int:lot_id>/", paper_views.of_lot, name="paper_of_lot"),
    path(
        "officer/papers/consignments/<int:consignment_id>/",
        paper_views.of_consignment,
        name="paper_of_consignment",
    ),
    path("officer/papers/<int:paper_id>/remove/", paper_views.remove, name="paper_remove"),
]
