"""``python3 -m studio``: set up if need be, then the app. Readable to old Pythons, so that it can say so."""

import sys


def main() -> int:
    """Check the Python, then hand over to set-up. Returns the exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python is who this is for
        sys.stderr.write(
            "Painter Studio needs Python 3.11 or newer and this is {}.{}: install one from python.org "
            'and start it with that, for example "python3.12 -m studio".\n'.format(*sys.version_info[:2])
        )
        return 1
    from studio.bootstrap import main as start

    return start(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
