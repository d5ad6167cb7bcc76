"""Presets land where their words say, in a head that is neither straight nor centred."""

from __future__ import annotations

import numpy as np
import pytest

from fusplan.atlas.mixture_atlas import MixtureAtlas
from fusplan.atlas.presets import (
    CLP_RULE,
    PRESETS,
    REMEMBERED_CAVEAT,
    TargetPreset,
    UnknownPresetError,
    find_preset,
    preset_point,
    remembered_line,
)
from fusplan.atlas.structure_ref import clp
from fusplan.spatial import AcPcGeometry, Point, Points, ScannerRas, Side, acpc_geometry, read_acpc

FRAME = ScannerRas("head")
LENGTH_MM = 25.0


@pytest.fixture(scope="module")
def geometry() -> AcPcGeometry:
    turn = np.radians(10)
    axes = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    pc = np.array([3.0, -40.0, 12.0])
    return acpc_geometry(
        Point.of(FRAME, pc + axes @ [0, LENGTH_MM, 0]),
        Point.of(FRAME, pc),
        Points(FRAME, np.array([pc + axes @ [0, -10, 50]])),
    )


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_a_preset_reads_back_as_stated(preset: TargetPreset, geometry: AcPcGeometry, side: str) -> None:
    reading = read_acpc(preset_point(preset, geometry, side), geometry)  # type: ignore[arg-type]
    lateral, offset, above = preset.values_mm(side)  # type: ignore[arg-type]
    origin_of_pc = {"pc": 0.0, "mcp": LENGTH_MM / 2, "ac": LENGTH_MM}[preset.anterior.origin]
    assert reading.side == side
    assert reading.lateral_mm == pytest.approx(lateral)
    assert reading.anterior_of_pc_mm == pytest.approx(origin_of_pc + offset + preset.anterior.acpc_share * LENGTH_MM)
    assert reading.above_plane_mm == pytest.approx(above)


def test_the_clp_rule_follows_the_ventricle_wall(geometry: AcPcGeometry) -> None:
    reading = read_acpc(preset_point(CLP_RULE, geometry, "left", ventricle_wall_lateral_mm=3.25), geometry)
    assert reading.lateral_mm == pytest.approx(9.25)
    assert reading.anterior_of_pc_mm == pytest.approx(0.5)
    assert reading.above_plane_mm == pytest.approx(6.5)
    assert CLP_RULE.confidence == "derived"
    assert "not a published clinical coordinate" in CLP_RULE.note


@pytest.mark.parametrize(("side", "wall_mm", "lateral_mm"), [("left", 3.25, 9.25), ("right", None, 8.5)])
def test_the_remembered_figures_are_a_line_behind_the_pc(
    geometry: AcPcGeometry, side: Side, wall_mm: float | None, lateral_mm: float
) -> None:
    low, high = (read_acpc(end, geometry) for end in remembered_line(geometry, side, wall_mm))
    for end, above_mm in ((low, 0.0), (high, 6.0)):
        assert (end.side, end.lateral_mm) == (side, pytest.approx(lateral_mm))
        assert (end.anterior_of_pc_mm, end.above_plane_mm) == pytest.approx((-2.0, above_mm))
    assert "unverified" in REMEMBERED_CAVEAT
    assert "never a target" in REMEMBERED_CAVEAT


def test_vim_is_a_quarter_of_the_way_to_ac(geometry: AcPcGeometry) -> None:
    reading = read_acpc(preset_point(find_preset("vim"), geometry, "right"), geometry)
    assert reading.anterior_of_pc_mm == pytest.approx(LENGTH_MM / 4)


def test_presets_are_the_middle_of_their_ranges() -> None:
    for preset in PRESETS:
        for value, limits in (
            (preset.lateral_mm, preset.lateral_range_mm),
            (preset.anterior.offset_mm, preset.anterior_range_mm),
            (preset.above_plane_mm, preset.above_range_mm),
        ):
            if limits is not None:
                assert value == pytest.approx(sum(limits) / 2)


def test_keys_are_unique_and_the_unknown_is_refused() -> None:
    assert len({preset.key for preset in PRESETS}) == len(PRESETS)
    with pytest.raises(UnknownPresetError, match="vim-lesions"):
        find_preset("ant")


def test_unverified_presets_say_so() -> None:
    for preset in PRESETS:
        if preset.confidence == "M":
            assert "unverified" in preset.note


def test_words() -> None:
    assert find_preset("stn").words() == "lateral 12 mm, 3.5 mm behind MCP, 4 mm below the plane"
    assert find_preset("vim").words() == "lateral 14 mm, 25% of AC-PC in front of PC, 1 mm above the plane"
    assert find_preset("stn-measured").words("left") == "lateral 12 mm, 2.65 mm behind MCP, 5.9 mm below the plane"


def test_the_clp_rule_lies_in_cl_of_the_morel_figures(morel: MixtureAtlas) -> None:
    """Patient size scaled to the template (AC-PC 25 to 28.1 mm, 1.08 across) as in the derivation of the rule."""
    cl = [morel.whole(clp(side)).index for side in ("left", "right")]
    for sign in (-1, 1):
        place = Point(morel.acpc.from_pc.target, sign * 8.5 * 1.08, 0.5 * 1.13, 6.5 * 1.13)
        mni = morel.acpc.from_pc.inverse().apply(place)
        around = mni.array + np.array([[0, 0, 0], [0.7, 0, 0], [-0.7, 0, 0], [0, 0.7, 0], [0, 0, 0.7]])
        assert np.isin(morel.labels(Points(morel.frame, around)), cl).any()
