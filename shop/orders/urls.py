from __future__ import annotations

from django.urls import include, path

from . import (
    checkout,
    complaints,
    credit,
    officer_room,
    picking_views,
    reorder,
    rooms,
    seller_room,
    views,
    weigh_views,
)

orders = (
    [
        path("checkout/", checkout.checkout, name="checkout"),
        path("orders/", views.mine, name="mine"),
        path("orders/<str:number>/", views.detail, name="detail"),
        path("orders/<str:number>/accept/", views.accept_order, name="accept"),
        path("orders/<str:number>/weigh/", weigh_views.scale, name="weigh"),
        path("orders/<str:number>/scale-photos/<int:photo_id>/", weigh_views.photo, name="scale_photo"),
        path("orders/<str:number>/delivery.pdf", picking_views.delivery_pdf, name="delivery_pdf"),
        path("consignments/<int:consignment_id>/", picking_views.scanned, name="consignment"),
        path("complaints/", complaints.waiting, name="complaints"),
        path("orders/<str:number>/complain/", complaints.make, name="complain"),
        path("orders/<str:number>/complaints/<int:complaint_id>/", complaints.show, name="complaint"),
        path("orders/<str:number>/complaints/<int:complaint_id>/answer/", complaints.reply, name="answer"),
        path("orders/<str:number>/complaints/<int:complaint_id>/close/", complaints.finish, name="close"),
        path(
            "orders/<str:number>/complaints/<int:complaint_id>/photos/<int:photo_id>/",
            complaints.photo,
            name="complaint_photo",
        ),
        path("orders/<str:number>/again/", reorder.reorder, name="reorder"),
        path("orders/<str:number>/counts-for/", credit.counts_for, name="counts_for"),
        path("orders/<str:number>/cancel/", views.cancel_order, name="cancel"),
        path("orders/<str:number>/lines/<int:line_id>/return/", views.return_line, name="return"),
        path("orders/<str:number>/lines/<int:line_id>/call-off/", views.call_off, name="call_off"),
        path("orders/<str:number>/lines/<int:line_id>/review/", views.review_line, name="review"),
        path(
            "consignments/<int:consignment_id>/dispatch/", views.move, {"step": "dispatch"}, name="dispatch"
        ),
        path("consignments/<int:consignment_id>/stop/", views.move, {"step": "stop"}, name="stop"),
        path("consignments/<int:consignment_id>/deliver/", views.move, {"step": "deliver"}, name="deliver"),
    ],
    "orders",
)
urlpatterns = [
    path("", include(orders)),
    path("canteen/", rooms.canteen, name="canteen"),
    path("seller/", seller_room.seller, name="seller"),
    path("seller/orders/", seller_room.bought, name="bought"),
    path("seller/bring/", seller_room.bring, name="bring"),
    path("officer/", officer_room.officer, name="officer"),
    path("officer/consignments/", officer_room.consignments, name="consignments"),
    path(
        "officer/households/<int:household_id>/orders/",
        officer_room.household_orders,
        name="household_orders",
    ),
    path("officer/picking/", picking_views.day_list, name="picking"),
    path("officer/picking.pdf", picking_views.day_pdf, name="picking_pdf"),
    path("officer/consignments/<int:consignment_id>/", picking_views.parcel, name="parcel"),
    path(
        "officer/consignments/<int:consignment_id>/picking.pdf", picking_views.parcel_pdf, name="parcel_pdf"
    ),
]
