"""A simulated treatment for programs: all numbers, checks, assumptions, and what is not simulated."""

from __future__ import annotations

from typing import Any

import numpy as np

from fusplan.export.treatment_tables import UNVERIFIED, peaks_celsius, spot_mm
from fusplan.planning.plan import Plan
from fusplan.planning.simulated_treatment import SimulatedTarget, SimulatedTreatment
from fusplan.planning.treatment import Treatment
from fusplan.planning.treatment_edits import treatment_of
from fusplan.planning.treatment_summary import SDR_RECIPE, treatment_summary
from fusplan.simulation.not_simulated import BESIDE_EVERY_PREDICTION, NOT_SIMULATED
from fusplan.simulation.skull import SKULL_WORDS


def treatment_content(plan: Plan, simulated: SimulatedTreatment) -> dict[str, Any]:
    """What ``fusplan simulate --json`` and ``treatment.json`` say alike; units stand in the names."""
    skull, transducer, treatment = simulated.skull, simulated.transducer, treatment_of(plan)
    return {
        "status": UNVERIFIED,
        "skull": {
            "kind": skull.kind,
            "words": SKULL_WORDS[skull.kind],
            "warnings": [{"kind": warning.kind, "sentence": warning.sentence} for warning in skull.warnings],
            "sdr_unreliable": skull.sdr_unreliable,
            "sdr_recipe": SDR_RECIPE,
        },
        "transducer": {
            "name": transducer.name,
            "elements": transducer.element_count,
            "frequency_hz": transducer.frequency_hz,
            "incidence_limit_deg": treatment.incidence_limit_deg,
            "citation": transducer.citation,
        },
        "calibration": _calibration(treatment),
        "thermometry": _thermometry(treatment),
        "targets": [_target(plan, target) for target in simulated.targets],
        "not_simulated": list(NOT_SIMULATED),
        "beside_every_prediction": list(BESIDE_EVERY_PREDICTION),
    }


def _calibration(treatment: Treatment) -> dict[str, Any]:
    calibration = treatment.calibration
    return {
        "shown_celsius_per_kj": calibration.shown_celsius_per_kj,
        "band_celsius_per_kj": list(calibration.band),
        "loss_per_repeat": calibration.loss_per_repeat,
        "calibrated_on": calibration.calibrated_on,
    }


def _thermometry(treatment: Treatment) -> dict[str, Any]:
    settings = treatment.thermometry
    return {
        "plane": settings.plane,
        "readout": settings.readout,
        "voxel_mm": settings.voxel_mm,
        "slice_mm": settings.slice_mm,
        "frame_s": settings.frame_s,
        "snr": settings.snr,
        "field_t": settings.field_t,
        "echo_time_s": settings.echo_time_s,
    }


def _target(plan: Plan, target: SimulatedTarget) -> dict[str, Any]:
    tilt = treatment_of(plan).at(target.target_id).tilt
    return {
        "id": target.target_id,
        "name": target.name,
        "side": target.side,
        "target_scanner_ras_mm": list(target.pose.target.coordinates),
        "helmet_axis_scanner_ras": [float(component) for component in target.pose.axis.array],
        "tilt_deg": {"anterior": tilt.anterior_deg, "right": tilt.right_deg, "roll": tilt.roll_deg},
        "numbers": {
            name: value
            for name, value in treatment_summary(target).columns.items()
            if isinstance(value, str) or np.isfinite(value)
        },
        "sonications": [_sonication(target, place) for place in range(len(target.sonications))],
        "sonications_proposed_by_program": target.proposed,
        "checks": [
            {"name": check.name, "verdict": check.verdict, "sentence": check.sentence} for check in target.checks
        ],
        "assumptions": [] if target.lesion is None else list(target.lesion.assumptions),
    }


def _sonication(target: SimulatedTarget, place: int) -> dict[str, Any]:
    sonication = target.sonications[place]
    shown, true = peaks_celsius(target, place)
    return {
        "kind": sonication.kind,
        "spot_offset_scanner_ras_mm": list(sonication.spot_offset_mm),
        "spot_scanner_ras_mm": [float(value) for value in spot_mm(target, sonication.spot_offset_mm)],
        "energy_j": sonication.energy_j,
        "power_w": sonication.power_w,
        "duration_s": sonication.duration_s,
        "start_s": sonication.start_s,
        "shown_peak_celsius": shown,
        "true_peak_celsius": true,
    }
