"""What the app knows and does, without Qt or torch.

This file and ``__main__.py`` can be read by Pythons that are too old for the rest, so that set-up
can say so.
"""
