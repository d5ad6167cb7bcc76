"""A skull without a CT: from the planning T1, for incidence, active elements and thickness; and one made up of it."""

from __future__ import annotations

from fusplan.imaging.volume import Volume
from fusplan.simulation.head_shell import measure_shell
from fusplan.simulation.shell_painting import BonePaint, paint_shell
from fusplan.simulation.skull import Skull, SkullWarning
from fusplan.spatial import Field, Mni, ScannerRas, Warp

SHELL_PAINT = BonePaint(
    table_hu=1000.0, diploe_hu=1000.0, outer_table_mm=2.0, inner_table_mm=2.0, slope_hu_per_mm=350.0
)
"""One value: a T1 says nothing of density (the trial: SDR, phases and efficiency refused)."""

ESTIMATED = SkullWarning(
    "estimated",
    "The skull is estimated from the T1 image: incidence to about 3° an element, thickness to about 1 mm; no skull "
    "density ratio, no phases, no losses.",
    sdr_unreliable=True,
)


def skull_from_t1(volume: Volume, mni_to_scanner: Warp[Mni, ScannerRas], template_brain: Field[Mni]) -> Skull:
    """The skull as the planning T1 shows it: a shell of one value between the two tables.

    Args:
        volume: the planning image, a T1 of the whole head.
        mni_to_scanner: where the template lies in it, from the plan's registration.
        template_brain: what of the template is brain, 0 to 1.

    Raises:
        NoSkullInImageError: the image shows no skull, such as one that is brain-extracted.
        NoHeadSurfaceError: nothing stands out from the background.
    """
    shell = measure_shell(volume, mni_to_scanner, template_brain)
    return Skull("t1", paint_shell(shell, SHELL_PAINT), (ESTIMATED,))
