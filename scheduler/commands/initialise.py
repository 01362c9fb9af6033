"""`maeniwa init`: open a municipality and give out its first administrator's one-time code."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from models.catalogue.definitions import Words
from models.catalogue.municipality import MunicipalityPlan, load_demo_plan, load_plan
from models.core.migration import SpaceExists
from models.core.space import CODE, entered
from models.operations import accounts, installation
from scheduler.announcement import CODE_PAGE
from scheduler.commands.terms import ACTOR, installation_option, settings_of, tell
from scheduler.opening import on_ground
from scheduler.refusals import NotDone

EXAMPLES = """examples:
  maeniwa init --plan susono.yaml             offices, hours and counters, as models/catalogue/demo.yaml shows
  maeniwa init --code susono --name 裾野市    one office with eight counters and usual hours, to be looked through
  maeniwa init --plan shima.yaml --host yoyaku.city.shima.example.jp      a second municipality, by its host name"""
ADMINISTRATOR = "administrator"
FIRST_RUN = "Seven questions follow there; residents can book from the day that the last one asks for."


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    parser.add_argument("--plan", metavar="FILE", type=Path, help="the municipality's plan (YAML)")
    parser.add_argument("--code", help="without a plan: 2-31 small letters and digits, as in /m/CODE")
    parser.add_argument("--name", help="without a plan: the municipality's name")
    parser.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="NAME",
        help="host name residents use (may be repeated)",
    )
    installation_option(parser)
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """Make the space, or leave everything as it is and say why."""
    if bool(args.plan) == bool(args.code or args.name) or (not args.plan and not (args.code and args.name)):
        args.parser.error("give either --plan FILE, or both --code and --name")
    with on_ground(settings_of(args)):
        plan = _plan(args)
        if not CODE.fullmatch(plan.code):
            raise NotDone(
                f"'{plan.code}' is no municipality code: 2-31 small letters and digits, a letter first"
            )
        try:
            space = installation.open_municipality(plan, args.host, ready=bool(args.plan))
        except SpaceExists as problem:
            raise NotDone(f"{plan.code} is open already; nothing was changed") from problem
        with entered(space):
            invited = accounts.invite(ADMINISTRATOR, "", "administrator", None, ACTOR)
    tell(
        [
            f"{plan.words.ja} ({plan.code}) is open with {len(plan.offices)} office(s).",
            "Start it with `maeniwa serve`; the first administrator signs in within 72 hours",
            f"at {CODE_PAGE} with this one-time code: {invited.code}",
            *([] if args.plan else [FIRST_RUN]),
        ]
    )
    return 0


def _plan(args: argparse.Namespace) -> MunicipalityPlan:
    if args.plan:
        return load_plan(args.plan, installation.offered_catalogue("new"))
    if not CODE.fullmatch(args.code):
        raise NotDone(f"'{args.code}' is no municipality code: 2-31 small letters and digits, a letter first")
    pattern = load_demo_plan(installation.offered_catalogue(args.code))
    usual = [one for one in pattern.offices[0].hours if one.weekday == 0]
    hours = tuple(replace(one, weekday=day) for day in range(5) for one in usual)
    office = replace(pattern.offices[0], address=args.name, telephone="", access=None, hours=hours)
    return replace(pattern, code=args.code, words=Words(args.name), government_code="", offices=(office,))
