"""The mixture atlas against the figures it is made of, and against scipy's own normal distribution."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

from fusplan.atlas.catalogue import load_atlas
from fusplan.atlas.labelling import OUTSIDE
from fusplan.atlas.levels import find_levels
from fusplan.atlas.mixture_atlas import MixtureAtlas
from fusplan.atlas.mixture_field import Gaussian, MixtureField
from fusplan.atlas.mixture_reading import compute_levels
from fusplan.atlas.nuclei_atlas import UnknownStructureError
from fusplan.atlas.structure_ref import clp
from fusplan.paths import built_in_atlases_folder
from fusplan.spatial import Mni, Points
from fusplan.spatial.frames import FrameMismatchError
from tests.atlas.conftest import Raster


def volume_dice(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """How far two volumes agree whatever their place: 2 min / sum."""
    return 2 * np.minimum(first, second) / (first + second)


def stated_volumes_mm3(atlas: MixtureAtlas) -> np.ndarray:
    return np.array([structure.volume_mm3 for structure in atlas.structures])


def test_densities_are_volume_times_the_mixture_pdf(morel: MixtureAtlas) -> None:
    centroid = morel.whole(clp("right")).centroid
    places = np.random.default_rng(1).normal(0, 3, (200, 3)) + centroid.array
    places = places[morel.on_right(Points(morel.frame, places))]
    found = morel.densities(Points(morel.frame, places))
    for abbreviation in ("CL", "MDpc", "Hb"):
        structure = morel.structure(abbreviation, "right")
        pdf = sum(
            part.weight * stats.multivariate_normal(part.mean_mm, part.covariance_mm2).pdf(places)
            for part in structure.components
        )
        # Equal but for the tails beyond the cutoff and single precision.
        np.testing.assert_allclose(found[:, structure.index], structure.volume_mm3 * pdf, rtol=2e-6, atol=1e-6)


def test_the_thalamus_of_each_side_has_its_stated_volume(raster: Raster) -> None:
    for side in ("left", "right"):
        mine = np.array([one.side == side and one.thalamic for one in raster.atlas.structures])
        stated = stated_volumes_mm3(raster.atlas)[mine].sum()
        assert raster.volumes_mm3[mine].sum() == pytest.approx(stated, rel=0.001)


def test_structures_that_are_not_thalamus_have_their_stated_volume(raster: Raster) -> None:
    for structure in raster.atlas.structures:
        if not structure.thalamic:
            assert raster.volumes_mm3[structure.index] == pytest.approx(structure.volume_mm3, rel=0.01)


def test_volumes_agree_with_the_figures(raster: Raster) -> None:
    stated = stated_volumes_mm3(raster.atlas)
    dice = volume_dice(stated, raster.volumes_mm3)
    assert dice[stated > 100].mean() > 0.96
    assert dice[stated > 100].min() > 0.90
    for side in ("left", "right"):
        assert dice[raster.atlas.whole(clp(side)).index] > 0.95


def test_centroids_agree_with_the_figures(raster: Raster) -> None:
    for structure in raster.atlas.structures:
        if structure.volume_mm3 > 100:
            centroid = raster.places_mm[raster.labels == structure.index].mean(axis=0)
            assert np.linalg.norm(centroid - structure.centroid.array) < 0.5


def test_stored_figures_agree_with_their_own_mixtures(raster: Raster) -> None:
    for structure in raster.atlas.structures:
        mean = sum(part.weight * part.mean_mm for part in structure.components)
        assert np.linalg.norm(mean - structure.centroid.array) < 0.05


@pytest.mark.parametrize(("name", "side"), [("morel", "left"), ("julich", "right")])
def test_stored_levels_are_found_again(name: str, side: str) -> None:
    stored = json.loads((built_in_atlases_folder() / name / "atlas.json").read_text(encoding="utf-8"))["calibration"]
    atlas = load_atlas(name)
    found = compute_levels(side, atlas.structures, atlas.acpc, stored["spacing_mm"])  # type: ignore[arg-type]
    assert found == pytest.approx(stored["levels"][side], abs=2e-5)


def test_the_level_of_one_gaussian_is_that_of_the_ball_of_its_volume() -> None:
    volume_mm3, sigma_mm = 500.0, 2.0
    radius_mm = (3 * volume_mm3 / (4 * np.pi)) ** (1 / 3)
    field = MixtureField.of([volume_mm3], [[Gaussian(1.0, np.array([10.0, 0, 0]), np.eye(3) * sigma_mm**2)]])
    expected = volume_mm3 * (2 * np.pi * sigma_mm**2) ** -1.5 * np.exp(-0.5 * (radius_mm / sigma_mm) ** 2)
    found = find_levels(field, ["ball"], [volume_mm3], lambda places: places[:, 0] > 0)
    assert found["ball"] == pytest.approx(expected, rel=0.02)


def test_labels_of_a_side_lie_on_that_side(raster: Raster) -> None:
    right = raster.atlas.on_right(Points(raster.atlas.frame, raster.places_mm))
    labelled_right = np.array([one.side == "right" for one in raster.atlas.structures])[raster.labels]
    inside = raster.labels != OUTSIDE
    np.testing.assert_array_equal(labelled_right[inside], right[inside])


def test_nothing_is_labelled_outside_the_box(raster: Raster) -> None:
    # The box is proved, not measured: a wider lattice finds nothing more.
    low, high = raster.atlas.box_mm()
    rng = np.random.default_rng(2)
    places = rng.uniform(low - 10, high + 10, (60_000, 3))
    beyond = places[np.any((places < low) | (places > high), axis=1)]
    assert np.all(raster.atlas.labels(Points(raster.atlas.frame, beyond)) == OUTSIDE)
    for structure in raster.atlas.structures[::7]:
        mine = raster.places_mm[raster.labels == structure.index]
        low, high = raster.atlas.structure_box_mm(structure)
        assert np.all((mine >= low) & (mine <= high))


def test_memberships_agree_with_labels(raster: Raster) -> None:
    chosen = np.random.default_rng(3).choice(len(raster.labels), 5000, replace=False)
    probability = raster.atlas.memberships(Points(raster.atlas.frame, raster.places_mm[chosen]))
    labels = raster.labels[chosen]
    total = probability.sum(axis=1)
    assert probability.min() >= 0
    assert total.max() <= 1
    np.testing.assert_array_equal(total > 0.5, labels != OUTSIDE)
    np.testing.assert_array_equal(probability.argmax(axis=1)[labels != OUTSIDE], labels[labels != OUTSIDE])


def test_the_answer_does_not_depend_on_which_points_are_asked_together(morel: MixtureAtlas) -> None:
    places = np.random.default_rng(4).uniform(*morel.box_mm(), (9000, 3))
    whole = morel.densities(Points(morel.frame, places))
    alone = np.vstack([morel.densities(Points(morel.frame, places[i : i + 1])) for i in range(0, 9000, 100)])
    np.testing.assert_allclose(alone, whole[::100], rtol=1e-5, atol=1e-7)


def test_points_of_another_template_are_refused(morel: MixtureAtlas) -> None:
    with pytest.raises(FrameMismatchError):
        morel.labels(Points(Mni("MNI152NLin6Asym"), np.zeros((1, 3))))


def test_an_unknown_structure_is_refused_with_what_there_is(morel: MixtureAtlas) -> None:
    with pytest.raises(UnknownStructureError, match="MDpc"):
        morel.structure("CLp", "left")


@pytest.mark.parametrize(("side", "volume_mm3", "lateral_mm"), [("left", 441, 7.4), ("right", 435, 7.8)])
def test_clp_of_the_morel_figures(morel: MixtureAtlas, side: str, volume_mm3: float, lateral_mm: float) -> None:
    """Against figures measured on the label map in MNI152NLin6Asym, which differs by about 1 mm."""
    assert morel.volume_mm3(clp(side)) == pytest.approx(volume_mm3, rel=0.08)  # type: ignore[arg-type]
    reading = morel.acpc.read(morel.centroid(clp(side)))  # type: ignore[arg-type]
    assert reading.side == side
    assert reading.lateral_mm == pytest.approx(lateral_mm, abs=0.5)
    assert reading.anterior_of_pc_mm == pytest.approx(1.1, abs=0.5)
    assert reading.above_plane_mm == pytest.approx(10.9, abs=0.6)


def test_clp_is_the_posterior_part_of_cl(raster: Raster) -> None:
    points = Points(raster.atlas.frame, raster.places_mm)
    in_clp = raster.atlas.labelling(points).parts["CLp"]
    in_cl = np.isin(raster.labels, [raster.atlas.whole(clp(side)).index for side in ("left", "right")])
    # Computed afresh from the landmarks: along the line from PC to AC.
    ac, pc = raster.atlas.landmarks.ac.array, raster.atlas.landmarks.pc.array
    anterior_mm = (raster.places_mm - pc) @ (ac - pc) / np.linalg.norm(ac - pc)
    np.testing.assert_array_equal(in_clp, in_cl & (anterior_mm <= 4.0))


def test_the_template_frame(morel: MixtureAtlas) -> None:
    assert morel.acpc.length_mm == pytest.approx(28.14, abs=0.01)
    assert max(abs(residual) for residual in morel.acpc.midline_residuals_mm) < 0.5
    reading = morel.acpc_of_centroid(morel.structure("CM", "right"))
    # CM of the label map in MNI152NLin6Asym: lateral 9.7, 4.5 in front of PC, 3.6 above.
    assert reading.lateral_mm == pytest.approx(9.7, abs=0.6)
    assert reading.anterior_of_pc_mm == pytest.approx(4.5, abs=0.6)
    assert reading.above_plane_mm == pytest.approx(3.6, abs=0.6)


def test_what_counts_as_thalamus(raster: Raster) -> None:
    other = {one.abbreviation for one in raster.atlas.structures if not one.thalamic}
    assert other == ({"RN", "STh", "mtt", "Hb"} if raster.atlas.name == "morel" else {"ZI", "STN", "Rt"})
