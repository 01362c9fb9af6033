"""`maeniwa export`: the facts as a file for the tools of others."""

from __future__ import annotations

import argparse
from pathlib import Path

from models.papers.fact_files import WRITERS, NoFile
from models.queries import star
from scheduler.commands.places import at_municipality
from scheduler.commands.terms import municipality_option, tell
from scheduler.refusals import NotDone

EXAMPLES = """examples:
  maeniwa export facts --format duckdb --out facts.duckdb    one file; open it with DuckDB, DBeaver, Metabase
  maeniwa export facts --format parquet --out facts          a folder with one Parquet file a view
Columns and example queries: docs/star-schema.md. Needs `pip install 'maeniwa[export]'`."""


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    parser.add_argument("what", choices=("facts",), help="days cut eight ways; nothing personal")
    parser.add_argument("--format", choices=tuple(WRITERS), required=True)
    parser.add_argument("--out", metavar="PATH", type=Path, required=True, help="a new file, or a new folder")
    municipality_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the facts of one municipality; print how many rows each view has."""
    with at_municipality(args):
        try:
            counts = WRITERS[args.format](star.views(), args.out)
        except NoFile as refused:
            raise NotDone(str(refused)) from refused
    tell([f"{count:>10,}  {name}" for name, count in counts.items()])
    return 0
