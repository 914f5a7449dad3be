from __future__ import annotations

from django.urls import path

from . import views, wish_views

app_name = "account"
urlpatterns = [
    path("favourites/", wish_views.favourites, name="favourites"),
    path("favourites/<slug:slug>/", wish_views.favourite, name="favourite"),
    path("alerts/<slug:slug>/", wish_views.wait, name="wait"),
    path("alerts/<int:pk>/delete/", wish_views.stop_waiting, name="stop-waiting"),
    path("addresses/", views.address_list, name="addresses"),
    path("addresses/<int:pk>/", views.address_edit, name="address"),
    path("addresses/<int:pk>/usual/", views.address_usual, name="address-usual"),
    path("addresses/<int:pk>/delete/", views.address_delete, name="address-delete"),
]
