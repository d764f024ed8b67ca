"""The AWS platform, applied to an emulated AWS."""
