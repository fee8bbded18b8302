"""What runs a language model: loading, the shared-prefix forward, sampling, scoring. Needs torch."""
