"""Widgets: the parts from which pages are set."""
