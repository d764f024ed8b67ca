"""Glue job: one stage of the flow. Arguments: marketpulse.jobs.arguments."""

import sys

from marketpulse.jobs.stage import main

# Glue hands arguments of its own to the script. A job ends well when its script does, so zero raises nothing.
if code := main(sys.argv[1:], strict=False):
    sys.exit(code)
