"""`maeniwa restore`: a backup becomes an installation again."""

from __future__ import annotations

import argparse
from datetime import timedelta
from pathlib import Path

from models.core.clock import now
from models.core.errors import OtherKeys
from models.core.snapshots import Damaged
from models.operations import restoring
from models.operations.backup_file import NoBackup
from models.operations.restoring import Refused, Restored
from scheduler.commands.terms import installation_option, settings_of, tell
from scheduler.opening import on_ground
from scheduler.refusals import NotDone

EXAMPLES = """examples:
  maeniwa restore maeniwa.zip --keys /mnt/keys/maeniwa       onto a clean machine
  maeniwa restore before-2026-11-24T090000-0002.zip --replace    back to before an upgrade (stop maeniwa first)
  maeniwa restore maeniwa.zip                                into PostgreSQL, once database_url is set (from SQLite)

Everything is read and checked before anything is touched. --replace moves what is there aside, it deletes nothing."""


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a backup that maeniwa has written")
    parser.add_argument(
        "--keys", metavar="DIR", type=Path, help="the keys' mirror, where there are no keys here"
    )
    parser.add_argument("--replace", action="store_true", help="move the municipalities that are here aside")
    parser.add_argument("--without-keys", action="store_true", help="go on although the keys are lost")
    installation_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Restore; say what came back, how old it is and what was applied again."""
    with on_ground(settings_of(args)):
        keys = args.keys.resolve() if args.keys else None
        try:
            found = restoring.restore(args.file, keys, replace=args.replace, without_keys=args.without_keys)
        except (NoBackup, Damaged, Refused, OtherKeys) as problem:
            raise NotDone(str(problem)) from problem
    tell([line for one in found for line in _lines(one)])
    tell(["Start it with `maeniwa serve`; settings (maeniwa.toml) are not in a backup."])
    return 0


def _lines(one: Restored) -> list[str]:
    lines = [
        f"{one.name} ({one.code}): {one.rows} rows as of {one.made_at:%Y-%m-%d %H:%M:%SZ}, {_age(one)} ago"
    ]
    lines += [f"  what was here lies in {one.aside}"] if one.aside else []
    lines += [f"  applied again: {count} {what}" for what, count in one.reapplied.items() if count]
    lines += [f"  the audit goes on after place {one.audit_place}"]
    lines += (
        [f"  {one.wrong_slots} slots count other places than there are bookings"] if one.wrong_slots else []
    )
    return lines


def _age(one: Restored) -> str:
    minutes = max(now() - one.made_at, timedelta()) // timedelta(minutes=1)
    days, hours = minutes // 1440, minutes // 60
    return f"{days} days" if days > 1 else f"{hours} hours" if hours > 1 else f"{minutes} minutes"
