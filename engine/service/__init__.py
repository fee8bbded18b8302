"""The service: a long-lived child process that names and judges. See ``protocol``."""
