"""Points stated in the transform of the image that does not place it: put through both, or refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
import pytest
from nibabel.affines import apply_affine
from scipy.spatial.transform import Rotation

from fusplan.export.brainsight import write_brainsight
from fusplan.export.named_transform import PointTransformError
from fusplan.planning.plan_images import ImageReference
from fusplan.progress import NoProgress
from fusplan.workflows.point_file import read_point_file
from fusplan.workflows.requests import ReadPointsRequest
from tests.fixtures import plans

SHAPE = (64, 70, 66)
VOXEL = (30.0, 25.0, 40.0)
SFORM = np.array([[-1.2, 0, 0, 40], [0, 1.1, 0, -38], [0, 0, 1.3, -35], [0, 0, 0, 1.0]])


def apart() -> np.ndarray:
    """The qform: turned by 8 degrees and 10 mm away."""
    moving = np.eye(4)
    moving[:3, :3] = Rotation.from_euler("xyz", (0.0, 3.0, 8.0), degrees=True).as_matrix()
    moving[:3, 3] = (6.0, -8.0, 0.0)
    return moving @ SFORM


def image(
    tmp_path: Path, sform: tuple[np.ndarray, int] | None, qform: tuple[np.ndarray, int] | None
) -> tuple[ImageReference, dict[str, np.ndarray]]:
    """An image with these transforms and codes, and where nibabel puts a voxel by each."""
    made = nibabel.Nifti1Image(np.ones(SHAPE, np.int16), None)
    if sform is not None:
        made.set_sform(*sform)
    if qform is not None:
        made.set_qform(*qform)
    path = tmp_path / "T1w.nii.gz"
    nibabel.save(made, path)
    read = nibabel.load(path)
    forms = {"sform": read.get_sform(coded=True), "qform": read.get_qform(coded=True)}
    places = {name: apply_affine(matrix, VOXEL) for name, (matrix, code) in forms.items() if code > 0}
    return ImageReference(str(path), "a" * 64, SHAPE, read.affine), places


def brainsight(tmp_path: Path, system: str, place: np.ndarray, by: str = "Brainsight 2.5") -> Path:
    path = tmp_path / "points.txt"
    x, y, z = place
    path.write_text(
        f"# Version: 14\n# Coordinate system: {system}\n# Created by: {by}\n"
        f"# Target Name\tLoc. X\tLoc. Y\tLoc. Z\nA\t{x:.6f}\t{y:.6f}\t{z:.6f}\n"
    )
    return path


def read(path: Path, reference: ImageReference) -> tuple[np.ndarray, tuple[str, ...]]:
    file = read_point_file(ReadPointsRequest(path, reference), NoProgress()).file
    return np.array(file.points[0].coordinates_mm), file.remarks


@pytest.mark.parametrize(
    ("system", "named", "codes"),
    [
        ("NIfTI:S:Scanner", "sform", (1, 1)),
        ("NIfTI:Q:Scanner", "qform", (1, 1)),
        ("NIfTI:Q:Scanner", "qform", (2, 1)),
        ("NIfTI:S:Aligned", "sform", (2, 1)),
        ("NIfTI:Scanner", "qform", (2, 1)),
        ("NIfTI:Aligned", "sform", (2, 1)),
        ("NIfTI:Scanner", "sform", (1, 2)),
        ("NIfTI:Aligned", "qform", (1, 2)),
    ],
)
def test_points_go_through_the_transform_that_the_file_names(
    system: str, named: str, codes: tuple[int, int], tmp_path: Path
) -> None:
    reference, places = image(tmp_path, (SFORM, codes[0]), (apart(), codes[1]))
    assert np.linalg.norm(places["sform"] - places["qform"]) > 8.0
    place, remarks = read(brainsight(tmp_path, system, places[named]), reference)
    assert place == pytest.approx(places["sform"], abs=0.01)
    assert bool(remarks) == (named == "qform")


def test_where_a_qform_alone_places_the_image_it_is_meant(tmp_path: Path) -> None:
    reference, places = image(tmp_path, None, (apart(), 1))
    for system in ("NIfTI:Q:Scanner", "NIfTI:Scanner", "NIfTI:Aligned"):
        place, remarks = read(brainsight(tmp_path, system, places["qform"]), reference)
        assert place == pytest.approx(places["qform"], abs=0.01)
        assert not remarks


@pytest.mark.parametrize(
    ("system", "sform_code", "qform_code"),
    [
        ("NIfTI:Scanner", 1, 1),
        ("NIfTI:Aligned", 2, 2),
        ("NIfTI:Aligned", 4, 1),
        ("NIfTI:S:Scanner", 0, 1),
        ("NIfTI:Q:Scanner", 1, 0),
    ],
)
def test_a_transform_that_is_not_there_or_may_be_either_is_refused(
    system: str, sform_code: int, qform_code: int, tmp_path: Path
) -> None:
    reference, _ = image(
        tmp_path, (SFORM, sform_code) if sform_code else None, (apart(), qform_code) if qform_code else None
    )
    with pytest.raises(PointTransformError, match=system):
        read(brainsight(tmp_path, system, np.zeros(3)), reference)


def test_transforms_that_agree_are_one(tmp_path: Path) -> None:
    reference, places = image(tmp_path, (SFORM, 1), (SFORM, 1))
    for system in ("NIfTI:Q:Scanner", "NIfTI:S:Scanner", "NIfTI:Scanner", "NIfTI:Aligned"):
        place, remarks = read(brainsight(tmp_path, system, places["sform"]), reference)
        assert place == pytest.approx(places["sform"], abs=0.01)
        assert not remarks


def test_without_its_image_a_named_transform_is_refused_and_this_programs_own_export_is_not(tmp_path: Path) -> None:
    reference, places = image(tmp_path, (SFORM, 1), (apart(), 1))
    file = brainsight(tmp_path, "NIfTI:S:Scanner", places["sform"])
    Path(str(reference.path)).unlink()
    with pytest.raises(PointTransformError, match="is not where the plan says"):
        read(file, reference)
    own = brainsight(tmp_path, "NIfTI:S:Scanner", places["sform"], by="fusplan")
    assert read(own, reference)[0] == pytest.approx(places["sform"], abs=0.01)


@pytest.mark.parametrize(("qform_alone", "system"), [(True, "NIfTI:Q:Scanner"), (False, "NIfTI:S:Scanner")])
def test_exports_name_the_transform_that_places_the_image(qform_alone: bool, system: str, tmp_path: Path) -> None:
    reference, _ = image(tmp_path, None if qform_alone else (SFORM, 1), (apart(), 1))
    write_brainsight(replace(plans.plan(), image=reference), tmp_path / "out.txt")
    assert f"# Coordinate system: {system}\n" in (tmp_path / "out.txt").read_text()


def test_the_image_is_asked_where_it_moved_with_the_plan(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    reference, places = image(tmp_path / "old", (SFORM, 1), (apart(), 1))
    (tmp_path / "old").rename(tmp_path / "new")
    file = brainsight(tmp_path, "NIfTI:Q:Scanner", places["qform"])
    request = ReadPointsRequest(file, reference, tmp_path / "new")
    (point,) = read_point_file(request, NoProgress()).file.points
    assert point.coordinates_mm == pytest.approx(places["sform"], abs=0.01)
    with pytest.raises(PointTransformError):
        read_point_file(replace(request, plan_folder=None), NoProgress())
    found_at = Path(reference.path).name
    write_brainsight(replace(plans.plan(), image=reference), tmp_path / "a.txt", (), tmp_path / "new" / found_at)
    assert "# Coordinate system: NIfTI:S:Scanner\n" in (tmp_path / "a.txt").read_text()


def test_another_image_in_its_place_is_not_asked(tmp_path: Path) -> None:
    image(tmp_path, (SFORM, 1), (apart(), 1))
    reference = ImageReference(str(tmp_path / "T1w.nii.gz"), "a" * 64, SHAPE, apart())
    with pytest.raises(PointTransformError, match="is not where the plan says"):
        read(brainsight(tmp_path, "NIfTI:Q:Scanner", np.zeros(3)), reference)


def test_points_that_name_no_transform_come_with_a_word_where_two_disagree(tmp_path: Path) -> None:
    reference, places = image(tmp_path, (SFORM, 1), (apart(), 1))
    table = tmp_path / "points.csv"
    x, y, z = places["sform"]
    table.write_text(f"name,r,a,s\nA,{x},{y},{z}\n")
    place, remarks = read(table, reference)
    assert place == pytest.approx(places["sform"])
    assert "mm apart" in remarks[0]
