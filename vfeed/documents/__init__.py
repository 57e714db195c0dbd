"""Documents that leave the screen: what they hold, and the same as an accessible PDF."""
