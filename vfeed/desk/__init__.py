"""The research desk on the command line."""
