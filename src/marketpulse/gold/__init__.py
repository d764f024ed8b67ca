"""Silver -> gold: touched buckets are computed whole, audited and published in one commit."""
