"""What somebody should be told of, and telling it: each trouble once, and once that it is over."""
