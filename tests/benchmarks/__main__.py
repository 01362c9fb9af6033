"""Every table in one run: `make benchmark`."""

from __future__ import annotations

from tests.benchmarks import (
    booking,
    codes,
    desk,
    estimates,
    facts,
    forecast,
    hall,
    live,
    pages,
    papers,
    restoring,
    rosters,
    staffing,
    study,
)

if __name__ == "__main__":
    for part in (
        papers,
        codes,
        estimates,
        study,
        forecast,
        staffing,
        rosters,
        facts,
        desk,
        live,
        hall,
        pages,
        restoring,
        booking,
    ):
        print(f"\n== {(part.__doc__ or '').splitlines()[0]}\n")
        part.main()
