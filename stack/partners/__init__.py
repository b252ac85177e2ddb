"""Reference partners: a provider's desk and finance's, for exercises, the demo and tests."""
