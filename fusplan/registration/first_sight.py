"""What kind of image a head is, before anything is planned on it: from its rough pose alone, in a second or two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.registration.brain_extraction import looks_brain_extracted
from fusplan.registration.contrast import recognise_contrast
from fusplan.registration.contrast_kind import ImageContrast
from fusplan.registration.deep_brain import DeepBrain, TemplatePair
from fusplan.registration.greedy_engine import AS_IF_LARGER
from fusplan.registration.greedy_stages import GreedyRun
from fusplan.registration.working_image import halved, working_image
from fusplan.spatial import Affine

SEED = 1
FOUND_FROM: Final = 0.14
"""Share of the patient's deep-brain variance that the template explains at 4 mm where a head was found: 0.20 to 0.76 on
eight T1, T2 and FLAIR heads and 0.16 on one T2; 0.04 to 0.11 where the pose is wrong."""


@dataclass(frozen=True, slots=True)
class FirstSight:
    """What a quick look at an image tells; planning looks more closely.

    Attributes:
        contrast: the kind of image; None where no head was found, or no order of tissues shows in a pose so rough
            (a FLAIR, which the aligned template tells).
        is_head: whether a head was found.
    """

    contrast: ImageContrast | None
    is_head: bool

    @property
    def sentence(self) -> str:
        """For a person, without a full stop."""
        if self.contrast is not None:
            return f"At first sight {self.contrast.sentence}"
        if self.is_head:
            return "At first sight it is not clear what kind of image it is; 'fusplan plan' looks more closely"
        return "At first sight no head was found in it; 'fusplan plan' looks more closely"


def at_first_sight(volume: Volume, template: TemplateImage) -> FirstSight:
    """Look for the head once, and tell what kind of image it is.

    Raises:
        EmptyImageError: nothing stands out from the background.
    """
    patient = working_image(volume)
    pair = TemplatePair.of(template, looks_brain_extracted(volume))
    coarse, coarse_patient = DeepBrain.of(pair.halved().halved()), halved(halved(patient))
    for as_if_larger in (1.0, AS_IF_LARGER):
        run = GreedyRun(pair.image, patient, 1, as_if_larger)
        pose = Affine(template.frame, volume.scanner_frame, run.find_pose(SEED))
        if coarse.explained_share(coarse.patient_seen(coarse_patient, pose)) >= FOUND_FROM:
            break
    else:
        return FirstSight(None, is_head=False)
    contrast = recognise_contrast(DeepBrain.of(pair), template, patient, pose)
    return FirstSight(None if contrast.kind == "other" else contrast, is_head=True)
