"""``fusplan simulate``: what the treatment of a plan would do, through the skull at hand."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from fusplan.cli.console import answer, fail, out, plain, progress_bar, verdict_markup, warn
from fusplan.cli.options import AsJson, Threads, decimal_number
from fusplan.cli.tables import Column, TableContent, number_column, print_table
from fusplan.errors import FusplanError
from fusplan.export.treatment_json import treatment_content
from fusplan.planning.proposed_sonications import SonicationWish
from fusplan.planning.simulated_treatment import SimulatedTarget
from fusplan.planning.sorted_checks import sorted_checks
from fusplan.planning.treatment_summary import (
    GROUP_TITLES,
    SDR_RECIPE,
    TreatmentNumber,
    TreatmentSummary,
    treatment_summary,
)
from fusplan.simulation.not_simulated import BESIDE_EVERY_PREDICTION, NOT_SIMULATED
from fusplan.simulation.predicted_lesion import CONTOUR_WORDS, PredictedLesion
from fusplan.simulation.skull import SKULL_WORDS, SkullKind
from fusplan.workflows.simulate_plan import SimulatedPlan, simulate_plan
from fusplan.workflows.treatment_requests import SimulatePlanRequest, TreatmentWish

Decimal: TypeAlias = float | None

SKULLS: dict[str, SkullKind] = {"ct": "ct", "t1": "t1", "synthetic": "synthetic"}


def _decimal(name: str, unit: str, words: str) -> Any:
    return typer.Option(name, metavar=unit, parser=decimal_number, help=words)


class UnknownSkullError(FusplanError):
    """There is no such kind of skull."""


def simulate(
    plan: Annotated[Path, typer.Argument(help="A plan folder or plan file.")],
    ct: Annotated[
        Path | None,
        typer.Option("--ct", help="A CT of the same head, HU: laid over the planning image and kept with the plan."),
    ] = None,
    skull: Annotated[
        str | None, typer.Option("--skull", metavar="KIND", help="ct, t1 or synthetic; the best at hand by default.")
    ] = None,
    tilt_anterior: Annotated[Decimal, _decimal("--tilt-anterior", "DEG", "Lean of the helmet's apex forward.")] = None,
    tilt_right: Annotated[
        Decimal, _decimal("--tilt-right", "DEG", "Lean of the helmet's apex to the patient's right.")
    ] = None,
    roll: Annotated[Decimal, _decimal("--roll", "DEG", "Turn of the helmet about its own axis.")] = None,
    energy_kj: Annotated[Decimal, _decimal("--energy-kj", "KJ", "Energy of each ablation.")] = None,
    shown: Annotated[
        Decimal, _decimal("--shown", "CELSIUS", "Temperature that each ablation shall show, instead of an energy.")
    ] = None,
    duration: Annotated[Decimal, _decimal("--duration", "S", "Duration of each ablation.")] = None,
    frequency_khz: Annotated[Decimal, _decimal("--frequency-khz", "KHZ", "Frequency of the ultrasound.")] = None,
    incidence_limit: Annotated[
        Decimal, _decimal("--incidence-limit", "DEG", "Elements that meet the skull at a larger angle are off.")
    ] = None,
    acoustics: Annotated[
        str | None, typer.Option("--acoustics", metavar="NAME", help="Mapping from CT numbers to sound.")
    ] = None,
    image: Annotated[
        Path | None, typer.Option("--image", help="Where the plan's image is now, if it was moved.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Write the treatment that is asked for into the plan.")] = False,
    threads: Threads = 2,
    as_json: AsJson = False,
) -> None:
    """Simulate helmet, focus, heat and the lesion to expect on both sides of a plan."""
    begin = time.perf_counter()
    try:
        wish = TreatmentWish(
            skull=_skull(skull),
            tilt_anterior_deg=tilt_anterior,
            tilt_right_deg=tilt_right,
            roll_deg=roll,
            frequency_hz=None if frequency_khz is None else 1000 * frequency_khz,
            incidence_limit_deg=incidence_limit,
            acoustics=acoustics,
            sonications=_sonications(energy_kj, shown, duration),
        )
        request = SimulatePlanRequest(plan, image, ct, wish, keep, threads)
        with progress_bar() as progress:
            result = simulate_plan(request, progress)
    except FusplanError as error:
        fail(error)
    for message in result.messages:
        warn(message)
    seconds = time.perf_counter() - begin
    answer(as_json, _json(result, seconds), lambda: _say(result, seconds))


class EnergyTwiceError(FusplanError):
    """Both an energy and a temperature are asked for."""

    def __init__(self) -> None:
        super().__init__(
            "Both --energy-kj and --shown are given, and each follows from the other.", "Leave out one of them."
        )


def _sonications(energy_kj: float | None, shown: float | None, duration: float | None) -> SonicationWish | None:
    """What is asked of the pattern of spots; None where nothing is. Raises EnergyTwiceError."""
    if energy_kj is not None and shown is not None:
        raise EnergyTwiceError
    asked = {
        "energy_j": None if energy_kj is None else 1000 * energy_kj,
        "shown_celsius": shown,
        "duration_s": duration,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    return replace(SonicationWish(), **given) if given else None


def _skull(text: str | None) -> SkullKind | None:
    if text is None:
        return None
    if text.lower() not in SKULLS:
        raise UnknownSkullError(f"{text!r} is not a kind of skull.", f"Say one of: {', '.join(SKULLS)}.")
    return SKULLS[text.lower()]


def _json(result: SimulatedPlan, seconds: float) -> dict[str, Any]:
    return {
        **treatment_content(result.plan, result.simulated),
        "messages": list(result.messages),
        "kept_in_plan": result.kept,
        "ct_kept_in_plan": result.ct_kept,
        "seconds": round(seconds, 2),
    }


def _say(result: SimulatedPlan, seconds: float) -> None:
    simulated = result.simulated
    words, transducer = SKULL_WORDS[simulated.skull.kind], simulated.transducer
    skull = plain(words[0].upper() + words[1:])
    out.print(f"[bold]{skull}.[/] {plain(transducer.name)}, {transducer.frequency_hz / 1000:g} kHz. {seconds:.1f} s.")
    for warning in simulated.skull.warnings:
        warn(warning.sentence)
    for target in simulated.targets:
        out.print()
        out.print(f"[bold]{plain(target.name)}[/]")
        summary = treatment_summary(target)
        print_table(_table(summary.of("skull", "focus", "sonications", "heat")))
        if target.lesion is not None:
            out.print(f"[dim]{GROUP_TITLES['lesion']}: the middle of all cases, and where eight of ten lie[/]")
            print_table(_contours(summary, target.lesion))
            in_aim = summary.named("in_aim")
            if in_aim is not None:
                out.print(f"  {plain(in_aim.title)}: {plain(in_aim.words)}", markup=False)
        for check in sorted_checks(target.checks).to_look_at:
            if not check.name.startswith("skull: "):
                out.print(f"  {verdict_markup(check.verdict)} {plain(check.sentence)}")
    out.print()
    if simulated.skull.has_density:
        out.print(f"[dim]Skull density ratio: {plain(SDR_RECIPE[0].lower() + SDR_RECIPE[1:])}[/]")
    said = dict.fromkeys(sentence for target in simulated.targets for sentence in _assumptions(target))
    for sentence in (*said, *NOT_SIMULATED):
        out.print(f"[dim]{plain(sentence)}[/]")
    if result.kept:
        out.print("The treatment is kept in the plan.")


def _contours(summary: TreatmentSummary, lesion: PredictedLesion) -> TableContent:
    """A contour a line."""
    columns = (Column("contour"), number_column("mm³"), number_column("extent, mm"), Column("of the planned lesion"))
    rows = []
    for contour in lesion.contours:
        found = (summary.named(f"{contour.kind}_{part}") for part in ("volume", "extent", "covered"))
        cells = ("" if row is None else plain(row.words.removesuffix(" mm³").removesuffix(" mm")) for row in found)
        rows.append((plain(CONTOUR_WORDS[contour.kind]), *cells))
    return TableContent.of(columns, rows)


def _assumptions(target: SimulatedTarget) -> tuple[str, ...]:
    return BESIDE_EVERY_PREDICTION if target.lesion is None else target.lesion.assumptions


def _table(numbers: tuple[TreatmentNumber, ...]) -> TableContent:
    return TableContent.of((Column(), Column()), ((f"  {plain(row.title)}", plain(row.words)) for row in numbers))
