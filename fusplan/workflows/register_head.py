"""The registration alone: the template onto a head, as files that other programs read."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

from fusplan import __version__
from fusplan.atlas.catalogue import load_template
from fusplan.export.bundle import write_folder
from fusplan.imaging.read import read_volume
from fusplan.imaging.volume import Volume
from fusplan.notice import RESEARCH_ONLY
from fusplan.planning.landmark_doubt import found_words
from fusplan.planning.landmarks import carry_landmarks, refine_landmarks
from fusplan.planning.plan import Landmarks
from fusplan.progress import PartOfProgress, Progress
from fusplan.registration.greedy_engine import register
from fusplan.registration.request import QualityMeasure, RegistrationRequest, RegistrationResult
from fusplan.registration.transform_files import affine_transform_text, displacement_field_file
from fusplan.workflows.no_head import told_by_registration
from fusplan.workflows.requests import RegisterHeadRequest


@dataclass(frozen=True, slots=True, eq=False)
class RegisteredHead:
    """A registered head: the image, the registration and the landmarks it carries, refined in the image."""

    volume: Volume
    result: RegistrationResult
    landmarks: Landmarks


def register_head(request: RegisterHeadRequest, progress: Progress) -> RegisteredHead:
    """Register the built-in template onto a head.

    Raises:
        FusplanError: the image cannot be used.
        JobCancelled: the progress was told to stop.
    """
    progress.report(0.0, "Reading your image")
    volume = read_volume(
        request.image_path,
        volume_index=request.volume_index,
        assume_scanner_ras=request.assume_scanner_ras,
        series_uid=request.series_uid,
        series_number=request.series_number,
    )
    template = load_template()
    result = register(
        RegistrationRequest(volume, template, threads=request.threads), PartOfProgress(progress, 0.1, 1.0)
    )
    carried = carry_landmarks(template, result.mni_to_scanner, result.contrast)
    with told_by_registration(result, volume.name):
        return RegisteredHead(volume, result, refine_landmarks(carried, volume))


def write_registration_folder(head: RegisteredHead, out: Path, overwrite: bool) -> tuple[Path, ...]:
    """Write displacement field, affine and ``registration.json`` into a new folder; returns the files.

    Raises:
        FusplanError: the folder is in use or cannot be written.
    """

    def write(folder: Path) -> None:
        forward = head.result.mni_to_scanner
        (folder / "template_to_patient_warp.nii.gz").write_bytes(displacement_field_file(forward.displacements))
        (folder / "template_to_patient_affine.txt").write_text(affine_transform_text(forward.affine), encoding="ascii")
        text = json.dumps(registration_summary(head), indent=2, ensure_ascii=False, allow_nan=False)
        (folder / "registration.json").write_text(text + "\n", encoding="utf-8")

    return write_folder(out, overwrite, write)


def registration_summary(head: RegisteredHead) -> dict[str, object]:
    """What a registration found, as plain values: quality, landmarks with their frame, engine, versions, seconds."""
    geometry = head.landmarks.geometry()
    quality = head.result.quality
    return {
        "notice": RESEARCH_ONLY,
        "program": f"fusplan {__version__}",
        "image": {"name": head.volume.name, "sha256": head.volume.fingerprint},
        "template": head.result.mni_to_scanner.source.template,
        "engine": head.result.engine_words,
        "versions": dict(head.result.versions),
        "seconds": dict(head.result.seconds),
        "quality": {
            "verdict": quality.verdict,
            "sentence": quality.sentence,
            "measures": [_measure_row(measure) for measure in quality.measures],
        },
        "notes": list(head.result.notes),
        "image_notes": [note.as_json for note in head.volume.notes],
        "landmarks": {
            "frame": head.volume.scanner_frame.label,
            "ac_mm": head.landmarks.ac.point.coordinates,
            "pc_mm": head.landmarks.pc.point.coordinates,
            "midline_mm": [landmark.point.coordinates for landmark in head.landmarks.midline],
            "acpc_length_mm": geometry.length_mm,
            "doubt": found_words(quality.verdict),
        },
    }


def _measure_row(measure: QualityMeasure) -> dict[str, object]:
    """JSON knows no NaN: what could not be worked out is null."""
    name = measure.name_and_unit
    return {**asdict(measure), "name": name, "value": measure.value if math.isfinite(measure.value) else None}
