"""The window: Qt widgets, plots and pages over what `studio` knows and does."""
