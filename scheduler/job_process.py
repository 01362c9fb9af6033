"""The scheduler as a child of `maeniwa serve`: opens the installation first, says what is open, then runs the jobs.

Run as `python -m scheduler.job_process [open|open-with-demo]`; the settings come from the environment.
"""

from __future__ import annotations

import sys

from models.core import log, settings
from scheduler.lifeline import at_end_of_parent
from scheduler.opening import open_up
from scheduler.refusals import CHILD_REFUSED, REFUSALS, refused
from scheduler.runner import Runner

OPEN, OPEN_WITH_DEMO = "open", "open-with-demo"


def main(task: str) -> int:
    """Work until the parent closes the pipe; exit status 3 with one line where it cannot."""
    try:
        chosen = settings.load()
        log.configure(chosen.log_level)
        runner = Runner(chosen)
        at_end_of_parent(runner.stop)
        if task:
            opened = open_up(chosen, with_demo=task == OPEN_WITH_DEMO)
            print(opened.line(), flush=True)  # noqa: T201
        runner.run()
    except REFUSALS as problem:
        refused(problem)
        return CHILD_REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if sys.argv[1:] else ""))
