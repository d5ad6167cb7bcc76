"""Target presets: coordinates relative to AC, PC and the midplane, with source and confidence.

Patient size: millimetres of a head, not of a template. Where the source gives a range the preset is its
middle and the range is kept. Confidence: V read in the source, C computed from published data, M from the
literature as remembered and unverified, derived: worked out for this program. Coordinates of lower
confidence are not offered; ``LEFT_OUT`` says which and why.

Indirect targets are coarse: for the subthalamic nucleus they missed by 3.69 mm on average (71 leads,
Pallavaram et al. 2015).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from fusplan.atlas.structure_ref import CLP_KEY
from fusplan.errors import FusplanError
from fusplan.spatial import AcPcGeometry, Point, ScannerRas, Side
from fusplan.spatial.frames import AcPcOrigin

PresetConfidence: TypeAlias = Literal["V", "C", "M", "derived"]
Range: TypeAlias = tuple[float, float]

CLP_LATERAL_FROM_WALL_MM = 6.0
"""Derived preset: lateral of the third-ventricle wall (the 6 mm as remembered from the Solothurn group: M)."""

CLP_FALLBACK_LATERAL_MM = 8.5
"""Derived preset: lateral of the midplane when the ventricle's wall is not known."""

CLP_ANTERIOR_OF_PC_MM = 0.5
CLP_ABOVE_PLANE_MM = 6.5
"""Derived preset: in front of PC and above the AC-PC plane. Of the fixed offsets tried on four heads, both sides and
two sizes of lesion, this one had a large mean share of the lesion in CLp by the less favourable atlas (0.60) without a
bad one (0.32 at least); leaving out one head chooses 0 to 0.5 in front and 6 to 6.5 above every time (C)."""

CLP_CAVEAT = "derived research preset, not a published clinical coordinate"

NO_THIRD_WITNESS = "It was chosen to lie in CLp of the built-in atlases, so it is no third witness beside them."

REMEMBERED_BEHIND_PC_MM = 2.0
REMEMBERED_ABOVE_PLANE_MM = (0.0, 6.0)
"""Of CLp as remembered from the Solothurn group beside the 6 mm: behind PC (M), and the AC-PC plane "and up" (M, low),
taken to end 6 mm above it. The plane itself is in CL by no atlas, so this is drawn as a line and is never a target."""

REMEMBERED_WORDS = (
    f"{CLP_LATERAL_FROM_WALL_MM:g} mm lateral of the third-ventricle wall, {REMEMBERED_BEHIND_PC_MM:g} mm behind PC, "
    f"from the AC-PC plane to {REMEMBERED_ABOVE_PLANE_MM[1]:g} mm above it"
)
REMEMBERED_CAVEAT = "From memory of the literature, unverified, low confidence (M); never a target."

INDIRECT_UNCERTAINTY_MM = 3.0
"""Stated uncertainty of an atlas-only or indirect CLp point: 2 to 3 mm, one sigma or so (C)."""


class UnknownPresetError(FusplanError):
    """There is no target preset of the given name."""


@dataclass(frozen=True, slots=True)
class AnteriorOffset:
    """How far in front of AC, PC or MCP: millimetres (negative: behind) plus a share of the AC-PC length."""

    origin: AcPcOrigin
    offset_mm: float
    acpc_share: float = 0.0


@dataclass(frozen=True, slots=True)
class TargetPreset:
    """One target by landmarks.

    Attributes:
        key: short name for the command line; name: for people.
        lateral_mm: from the midplane, right and left alike unless ``left_instead`` says otherwise.
        anterior: along the AC-PC line.
        above_plane_mm: above (negative: below) the AC-PC plane.
        source, confidence, note: where it comes from, how sure that is, and what to know.
        lateral_from_wall_mm: from the third-ventricle wall; takes precedence where the wall is known.
        lateral_range_mm, anterior_range_mm, above_range_mm: the source's range, in the same terms.
        aim_key: the structure of the atlases that it stands for, if one.
        left_instead: (lateral, anterior offset, above) mm of the left side where the source gives its own.
    """

    key: str
    name: str
    lateral_mm: float
    anterior: AnteriorOffset
    above_plane_mm: float
    source: str
    confidence: PresetConfidence
    note: str = ""
    lateral_from_wall_mm: float | None = None
    lateral_range_mm: Range | None = None
    anterior_range_mm: Range | None = None
    above_range_mm: Range | None = None
    left_instead: tuple[float, float, float] | None = None
    aim_key: str | None = None

    def values_mm(self, side: Side) -> tuple[float, float, float]:
        """Lateral of the midplane, offset in front of ``anterior.origin``, above the plane, of one side."""
        if side == "left" and self.left_instead is not None:
            return self.left_instead
        return self.lateral_mm, self.anterior.offset_mm, self.above_plane_mm

    def words(self, side: Side = "right") -> str:
        """For example ``lateral 12 mm, 3.5 mm behind MCP, 4 mm below the plane``."""
        lateral, offset, above = self.values_mm(side)
        if self.lateral_from_wall_mm is not None:
            across = (
                f"{self.lateral_from_wall_mm:g} mm lateral of the third-ventricle wall (or {lateral:g} mm of midline)"
            )
        else:
            across = f"lateral {lateral:g} mm"
        if self.anterior.acpc_share:
            along = f"{self.anterior.acpc_share:.0%} of AC-PC in front of {self.anterior.origin.upper()}"
        else:
            where = "in front of" if offset >= 0 else "behind"
            along = f"{abs(offset):g} mm {where} {self.anterior.origin.upper()}"
        height = "in the plane" if above == 0 else f"{abs(above):g} mm {'above' if above > 0 else 'below'} the plane"
        return f"{across}, {along}, {height}"


def preset_point(
    preset: TargetPreset, geometry: AcPcGeometry, side: Side, ventricle_wall_lateral_mm: float | None = None
) -> Point[ScannerRas]:
    """Where a preset lies in a head.

    Args:
        preset: one of ``PRESETS``.
        geometry: the head's AC, PC and midplane.
        side: which side.
        ventricle_wall_lateral_mm: distance of that side's third-ventricle wall from the midplane, if known.
    """
    lateral_mm, offset_mm, above_mm = preset.values_mm(side)
    if preset.lateral_from_wall_mm is not None and ventricle_wall_lateral_mm is not None:
        lateral_mm = ventricle_wall_lateral_mm + preset.lateral_from_wall_mm
    anterior_mm = offset_mm + preset.anterior.acpc_share * geometry.length_mm
    frame = geometry.frame(preset.anterior.origin)
    place = Point(frame, lateral_mm if side == "right" else -lateral_mm, anterior_mm, above_mm)
    return geometry.acpc_to_scanner(preset.anterior.origin).apply(place)


def remembered_line(
    geometry: AcPcGeometry, side: Side, ventricle_wall_lateral_mm: float | None = None
) -> tuple[Point[ScannerRas], Point[ScannerRas]]:
    """The lower and the upper end of the line that the remembered figures of CLp mean in a head.

    Args:
        geometry: the head's AC, PC and midplane.
        side: which side.
        ventricle_wall_lateral_mm: distance of that side's third-ventricle wall from the midplane, if known.
    """
    behind = AnteriorOffset("pc", -REMEMBERED_BEHIND_PC_MM)
    low, high = (replace(CLP_RULE, anterior=behind, above_plane_mm=above) for above in REMEMBERED_ABOVE_PLANE_MM)
    wall_mm = ventricle_wall_lateral_mm
    return preset_point(low, geometry, side, wall_mm), preset_point(high, geometry, side, wall_mm)


def find_preset(key: str) -> TargetPreset:
    """The preset of that key. Raises UnknownPresetError, which lists the known ones."""
    for preset in PRESETS:
        if preset.key == key:
            return preset
    raise UnknownPresetError(f"There is no target preset {key!r}.", f"Known: {', '.join(p.key for p in PRESETS)}.")


CLP_RULE = TargetPreset(
    key="clp",
    aim_key=CLP_KEY,
    name="CLp, AC-PC rule",
    lateral_mm=CLP_FALLBACK_LATERAL_MM,
    lateral_from_wall_mm=CLP_LATERAL_FROM_WALL_MM,
    anterior=AnteriorOffset("pc", CLP_ANTERIOR_OF_PC_MM),
    above_plane_mm=CLP_ABOVE_PLANE_MM,
    source="worked out so that a lesion about the point lies in CLp of the Morel and of the Julich figures",
    confidence="derived",
    note=f"{CLP_CAVEAT}; derived from the built-in atlases, so no third witness beside them; PuM, CM and MD begin "
    "nearer than the error of any atlas-only point",
)

PRESETS: tuple[TargetPreset, ...] = (
    CLP_RULE,
    TargetPreset(
        key="vim",
        name="Vim, standard",
        lateral_mm=14.0,
        anterior=AnteriorOffset("pc", 0.0, acpc_share=0.25),
        above_plane_mm=1.0,
        above_range_mm=(0.0, 2.0),
        source="for example Wang et al. 2018, Neurosurg Focus 44(2):E3",
        confidence="M",
        note="unverified; also given as 11 mm plus half the width of the third ventricle; no consensus between centres",
    ),
    TargetPreset(
        key="vim-lesions",
        name="Vim, mean of 47 FUS lesions",
        lateral_mm=14.9,
        anterior=AnteriorOffset("pc", 6.4),
        above_plane_mm=0.6,
        source="Paez-Nova et al. 2022, Neurosurg Rev, doi 10.1007/s10143-022-01752-0",
        confidence="V",
        note="11 mm from the medial border of the thalamus",
    ),
    TargetPreset(
        key="vim-outcome",
        name="Vim, centre of best outcome",
        lateral_mm=14.3,
        anterior=AnteriorOffset("pc", 8.3),
        above_plane_mm=0.0,
        source="Federau et al. 2018, PMID 29076274",
        confidence="V",
        note="at the ventral border of the thalamus by the Morel figures",
    ),
    TargetPreset(
        key="cm-pf",
        name="CM-Pf",
        lateral_mm=9.0,
        lateral_range_mm=(8.0, 10.0),
        anterior=AnteriorOffset("mcp", -9.0),
        anterior_range_mm=(-10.0, -8.0),
        above_plane_mm=0.5,
        above_range_mm=(0.0, 1.0),
        source="deep-brain stimulation for epilepsy and pain",
        confidence="M",
        note="unverified",
    ),
    TargetPreset(
        key="psa",
        name="PSA, caudal zona incerta",
        lateral_mm=11.5,
        lateral_range_mm=(11.0, 12.0),
        anterior=AnteriorOffset("mcp", -7.0),
        anterior_range_mm=(-8.0, -6.0),
        above_plane_mm=-3.0,
        above_range_mm=(-4.0, -2.0),
        source="Blomstedt group",
        confidence="M",
        note="unverified",
    ),
    TargetPreset(
        key="stn-measured",
        name="STN, inferolateral, measured",
        lateral_mm=12.0,
        anterior=AnteriorOffset("mcp", -2.5),
        above_plane_mm=-6.1,
        left_instead=(12.0, -2.65, -5.9),
        source="31 patients, scilit c4994644",
        confidence="V",
        note="standard deviations: lateral 0.9 right, 1.3 left; anterior 1.4; vertical 1.5 mm",
    ),
    TargetPreset(
        key="stn",
        name="STN, standard",
        lateral_mm=12.0,
        anterior=AnteriorOffset("mcp", -3.5),
        anterior_range_mm=(-4.0, -3.0),
        above_plane_mm=-4.0,
        source="textbook",
        confidence="M",
        note="unverified",
    ),
    TargetPreset(
        key="gpi",
        name="GPi",
        lateral_mm=20.5,
        lateral_range_mm=(19.0, 22.0),
        anterior=AnteriorOffset("mcp", 2.25),
        anterior_range_mm=(1.0, 3.5),
        above_plane_mm=-2.5,
        above_range_mm=(-4.0, -1.0),
        source="full-text microelectrode paper",
        confidence="V",
        note="about 18 mm from the third-ventricle wall",
    ),
    TargetPreset(
        key="vc-vs",
        name="VC/VS, nucleus accumbens, ALIC",
        lateral_mm=7.25,
        lateral_range_mm=(6.5, 8.0),
        anterior=AnteriorOffset("ac", 3.0),
        anterior_range_mm=(2.0, 4.0),
        above_plane_mm=-3.25,
        above_range_mm=(-4.5, -2.0),
        source="PMC7666902, Table 2",
        confidence="V",
    ),
    TargetPreset(
        key="pum",
        name="Medial pulvinar",
        lateral_mm=14.0,
        lateral_range_mm=(13.0, 15.0),
        anterior=AnteriorOffset("pc", -4.0),
        anterior_range_mm=(-5.0, -3.0),
        above_plane_mm=4.5,
        above_range_mm=(3.0, 6.0),
        source="from the centroid in the Morel figures",
        confidence="M",
        note="partly computed, partly unverified",
    ),
    TargetPreset(
        key="md",
        name="Mediodorsal nucleus",
        lateral_mm=5.5,
        lateral_range_mm=(5.0, 6.0),
        anterior=AnteriorOffset("mcp", -5.0),
        anterior_range_mm=(-6.0, -4.0),
        above_plane_mm=7.5,
        above_range_mm=(6.0, 9.0),
        source="from the centroid in the Morel figures",
        confidence="C",
    ),
)

LEFT_OUT: tuple[tuple[str, str], ...] = (
    ("VPL, VPM", "coordinates at hand are too uncertain; use the nuclei of the atlases"),
    ("ANT", "the indirect coordinate lands in MD or CL; use the mammillothalamic tract of the Morel figures"),
    ("PTT", "coordinates at hand are too uncertain"),
    ("CTT", "now aimed at from the centre of the red nucleus; no coordinates at hand"),
)
"""Targets that are not offered as coordinates, and why."""
