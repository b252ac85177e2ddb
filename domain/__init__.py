"""The service's rules: pure, without a clock, randomness, input or output."""
