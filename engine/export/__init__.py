"""Painters for the world outside: adapters, whole models, GGUF files and what Ollama wants.

``order`` says what may be asked for and what comes back, and anyone may import it; the others need torch
and run as ``python -m engine.export``.
"""
