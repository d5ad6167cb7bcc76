"""The kind of image: real T1, T2 and FLAIR of one person; others are made from the built-in head.

PD, and T1 with contrast agent, are made: by other levels for the same tissues, and by a bright sinus under the vault.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from fusplan.atlas.catalogue import load_template
from fusplan.imaging.volume import Volume
from fusplan.planning.checks import check_findings
from fusplan.progress import NoProgress
from fusplan.registration.contrast import TissueOrder, contrast_of, recognise_contrast
from fusplan.registration.contrast_kind import CT_BY_ITS_NUMBERS, ImageContrast
from fusplan.registration.deep_brain import DeepBrain, TemplatePair
from fusplan.registration.greedy_engine import register
from fusplan.registration.quality import contrast_measure, judge, quality_of
from fusplan.registration.request import RegistrationRequest, RegistrationResult
from fusplan.registration.working_image import working_image
from tests.benchmarks.heads import CONTRASTS, CONTRASTS_TRUTH, load_contrast
from tests.fixtures.registrations import GOOD, Registered
from tests.fixtures.small_heads import small_plan


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        (TissueOrder(1.0, 1.0, 1.0, 0.4, 0.6), "T1"),
        (TissueOrder(1.0, 1.0, 1.0, 0.4, 1.3), "T1 with contrast agent"),
        (TissueOrder(1.0, 1.0, 0.1, 0.2, 0.5), "FLAIR"),
        (TissueOrder(1.0, 1.0, 0.5, 0.2, 0.5), "other"),
        (TissueOrder(0.0, 0.0, 0.3, 2.9, 0.5), "T2"),
        (TissueOrder(0.4, 0.0, 0.0, 1.05, 0.5), "PD"),
        (TissueOrder(0.1, 0.0, 0.0, 1.2, 0.5), "PD"),
        (TissueOrder(0.5, 0.5, 0.5, 1.0, 0.0), "other"),
        (TissueOrder(0.3, 0.13, 0.28, 1.07, 1.1), "other"),
    ],
)
def test_the_order_of_tissues_names_the_contrast(order: TissueOrder, kind: str) -> None:
    assert contrast_of(order).kind == kind


def test_what_is_no_t1_warns_and_says_what_it_is() -> None:
    fit = judge(GOOD)
    t1, t2 = (quality_of((*fit.measures, contrast_measure(ImageContrast(kind, 0.9)))) for kind in ("T1", "T2"))
    assert (t1.verdict, t1.sentence) == (fit.verdict, fit.sentence)
    assert t2.verdict == "warning"
    assert "This looks like a T2 image" in t2.sentence and "The template fits this head" in t2.sentence
    assert "PC above all" in t2.sentence and "too far in front" in t2.sentence
    assert "PC above all" not in ImageContrast("FLAIR", 0.9).sentence
    assert quality_of((*fit.measures, contrast_measure(CT_BY_ITS_NUMBERS))).verdict == "error"
    assert "may be a FLAIR image" in ImageContrast("FLAIR", 0.2).sentence


def test_the_checks_of_a_plan_say_what_kind_of_image_it_is() -> None:
    plan = small_plan()
    assert check_findings(plan) == ()
    measures = (*plan.registration.quality.measures, contrast_measure(ImageContrast("T2", 0.9)))
    (check,) = check_findings(replace(plan, registration=replace(plan.registration, quality=quality_of(measures))))
    assert (check.name, check.verdict) == ("kind of image", "warning")
    assert check.sentence.startswith("This looks like a T2 image")


@cache
def _deep_brain() -> DeepBrain:
    return DeepBrain.of(TemplatePair.of(load_template(), brain_only=False))


def _kind(volume: Volume, result: RegistrationResult) -> str:
    return recognise_contrast(_deep_brain(), load_template(), working_image(volume), result.mni_to_scanner).kind


@pytest.mark.slow
def test_three_contrasts_of_one_person(shared_data: object) -> None:
    """They lie in one space, so the map of the T1 serves all."""
    truth = load_contrast(CONTRASTS_TRUTH)
    result = register(RegistrationRequest(truth, load_template()), NoProgress())
    assert result.contrast is not None and result.contrast.kind == "T1"
    found = {name: _kind(load_contrast(file), result) for name, file in CONTRASTS.items()}
    assert found == {"cstar_t2": "T2", "cstar_flair": "FLAIR"}


FLUID_GREY_WHITE = (0.28, 0.75, 1.0)
"""Of the built-in head, white matter 1."""


def _with_levels(volume: Volume, levels: tuple[float, float, float]) -> Volume:
    """The head with other intensities for fluid, grey and white matter, and noise."""
    white = float(np.percentile(volume.data[volume.data > volume.data.max() / 4], 80))
    remapped = np.interp(volume.data / white, (0.0, 0.1, *FLUID_GREY_WHITE, 2.0), (0.0, 0.1, *levels, levels[-1]))
    return _of(volume, np.abs(remapped + _noise(volume.shape) * (remapped > 0.05)))


@cache
def _noise(shape: tuple[int, int, int]) -> np.ndarray:
    return np.random.default_rng(4).normal(0, 0.03, shape)


def _of(volume: Volume, data: np.ndarray) -> Volume:
    return Volume((1000 * data).astype(np.float32), volume.grid, volume.fingerprint)


def _with_a_bright_sinus(volume: Volume) -> Volume:
    """White matter half as bright again for 8 mm under the vault along the midline."""
    data = volume.data / np.percentile(volume.data[volume.data > volume.data.max() / 4], 80)
    middle = round(float(volume.scanner_to_voxel.matrix[0, 3]))
    for j in range(20, volume.shape[1] - 60):
        column = data[middle, j, ::-1]
        scalp = int(np.argmax(column > 0.4))
        skull = scalp + int(np.argmax(column[scalp:] < 0.25))
        brain = volume.shape[2] - 1 - skull - int(np.argmax(column[skull:] > 0.3))
        data[middle - 4 : middle + 5, j, brain - 8 : brain + 1] = 1.5
    return _of(volume, data)


@pytest.mark.slow
def test_contrasts_made_of_the_built_in_head(registered: Callable[[str], Registered]) -> None:
    head, result, _ = registered("colin27")
    volume = head.volume
    assert result.contrast is not None and result.contrast.kind == "T1" and result.quality.verdict == "ok"
    assert result.quality.measures[-1].sentence.startswith("this looks like a T1 image")
    made = {
        "T2": _with_levels(volume, (1.0, 0.40, 0.28)),
        "PD": _with_levels(volume, (0.95, 1.0, 0.75)),
        "FLAIR": _with_levels(volume, (0.2, 1.0, 0.8)),
        "T1": _with_levels(volume, (0.3, 0.7, 1.0)),
        "T1 with contrast agent": _with_a_bright_sinus(volume),
    }
    assert {kind: _kind(image, result) for kind, image in made.items()} == {kind: kind for kind in made}
