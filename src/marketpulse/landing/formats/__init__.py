"""How each format of landed files is read, one file a format."""
