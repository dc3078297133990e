"""`python -m deploy.demo`, see run.py."""

import sys

from deploy.demo.run import main

sys.exit(main(sys.argv[1:]))
