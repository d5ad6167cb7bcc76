"""A made-up skull for the built-in head: its own shape, with layers of a density that nobody measured."""

from __future__ import annotations

from fusplan.imaging.volume import Volume
from fusplan.simulation.head_shell import measure_shell
from fusplan.simulation.shell_painting import BonePaint, paint_shell
from fusplan.simulation.skull import Skull, SkullWarning
from fusplan.spatial import Field, Mni, ScannerRas, Warp

SYNTHETIC_PAINT = BonePaint(
    table_hu=1700.0, diploe_hu=800.0, outer_table_mm=1.75, inner_table_mm=1.5, slope_hu_per_mm=800.0
)
"""Declared (D): outer table 1.5 to 2 mm, diploe, inner table; CT numbers of an adult's vault, unverified (M)."""

SYNTHETIC = SkullWarning(
    "synthetic",
    "The skull is synthetic: shaped by the head's T1 image, its layers and densities made up for teaching. No number "
    "of it is of a person.",
    sdr_unreliable=True,
)


def synthetic_skull(volume: Volume, mni_to_scanner: Warp[Mni, ScannerRas], template_brain: Field[Mni]) -> Skull:
    """A skull with two tables and a diploe in the shape of a head's own, labelled synthetic.

    Arguments and errors as of :func:`~fusplan.simulation.skull_from_t1.skull_from_t1`.
    """
    shell = measure_shell(volume, mni_to_scanner, template_brain)
    return Skull("synthetic", paint_shell(shell, SYNTHETIC_PAINT), (SYNTHETIC,))
