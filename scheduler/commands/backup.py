"""`maeniwa backup`: one file with every municipality, made while the house goes on."""

from __future__ import annotations

import argparse
from pathlib import Path

from models.core import directory
from models.core.errors import OtherKeys
from models.operations import backup
from scheduler.commands.places import chosen
from scheduler.commands.terms import installation_option, settings_of, tell
from scheduler.opening import on_ground
from scheduler.refusals import NONE_YET, NotDone

EXAMPLES = """examples:
  maeniwa backup /mnt/backup/maeniwa.zip                              every municipality, nobody is stopped
  maeniwa backup /mnt/backup/maeniwa.zip --keys /mnt/keys/maeniwa     and the keys' mirror, in another place
  maeniwa backup susono.zip --municipality susono                     one city, to move it elsewhere

The file never holds keys: without the key folder nobody can read names and answers in it (docs/backup.md)."""


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="where to write it; an earlier one is replaced"
    )
    parser.add_argument(
        "--keys", metavar="DIR", type=Path, help="mirror the keys there (default: the setting keys_copy)"
    )
    parser.add_argument("--municipality", metavar="CODE", help="only this one")
    installation_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the file; say what is in it and where the keys are."""
    made = settings_of(args)
    with on_ground(made):
        directory.prepare()
        cities = [chosen(args.municipality)] if args.municipality else list(directory.municipalities())
        if not cities:
            raise NotDone(NONE_YET)
        manifest = backup.write(args.file.resolve(), cities)
        mirrored = _mirrored(args.keys)
    size = args.file.stat().st_size / 1_000_000
    said = ", ".join(f"{city.code} ({sum(city.rows.values())} rows)" for city in manifest.cities)
    place = args.keys or made.keys_copy
    keys = (
        f"keys mirrored to {place}"
        if mirrored
        else f"the keys are not in it: keep a mirror of {made.keys} (--keys DIR)"
    )
    tell([f"{args.file}: {said}, {size:.1f} MB", keys])
    return 0


def _mirrored(keys: Path | None) -> bool:
    try:
        return backup.mirror_keys(keys.resolve() if keys else None)
    except OtherKeys as problem:
        raise NotDone(f"the backup is written, but the keys are not mirrored: {problem}") from problem
