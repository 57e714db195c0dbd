"""The pages and the JSON interface that a browser meets: Flask, one blueprint per concern."""
