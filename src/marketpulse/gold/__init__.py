"""Silver -> gold: what changes reach is computed, audited and published in one commit."""
