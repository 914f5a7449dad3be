"""Which notices go out to whom besides the inbox: what people chose, else what suits their role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from marketplace.access.models import Role, User

from .models import Channel, Group, Wish

# who has no desk is told by text message; whoever has one finds it in the inbox, and by e-mail where one is given
BY_SMS: Mapping[Role, frozenset[Group]] = {
    Role.SELLER: frozenset({Group.ORDERS, Group.GOODS, Group.MONEY}),
    Role.OFFICER: frozenset({Group.ORDERS}),
    Role.APPROVER: frozenset({Group.ORDERS}),
}
BY_EMAIL: Mapping[Role, frozenset[Group]] = {
    Role.CANTEEN: frozenset({Group.ORDERS, Group.MONEY}),
    Role.NURSERY: frozenset({Group.ORDERS, Group.MONEY}),
    Role.CASHIER: frozenset({Group.MONEY}),
}
_USUAL = {Channel.SMS: BY_SMS, Channel.EMAIL: BY_EMAIL}


def usual(role: str, group: str, channel: str) -> bool:
    return group in _USUAL[Channel(channel)].get(Role(role), frozenset())


def channels(users: Iterable[User], group: Group) -> dict[int, list[Channel]]:
    """By which channels each of these people is told of `group`; only those that reach them. One query."""
    people = list(users)
    chosen = {
        (user, channel): wanted
        for user, channel, wanted in Wish.objects.filter(user__in=people, group=group).values_list(
            "user", "channel", "wanted"
        )
    }
    return {
        user.pk: [
            channel
            for channel in Channel
            if reaches(user, channel) and chosen.get((user.pk, channel), usual(user.role, group, channel))
        ]
        for user in people
    }


def reaches(user: User, channel: str) -> bool:
    return bool(user.phone_digest if channel == Channel.SMS else user.email)


def choose(user: User, wanted: Mapping[tuple[str, str], bool]) -> None:
    """Keep what somebody chose, for each group and channel."""
    for (group, channel), want in wanted.items():
        Wish.objects.update_or_create(user=user, group=group, channel=channel, defaults={"wanted": want})
