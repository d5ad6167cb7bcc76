"""What scanners and people do to a head: seeded poses and acquisitions, as pure functions of a marked head.

Each case takes a marked head and gives it back as another image, with its marks moved along. Skull stripping alone
needs more than the image: a map from the template, whose brain mask is used.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import nibabel as nib
import numpy as np
import numpy.typing as npt
from scipy import ndimage
from scipy.spatial.transform import Rotation

from fusplan.imaging.read import read_volume
from fusplan.imaging.reorient import closest_ras
from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.spatial import Affine, Map, Mni, Points, ScannerRas
from fusplan.spatial.points import FloatArray
from tests.benchmarks.heads import MarkedHead

Array = npt.NDArray[np.float32]
SEED = 20240611
BRIGHT_PERCENTILE = 99.0
PADDED_FROM_MM = 95.0


@dataclass(frozen=True, slots=True, eq=False)
class Stripper:
    """What skull stripping needs: the template and where it lies in the head."""

    template: TemplateImage
    scanner_to_mni: Map[ScannerRas, Mni]


HardCase = Callable[[MarkedHead], MarkedHead]


def _same_place(head: MarkedHead, data: Array, affine: FloatArray | None = None) -> MarkedHead:
    """Another image of the head in the same scanner frame."""
    volume = Volume.of_array(
        np.ascontiguousarray(data, dtype=np.float32),
        head.volume.affine if affine is None else affine,
        head.volume.fingerprint,
        study_id=head.volume.scanner_frame.study_id,
    )
    return replace(head, volume=volume)


def _upright(head: MarkedHead) -> MarkedHead:
    return replace(head, volume=closest_ras(head.volume))


def posed(head: MarkedHead, angles_deg: tuple[float, float, float], shift_mm: tuple[float, float, float]) -> MarkedHead:
    """The head turned about its AC (x, then y, then z) and shifted, by its header alone: nothing is resampled."""
    motion = np.eye(4)
    motion[:3, :3] = Rotation.from_euler("xyz", angles_deg, degrees=True).as_matrix()
    motion[:3, 3] = head.ac.array - motion[:3, :3] @ head.ac.array + np.array(shift_mm)
    frame = ScannerRas(head.volume.scanner_frame.study_id + ":posed")
    volume = Volume.of_array(
        head.volume.data, motion @ head.volume.affine, head.volume.fingerprint, study_id=frame.study_id
    )
    return head.moved(volume, Affine(head.volume.scanner_frame, frame, motion))


def turned_in_the_box(head: MarkedHead, angles_deg: tuple[float, float, float]) -> MarkedHead:
    """The head turned and scanned again on its old grid (trilinear): parts leave the field of view."""
    turned = posed(head, angles_deg, (0.0, 0.0, 0.0))
    old_to_turned = np.linalg.inv(turned.volume.affine) @ head.volume.affine
    data = ndimage.affine_transform(head.volume.data, old_to_turned, order=1, output=np.float32)
    study = turned.volume.scanner_frame.study_id
    return replace(turned, volume=Volume.of_array(data, head.volume.affine, head.volume.fingerprint, study_id=study))


def flipped_storage(head: MarkedHead) -> MarkedHead:
    """The same image stored with all axes reversed and in another order."""
    order, flips = np.zeros((4, 4)), np.eye(4)
    for new, old in enumerate((2, 0, 1)):
        order[old, new] = 1
    order[3, 3] = 1
    shape = np.array(head.volume.shape)
    flips[:3, :3] = -np.eye(3)
    flips[:3, 3] = shape - 1
    data = head.volume.data[::-1, ::-1, ::-1].transpose(2, 0, 1)
    return _same_place(head, data, head.volume.affine @ flips @ order)


def thick_slices(head: MarkedHead, axis: int, thickness_mm: float = 2.5) -> MarkedHead:
    """Slices averaged along right (0), anterior (1) or superior (2) and sampled that far apart."""
    upright = _upright(head)
    spacing = upright.volume.spacing_mm[axis]
    count = int(upright.volume.shape[axis] * spacing / thickness_mm)
    # The mean over a slice is the difference of the running integral at its two faces.
    integral = np.concatenate(
        [
            np.zeros_like(np.take(upright.volume.data, [0], axis)),
            np.cumsum(upright.volume.data, axis, dtype=np.float64),
        ],
        axis=axis,
    )
    faces = np.arange(count + 1) * thickness_mm / spacing
    whole = np.minimum(faces.astype(int), upright.volume.shape[axis] - 1)
    part = (faces - whole).reshape([-1 if other == axis else 1 for other in range(3)])
    at_faces = np.take(integral, whole, axis) * (1 - part) + np.take(integral, whole + 1, axis) * part
    data = np.diff(at_faces, axis=axis) * (spacing / thickness_mm)
    steps = np.eye(4)
    steps[axis, axis] = thickness_mm / spacing
    steps[axis, 3] = (thickness_mm / spacing - 1) / 2
    return _same_place(head, data.astype(np.float32), upright.volume.affine @ steps)


def noisy(head: MarkedHead, signal_to_noise: float = 15.0) -> MarkedHead:
    """Rician noise; the signal is the mean within 20 mm of the middle between AC and PC."""
    middle = (head.ac.array + head.pc.array) / 2
    inverse = np.linalg.inv(head.volume.affine)
    centre = np.round(inverse[:3, :3] @ middle + inverse[:3, 3]).astype(int)
    reach = np.ceil(20 / np.array(head.volume.spacing_mm)).astype(int)
    box = tuple(slice(max(0, c - r), c + r + 1) for c, r in zip(centre, reach, strict=True))
    sigma = float(head.volume.data[box].mean()) / signal_to_noise
    rng = np.random.default_rng(SEED)
    real, imaginary = rng.normal(scale=sigma, size=(2, *head.volume.shape)).astype(np.float32)
    return _same_place(head, np.hypot(head.volume.data + real, imaginary))


def strong_bias(head: MarkedHead) -> MarkedHead:
    """Intensities fall off by up to a factor of four across the image, with a bright place at one side."""
    i, j, k = np.meshgrid(*(np.linspace(-1, 1, n, dtype=np.float32) for n in head.volume.shape), indexing="ij")
    field = np.exp(0.45 * i - 0.4 * j * j + 0.35 * k + 0.25 * i * k)
    return _same_place(head, head.volume.data * field)


def with_gamma(head: MarkedHead, gamma: float) -> MarkedHead:
    """Another contrast of the same order of tissues."""
    high = float(np.percentile(head.volume.data[::2, ::2, ::2], BRIGHT_PERCENTILE))
    return _same_place(head, np.maximum(head.volume.data / high, 0) ** gamma)


def t2_like(head: MarkedHead) -> MarkedHead:
    """Dark becomes bright inside the head; the background stays dark."""
    data = head.volume.data
    high = float(np.percentile(data[::2, ::2, ::2], BRIGHT_PERCENTILE))
    return _same_place(head, np.where(data > 0.1 * high, 1.1 * high - np.minimum(data, high), 0))


def cropped_below(head: MarkedHead, below_ac_mm: float) -> MarkedHead:
    """Nothing is scanned lower than this far below the AC."""
    return _cropped(head, lowest_mm=-below_ac_mm)


def cropped_above(head: MarkedHead, above_ac_mm: float) -> MarkedHead:
    """Nothing is scanned higher than this far above the AC."""
    return _cropped(head, highest_mm=above_ac_mm)


def vertex_missing(head: MarkedHead, missing_mm: float = 20.0) -> MarkedHead:
    """The uppermost part of the head is not scanned."""
    upright = _upright(head).volume
    coarse = upright.data[::4, ::4]
    threshold = 0.15 * float(np.percentile(coarse, BRIGHT_PERCENTILE))
    occupied = np.flatnonzero((coarse > threshold).mean(axis=(0, 1)) > 0.02)
    inverse = np.linalg.inv(upright.affine)
    ac = float((inverse[:3, :3] @ head.ac.array + inverse[:3, 3])[2])
    return _cropped(head, highest_mm=(int(occupied[-1]) - ac) * upright.spacing_mm[2] - missing_mm)


def _cropped(head: MarkedHead, lowest_mm: float = -1e6, highest_mm: float = 1e6) -> MarkedHead:
    upright = _upright(head)
    inverse = np.linalg.inv(upright.volume.affine)
    ac = float((inverse[:3, :3] @ head.ac.array + inverse[:3, 3])[2])
    spacing = upright.volume.spacing_mm[2]
    low = max(0, int(np.ceil(ac + lowest_mm / spacing)))
    high = min(upright.volume.shape[2], int(ac + highest_mm / spacing) + 1)
    affine = upright.volume.affine.copy()
    affine[:3, 3] += affine[:3, 2] * low
    return _same_place(head, upright.volume.data[:, :, low:high], affine)


def upsampled(head: MarkedHead, spacing_mm: float = 0.5) -> MarkedHead:
    """The head's own 240 mm about the AC on a fine grid (trilinear)."""
    reach = np.ceil(120 / np.array(head.volume.spacing_mm)).astype(int)
    inverse = np.linalg.inv(head.volume.affine)
    centre = np.round(inverse[:3, :3] @ head.ac.array + inverse[:3, 3]).astype(int)
    low = np.maximum(0, centre - reach)
    high = np.minimum(head.volume.shape, centre + reach)
    factors = np.array(head.volume.spacing_mm) / spacing_mm
    part = head.volume.data[tuple(slice(int(a), int(b)) for a, b in zip(low, high, strict=True))]
    shape = np.round(np.array(part.shape) * factors).astype(int)
    data = ndimage.affine_transform(part, 1 / factors, output_shape=tuple(shape), order=1, output=np.float32)
    steps = np.diag([*(1 / factors), 1.0])
    steps[:3, 3] = low
    return _same_place(head, data, head.volume.affine @ steps)


def padded(head: MarkedHead, value: float) -> MarkedHead:
    """What a turned field of view leaves out (beyond 95 mm from the AC along a slanting axis, which leaves the deep
    brain whole) carries a value that is no intensity; the image as it is read from such a file."""
    ac = head.volume.grid.indices(Points(head.volume.scanner_frame, head.ac.array[None]))[0]
    steps_mm = np.array([0.5, 0.5, -np.sqrt(0.5)]) @ head.volume.affine[:3, :3]
    i, j, k = np.ogrid[tuple(slice(0, n) for n in head.volume.shape)]
    along_mm = steps_mm[0] * (i - ac[0]) + steps_mm[1] * (j - ac[1]) + steps_mm[2] * (k - ac[2])
    data = np.where(np.abs(along_mm) > PADDED_FROM_MM, value, head.volume.data).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "padded.nii"
        image = nib.Nifti1Image(data, head.volume.affine)
        image.set_sform(head.volume.affine, code=1)
        nib.save(image, path)
        read = read_volume(path)
    return _same_place(head, read.data)


def skull_stripped(head: MarkedHead, stripper: Stripper) -> MarkedHead:
    """Zero outside the template's brain mask as carried to this head."""
    mask = np.zeros(head.volume.shape, dtype=bool)
    to_voxel = stripper.template.grid.from_frame.matrix
    brain = stripper.template.brain_mask
    j, k = np.meshgrid(*(np.arange(n) for n in head.volume.shape[1:]), indexing="ij")
    for i in range(head.volume.shape[0]):
        indices = np.stack([np.full(j.size, i), j.ravel(), k.ravel()], axis=1)
        places = indices @ head.volume.affine[:3, :3].T + head.volume.affine[:3, 3]
        found = stripper.scanner_to_mni.apply(Points(head.volume.scanner_frame, places)).array
        at = np.round(found @ to_voxel[:3, :3].T + to_voxel[:3, 3]).astype(int)
        inside = ((at >= 0) & (at < brain.shape)).all(axis=1)
        flat = np.zeros(j.size, dtype=bool)
        flat[inside] = brain[tuple(at[inside].T)]
        mask[i] = flat.reshape(j.shape)
    return _same_place(head, np.where(mask, head.volume.data, 0))


CASES: dict[str, HardCase] = {
    "as it is": lambda head: head,
    "pitch +30": lambda head: posed(head, (30, 0, 0), (0, 0, 0)),
    "pitch -30": lambda head: posed(head, (-30, 0, 0), (0, 0, 0)),
    "roll +30": lambda head: posed(head, (0, 30, 0), (0, 0, 0)),
    "yaw -30": lambda head: posed(head, (0, 0, -30), (0, 0, 0)),
    "turned in the box": lambda head: turned_in_the_box(head, (-18, 15, 20)),
    "shift 60 mm": lambda head: posed(head, (0, 0, 0), (35, -35, 34)),
    "turn and shift": lambda head: posed(head, (20, -15, 20), (60, -60, 60)),
    "storage flipped": flipped_storage,
    "2.5 mm sagittal": lambda head: thick_slices(head, 0),
    "2.5 mm coronal": lambda head: thick_slices(head, 1),
    "2.5 mm axial": lambda head: thick_slices(head, 2),
    "noise, SNR 15": noisy,
    "strong bias": strong_bias,
    "gamma 0.6": lambda head: with_gamma(head, 0.6),
    "gamma 1.6": lambda head: with_gamma(head, 1.6),
    "cut below chin": lambda head: cropped_below(head, 85),
    "cut 45 mm below AC": lambda head: cropped_below(head, 45),
    "vertex missing": vertex_missing,
    "T2-like": t2_like,
    "0.5 mm grid": upsampled,
    "cut, not padded": lambda head: padded(head, 0),
    "padded -3.4e38": lambda head: padded(head, -3.4e38),
    "padded -32768": lambda head: padded(head, -32768),
    "padded 65535": lambda head: padded(head, 65535),
}
"""Every case that needs nothing but the head."""

STRIPPED = "skull-stripped"
