"""The fields that are outlined change sign where the atlas's own labels change."""

from __future__ import annotations

import numpy as np
import pytest

from fusplan.atlas.catalogue import load_atlas
from fusplan.atlas.labelling import OUTSIDE
from fusplan.atlas.patient_atlas import PatientAtlas
from fusplan.atlas.structure_ref import clp
from fusplan.display.colours import name_colour, nucleus_colour
from fusplan.display.contours import nuclei_contours
from fusplan.display.patient_nuclei import PatientNuclei
from fusplan.display.slice_scene import labelled_slice
from fusplan.display.views import VIEW_KINDS, ViewAxes, slice_view
from fusplan.spatial import Affine, Ellipsoid, Point, Points, ScannerRas, acpc_geometry

FRAME = ScannerRas("head")


@pytest.fixture(scope="module")
def atlas() -> PatientAtlas:
    """The Morel figures in a head that coincides with the template but for a shift."""
    morel = load_atlas("morel")
    matrix = np.eye(4)
    matrix[:3, 3] = (5.0, -2.0, 1.0)
    to_scanner = Affine(morel.frame, FRAME, matrix)
    return PatientAtlas(morel, to_scanner, to_scanner.inverse())


def test_positive_means_the_atlas_has_this_label(atlas: PatientAtlas) -> None:
    rng = np.random.default_rng(3)
    points = Points(FRAME, rng.uniform((-25, -40, -12), (35, 5, 25), size=(4000, 3)))
    nuclei = PatientNuclei(atlas)
    fields = nuclei.insideness(points)
    lying = atlas.labelling(points)
    labels, in_clp = lying.labels, lying.parts["CLp"]
    names = [(one.abbreviation, one.side) for one in nuclei.nuclei]
    inside = fields > 1e-6
    assert inside.sum(axis=0).max() == 1
    found = np.where(inside.any(axis=0), inside.argmax(axis=0), OUTSIDE)
    for index in np.flatnonzero(found != OUTSIDE):
        structure = atlas.atlas.structures[labels[index]]
        expected = "CLp" if in_clp[index] else structure.abbreviation
        assert names[found[index]] == (expected, structure.side)
    assert np.array_equal(found == OUTSIDE, labels == OUTSIDE)
    assert (labels != OUTSIDE).sum() > 300


def test_the_outline_of_clp_encloses_what_counting_finds(atlas: PatientAtlas) -> None:
    centre = atlas.centroid(clp("right"))
    view = slice_view("coronal", centre, (60.0, 60.0), ViewAxes.scanner(FRAME))
    contours = {
        (one.nucleus.abbreviation, one.nucleus.side): one.area_mm2
        for one in nuclei_contours(view, PatientNuclei(atlas))
    }
    points, _ = view.raster(0.2)
    in_clp = atlas.contains(points, clp("right"))
    assert contours["CLp", "right"] == pytest.approx(in_clp.sum() * 0.04, rel=0.03)


@pytest.mark.parametrize("kind", VIEW_KINDS)
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_labelled_slice_is_readable(atlas: PatientAtlas, kind: str, side: str) -> None:
    landmarks = atlas.atlas.landmarks
    carry = atlas.mni_to_scanner.apply
    geometry = acpc_geometry(carry(landmarks.ac), carry(landmarks.pc), carry(landmarks.midline))
    target: Point[ScannerRas] = atlas.centroid(clp(side))  # type: ignore[arg-type]
    view = slice_view(kind, target, (60.0, 60.0), ViewAxes.acpc(geometry))  # type: ignore[arg-type]
    lesion = Ellipsoid(target, (2.0, 2.0, 2.5), geometry.axes)
    scene = labelled_slice(view, PatientNuclei(atlas), geometry, target, side, [lesion], [])  # type: ignore[arg-type]
    names = [label.anchor.text for label in scene.side_labels] + [anchor.text for anchor in scene.inside_labels]
    assert "CLp" in names
    assert len(names) == len(set(names))
    assert np.all(np.diff([label.y_mm for label in scene.side_labels]) > 2.5)
    assert all(3.0 < label.x_mm < 57.0 for label in scene.side_labels)
    assert scene.crosshair == pytest.approx((30.0, 30.0))
    assert len(scene.lesions) == 1
    if kind != "sagittal":
        # Radiological: the patient's left is on the right of the picture, and names stand laterally.
        assert scene.side_labels_extend_right == (side == "left")


def test_colours_are_by_group_and_names_are_lighter() -> None:
    assert nucleus_colour("PuM") == nucleus_colour("PUm") == nucleus_colour("PuL")
    assert nucleus_colour("VPLp") != nucleus_colour("VLpv")
    assert nucleus_colour("Pf") == nucleus_colour("CM")
    assert nucleus_colour("CLp") != nucleus_colour("CL")
    assert len({nucleus_colour(name) for name in ("CLp", "MDpc", "PuM", "CM", "VPLp", "LP", "Li")}) == 7
    for name in ("MDpc", "PuM", "nothing"):
        light, line = (
            sum(int(colour[at : at + 2], 16) for at in (1, 3, 5))
            for colour in (name_colour(name), nucleus_colour(name))
        )
        assert light > line
