"""The other images that a plan keeps: edits, undo, the file, finding them again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fusplan.imaging.volume import SeriesReference, Volume
from fusplan.planning.document import PlanDocument
from fusplan.planning.placed_image_edits import point_to_image, set_image
from fusplan.planning.placed_image_file import (
    PlacedImageChangedError,
    PlacedImageMissingError,
    check_placed_image,
    find_placed_image,
)
from fusplan.planning.plan_file import PlanNotStorableError, load_plan, save_plan
from fusplan.planning.plan_images import ImageReference, ImageRole, PlacedImage
from fusplan.spatial import Affine, FrameMismatchError, ScannerRas
from tests.fixtures import plans


def second_volume() -> Volume:
    record = plans.second_image()
    return Volume.of_array(np.zeros((80, 90, 70), np.float32), record.image.affine, record.image.sha256)


def with_second(path: str | None = "/heads/T2w.nii.gz") -> PlacedImage:
    kept = set_image(plans.plan(), "second", plans.second_image(path)).image_of("second")
    assert kept is not None
    return kept


def test_keeping_and_removing_are_steps_that_undo_takes_back() -> None:
    document = PlanDocument(plans.plan())
    record = plans.second_image()
    document.apply("Add the second image T2w.nii.gz", lambda plan: set_image(plan, "second", record))
    document.apply("Remove the second image T2w.nii.gz", lambda plan: set_image(plan, "second", None))
    assert document.plan.image_of("second") is None
    document.undo()
    assert document.plan.image_of("second") is record
    document.undo()
    assert document.plan.image_of("second") is None
    assert document.history.redo_label == "Add the second image T2w.nii.gz"


def test_what_changes_nothing_is_no_step() -> None:
    plan = plans.plan()
    assert set_image(plan, "second", None) is plan
    assert point_to_image(plan, "second", "/x") is plan
    kept = set_image(plan, "second", plans.second_image())
    assert point_to_image(kept, "second", "/heads/T2w.nii.gz") is kept


def test_an_image_over_another_head_is_refused() -> None:
    record = plans.second_image()
    elsewhere = Affine(record.image.frame, ScannerRas("another"), record.to_reference.matrix)
    with pytest.raises(FrameMismatchError):
        set_image(plans.plan(), "second", replace(record, to_reference=elsewhere))


def test_pointing_elsewhere_keeps_content_and_place() -> None:
    kept = set_image(plans.plan(), "second", plans.second_image())
    moved = point_to_image(kept, "second", "/new/T2w.nii.gz").image_of("second")
    assert moved is not None
    assert moved.image.path == "/new/T2w.nii.gz"
    assert moved.shows_the_same(kept.image_of("second"))


def test_the_same_is_said_of_content_and_place_alone() -> None:
    record = with_second()
    motion = record.to_reference.matrix.copy()
    motion[0, 3] += 0.01
    assert not record.shows_the_same(None)
    assert not record.shows_the_same(replace(record, image=replace(record.image, sha256="0" * 64)))
    turned = Affine(record.to_reference.source, record.to_reference.target, motion)
    assert not record.shows_the_same(replace(record, to_reference=turned))


def test_its_file_is_named_from_the_plans_folder(tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    path = tmp_path / "plans" / "plan.fusplan.json"
    plan = plans.plan(str(tmp_path / "heads" / "T1w.nii.gz"))
    save_plan(set_image(plan, "second", plans.second_image(str(tmp_path / "heads" / "T2w.nii.gz"))), path)
    text = path.read_text(encoding="utf-8")
    assert '"../heads/T2w.nii.gz"' in text
    assert str(tmp_path) not in text
    loaded = load_plan(path).image_of("second")
    assert loaded is not None
    assert Path(loaded.image.path or "") == tmp_path / "heads" / "T2w.nii.gz"
    assert loaded.shows_the_same(plans.second_image())


def test_a_path_that_names_the_patient_is_not_kept(tmp_path: Path) -> None:
    series = SeriesReference("1.2.3", "T2 (series 7)", path_names_patient=True)
    image = ImageReference.of_volume(replace(second_volume(), path=tmp_path / "Gruber_Anna", series=series))
    record = replace(plans.second_image(), image=image)
    save_plan(set_image(plans.plan(), "second", record), tmp_path / "plan.fusplan.json")
    assert "Gruber" not in (tmp_path / "plan.fusplan.json").read_text(encoding="utf-8")
    loaded = load_plan(tmp_path / "plan.fusplan.json").image_of("second")
    assert loaded is not None
    with pytest.raises(PlacedImageMissingError, match=r"T2 \(series 7\)") as caught:
        find_placed_image(loaded)
    assert "Gruber" not in str(caught.value)


def test_a_path_that_is_no_text_is_refused_before_it_is_written(tmp_path: Path) -> None:
    plan = set_image(plans.plan(), "second", plans.second_image(str(tmp_path / "T2\udcff.nii")))
    with pytest.raises(PlanNotStorableError, match="not text"):
        save_plan(plan, tmp_path / "plan.fusplan.json")
    assert list(tmp_path.iterdir()) == []


def test_it_is_found_where_the_plan_says_and_nowhere_else(tmp_path: Path) -> None:
    path = tmp_path / "T2w.nii.gz"
    record = with_second(str(path))
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "T2w.nii.gz").write_bytes(b"x")
    with pytest.raises(PlacedImageMissingError, match=r"T2w\.nii\.gz is not at"):
        find_placed_image(record)
    path.write_bytes(b"x")
    assert find_placed_image(record) == path


def test_another_image_is_refused_and_says_in_what_it_differs() -> None:
    record, image = with_second(), second_volume()
    check_placed_image(record, image)
    moved = image.affine.copy()
    moved[0, 3] += 0.5
    for other, word in (
        (Volume.of_array(image.data[:-1], image.affine, image.fingerprint), "79 x 90 x 70 voxels"),
        (Volume.of_array(image.data, moved, image.fingerprint), "elsewhere"),
        (Volume.of_array(image.data, image.affine, "0" * 64), "content"),
    ):
        with pytest.raises(PlacedImageChangedError, match=word):
            check_placed_image(record, other)


def test_a_plan_keeps_one_image_of_each_role(tmp_path: Path) -> None:
    second, other = plans.second_image(), plans.second_image("/heads/CT.nii.gz")
    plan = set_image(set_image(plans.plan(), "second", second), "ct", other)
    assert [placed.role for placed in plan.images] == ["second", "ct"]
    assert plan.image_of("second") is second and plan.image_of("after") is None
    skull = plan.image_of("ct")
    assert skull is not None and skull.image.path == "/heads/CT.nii.gz"
    again = set_image(plan, "second", plans.second_image("/heads/T2.nii.gz"))
    assert sorted(placed.role for placed in again.images) == ["ct", "second"]
    assert set_image(again, "ct", None).images == (again.image_of("second"),)
    moved = point_to_image(again, "ct", "/new/CT.nii.gz")
    assert moved.image_of("second") is again.image_of("second")
    save_plan(moved, tmp_path / "plan.fusplan.json")
    loaded = load_plan(tmp_path / "plan.fusplan.json")
    assert {placed.role: placed.image.path for placed in loaded.images} == {
        "second": "/heads/T2.nii.gz",
        "ct": "/new/CT.nii.gz",
    }


@pytest.mark.parametrize(
    ("role", "words"), [("second", "second image"), ("ct", "CT"), ("after", "image after the procedure")]
)
def test_another_image_is_refused_in_the_words_of_its_role(role: ImageRole, words: str) -> None:
    placed = replace(with_second(), role=role)
    with pytest.raises(PlacedImageChangedError, match=f"is not the {words} that the plan keeps"):
        check_placed_image(placed, Volume.of_array(second_volume().data, second_volume().affine, "0" * 64))
