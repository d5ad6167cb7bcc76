"""A skull without a CT: found in heads of concentric spheres, where every thickness is known, and in real ones."""

from __future__ import annotations

import numpy as np
import pytest

from fusplan.atlas.catalogue import demo_head_path, load_template
from fusplan.imaging.read import read_volume
from fusplan.imaging.volume import Volume
from fusplan.simulation.head_rays import HeadRays
from fusplan.simulation.head_shell import HeadShell, NoSkullInImageError, measure_shell
from fusplan.simulation.head_surface import NoHeadSurfaceError
from fusplan.simulation.shell_painting import paint_shell
from fusplan.simulation.skull import Skull
from fusplan.simulation.skull_from_t1 import SHELL_PAINT, skull_from_t1
from fusplan.simulation.synthetic_skull import synthetic_skull
from fusplan.spatial.points import FloatArray
from tests.fixtures.shell_heads import CENTRE_MM, ShellHead, laid_over

HEAD = ShellHead()


@pytest.fixture(scope="module")
def shell() -> HeadShell:
    """Measured with a template whose brain is 4 % too small and 2 mm away, as an affine registration leaves it."""
    volume = HEAD.t1()
    matrix = np.diag([0.96, 0.96, 0.96, 1.0])
    matrix[:3, 3] = 0.04 * np.array(CENTRE_MM) + (1.2, -1.0, 1.2)
    return measure_shell(volume, laid_over(volume.scanner_frame, matrix), HEAD.template().brain)


def from_middle(shell: HeadShell, distances_mm: FloatArray) -> FloatArray:
    """Distances of what was found from the spheres' centre, which the rays' is not."""
    return np.linalg.norm(shell.rays.points_at(distances_mm).array - CENTRE_MM, axis=1)


def test_every_surface_of_a_head_of_spheres_is_found_although_the_template_fits_badly(shell: HeadShell) -> None:
    found = [from_middle(shell, d) for d in (shell.brain_mm, shell.inner_mm, shell.outer_mm, shell.skin_mm)]
    wanted = (HEAD.brain_mm, HEAD.inner_mm, HEAD.outer_mm, HEAD.skin_mm)
    for distances, radius_mm, tolerance_mm in zip(found, wanted, (0.6, 0.6, 0.6, 1.5), strict=True):
        assert np.median(distances) == pytest.approx(radius_mm, abs=tolerance_mm)
        assert np.percentile(distances, 95) - np.percentile(distances, 5) < 1.0


def tables(skull: Skull, rays: HeadRays) -> tuple[FloatArray, FloatArray]:
    """First and last place (n,) along every ray with more than 300 HU, by linear interpolation."""
    values, distances = rays.seen(skull.hounsfield), rays.distances_mm
    inner = [np.interp(300, row[i - 1 : i + 1], distances[i - 1 : i + 1]) for row in values for i in [_first(row)]]
    outer = [np.interp(-300, -row[i : i + 2], distances[i : i + 2]) for row in values for i in [_last(row)]]
    return np.array(inner), np.array(outer)


def _first(row: FloatArray) -> int:
    return int(np.argmax(row > 300))


def _last(row: FloatArray) -> int:
    return int(len(row) - 1 - np.argmax(row[::-1] > 300))


def test_a_painted_shell_has_its_tables_where_it_says_and_one_value(shell: HeadShell) -> None:
    skull = Skull("t1", paint_shell(shell, SHELL_PAINT))
    assert skull.hounsfield.values.dtype == np.float32
    inner, outer = tables(skull, shell.rays)
    away_from_border = shell.rays.directions[:, 2] > -0.4
    assert np.abs(inner - shell.inner_mm)[away_from_border].max() < 0.3
    assert np.abs(outer - shell.outer_mm)[away_from_border].max() < 0.3
    assert skull.hounsfield.summary.greatest == 1000
    middle = skull.hounsfield.at(shell.rays.points_at((shell.outer_mm + shell.skin_mm) / 2))
    assert np.median(np.abs(middle - 40)) < 1
    assert np.allclose(skull.hounsfield.at(shell.rays.points_at(shell.skin_mm + 2)), -1000)


def test_a_skull_from_a_t1_says_what_it_does_not_know() -> None:
    volume = HEAD.t1()
    skull = skull_from_t1(volume, laid_over(volume.scanner_frame), HEAD.template().brain)
    assert (skull.kind, skull.has_density, skull.sdr_unreliable) == ("t1", False, True)
    assert [warning.kind for warning in skull.warnings] == ["estimated"]
    assert skull.hounsfield.grid.frame == volume.scanner_frame


def test_a_synthetic_skull_has_two_tables_and_a_diploe_and_says_that_it_is_made_up() -> None:
    head = ShellHead(outer_mm=78.5, skin_mm=85.0)
    volume = head.t1()
    skull = synthetic_skull(volume, laid_over(volume.scanner_frame), head.template().brain)
    assert (skull.kind, skull.has_density, skull.sdr_unreliable) == ("synthetic", True, True)
    assert "made up" in skull.warnings[0].sentence
    rays = HeadRays.through(laid_over(volume.scanner_frame).affine)
    inner, outer = tables(skull, rays)
    assert np.median(outer - inner) == pytest.approx(8.0, abs=0.6)

    def at(depth_mm: float) -> float:
        return float(np.median(skull.hounsfield.at(rays.points_at(outer - depth_mm))))

    assert at(4.0) == pytest.approx(800, abs=30)
    inner_table = float(np.median(skull.hounsfield.at(rays.points_at(inner + 1.3))))
    assert min(at(1.4), inner_table) > 1.3 * 800


@pytest.mark.parametrize(("name", "wanted_mm"), [("template", 6.0), ("colin27", 6.2)])
def test_the_radial_thickness_of_real_heads_is_that_of_the_trial(name: str, wanted_mm: float) -> None:
    template = load_template()
    own = Volume.of_array(template.data, template.grid.matrix, "a" * 64)
    volume = own if name == "template" else read_volume(demo_head_path())
    shell = measure_shell(volume, laid_over(volume.scanner_frame), template.brain)
    assert np.median(shell.thickness_mm[shell.upper]) == pytest.approx(wanted_mm, abs=0.6)


def test_a_brain_without_skull_is_refused() -> None:
    volume = HEAD.t1(2.0)
    away = np.linalg.norm(volume.grid.all_places().array - np.array(CENTRE_MM), axis=1).reshape(volume.shape)
    bare = Volume.of_array(np.where(away < HEAD.brain_mm, volume.data, 0), volume.affine, "d" * 64)
    with pytest.raises(NoSkullInImageError, match="ends at the brain's edge") as caught:
        skull_from_t1(bare, laid_over(bare.scanner_frame), HEAD.template().brain)
    assert "CT" in caught.value.remedy


def test_nothing_is_refused_too() -> None:
    empty = Volume.of_array(np.zeros((60, 60, 60), dtype=np.float32), np.diag([3.0, 3.0, 3.0, 1.0]), "e" * 64)
    with pytest.raises(NoHeadSurfaceError):
        skull_from_t1(empty, laid_over(empty.scanner_frame), HEAD.template().brain)
