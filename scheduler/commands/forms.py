"""`maeniwa forms`: a city's own versions of forms, as files."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path

from models.core.errors import invalid
from models.operations import carried_documents, form_carrying
from models.operations.form_carrying import NOT_FORMS
from models.queries import form_revisions
from scheduler.commands.places import at_municipality
from scheduler.commands.terms import ACTOR, municipality_option, tell

EXAMPLES = """examples:
  maeniwa forms list                        the version of each form that the city changed
  maeniwa forms show F01                    its YAML as it is in force
  maeniwa forms check F01 F01.yaml          whether a YAML can be used, and what is wrong in which line
  maeniwa forms propose F01 F01.yaml --from 2027-04-01   then an administrator releases it on 管理 → 様式
  maeniwa forms export forms.json           every released version, to be carried to the other side
  maeniwa forms import forms.json           there: take them over"""


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its parts."""
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    listing = parts.add_parser("list", help="the versions in force, and those to come")
    listing.set_defaults(run=run_list)
    showing = parts.add_parser("show", help="print the YAML of a form as it is in force")
    showing.set_defaults(run=run_show)
    checking = parts.add_parser("check", help="look whether a YAML can be used")
    checking.set_defaults(run=run_check)
    proposing = parts.add_parser("propose", help="propose a YAML to the administrators")
    proposing.add_argument(
        "--from", dest="first_day", type=date.fromisoformat, required=True, help="YYYY-MM-DD"
    )
    proposing.add_argument("--reason", default="", help="what for, in a few words")
    proposing.set_defaults(run=run_propose)
    exporting = parts.add_parser("export", help="write every released version to a file")
    exporting.set_defaults(run=run_export)
    importing = parts.add_parser("import", help="take over released versions from a file")
    importing.set_defaults(run=run_import)
    for one in (showing, checking, proposing):
        one.add_argument("form", help="F01 …")
    for one in (checking, proposing, exporting, importing):
        one.add_argument("file", type=Path)
    for one in (listing, showing, checking, proposing, exporting, importing):
        municipality_option(one)


def run_list(args: argparse.Namespace) -> int:
    """Print one line a version."""
    with at_municipality(args):
        today = form_revisions.today()
        found = [*form_revisions.in_force(today).values(), *form_revisions.coming(today)]
        waiting = form_revisions.waiting()
    lines = [f"{one.form} version {one.number} from {one.first_day}" for one in found]
    lines += [f"{one.form} proposed by {one.proposed_by} from {one.first_day}" for one in waiting]
    tell(lines or ["every form is the catalogue's"])
    return 0


def run_show(args: argparse.Namespace) -> int:
    """Print the YAML; a line with a hash where the form is the catalogue's."""
    with at_municipality(args):
        form_revisions.made(args.form, "")
        found = form_revisions.in_force(form_revisions.today()).get(args.form)
    tell([found.text.rstrip() if found and found.text else f"# {args.form}: the catalogue's form, unchanged"])
    return 0


def run_check(args: argparse.Namespace) -> int:
    """Look at a YAML; what is wrong is said in one line."""
    from models.operations import form_revisions as acts  # noqa: PLC0415  (draws sheets, as only the inside does)

    with at_municipality(args):
        made = acts.judged(args.form, args.file.read_text(encoding="utf-8"))
    tell([f"{args.form} can be used: {made.words.ja}"])
    return 0


def run_propose(args: argparse.Namespace) -> int:
    """Propose a YAML; any administrator may release it."""
    from models.operations import form_revisions as acts  # noqa: PLC0415

    with at_municipality(args):
        text = args.file.read_text(encoding="utf-8")
        acts.propose(args.form, text, args.first_day, args.reason, ACTOR)
    tell([f"{args.form} is proposed from {args.first_day}; an administrator releases it"])
    return 0


def run_export(args: argparse.Namespace) -> int:
    """Write the file."""
    with at_municipality(args):
        found = carried_documents.signed(form_carrying.exported())
    args.file.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    tell([f"{len(found['forms'])} versions written to {args.file}"])
    return 0


def run_import(args: argparse.Namespace) -> int:
    """Take the file's versions over."""
    try:
        file = json.loads(args.file.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise invalid("file", NOT_FORMS) from problem
    with at_municipality(args):
        new = form_carrying.take_over(carried_documents.proven(file), ACTOR)
    tell([f"{new} new versions taken over"])
    return 0
