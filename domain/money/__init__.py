"""Integer pence: what an item costs, who pays, what is kept out of billing, and the pack."""
