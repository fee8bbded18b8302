"""The pages: each shows frozen views and turns clicks into calls."""
