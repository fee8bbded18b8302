"""The app with a scripted naming service and scripted trainings, as a process of its own.

Usage: python tests/process/xvfb_app.py
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ui"))
sys.path.insert(0, str(ROOT))

if __name__ == "__main__":
    from dataclasses import replace

    from scripted import ScriptedClient

    from studio.supervisor import Supervisor
    from ui.app import main
    from ui.makers import Makers

    training = Path(__file__).with_name("scripted_training.py")

    def command(folder):
        """Train slowly enough to be stopped: a scripted training that is held until it is told to stop."""
        return [sys.executable, str(training), str(folder.path), "hold"]

    sys.exit(main(replace(Makers.usual(), connect=ScriptedClient, supervisor=Supervisor(command=command))))
