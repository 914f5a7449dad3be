from __future__ import annotations

from django.urls import path

from . import line_views, month_views, views

app_name = "bank"
urlpatterns = [
    path("bank/", views.home, name="home"),
    path("bank/files/<uuid:uuid>/", views.file, name="file"),
    path("bank/files/<uuid:uuid>/take/", views.take, name="take"),
    path("bank/files/<uuid:uuid>/throw-away/", views.throw_it_away, name="throw-away"),
    path("bank/lines/", line_views.lines, name="lines"),
    path("bank/lines/settle/", views.settle, name="settle"),
    path("bank/lines/unmatched.xlsx", line_views.unmatched, name="unmatched"),
    path("bank/lines/<int:line_id>/", line_views.line, name="line"),
    path("bank/lines/<int:line_id>/match/", line_views.match_line, name="match"),
    path("bank/lines/<int:line_id>/aside/", line_views.aside, name="aside"),
    path("bank/lines/<int:line_id>/own/", line_views.own_line, name="own"),
    path("bank/lines/<int:line_id>/back/", line_views.back, name="back"),
    path("month/<slug:name>/", month_views.page, name="month"),
    path("month/<slug:name>/close/", month_views.close, name="close"),
]
