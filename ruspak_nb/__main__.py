"""Run the command line with `python -m ruspak_nb`."""

from ruspak_nb.cli import main

raise SystemExit(main())
