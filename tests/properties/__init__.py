"""Properties: any order, split, copy or delay of the input gives the same tables."""
