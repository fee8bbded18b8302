"""Classes are made before another thread may ask for them, without a stall."""

import subprocess
import sys

SCRIPT = """
import sys
from PySide6.QtCore import QCoreApplication
from ui.warm import Warming
app = QCoreApplication([])
warming = Warming()
warming.done.connect(app.quit)
warming.start()
app.exec()
from PySide6 import QtCore, QtGui, QtWidgets
lazy = [m.__name__ + "." + n for m in (QtCore, QtGui, QtWidgets) for n in dir(m) if n not in vars(m)]
print(lazy, "pyqtgraph" in sys.modules)
"""


def test_every_class_is_made_and_nothing_more():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] False"
