"""The desk: the one way in. Knows who is asking, stamps instructions, answers reads. Decides nothing."""
