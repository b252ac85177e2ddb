"""The desk: the one way in. Knows who is asking, stamps, answers reads. Decides nothing."""
