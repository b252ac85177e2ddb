"""The finance desk: where billing packs go."""
