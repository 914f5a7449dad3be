from __future__ import annotations

from django.urls import path

from . import sign_in, views

urlpatterns = [
    path("login/", sign_in.LoginView.as_view(), name="login"),
    path("phone/", sign_in.phone, name="phone"),
    path("phone/code/", sign_in.code, name="code"),
    path("card/", sign_in.card, name="card"),
    path("card/<str:token>/", sign_in.scanned, name="scanned"),
    path("password/", sign_in.password, name="password"),
    path("logout/", views.sign_out, name="logout"),
    path("signup/", views.sign_up, name="signup"),
]
