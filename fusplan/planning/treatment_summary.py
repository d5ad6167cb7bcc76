"""What a simulated treatment says of one target, number by number, in the words that stand wherever it is shown.

Window, reports, command line and tables place these rows and word nothing themselves, as with
:mod:`fusplan.planning.lesion_summary`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from fusplan.planning.lesion_summary import Columns, share_in_aim_words
from fusplan.planning.number_words import TIMES, number, percent
from fusplan.planning.review import describing
from fusplan.planning.simulated_treatment import SimulatedTarget
from fusplan.simulation.predicted_lesion import CONTOUR_WORDS, Band, ContourFigures
from fusplan.simulation.temperature_history import BODY_CELSIUS

TreatmentGroup: TypeAlias = Literal["skull", "focus", "sonications", "heat", "lesion"]
"""What the skull does to the elements; the focus; what is done; how hot it gets; the lesion to expect."""

GROUP_TITLES: dict[TreatmentGroup, str] = {
    "skull": "Through the skull",
    "focus": "Focus",
    "sonications": "Sonications",
    "heat": "Heat",
    "lesion": "Lesion to expect",
}

NOT_FROM_T1 = "not known from a T1"
SDR_RECIPE = "By the published recipe, not the vendor's."


@dataclass(frozen=True, slots=True)
class TreatmentNumber:
    """One row of a summary.

    Attributes:
        key: what it is, for programs; unique.
        group: what it belongs to.
        title: its name in a list.
        words: its value with its unit.
        note: what it means, for a hint.
        columns: raw values for tables, under names that say their unit.
        is_key: whether it stands where only the most important do.
    """

    key: str
    group: TreatmentGroup
    title: str
    words: str
    note: str = ""
    columns: Columns = ()
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class TreatmentSummary:
    """All rows of one target, in the order of the tables."""

    numbers: tuple[TreatmentNumber, ...]

    def of(self, *groups: TreatmentGroup) -> tuple[TreatmentNumber, ...]:
        """The rows of some groups."""
        return tuple(row for row in self.numbers if row.group in groups)

    def named(self, key: str) -> TreatmentNumber | None:
        """The row of a key, if the target has it."""
        return next((row for row in self.numbers if row.key == key), None)

    @property
    def key_numbers(self) -> tuple[TreatmentNumber, ...]:
        """The most important rows."""
        return tuple(row for row in self.numbers if row.is_key)

    @property
    def columns(self) -> dict[str, float | str]:
        """All raw values under the names of their columns."""
        return {name: value for row in self.numbers for name, value in row.columns}


def treatment_summary(target: SimulatedTarget) -> TreatmentSummary:
    """The rows of a simulated target."""
    return TreatmentSummary(
        (
            *_skull_rows(target),
            *_focus_rows(target),
            *_sonication_rows(target),
            *_heat_rows(target),
            *_lesion_rows(target),
        )
    )


def _skull_rows(target: SimulatedTarget) -> Iterator[TreatmentNumber]:
    elements = target.elements
    count, active = len(elements.active), elements.active_count
    limit = number(elements.incidence_limit_deg, 0)
    yield TreatmentNumber(
        "active_elements",
        "skull",
        "Active elements",
        f"{active} of {count}",
        f"Elements whose ray meets the skull at less than {limit}°, the limit that was chosen.",
        (("active_elements", float(active)), ("elements", float(count))),
        is_key=True,
    )
    if not elements.active.any():
        return
    incidence = elements.mean_active_incidence_deg
    yield TreatmentNumber(
        "incidence",
        "skull",
        "Mean incidence",
        f"{number(incidence)}°",
        "Angle between ray and skull, mean of outer and inner table, over active elements.",
        (("mean_incidence_deg", incidence),),
        is_key=True,
    )
    thickness = float(np.nanmean(elements.thickness_mm[elements.active]))
    yield TreatmentNumber(
        "thickness",
        "skull",
        "Mean thickness",
        f"{number(thickness)} mm",
        "Of the skull along the rays of active elements.",
        (("mean_skull_thickness_mm", thickness),),
    )
    sdr = elements.skull_sdr
    yield TreatmentNumber(
        "sdr",
        "skull",
        "Skull density ratio",
        NOT_FROM_T1 if sdr is None else number(sdr, 2),
        SDR_RECIPE,
        () if sdr is None else (("skull_density_ratio", sdr),),
        is_key=True,
    )


def _focus_rows(target: SimulatedTarget) -> Iterator[TreatmentNumber]:
    focus, uncorrected = target.focus, target.uncorrected
    if focus.ideal:
        words, note = NOT_FROM_T1, "The focus is shown for ideal correction: losses and phases are not known from a T1."
    else:
        without = "" if uncorrected is None else f", {percent(uncorrected.gain)} without correction"
        words = f"{percent(focus.gain)} of that in water{without}"
        note = "Pressure at the focus over that of all elements in water."
    columns: Columns = () if focus.ideal else (("focal_pressure_percent_of_water", 100 * focus.gain),)
    if uncorrected is not None:
        columns = (*columns, ("focal_pressure_uncorrected_percent_of_water", 100 * uncorrected.gain))
    yield TreatmentNumber("gain", "focus", "Pressure left", words, note, columns, is_key=True)
    for key, title, extents in (
        ("extent_6db", "Extent, \N{MINUS SIGN}6 dB", focus.extents_6db_mm),
        ("extent_3db", "Extent, \N{MINUS SIGN}3 dB", focus.extents_3db_mm),
    ):
        yield TreatmentNumber(
            key,
            "focus",
            title,
            f"{_sizes(extents)} mm",
            "Full widths of the pressure along the helmet's axes: right, anterior, up, when it is upright.",
            tuple((f"focus_{key}_{axis}_mm", size) for axis, size in zip("xyz", extents, strict=True)),
        )
    yield TreatmentNumber(
        "shift",
        "focus",
        "Shift of the focus",
        f"{number(focus.shift_mm, 2)} mm",
        "Distance of the peak from where it was steered to.",
        (("focus_shift_mm", focus.shift_mm),),
    )
    yield TreatmentNumber(
        "side_lobe",
        "focus",
        "Highest side lobe",
        percent(focus.side_lobe),
        "Pressure outside the main lobe over the peak, within the field that was computed.",
        (("highest_side_lobe_percent", 100 * focus.side_lobe),),
    )


def _sonication_rows(target: SimulatedTarget) -> Iterator[TreatmentNumber]:
    done = target.sonications
    if not done:
        return
    tests = sum(sonication.kind == "test" for sonication in done)
    parts = [f"{tests} test"] if tests else []
    parts += [f"{len(done) - tests} ablation"] if len(done) > tests else []
    energy_kj = sum(sonication.energy_j for sonication in done) / 1000
    own = "The program's own pattern, since the plan has none." if target.proposed else ""
    yield TreatmentNumber(
        "sonications",
        "sonications",
        "Sonications",
        f"{' and '.join(parts)}, {number(energy_kj)} kJ in all",
        own,
        (("sonications", float(len(done))), ("energy_kj", energy_kj)),
    )
    power = max(sonication.power_w for sonication in done)
    yield TreatmentNumber(
        "power", "sonications", "Highest power", f"{number(power, 0)} W", "", (("highest_power_w", power),)
    )


def _heat_rows(target: SimulatedTarget) -> Iterator[TreatmentNumber]:
    history = target.history
    if history is None:
        return
    if history.shown is not None and len(history.shown.peak_celsius):
        shown = float(history.shown.peak_celsius.max())
        yield TreatmentNumber(
            "shown_peak",
            "heat",
            "Highest temperature shown",
            f"{number(shown)} °C",
            "As MR thermometry would show it: averaged over its voxel and frame, with its noise.",
            (("shown_peak_celsius", shown),),
            is_key=True,
        )
    true = float(history.peak_celsius.max())
    yield TreatmentNumber(
        "true_peak",
        "heat",
        "Highest temperature in the tissue",
        f"{number(true)} °C",
        f"At one point; {number(true - BODY_CELSIUS)} degrees above the body's.",
        (("true_peak_celsius", true),),
        is_key=True,
    )


def _lesion_rows(target: SimulatedTarget) -> Iterator[TreatmentNumber]:
    lesion = target.lesion
    if lesion is None:
        return
    for contour in lesion.contours:
        yield from _contour_rows(contour)
    if describing(target.shares):
        yield TreatmentNumber(
            "in_aim",
            "lesion",
            "Of the 51 °C region in its aim",
            share_in_aim_words(target.shares),
            "Of the middle case, by every atlas that describes the aim, the smallest share first.",
            tuple(
                (f"51_celsius_in_aim_by_{found.atlas}_percent", 100 * found.known_target.share_of_lesion)
                for found in describing(target.shares)
            ),
            is_key=True,
        )


def _contour_rows(contour: ContourFigures) -> Iterator[TreatmentNumber]:
    name, words = contour.kind, CONTOUR_WORDS[contour.kind]
    first = contour.kind == "51_celsius"
    yield TreatmentNumber(
        f"{name}_volume",
        "lesion",
        f"{words}: volume",
        f"{_band_words(contour.volume_mm3, 0)} mm³",
        "The middle of all cases, and in brackets where eight of ten lie.",
        _band_columns(f"{name}_volume", contour.volume_mm3, "mm3"),
        is_key=first,
    )
    sizes = TIMES.join(number(extent.p50) for extent in contour.extents_mm)
    yield TreatmentNumber(
        f"{name}_extent",
        "lesion",
        f"{words}: extent",
        f"{sizes} mm",
        "Across, across and along the long axis of the planned lesion, of the middle case.",
        tuple(
            column
            for axis, extent in zip(("across_1", "across_2", "along"), contour.extents_mm, strict=True)
            for column in _band_columns(f"{name}_extent_{axis}", extent, "mm")
        ),
        is_key=first,
    )
    if contour.covered is not None and contour.beyond_mm3 is not None and contour.missed_mm3 is not None:
        yield TreatmentNumber(
            f"{name}_covered",
            "lesion",
            f"{words}: of the planned lesion",
            f"{percent(contour.covered.p50)} covered, {number(contour.missed_mm3.p50, 0)} mm³ missed, "
            f"{number(contour.beyond_mm3.p50, 0)} mm³ beyond it",
            "Of the middle case.",
            (
                *_band_columns(f"{name}_covered", _times(contour.covered, 100.0), "percent"),
                *_band_columns(f"{name}_missed", contour.missed_mm3, "mm3"),
                *_band_columns(f"{name}_beyond", contour.beyond_mm3, "mm3"),
            ),
            is_key=first,
        )


def _sizes(extents_mm: tuple[float, float, float]) -> str:
    return TIMES.join(number(extent) for extent in extents_mm)


def _band_words(band: Band, decimals: int) -> str:
    return f"{number(band.p50, decimals)} ({number(band.p10, decimals)} to {number(band.p90, decimals)})"


def _band_columns(name: str, band: Band, unit: str) -> Columns:
    return tuple((f"{name}_{part}_{unit}", getattr(band, part)) for part in ("p10", "p50", "p90"))


def _times(band: Band, factor: float) -> Band:
    return Band(band.p10 * factor, band.p50 * factor, band.p90 * factor)
