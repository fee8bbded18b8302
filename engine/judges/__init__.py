"""Judges: what turns (colour, name) into a number in 0..1. One file a kind."""
