"""Whether a CT, where it lies in a plan's head, is that head's."""

from __future__ import annotations

from fusplan.atlas.catalogue import load_template_brain
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Plan
from fusplan.simulation.ct_fit import ct_fit, require_same_head
from fusplan.simulation.head_shell import HeadShell, NoSkullInImageError, measure_shell
from fusplan.simulation.head_surface import NoHeadSurfaceError
from fusplan.simulation.skull import Skull, SkullWarning


def fit_warnings(plan: Plan, first: Volume, skull: Skull, name: str) -> tuple[SkullWarning, ...]:
    """What is doubtful about where a CT's skull lies in a plan's head.

    Raises:
        CroppedCtError, AnotherHeadError: it is not this head's.
    """
    shell = _shell(plan, first)
    if shell is None:
        sentence = "Whether the CT is of this head could not be checked: the planning image shows no scalp to compare."
        return (SkullWarning("registration", sentence),)
    return require_same_head(name, ct_fit(skull, shell))


def _shell(plan: Plan, first: Volume) -> HeadShell | None:
    try:
        return measure_shell(first, plan.registration.mni_to_scanner, load_template_brain())
    except (NoSkullInImageError, NoHeadSurfaceError):
        return None
