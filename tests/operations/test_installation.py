"""Opening a municipality: all of it or, after a power cut, the rest of it the next time."""

from dataclasses import replace

import pytest

from models.catalogue.municipality import load_demo_plan
from models.core import directory, migration
from models.core.db import standing
from models.core.space import Space, entered
from models.operations import demo, installation
from models.queries import catalogue, offices, staff


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_an_installation_that_serves_real_cities_is_left_alone(settings, tmp_path):
    elsewhere = replace(settings, instance=tmp_path / "real")
    with standing(elsewhere):
        plan = load_demo_plan(installation.offered_catalogue("aoba"))
        installation.open_municipality(replace(plan, code="aoba"))
        assert demo.fill() is None
        assert [one.code for one in directory.municipalities()] == ["aoba"]
        with entered(Space("aoba")):
            assert staff.everyone() == ()


@pytest.mark.parametrize("step", ["adopt_catalogue", "furnish"])
def test_an_opening_that_was_cut_off_is_finished_by_the_next(settings, clock, monkeypatch, step):
    def cut_off(*_):
        raise KeyboardInterrupt

    with standing(settings):
        plan = replace(load_demo_plan(installation.offered_catalogue("aoba")), code="aoba")
        with monkeypatch.context() as power_cut:
            power_cut.setattr(installation, step, cut_off)
            with pytest.raises(KeyboardInterrupt):
                installation.open_municipality(plan)
        assert [one.code for one in directory.municipalities()] == ["maeniwa"]
        with entered(installation.open_municipality(plan)):
            assert len(offices.offices()) == len(plan.offices)
        with pytest.raises(migration.SpaceExists):
            installation.open_municipality(plan)


def test_a_start_adopts_the_catalogue_only_when_it_changed(settings, clock):
    with standing(settings), entered(Space("maeniwa")):
        before = catalogue.current_edition()
        installation.refresh()
        assert catalogue.current_edition() == before
        own = settings.instance / "catalogue" / "maeniwa"
        own.mkdir(parents=True)
        (own / "procedures.yaml").write_text("procedures:\n  JUM-01: {fee: {yen: 250}}\n", encoding="utf-8")
        installation.refresh()
        assert catalogue.current_edition() == before + 1
        assert catalogue.current().procedures["JUM-01"].fee_yen == 250
        installation.refresh()
        assert catalogue.current_edition() == before + 1
