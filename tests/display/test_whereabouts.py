"""What is said of the cursor."""

from __future__ import annotations

import numpy as np
import pytest

from fusplan.atlas.structure_ref import clp
from fusplan.display.image_layers import ImageLayer
from fusplan.display.whereabouts import intensity_words, nuclei_at, value_words, where_am_i
from fusplan.export.coordinate_frames import HeadFrames
from fusplan.imaging.volume import Volume
from fusplan.spatial import Field, Grid, Point, Points
from tests.fixtures.small_heads import patient_atlases, small_head, small_plan


def test_the_centroid_of_clp_lies_most_probably_in_clp() -> None:
    for atlas in patient_atlases():
        for side in ("left", "right"):
            found = nuclei_at(atlas.centroid(clp(side)), "Title", atlas)
            assert found.best.abbreviation == "CLp"
            assert found.best.name.endswith(f"posterior part, {side}")
            listed = [one.probability for one in found.memberships[:-1]]
            assert listed == sorted(listed, reverse=True)
            assert found.memberships[-1].abbreviation == ""
            assert sum(one.probability for one in found.memberships) <= 1 + 1e-9


def test_the_front_of_cl_is_not_clp() -> None:
    atlas = patient_atlases()[0]
    middle = atlas.centroid(atlas.atlas.whole(clp("right")).ref)
    steps = (Point(middle.frame, middle.x, middle.y + 0.5 * step, middle.z) for step in range(40))
    cl = atlas.atlas.whole(clp("right")).index
    front = [point for point in steps if atlas.labels(Points.gather([point]))[0] == cl][-1]
    assert not atlas.contains(Points.gather([front]), clp("right"))[0]
    names = [one.abbreviation for one in nuclei_at(front, "", atlas).memberships]
    assert "CL" in names
    assert "CLp" not in names


def test_far_away_is_outside() -> None:
    atlas = patient_atlases()[0]
    found = nuclei_at(Point(atlas.frame, 60.0, 40.0, 30.0), "", atlas)
    assert found.best.name == "outside its nuclei"
    assert found.best.probability == pytest.approx(1.0)


def test_intensity_is_that_of_the_voxel_that_holds_the_point() -> None:
    volume = small_head()
    point = volume.voxel_to_scanner.apply(Point(volume.voxel_frame, 20.4, 29.6, 19.5))
    assert intensity_words(volume, point) == f"intensity {volume.data[20, 30, 20]:.4g} in voxel (20, 30, 20)"
    assert intensity_words(volume, Point(volume.scanner_frame, 900.0, 0, 0)) == "outside the image"


def test_a_layer_with_a_unit_is_read_in_its_own_voxels() -> None:
    affine = np.diag([4.0, 4.0, 4.0, 1.0])
    degrees = np.full((3, 3, 3), 37.0, dtype=np.float32)
    degrees[1, 2, 0] = 54.321
    field = Volume.of_array(degrees, affine, "f" * 64)
    layer = ImageLayer("temperature", "temperature", unit="°C")
    assert value_words(layer, field, Point(field.scanner_frame, 5.0, 7.0, -1.0)) == "temperature 54.32 °C"
    assert value_words(layer, field, Point(field.scanner_frame, 5.0, 70.0, -1.0)) == "temperature: none here"
    head = Volume.of_array(np.ones((4, 4, 4), dtype=np.float32), affine, "e" * 64, study_id="f" * 12)
    point = Point(head.scanner_frame, 5.0, 7.0, -1.0)
    without_unit = (ImageLayer("second"), head)
    found = where_am_i(point, HeadFrames.of(head, None), (), [without_unit, (layer, field)])
    assert found.values == ("temperature 54.32 °C",)


def test_a_field_is_read_between_its_voxels_in_its_own_unit() -> None:
    volume = Volume.of_array(np.ones((4, 4, 4), dtype=np.float32), np.diag([4.0, 4.0, 4.0, 1.0]), "e" * 64)
    ramp = np.broadcast_to(np.array([37.0, 41.0, 45.0])[:, None, None], (3, 4, 4))
    field = Field(Grid(ramp.shape, volume.voxel_to_scanner), ramp, "degC")
    layer = ImageLayer("temperature", "temperature")
    assert value_words(layer, field, Point(volume.scanner_frame, 5.0, 7.0, 2.0)) == "temperature 42 °C"
    assert value_words(layer, field, Point(volume.scanner_frame, 50.0, 7.0, 2.0)) == "temperature: none here"


def test_without_a_plan_there_are_three_frames_and_no_nuclei() -> None:
    point = small_plan().targets[0].point
    found = where_am_i(point, HeadFrames.of(small_head(), None))
    assert found.atlases == ()
    assert found.words == ""
    assert len(found.readings) == 3
    with_plan = where_am_i(point, HeadFrames.of(small_head(), small_plan()), [("Morel", patient_atlases()[0])])
    assert len(with_plan.readings) == 7
    assert with_plan.words.startswith("left, 9.")
