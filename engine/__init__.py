"""What makes, judges and trains painters. Knows nothing of Qt or of the app around it."""
