"""The machinery of the pages: who is let in, what is answered with, what every page shares."""
