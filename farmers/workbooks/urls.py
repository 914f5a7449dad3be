from __future__ import annotations

from django.urls import path

from . import load_views, mend_views, views

app_name = "workbooks"
urlpatterns = [
    path("", views.home, name="list"),
    path("<uuid:uuid>/", views.preview, name="preview"),
    path("<uuid:uuid>/reading/", views.reading, name="reading"),
    path("<uuid:uuid>/mend/", mend_views.mend_rows, name="mend"),
    path("<uuid:uuid>/put-back/", mend_views.put_back, name="put-back"),
    path("<uuid:uuid>/refused.xlsx", load_views.refused, name="refused"),
    path("<uuid:uuid>/load/", load_views.load, name="load"),
    path("<uuid:uuid>/loaded/", load_views.loaded, name="loaded"),
    path("<uuid:uuid>/throw-away/", load_views.throw_it_away, name="throw-away"),
]
