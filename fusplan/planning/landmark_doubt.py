"""How far AC and PC, as the program finds them, may lie from where an expert marks them.

This is about the two landmarks alone. How far the nuclei may be off has more causes and is larger: see
:mod:`fusplan.planning.error_sources`.
"""

from __future__ import annotations

from fusplan.planning.plan import Landmark
from fusplan.registration.request import Verdict
from fusplan.spatial import AcPcGeometry, Ellipsoid, ScannerRas

FOUND_SD_MM: dict[Verdict, tuple[float, float, float]] = {"ok": (0.10, 0.27, 0.18), "warning": (0.33, 0.87, 0.57)}
"""Standard deviations of the errors to the right, anterior and superior, by the verdict on the registration.

ok: sideways and up 0.93 times the root mean square of the errors of AC and PC of five marked heads in ten cases each of
``tests.benchmarks.landmarks``, every head counting alike (0.11 and 0.19 mm before AC and PC were looked for in the
midplane, 0.11 and 0.17 since) (C). Front to back those heads ask for 0.21 mm; stated is 0.27, the spread of AC (0.32)
and PC (0.20) about their mean on thirteen heads marked apart from these (root mean square). This holds 98 % of 88
marks; sizes from four of the five heads alone hold 93 % of the fifth's on average (89 to 94 %), fewer than the 95 %
stated. What is left of the raters' own disagreement (0.1 to 0.6 mm) and of where they put the middle of a commissure is
in it.

warning: three times the root mean square (derived; four points of one head, T2 and FLAIR, are at 0.3 to 1.0 mm; of 21
registrations spoilt on purpose that got a warning, one was 7 mm off). error: the two may be anywhere; such ones were
2 to 19 mm off.
"""

SEMI_AXES_95 = 2.795
"""95 % of a three-dimensional normal distribution lie within an ellipsoid of so many standard deviations."""


def found_region(landmark: Landmark, geometry: AcPcGeometry, registration: Verdict) -> Ellipsoid[ScannerRas] | None:
    """The ellipsoid that is expected to hold an expert's mark with 95 % probability.

    Args:
        landmark: AC or PC.
        geometry: the AC-PC frame, along whose axes the errors were measured.
        registration: the verdict on the registration.

    Returns:
        None for a landmark that a person has marked, and after a registration that is not to be trusted.
    """
    if landmark.source == "user" or registration not in FOUND_SD_MM:
        return None
    right, anterior, up = (SEMI_AXES_95 * sd for sd in FOUND_SD_MM[registration])
    return Ellipsoid(landmark.point, (right, anterior, up), geometry.axes)


def found_words(registration: Verdict) -> str:
    """The same for a person, as a sentence about AC and PC."""
    if registration not in FOUND_SD_MM:
        return "AC and PC were found by a registration that is not to be trusted: mark them yourself."
    right, anterior, up = (SEMI_AXES_95 * sd for sd in FOUND_SD_MM[registration])
    basis = "95 %; from five heads" if registration == "ok" else "derived; look at the pictures before believing it"
    return (
        f"AC and PC were found by the program: an expert's marks are expected within {right:.1f} mm sideways, "
        f"{anterior:.1f} mm front to back and {up:.1f} mm up or down of them ({basis})."
    )
