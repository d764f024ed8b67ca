"""`python -m marketpulse` is `marketpulse`."""

from marketpulse.cli import main

main()
