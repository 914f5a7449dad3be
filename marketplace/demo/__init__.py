"""A believable Dingzhou to look around in. Villages, people, units, orders and stories are invented."""
