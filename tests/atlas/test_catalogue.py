"""Finding and loading what comes with the program and what a user adds; refusals of broken descriptions."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest

from fusplan.atlas.catalogue import UnknownAtlasError, demo_head_path, list_atlases, load_atlas, load_template
from fusplan.atlas.manifest import AtlasManifestError
from fusplan.atlas.mixture_reading import read_mixture_atlas
from fusplan.atlas.template_files import load_coarse_template
from fusplan.imaging.coarse_template import CoarseTemplate
from fusplan.paths import built_in_atlases_folder, user_atlases_folder
from fusplan.spatial import Mni, Points

Change = Callable[[dict[str, Any]], None]


def copy_of_morel(folder: Path, change: Change) -> Path:
    shutil.copytree(built_in_atlases_folder() / "morel", folder)
    description = json.loads((folder / "atlas.json").read_text(encoding="utf-8"))
    change(description)
    (folder / "atlas.json").write_text(json.dumps(description), encoding="utf-8")
    return folder


def without(key: str) -> Change:
    return lambda description: description.pop(key)


def with_value(key: str, value: object) -> Change:
    return lambda description: description.update({key: value})


def test_the_built_in_atlases_are_listed_first() -> None:
    entries = list_atlases()
    assert [entry.name for entry in entries[:2]] == ["morel", "julich"]
    for entry in entries:
        assert entry.template == "MNI152NLin2009cAsym"
        assert "not the atlas" in entry.licence
        assert entry.problem is None


def test_an_unknown_atlas_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownAtlasError, match="morel, julich"):
        load_atlas("freesurfer")


def test_an_atlas_is_loaded_once() -> None:
    assert load_atlas("morel") is load_atlas("morel")


def test_an_atlas_of_the_user_is_found() -> None:
    copy_of_morel(user_atlases_folder() / "mine", with_value("name", "mine"))
    assert [entry.origin for entry in list_atlases()] == ["built-in", "built-in", "user"]
    assert load_atlas("mine").name == "mine"


def test_a_broken_atlas_of_the_user_is_listed_with_its_problem() -> None:
    copy_of_morel(user_atlases_folder() / "mine", without("template"))
    entry = list_atlases()[-1]
    assert entry.problem is not None
    assert "template" in entry.problem
    with pytest.raises(AtlasManifestError, match="template"):
        load_atlas("mine")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without("template"), "template: Field required"),
        (with_value("template", ""), "template"),
        (with_value("template", "MNI152"), "does not say which template"),
        (with_value("template", "MNI 152"), "does not say which template"),
        (with_value("colour", "red"), "colour: Extra inputs"),
        (with_value("schema_version", 2), "schema_version"),
        (with_value("figures_sha256", "0" * 64), "not the one its description names"),
        (with_value("figures_file", "absent.json"), "missing"),
        (with_value("template", "MNI152NLin6Asym"), "same template"),
        (lambda d: d["clp"].update(structure="CLx"), "CLx"),
        (lambda d: d["calibration"]["levels"]["left"].pop("RN"), "lack RN"),
        (lambda d: d["landmarks"].update(ac_mm=[0, float("nan"), 0]), "finite"),
    ],
)
def test_what_a_description_must_say(tmp_path: Path, change: Change, words: str) -> None:
    with pytest.raises(AtlasManifestError, match=words):
        read_mixture_atlas(copy_of_morel(tmp_path / "atlas", change))


def test_a_description_that_is_not_json_is_refused(tmp_path: Path) -> None:
    folder = copy_of_morel(tmp_path / "atlas", without("notes"))
    (folder / "atlas.json").write_text("{", encoding="utf-8")
    with pytest.raises(AtlasManifestError, match="JSON"):
        read_mixture_atlas(folder)


def test_the_template_is_whole_and_its_landmarks_lie_in_the_brain() -> None:
    template = load_template()
    assert template.frame == Mni("MNI152NLin2009cAsym")
    assert template.data.shape == template.brain_mask.shape == (193, 229, 193)
    # The mask is stated to hold 1888 ml.
    assert template.brain_mask.sum() / 1000 == pytest.approx(1888, abs=2)
    landmarks = Points(
        template.frame,
        np.vstack([template.landmarks.ac.array, template.landmarks.pc.array, template.landmarks.midline.array]),
    )
    voxels = np.rint(template.grid.indices(landmarks)).astype(int)
    assert np.all(template.brain_mask[tuple(voxels[:2].T)])
    assert np.all((voxels >= 0) & (voxels < template.data.shape))
    assert "CC BY 4.0" in template.landmarks.source


def test_the_stored_coarse_template_is_the_one_that_the_template_gives() -> None:
    stored, made = load_coarse_template(), CoarseTemplate.of(load_template())
    np.testing.assert_array_equal(stored.masks, made.masks)
    np.testing.assert_allclose(stored.head, made.head, atol=1e-5)
    np.testing.assert_allclose(stored.extracted, made.extracted, atol=1e-5)
    # The upright mask holds the brain's 1888 ml, but for cells at its border.
    assert stored.masks[1].sum() * 0.8**3 == pytest.approx(1888, rel=0.02)
    np.testing.assert_allclose((stored.head**2).sum(axis=(1, 2, 3)), 1.0, rtol=1e-5)


def test_template_landmarks_are_those_of_the_experts(shared_data: Path) -> None:
    lines = (shared_data / "landmarks/afids-templates/tpl-MNI152NLin2009cAsym_afids.fcsv").read_text().splitlines()
    rows = [line.split(",") for line in lines if not line.startswith("#")]
    experts = np.array([[float(value) for value in row[1:4]] for row in rows])
    landmarks = load_template().landmarks
    np.testing.assert_allclose(landmarks.ac.array, experts[0], atol=6e-4)
    np.testing.assert_allclose(landmarks.pc.array, experts[1], atol=6e-4)
    for point in landmarks.midline.array:
        assert np.linalg.norm(experts - point, axis=1).min() < 1e-3
        assert abs(point[0]) < 0.25


def test_the_demo_head_is_there() -> None:
    image = nibabel.load(demo_head_path())
    assert image.shape == (181, 217, 181)
