"""What pages show: frozen view-models, each folded from what is known."""
