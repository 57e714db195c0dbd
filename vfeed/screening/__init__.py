"""Many films looked at where they lie: which can be coded, and their best three minutes."""
