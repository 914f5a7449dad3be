from __future__ import annotations

from django.urls import path

from . import views

app_name = "basket"
urlpatterns = [
    path("", views.show, name="show"),
    path("add/<int:lot_id>/", views.add, name="add"),
    path("change/<int:lot_id>/", views.change, name="change"),
]
