"""Accounts: signing in, the second step, passkeys, the service’s own accounts."""
