from __future__ import annotations

from django.urls import path

from . import clearance_views

app_name = "clearance"
urlpatterns = [
    path("", clearance_views.clearance, name="list"),
    path("<int:lot_id>/keeps/", clearance_views.keeps, name="keeps"),
    path("<int:lot_id>/price/", clearance_views.lower, name="price"),
]
