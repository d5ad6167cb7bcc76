"""Arrays of any kind beside a plan: stored, read back, missed, changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from pydantic import ValidationError

from fusplan.planning.plan_format.stored_fields import StoredFieldModel
from fusplan.planning.stored_field import pack_field, read_field
from fusplan.planning.stored_file import PackedFile, StoredFileChangedError, StoredFileMissingError, StoredKind
from fusplan.spatial import Grid
from fusplan.spatial.field import Field
from tests.fixtures import plans

DOSE = StoredKind("thermal dose", "simulation", "dose", "compute the sonication again")
MATRIX = np.array([[-1.1, 0.2, 0.0, 30.7], [0.2, 1.1, 0.0, -12.3], [0.0, 0.1, 0.7, 5.9], [0.0, 0.0, 0.0, 1.0]])


def dose(dtype: type = np.float32, outside: float = 0.0) -> Field:
    rng = np.random.default_rng(3)
    values = (240 * rng.random((6, 5, 4))).astype(dtype)
    return Field(Grid.of((6, 5, 4), MATRIX, plans.FRAME, "dose"), values, "min", outside)


def stored(tmp_path: Path, field: Field) -> tuple[StoredFieldModel, Path]:
    plan_path = tmp_path / "plan.fusplan.json"
    return StoredFieldModel.of(field, pack_field(DOSE, field).store(plan_path)), plan_path


@pytest.mark.parametrize(("dtype", "outside"), [(np.float32, 0.0), (np.float64, float("nan")), (np.float32, 37.0)])
def test_a_field_comes_back_with_its_unit_grid_and_every_digit(tmp_path: Path, dtype: type, outside: float) -> None:
    field = dose(dtype, outside)
    model, plan_path = stored(tmp_path, field)
    # What the plan's file would hold goes through JSON.
    model = StoredFieldModel.model_validate_json(model.model_dump_json())
    back = read_field(DOSE, model, plan_path, plans.FRAME)
    assert back.values.dtype == dtype and np.array_equal(back.values, field.values)
    assert np.array_equal(back.grid.matrix, MATRIX)
    assert (back.unit, back.grid.frame) == ("min", plans.FRAME)
    assert back.outside == outside or np.isnan([back.outside, outside]).all()


def test_other_programs_read_it(tmp_path: Path) -> None:
    field = dose()
    model, _ = stored(tmp_path, field)
    image = nib.load(tmp_path / model.path)
    assert model.path == f"simulation/dose_{model.sha256[:12]}.nii.gz"
    assert np.array_equal(np.asarray(image.dataobj), field.values)
    assert np.allclose(image.affine, MATRIX, atol=1e-5)
    assert image.header["intent_name"].item() == b"min"
    assert b"Not for clinical use" in image.header["descrip"].item()


def test_the_same_field_is_one_file_and_another_does_not_replace_it(tmp_path: Path) -> None:
    first, _ = stored(tmp_path, dose())
    before = (tmp_path / first.path).stat().st_mtime_ns
    assert stored(tmp_path, dose())[0] == first
    assert (tmp_path / first.path).stat().st_mtime_ns == before
    second, _ = stored(tmp_path, dose().with_values(dose().values * np.float32(2)))
    assert sorted(path.name for path in (tmp_path / "simulation").iterdir()) == sorted(
        Path(model.path).name for model in (first, second)
    )


def test_a_missing_or_changed_file_is_told_by_what_it_holds(tmp_path: Path) -> None:
    model, plan_path = stored(tmp_path, dose())
    path = tmp_path / model.path
    whole = path.read_bytes()
    path.write_bytes(whole[:-9] + b"x" + whole[-8:])
    with pytest.raises(StoredFileChangedError, match=r"not the thermal dose that plan\.fusplan\.json") as changed:
        read_field(DOSE, model, plan_path, plans.FRAME)
    assert "compute the sonication again" in changed.value.remedy
    path.unlink()
    with pytest.raises(StoredFileMissingError, match="The thermal dose of plan") as missing:
        read_field(DOSE, model, plan_path, plans.FRAME)
    assert "Keep the folder simulation beside the plan" in missing.value.remedy


@pytest.mark.parametrize(
    "other",
    [b"no image", pack_field(DOSE, dose(np.float64)).content, pack_field(DOSE, Field(
        Grid.of((5, 5, 4), MATRIX, plans.FRAME, "dose"), dose().values[1:], "min")).content],
    ids=["no image", "another kind of number", "another shape"],
)  # fmt: skip
def test_what_does_not_fit_is_refused_though_its_sha256_is_stated(tmp_path: Path, other: bytes) -> None:
    model, plan_path = stored(tmp_path, dose())
    (tmp_path / model.path).write_bytes(other)
    stated = model.model_copy(update={"sha256": hashlib.sha256(other).hexdigest()})
    with pytest.raises(StoredFileChangedError):
        read_field(DOSE, stated, plan_path, plans.FRAME)


def test_a_failure_leaves_nothing_behind_but_what_others_need(tmp_path: Path) -> None:
    plan_path = tmp_path / "plan.fusplan.json"
    packed: PackedFile = pack_field(DOSE, dose())

    def fail() -> None:
        with packed.removed_on_failure(plan_path):
            packed.store(plan_path)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "other.fusplan.json").write_text(packed.sha256)
    with pytest.raises(RuntimeError):
        fail()
    assert (tmp_path / packed.stored.path).is_file()


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("unit", "furlong"), ("kind", "int8"), ("path", "../dose.nii.gz"), ("shape", [0, 5, 4]), ("frame", "MNI")],
)
def test_a_plan_says_nothing_impossible_of_a_field(tmp_path: Path, field: str, wrong: object) -> None:
    content = stored(tmp_path, dose())[0].model_dump(mode="json") | {field: wrong}
    with pytest.raises(ValidationError, match=field):
        StoredFieldModel.model_validate(content, strict=False)
