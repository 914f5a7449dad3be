from __future__ import annotations

from django.urls import path

from . import views

app_name = "registry"
urlpatterns = [
    path("households/<int:household_id>/reveal/", views.look, name="reveal"),
    path("looks/", views.all_looks, name="looks"),
    path("looks/mine/", views.who_looked, name="who_looked"),
]
