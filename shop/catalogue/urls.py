from __future__ import annotations

from django.urls import path

from . import clearance, suggest, views

app_name = "shop"
urlpatterns = [
    path("", views.listing, name="listing"),
    path("suggest/", suggest.suggest, name="suggest"),
    path("clearance/", clearance.shelf, name="clearance"),
    path("<slug:slug>/", views.offer, name="offer"),
]
