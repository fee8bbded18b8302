"""Several trainings, one after the other, in one launch: what ``test_ranks.py`` hands to the launcher."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine.train.__main__ import main

for run in sys.argv[1:]:
    if main([run]):
        sys.exit(1)
