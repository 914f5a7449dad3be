from __future__ import annotations

from django.urls import path

from . import cashier, views, webhook

urlpatterns = [
    path("webhooks/stripe/", webhook.stripe_webhook, name="stripe_webhook"),
    path("orders/<slug:number>/pay/", views.payment_start, name="payment_start"),
    path("orders/<slug:number>/pay-on-delivery/", views.payment_on_delivery, name="payment_on_delivery"),
    path("cashier/", cashier.cashier, name="cashier"),
    path("cashier/orders/<slug:number>/collect/", cashier.collect, name="cashier_collect"),
    path("cashier/orders/<slug:number>/refund/", cashier.refund, name="cashier_refund"),
    path("cashier/payments/<int:payment_id>/count/", cashier.count, name="cashier_count"),
]
