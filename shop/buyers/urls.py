from __future__ import annotations

from django.urls import path

from . import views

app_name = "account"
urlpatterns = [
    path("addresses/", views.address_list, name="addresses"),
    path("addresses/<int:pk>/", views.address_edit, name="address"),
    path("addresses/<int:pk>/usual/", views.address_usual, name="address-usual"),
    path("addresses/<int:pk>/delete/", views.address_delete, name="address-delete"),
]
