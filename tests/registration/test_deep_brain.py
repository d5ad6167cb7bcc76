from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from fusplan.atlas.catalogue import load_template
from fusplan.imaging.simpleitk_bridge import affine_of_sitk
from fusplan.registration.deep_brain import CORE_MM, DEEP_BRAIN_MM, DeepBrain, TemplatePair, cropped
from fusplan.spatial import Affine, ScannerRas


@pytest.fixture(scope="module")
def whole_head() -> TemplatePair:
    return TemplatePair.of(load_template(), brain_only=False)


@pytest.fixture(scope="module")
def deep_brain(whole_head: TemplatePair) -> DeepBrain:
    return DeepBrain.of(whole_head)


def template_to_scanner(deep_brain: DeepBrain) -> Affine:
    """A patient who is the template, scanned 10 mm to the right of it."""
    matrix = np.eye(4)
    matrix[0, 3] = 10.0
    return Affine(deep_brain.frame, ScannerRas("patient"), matrix)


def shifted(image: sitk.Image) -> sitk.Image:
    moved = sitk.Image(image)
    x, y, z = image.GetOrigin()
    moved.SetOrigin((x - 10.0, y, z))  # LPS: right is negative
    return moved


def test_cropping_keeps_places_and_reaches_the_box(whole_head: TemplatePair) -> None:
    part = cropped(whole_head.image, DEEP_BRAIN_MM)
    affine = affine_of_sitk(part)
    size = np.array(part.GetSize())
    corners = np.array([affine[:3, 3], affine[:3, :3] @ (size - 1) + affine[:3, 3]])
    assert np.allclose(np.sort(corners, axis=0), np.array(DEEP_BRAIN_MM).T, atol=0.51)
    place = (12.0, 20.0, 8.0)  # LPS
    assert part[part.TransformPhysicalPointToIndex(place)] == pytest.approx(
        whole_head.image[whole_head.image.TransformPhysicalPointToIndex(place)]
    )


def test_a_box_beyond_the_image_gives_what_there_is(whole_head: TemplatePair) -> None:
    everything = cropped(whole_head.image, ((-999, 999), (-999, 999), (-999, 999)))
    assert everything.GetSize() == whole_head.image.GetSize()


def test_the_core_lies_in_the_brain_and_holds_the_commissures(deep_brain: DeepBrain) -> None:
    landmarks = load_template().landmarks
    assert not (deep_brain.core & ~deep_brain.brain).any()
    core = deep_brain.places().array[deep_brain.core.ravel()]
    assert np.all(core >= np.array(CORE_MM)[:, 0] - 1e-6) and np.all(core <= np.array(CORE_MM)[:, 1] + 1e-6)
    for point in (landmarks.ac, landmarks.pc):
        assert np.linalg.norm(core - point.array, axis=1).min() < 0.9  # half a voxel's diagonal


def test_the_brain_alone_has_no_skull(whole_head: TemplatePair) -> None:
    brain = TemplatePair.of(load_template(), brain_only=True)
    outside = sitk.GetArrayViewFromImage(brain.mask) == 0
    assert np.all(sitk.GetArrayViewFromImage(brain.image)[outside] == 0)
    litres = (~outside).sum() / 1e6
    assert litres == pytest.approx((sitk.GetArrayViewFromImage(whole_head.mask) > 0).sum() / 1e6)
    assert 1.5 < litres < 2.1  # the average brain with its ventricles in this template's large frame


def test_the_patient_is_seen_where_the_map_leads(whole_head: TemplatePair, deep_brain: DeepBrain) -> None:
    seen = deep_brain.patient_seen(shifted(whole_head.image), template_to_scanner(deep_brain))
    assert np.abs(seen - deep_brain.intensities).max() < 1e-3


def test_outside_the_patients_image_nothing_is_seen(whole_head: TemplatePair, deep_brain: DeepBrain) -> None:
    lower_half = cropped(whole_head.image, ((-999, 999), (-999, 999), (-999, 0)))
    seen = deep_brain.patient_seen(shifted(lower_half), template_to_scanner(deep_brain))
    high = deep_brain.places().array[:, 2].reshape(seen.shape) > 0.5
    assert np.all(seen[high] == 0) and seen[~high].mean() > 10


@pytest.mark.parametrize(
    "contrast",
    [lambda t1: 100 - t1, lambda t1: 100 * (t1 / 100) ** 1.7, lambda t1: 10 + 80 * np.exp(-(((t1 - 55) / 14) ** 2))],
    ids=["inverted", "gamma", "only one tissue bright"],
)
def test_the_template_takes_the_patients_contrast(deep_brain: DeepBrain, contrast) -> None:
    seen = contrast(deep_brain.intensities).astype(np.float32)
    matched = deep_brain.matched_to(seen)
    inside = deep_brain.brain
    assert np.corrcoef(matched.intensities[inside], seen[inside])[0, 1] > 0.98
    assert affine_of_sitk(matched.image) == pytest.approx(affine_of_sitk(deep_brain.image))
    assert np.array_equal(sitk.GetArrayFromImage(matched.image).T, matched.intensities)
