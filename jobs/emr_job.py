"""EMR (Serverless) job: one stage of the flow. Arguments: marketpulse.jobs.arguments."""

import sys

from marketpulse.jobs.stage import main

if code := main(sys.argv[1:]):
    sys.exit(code)
