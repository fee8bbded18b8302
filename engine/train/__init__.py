"""A training: a process of its own that turns a recipe into a painter. See ``loop``."""
