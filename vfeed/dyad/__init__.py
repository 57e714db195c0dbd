"""From heads over time to two people: who is who, who looks where, and which moments are worth a look."""
