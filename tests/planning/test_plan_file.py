from __future__ import annotations

import copy
import errno
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
import SimpleITK

from fusplan.atlas.structure_ref import clp
from fusplan.errors import FileMissingError, FileNotWritableError, FusplanError
from fusplan.imaging.volume import SeriesReference, Volume
from fusplan.planning.plan import AtlasReference, Plan, Proposal
from fusplan.planning.plan_file import (
    PlanFieldError,
    PlanImageChangedError,
    PlanImageMissingError,
    PlanTooNewError,
    check_image,
    find_image,
    load_plan,
    save_plan,
)
from fusplan.planning.plan_format.upgrades import upgrade
from fusplan.planning.plan_images import ImageReference, PlacedImage
from fusplan.planning.provenance import Provenance
from fusplan.planning.registration_edits import judge_registration, nudge_registration
from fusplan.planning.registration_judgement import HandNudge
from fusplan.planning.stored_file import PlanFileError, StoredFileChangedError, StoredFileMissingError
from fusplan.planning.stored_warp import plan_stem
from fusplan.planning.treatment_edits import set_calibration, set_sonications, set_thermometry, set_tilt
from fusplan.simulation.helmet_pose import HelmetTilt
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.simulation.thermometry_settings import ThermometrySettings
from fusplan.spatial import Affine, Points, Warp
from fusplan.spatial.warp import Displacements
from tests.fixtures import plans

GOLDEN = Path(__file__).parent / "golden" / "plan-v7.fusplan.json"
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A plan saved in ``plans/`` on an image in ``heads/``."""
    (tmp_path / "heads").mkdir()
    (tmp_path / "plans").mkdir()
    image = tmp_path / "heads" / "T1w.nii.gz"
    image.write_bytes(plans.IMAGE_BYTES)
    path = tmp_path / "plans" / "plan.fusplan.json"
    save_plan(plans.plan(str(image)), path, WHEN)
    return path


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    """A copy of the golden file and its registration, free to be damaged."""
    shutil.copytree(GOLDEN.parent, tmp_path / "golden")
    return tmp_path / "golden" / GOLDEN.name


def assert_same(first: Plan, second: Plan) -> None:
    assert first.landmarks == second.landmarks
    assert first.targets == second.targets
    assert first.lesions == second.lesions
    assert first.proposals == second.proposals
    assert first.measurements == second.measurements
    assert first.atlases == second.atlases
    assert first.seed == second.seed
    assert (first.image.sha256, first.image.shape) == (second.image.sha256, second.image.shape)
    assert first.image.content_sha256 == second.image.content_sha256
    assert np.array_equal(first.image.affine, second.image.affine)
    assert first.proposals_basis == second.proposals_basis
    assert first.treatment == second.treatment
    assert [placed.role for placed in first.images] == [placed.role for placed in second.images]
    for placed, other_placed in zip(first.images, second.images, strict=True):
        assert_same_placed_image(placed, other_placed)
    one, other = first.registration, second.registration
    for name in ("template", "engine", "recipe", "versions", "seconds", "quality", "notes", "judgement", "nudge"):
        assert getattr(one, name) == getattr(other, name), name
    assert np.array_equal(one.mni_to_scanner.affine.matrix, other.mni_to_scanner.affine.matrix)
    assert one.mni_to_scanner.source == other.mni_to_scanner.source
    assert one.mni_to_scanner.target == other.mni_to_scanner.target
    fields = one.mni_to_scanner.displacements, other.mni_to_scanner.displacements
    assert np.array_equal(fields[0].vectors_mm, fields[1].vectors_mm)
    assert np.array_equal(fields[0].grid.matrix, fields[1].grid.matrix)


def assert_same_placed_image(first: PlacedImage, second: PlacedImage) -> None:
    assert (first.image.sha256, first.image.shape) == (second.image.sha256, second.image.shape)
    assert first.image.content_sha256 == second.image.content_sha256
    assert np.array_equal(first.image.affine, second.image.affine)
    assert np.array_equal(first.to_reference.matrix, second.to_reference.matrix)
    assert (first.to_reference.source, first.to_reference.target) == (
        second.to_reference.source,
        second.to_reference.target,
    )
    assert first.registration == second.registration


def test_a_saved_plan_comes_back_exactly(saved: Path) -> None:
    loaded = load_plan(saved)
    assert_same(loaded, plans.plan())
    assert Path(loaded.image.path) == saved.parent.parent / "heads" / "T1w.nii.gz"
    assert find_image(loaded).is_file()


def test_the_file_says_what_it_must(saved: Path) -> None:
    content = json.loads(saved.read_text(encoding="utf-8"))
    assert content["format"] == "fusplan plan"
    assert content["schema_version"] == 7
    assert content["notice"] == "Research and education only. Not for clinical use."
    assert content["landmarks"]["ac"]["mm"] == [0.2, 12.5, 0.1]
    assert content["landmarks"]["pc"]["mm"] == [-0.1, -12.4, -0.2]
    assert content["landmarks"]["midline"][0]["mm"] == [0.3, 5.0, 50.0]
    assert [target["name"] for target in content["targets"]] == ["CLp left", "CLp right"]
    assert content["image"]["path"] == "../heads/T1w.nii.gz"
    assert str(saved.parent.parent) not in saved.read_text(encoding="utf-8")


def points_in(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "mm" in value or "direction" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from points_in(one)


def test_every_point_and_direction_names_its_frame(saved: Path) -> None:
    found = list(points_in(json.loads(saved.read_text(encoding="utf-8"))))
    assert len(found) == 5 + 2 + 2 + 2 * 3 + 2
    assert {point["frame"] for point in found} == {"scanner RAS"}


def test_simpleitk_reads_the_registration_and_maps_points_alike(saved: Path) -> None:
    folder = saved.parent / "registration"
    (warp_path,) = folder.glob("*.nii.gz")
    field = SimpleITK.ReadImage(str(warp_path), SimpleITK.sitkVectorFloat64)
    assert field.GetDimension() == 3
    displacement = SimpleITK.DisplacementFieldTransform(field)
    affine = SimpleITK.ReadTransform(str(folder / "plan_template_to_patient_affine.txt"))
    warp = load_plan(saved).registration.mni_to_scanner
    rng = np.random.default_rng(4)
    for place in rng.uniform((-30, -50, -35), (30, 20, 45), size=(50, 3)):
        lps = affine.TransformPoint(displacement.TransformPoint((-place[0], -place[1], place[2])))
        ours = warp.apply(Points(warp.source, place[None])).array[0]
        assert np.allclose((-lps[0], -lps[1], lps[2]), ours, atol=1e-4)


def test_the_warp_is_a_five_dimensional_vector_nifti(saved: Path) -> None:
    (warp_path,) = (saved.parent / "registration").glob("*.nii.gz")
    image = nib.load(warp_path)
    assert image.shape == (8, 9, 10, 1, 3)
    assert image.header.get_intent()[0] == "vector"
    assert image.get_data_dtype() == np.float32
    assert b"Not for clinical use" in image.header["descrip"].item()


def test_saving_twice_writes_the_warp_once_and_the_same_bytes(saved: Path) -> None:
    (warp_path,) = (saved.parent / "registration").glob("*.nii.gz")
    before, text = warp_path.stat().st_mtime_ns, saved.read_bytes()
    save_plan(load_plan(saved), saved, WHEN)
    assert warp_path.stat().st_mtime_ns == before
    assert saved.read_bytes() == text


def test_a_damaged_warp_is_written_again_on_save(saved: Path) -> None:
    plan = load_plan(saved)
    (warp_path,) = (saved.parent / "registration").glob("*.nii.gz")
    warp_path.write_bytes(b"damaged")
    save_plan(plan, saved)
    assert_same(load_plan(saved), plan)


def test_the_golden_file_of_version_1_still_opens(golden: Path) -> None:
    assert_same(load_plan(golden.with_name("plan-v1.fusplan.json")), plans.plan())


ATLASES = (
    AtlasReference("morel", "Morel thalamus, from published figures", "ab" * 32),
    AtlasReference("thomas", "THOMAS of this head", None),
)


def test_the_golden_file_of_version_2_names_its_atlases(golden: Path) -> None:
    loaded = load_plan(golden.with_name("plan-v2.fusplan.json"))
    assert_same(loaded, replace(plans.plan(), atlases=ATLASES))
    assert Path(loaded.image.path).name == "T1w.nii.gz"
    # What version 2 did not know: the program's colours, and no second image.
    assert {target.colour for target in loaded.targets} == {None}
    assert loaded.images == ()


def test_the_golden_file_of_version_3_has_a_chosen_colour_and_a_second_image(golden: Path) -> None:
    loaded = load_plan(golden.with_name("plan-v3.fusplan.json"))
    left, right = plans.plan().targets
    expected = replace(
        plans.plan(),
        atlases=ATLASES,
        targets=(replace(left, colour="#ff9d7a"), right),
        images=(plans.second_image(),),
    )
    assert_same(loaded, expected)
    assert Path(loaded.image_of("second").image.path) == golden.parent / "T2w.nii.gz"


def of_version_4(folder: Path) -> Plan:
    """What version 4 knows and version 3 did not, on images that lie beside the plan."""
    plan = plans.plan(str(folder / "T1w.nii.gz"))
    left, right = plan.targets
    cited = Provenance("preset", "Lateral 14 mm.", "M", 2.0, key="vim", citation="Wang et al. 2018 (unverified)")
    second = plans.second_image(str(folder / "T2w.nii.gz"))
    skull = replace(second, role="ct", image=replace(second.image, path=str(folder / "CT.nii.gz"), sha256="d4" * 32))
    skull = replace(skull, to_reference=Affine(skull.image.frame, plans.FRAME, second.to_reference.matrix))
    plan = replace(
        plan,
        atlases=ATLASES,
        targets=(replace(left, colour="#ff9d7a"), replace(right, name="Vim right", provenance=cited, aim=None)),
        images=(second, skull),
        proposals_basis=plan.basis,
    )
    nudged = nudge_registration(plan, (0.25, 0.0, -0.5), (0.0, 0.0, 1.5))
    return judge_registration(nudged, "accepted")


def test_the_golden_file_of_version_4_says_in_fields_what_was_prose(golden: Path) -> None:
    loaded = load_plan(golden.with_name("plan-v4.fusplan.json"))
    assert_same(loaded, of_version_4(golden.parent))
    assert [Path(placed.image.path).name for placed in loaded.images] == ["T2w.nii.gz", "CT.nii.gz"]
    assert loaded.registration.nudge == HandNudge((0.25, 0.0, -0.5), (0.0, 0.0, 1.5))
    assert loaded.registration.judgement == "accepted"
    assert loaded.proposals_fit is False  # the nudge came after them


def of_version_5(folder: Path) -> Plan:
    """What version 5 knows and version 4 did not: a place where the atlases agree, proposed and taken."""
    plan = of_version_4(folder)
    left, right = plan.targets
    agreed = Provenance("consensus", "Where two atlases and the AC-PC rule agree best.", "derived", 2.5)
    place = plans.point(-8.4, -12.0, 6.5)
    proposal = Proposal("Consensus CLp", "left", place, agreed, clp("left"))
    taken = replace(left, point=place, provenance=agreed)
    return replace(plan, proposals=(proposal, *plan.proposals), targets=(taken, right))


def test_the_golden_file_of_version_5_has_a_consensus(golden: Path) -> None:
    loaded = load_plan(golden.with_name("plan-v5.fusplan.json"))
    assert_same(loaded, of_version_5(golden.parent))
    assert loaded.proposals[0].provenance.method == "consensus"
    assert {image.content_sha256 for image in (loaded.image, *(placed.image for placed in loaded.images))} == {None}


def of_version_6(folder: Path) -> Plan:
    """What version 6 knows and version 5 did not: images by their content, however they are packed."""
    plan = of_version_5(folder)
    second, skull = plan.images
    known = replace(second, image=replace(second.image, content_sha256="a5" * 32))
    return replace(plan, image=replace(plan.image, content_sha256="b6" * 32), images=(known, skull))


def test_the_golden_file_of_version_6_knows_images_by_their_unpacked_content(golden: Path) -> None:
    loaded = load_plan(golden.with_name("plan-v6.fusplan.json"))
    assert_same(loaded, of_version_6(golden.parent))
    assert [placed.image.content_sha256 for placed in loaded.images] == ["a5" * 32, None]
    assert loaded.treatment is None


def of_version_7(folder: Path) -> Plan:
    """What version 7 knows and version 6 did not: what is done at the targets."""
    plan = set_tilt(of_version_6(folder), "clp-left", HelmetTilt(5.0, -2.5, 0.0))
    test = Sonication((0.0, 0.0, 0.0), 1500.0, 10.0, 0.0, "test")
    ablation = Sonication((0.5, -0.25, 1.0), 8000.0, 13.0, 120.0, "ablation")
    plan = set_sonications(plan, "clp-left", [test, ablation])
    plan = set_calibration(plan, HeatingCalibration(1.9, 0.12, 0.1, "test sonication at CLp left"))
    return set_thermometry(
        plan, ThermometrySettings("coronal", "superior-inferior", snr=30.0, drift_celsius_per_min=0.1)
    )


def test_the_golden_file_of_version_7_knows_what_is_done_at_the_targets(golden: Path) -> None:
    assert_same(load_plan(golden), of_version_7(golden.parent))


def test_proposals_of_version_4_stay_and_are_not_called_stale(golden: Path) -> None:
    """The AC-PC rule has moved since: what was proposed and planned by the former one stays where it was."""
    old = golden.with_name("plan-v4.fusplan.json")
    loaded = load_plan(old)
    content = json.loads(old.read_text(encoding="utf-8"))
    old.write_text(json.dumps({**content, "proposals_basis": loaded.basis}), encoding="utf-8")
    opened = load_plan(old)
    assert opened.proposals_fit is True
    assert opened.proposals == plans.plan().proposals
    assert opened.targets == loaded.targets


def test_the_golden_file_of_the_newest_version_is_what_this_program_writes(golden: Path) -> None:
    again = golden.with_name("again.fusplan.json")
    save_plan(load_plan(golden), again, WHEN)
    assert json.loads(again.read_text(encoding="utf-8")) == GOLDEN_CONTENT


@pytest.mark.parametrize("targets", [None, 3, "x", {"a": 1}, [3, None], [[]]])
def test_old_files_with_wrong_targets_are_refused_by_name(golden: Path, targets: object) -> None:
    old = json.loads(golden.with_name("plan-v2.fusplan.json").read_text(encoding="utf-8"))
    golden.write_text(json.dumps({**old, "targets": targets}), encoding="utf-8")
    with pytest.raises(PlanFieldError, match="targets"):
        load_plan(golden)


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every field of an object, and of every element of the first of a list."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield (*path, key)
            yield from leaves(child, (*path, key))
    elif isinstance(value, list) and value:
        yield from leaves(value[0], (*path, 0))


def edited(content: dict[str, Any], path: tuple[str | int, ...], new: Any = None, remove: bool = False) -> str:
    changed: Any = copy.deepcopy(content)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    if remove:
        del holder[path[-1]]
    else:
        holder[path[-1]] = new
    return json.dumps(changed)


GOLDEN_CONTENT: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
FIELDS = list(leaves(GOLDEN_CONTENT))


def dotted(path: tuple[str | int, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)[1:]


def test_any_missing_field_is_named(golden: Path) -> None:
    assert len(FIELDS) > 80
    for path in FIELDS:
        golden.write_text(edited(GOLDEN_CONTENT, path, remove=True), encoding="utf-8")
        with pytest.raises(FusplanError) as caught:
            load_plan(golden)
        if path != ("format",):
            assert dotted(path) in caught.value.message, path


def test_any_field_of_the_wrong_kind_is_refused(golden: Path) -> None:
    for path in FIELDS:
        for wrong in ({"surprise": 1}, [[["x"]]], "no such thing" if path[-1] in ("mm", "locked", "seed") else 1e400):
            text = edited(GOLDEN_CONTENT, path, wrong)
            golden.write_text(text, encoding="utf-8")
            with pytest.raises(FusplanError):
                load_plan(golden)


@pytest.mark.parametrize(
    ("path", "wrong", "named"),
    [
        (("landmarks", "ac", "mm"), [0.0, 1.0], "landmarks.ac.mm"),
        (("landmarks", "ac", "mm"), [0.0, "1.0", 2.0], "landmarks.ac.mm[1]"),
        (("landmarks", "ac", "mm"), [0.0, 1e7, 2.0], "landmarks.ac.mm[1]"),
        (("landmarks", "midline", 1, "frame"), "MNI", "landmarks.midline[1].frame"),
        (("lesions", 0, "width_mm"), [0.0, 4.0], "lesions[0].width_mm[0]"),
        (("lesions", 1, "target_id"), "nowhere", "lesions[1].target_id"),
        (("lesions", 1, "long_axis", "direction"), [0, 0, 2], "lesions[1].long_axis.direction"),
        (("targets", 1, "id"), "clp-left", "clp-left"),
        (("targets", 0, "side"), "middle", "targets[0].side"),
        (("image", "sha256"), "abc", "image.sha256"),
        (("registration", "map", "displacement_field", "path"), "../../x", "registration.map.displacement_field.path"),
        (("targets", 0, "colour"), "coral", "targets[0].colour"),
        (("targets", 0, "aim", "side"), "middle", "targets[0].aim.side"),
        (("targets", 0, "provenance", "kind"), "guessed", "targets[0].provenance.kind"),
        (("images", 0, "image", "sha256"), "abc", "images[0].image.sha256"),
        (("images", 0, "to_reference_scanner_ras_mm", 0, 0), 2.0, "images[0].to_reference_scanner_ras_mm"),
        (("images", 0, "registration", "similarity"), -1.0, "images[0].registration.similarity"),
        (("images", 0, "role"), "ct", "two images have the role 'ct'"),
        (("images", 0, "role"), "third", "images[0].role"),
        (("registration", "judgement"), "perhaps", "registration.judgement"),
        (("proposals_basis",), "abc", "proposals_basis"),
        (("treatment", "targets", 0, "target_id"), "nowhere", "treatment.targets[0].target_id"),
        (
            ("treatment", "targets", 0, "sonications", 1, "energy_j"),
            0.0,
            "treatment.targets[0].sonications[1].energy_j",
        ),
        (
            ("treatment", "targets", 0, "sonications", 0, "duration_s"),
            3600.0,
            "treatment.targets[0].sonications[0] is wrong: A duration of 3600 s",
        ),
        (
            ("treatment", "targets", 0, "sonications", 1, "start_s"),
            1e6,
            "treatment.targets[0].sonications[1] is wrong: A start",
        ),
        (
            ("treatment", "targets", 0, "sonications", 1, "spot_offset_mm"),
            [400.0, 0.0, 0.0],
            "Electronic steering of 400 mm",
        ),
        (("treatment", "targets", 0, "sonications", 1, "start_s"), 4.0, "before the one before it ends"),
        (("treatment", "targets", 0, "tilt", "anterior_deg"), 80.0, "A tilt of the helmet forward of 80 degrees"),
        (("treatment", "targets", 0, "tilt", "roll_deg"), 1e9, "A roll of the helmet"),
        (("treatment", "frequency_hz"), 1e9, "A frequency"),
        (("treatment", "incidence_limit_deg"), 89.0, "A limit of the incidence"),
        (("treatment", "acoustics"), "banana", "treatment.acoustics is wrong: 'banana'"),
        (("treatment", "calibration", "shown_celsius_per_kj"), 1e6, "treatment.calibration is wrong: A shown rise"),
        (("treatment", "thermometry", "frame_s"), 1e-6, "treatment.thermometry is wrong: A time of one picture"),
        (("treatment", "thermometry", "voxel_mm"), 1e6, "treatment.thermometry is wrong: A voxel"),
        (("treatment", "thermometry", "readout"), "anterior-posterior", "treatment.thermometry"),
        (("treatment", "skull"), "bone", "treatment.skull"),
        (("seed",), -1, "seed"),
        (("surprise",), 1, "surprise"),
    ],
)
def test_a_wrong_field_is_named(golden: Path, path: tuple[str | int, ...], wrong: Any, named: str) -> None:
    golden.write_text(edited(GOLDEN_CONTENT, path, wrong), encoding="utf-8")
    with pytest.raises(PlanFieldError) as caught:
        load_plan(golden)
    assert named in caught.value.message
    assert caught.value.remedy


def test_no_target_is_treated_twice(golden: Path) -> None:
    content = json.loads(golden.read_text(encoding="utf-8"))
    content["treatment"]["targets"] *= 2
    golden.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(PlanFieldError, match="a target is treated twice"):
        load_plan(golden)


def test_a_lesion_called_after_the_wrong_side_gets_its_own(golden: Path) -> None:
    content = json.loads(golden.read_text(encoding="utf-8"))
    right = [lesion["side"] for lesion in content["lesions"]]
    for lesion in content["lesions"]:
        lesion["side"] = {"left": "right", "right": "left"}[lesion["side"]]
    golden.write_text(json.dumps(content), encoding="utf-8")
    assert [lesion.side for lesion in load_plan(golden).lesions] == right


def test_a_newer_plan_names_the_version_needed(golden: Path) -> None:
    newer = {**GOLDEN_CONTENT, "schema_version": 8, "program_version": "9.8.7"}
    golden.write_text(json.dumps(newer), encoding="utf-8")
    with pytest.raises(PlanTooNewError, match=r"9\.8\.7"):
        load_plan(golden)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"[]", b'{"format": "other"}', b'{"format": NaN}', b"[" * 9999]
)
def test_what_is_no_plan_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.fusplan.json"
    path.write_bytes(content)
    with pytest.raises(PlanFileError):
        load_plan(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError):
        load_plan(tmp_path / "none.fusplan.json")
    with pytest.raises(PlanFileError):
        load_plan(tmp_path)


def test_landmarks_that_make_no_frame_are_refused(golden: Path) -> None:
    golden.write_text(edited(GOLDEN_CONTENT, ("landmarks", "ac", "mm"), [-0.1, -12.4, -0.2]), encoding="utf-8")
    with pytest.raises(FusplanError, match="AC and PC"):
        load_plan(golden)


def test_a_missing_or_changed_warp_is_refused(golden: Path) -> None:
    (warp_path,) = (golden.parent / "registration").glob("*.nii.gz")
    content = warp_path.read_bytes()
    warp_path.write_bytes(content[:-9] + b"x" + content[-8:])
    with pytest.raises(StoredFileChangedError):
        load_plan(golden)
    warp_path.unlink()
    with pytest.raises(StoredFileMissingError, match="registration"):
        load_plan(golden)


@pytest.mark.parametrize("where", ["fsync", "replace"])
@pytest.mark.parametrize("stop", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_save_that_is_cut_short_leaves_the_old_plan(
    saved: Path, monkeypatch: pytest.MonkeyPatch, where: str, stop: BaseException
) -> None:
    before, files = saved.read_bytes(), sorted(saved.parent.rglob("*"))

    def fail(*_: object) -> None:
        raise stop

    changed = plans.plan(str(saved.parent / "other.nii"))
    with monkeypatch.context() as patch:
        if where == "fsync":
            patch.setattr(os, "fsync", fail)
        else:
            patch.setattr(Path, "replace", fail)
        with pytest.raises(FileNotWritableError if isinstance(stop, OSError) else KeyboardInterrupt) as caught:
            save_plan(changed, saved)
    if isinstance(stop, OSError):
        assert "disk is full" in str(caught.value)
    assert saved.read_bytes() == before
    assert sorted(saved.parent.rglob("*")) == files
    assert_same(load_plan(saved), plans.plan())


def test_a_new_warp_whose_plan_cannot_be_written_is_not_left_behind(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, files = saved.read_bytes(), sorted(saved.parent.rglob("*"))
    plan = load_plan(saved)
    warp = plan.registration.mni_to_scanner
    other = Warp(Displacements(warp.displacements.vectors_mm * 2, warp.displacements.grid), warp.affine)
    changed = replace(plan, registration=replace(plan.registration, mni_to_scanner=other))
    real = Path.replace

    def fail_for_the_plan(self: Path, target: Path) -> Path:
        if target == saved:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail_for_the_plan)
        with pytest.raises(FileNotWritableError):
            save_plan(changed, saved)
        with pytest.raises(FileNotWritableError):
            save_plan(changed, saved)
    assert saved.read_bytes() == before
    assert sorted(saved.parent.rglob("*")) == files
    save_plan(changed, saved)
    assert_same(load_plan(saved), changed)


def test_places_that_cannot_be_written_are_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(FileNotWritableError, match="does not exist"):
        save_plan(plans.plan(), tmp_path / "none" / "plan.fusplan.json")
    (tmp_path / "registration").write_text("in the way")
    with pytest.raises(FileNotWritableError, match="in the way"):
        save_plan(plans.plan(), tmp_path / "plan.fusplan.json")
    (tmp_path / "registration").unlink()
    (tmp_path / "plan.fusplan.json").mkdir()
    with pytest.raises(FileNotWritableError, match="folder of that name"):
        save_plan(plans.plan(), tmp_path / "plan.fusplan.json")


def test_a_read_only_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("fusplan.planning.atomic_file.tempfile.mkstemp", refuse)
    with pytest.raises(FileNotWritableError, match="permission"):
        save_plan(plans.plan(), tmp_path / "plan.fusplan.json")


def test_a_missing_image_is_not_searched_for(saved: Path) -> None:
    plan = load_plan(saved)
    image = Path(plan.image.path)
    image.rename(image.with_name("moved.nii.gz"))
    with pytest.raises(PlanImageMissingError):
        find_image(plan)


def test_the_series_of_a_plan_is_kept_and_its_folder_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    plan = plans.plan(str(folder))
    plan = replace(plan, image=replace(plan.image, series_uid="1.2.3", series_title="T1 (series 4)"))
    save_plan(plan, tmp_path / "plan.fusplan.json")
    loaded = load_plan(tmp_path / "plan.fusplan.json")
    assert (loaded.image.series_uid, loaded.image.name) == ("1.2.3", "T1 (series 4)")
    assert find_image(loaded) == folder
    folder.rmdir()
    with pytest.raises(PlanImageMissingError):
        find_image(loaded)


def test_a_path_that_names_the_patient_is_not_kept(tmp_path: Path) -> None:
    head = plans.volume()
    series = SeriesReference("1.2.3", "T1 (series 4)", path_names_patient=True)
    image = ImageReference.of_volume(replace(head, path=tmp_path / "Gruber_Anna", series=series))
    save_plan(replace(plans.plan(), image=image), tmp_path / "plan.fusplan.json")
    assert "Gruber" not in (tmp_path / "plan.fusplan.json").read_text(encoding="utf-8")
    loaded = load_plan(tmp_path / "plan.fusplan.json")
    assert loaded.image.path is None
    with pytest.raises(PlanImageMissingError, match=r"T1 \(series 4\)"):
        find_image(loaded)


def test_only_a_series_may_have_no_path(golden: Path) -> None:
    golden.write_text(edited(GOLDEN_CONTENT, ("image", "path"), None), encoding="utf-8")
    with pytest.raises(PlanFieldError, match="image"):
        load_plan(golden)


def test_another_image_is_refused_and_says_in_what_it_differs() -> None:
    plan, head = plans.plan(), plans.volume()
    check_image(plan, head)
    moved = head.affine.copy()
    moved[0, 3] += 0.5
    for other, word in (
        (Volume.of_array(head.data[:-1], head.affine, head.fingerprint), "voxels"),
        (Volume.of_array(head.data, moved, head.fingerprint), "elsewhere"),
        (Volume.of_array(head.data, head.affine, "0" * 64), "content"),
    ):
        with pytest.raises(PlanImageChangedError, match=word):
            check_image(plan, other)


def test_upgrades_run_one_step_after_the_other_on_the_way_up() -> None:
    steps = (
        {1: lambda content: {**content, "b": content["a"] + 1}},
        {2: lambda content: {**content, "c": content["b"] + 1}},
        {2: lambda content: {key: value for key, value in content.items() if key != "a"}},
    )
    given = {"schema_version": 1, "a": 1}
    assert upgrade(given, 1, steps, 3) == {"schema_version": 3, "b": 2, "c": 3}
    assert given == {"schema_version": 1, "a": 1}


def test_the_path_is_absolute_only_when_there_is_no_relative_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from fusplan.planning.plan_format import images

    def other_drive(*_: object) -> str:
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr(images.os.path, "relpath", other_drive)
    assert Path(images.relative_image_path("/a/b.nii", Path("/c"))) == Path("/a/b.nii").absolute()


def test_the_stem_of_a_plan_file() -> None:
    assert plan_stem(Path("my.head.fusplan.json")) == "my.head"
    assert plan_stem(Path("head.json")) == "head"
