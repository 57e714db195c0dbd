"""Which films can be coded."""
