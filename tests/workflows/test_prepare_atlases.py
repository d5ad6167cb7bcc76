"""An atlas of the user's, prepared for the window with its surfaces."""

from __future__ import annotations

from pathlib import Path

from fusplan.progress import NoProgress
from fusplan.workflows.prepare_atlases import prepare_atlases
from fusplan.workflows.requests import PrepareAtlasesRequest
from tests.fixtures.small_heads import small_plan
from tests.fixtures.user_atlases import add_drawn_atlas


def test_it_is_prepared_with_its_surfaces(tmp_path: Path) -> None:
    add_drawn_atlas(tmp_path, "patient", plan=small_plan())
    found = prepare_atlases(PrepareAtlasesRequest(small_plan(), "mine", True), NoProgress())
    assert list(found.atlases) == ["mine"]
    mine = found.atlases["mine"]
    assert mine.title == "Title of mine"
    assert len(mine.meshes) == len(mine.patient_atlas.atlas.structures) + 2
    assert {mesh.name for mesh in mine.meshes} >= {"CLp", "CL", "CM"}
