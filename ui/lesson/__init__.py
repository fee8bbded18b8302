"""The lesson on the page Learn: its desk, its scenes, and what they are painted with."""
