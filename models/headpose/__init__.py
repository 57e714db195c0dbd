"""A small network that tells where a head is facing, all the way round: what makes, trains and judges it."""
