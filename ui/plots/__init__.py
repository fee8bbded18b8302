"""Plots: what pyqtgraph draws. Imported after the first frame, since pyqtgraph takes its time."""
