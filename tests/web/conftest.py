"""A running vfeed and a real Chromium."""

from browsing import browser, page, review_site, rooms, service, shots

__all__ = ["browser", "page", "review_site", "rooms", "service", "shots"]
