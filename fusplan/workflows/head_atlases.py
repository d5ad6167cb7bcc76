"""The atlases in one head: those its plan was made with, the built-in ones, and the user's that fit it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from fusplan.atlas.catalogue import (
    BUILT_IN,
    AnyAtlas,
    AtlasEntry,
    find_entry,
    list_atlases,
    load_atlas,
    load_entry,
    open_atlas,
)
from fusplan.atlas.imported.alignment import AlignmentFinding, check_alignment
from fusplan.atlas.imported.central_lateral import SMALLEST_CLP_MM3
from fusplan.atlas.imported.head_reference import thalamus_in_head
from fusplan.atlas.imported.label_atlas import LabelAtlas
from fusplan.atlas.imported.scanner_atlas import ScannerAtlas
from fusplan.atlas.mixture_atlas import MixtureAtlas
from fusplan.atlas.nuclei_atlas import HeadAtlas, NucleiAtlas
from fusplan.atlas.patient_atlas import PatientAtlas
from fusplan.atlas.structure_ref import CLP_KEY, clp
from fusplan.errors import FusplanError
from fusplan.planning.plan import Plan, RegistrationRecord
from fusplan.planning.sides import SIDES
from fusplan.spatial import Mni, ScannerRas, Warp


class OtherHeadError(FusplanError):
    """An atlas in a patient's own space was asked for on another image."""


@dataclass(frozen=True, slots=True, eq=False)
class HeadAtlases:
    """The atlases in a head.

    Attributes:
        atlases: of all, the one that targets start from first; that one always describes CLp.
        messages: a sentence for every atlas of the user's that was left out.
    """

    atlases: tuple[HeadAtlas, ...]
    messages: tuple[str, ...] = ()


def built_in_atlases() -> tuple[MixtureAtlas, ...]:
    """The built-in atlases, the one that plans start from first."""
    return tuple(load_atlas(name) for name in BUILT_IN)


def atlases_in_head(
    registration: RegistrationRecord, image_sha256: str, wanted: Sequence[str] = (), insist: bool = False
) -> HeadAtlases:
    """The built-in atlases and the user's in a head.

    An atlas in another patient's own space does not belong here and is passed over in silence.

    Args:
        registration: of the head.
        image_sha256: fingerprint of its image.
        wanted: names of atlases that come first, in this order.
        insist: whether a wanted one that cannot be used, or that describes no CLp where it comes first, is an error.

    Raises:
        UnknownAtlasError, AtlasManifestError, AtlasAlignmentError, UnknownStructureError, OtherHeadError: when
            insisted.
    """
    warp = registration.mni_to_scanner
    listed = {entry.name: entry for entry in list_atlases()}
    if insist:
        for name in wanted:
            find_entry(name)
    order = [name for name in dict.fromkeys((*wanted, *BUILT_IN, *listed)) if name in listed]
    must = frozenset((*BUILT_IN, *(wanted if insist else ())))
    found, messages = _usable([listed[name] for name in order], warp, image_sha256, must)
    if insist and wanted:
        _require_clp(found[0].atlas)
    # The built-in ones describe CLp, so that there is always one to lead.
    leader = next(each for each in found if each.atlas.describes_both(CLP_KEY))
    return HeadAtlases((leader, *(one for one in found if one is not leader)), messages)


def _usable(
    entries: Sequence[AtlasEntry], warp: Warp[Mni, ScannerRas], image_sha256: str, must: frozenset[str]
) -> tuple[list[HeadAtlas], tuple[str, ...]]:
    """Those that fit the head, and a sentence for every one left out; an error in one of ``must`` is raised."""
    found: list[HeadAtlas] = []
    messages = []
    for entry in entries:
        try:
            atlas = _in_head(entry, warp, image_sha256, entry.name in must)
        except FusplanError as error:
            if entry.name in must:
                raise
            messages.append(f"The atlas {entry.title} ({entry.name}) is left out. {error.message} {error.remedy}")
            continue
        if atlas is not None:
            found.append(atlas)
    return found, tuple(messages)


def require_clp(name: str | None) -> None:
    """Refuse an atlas to start from that describes no CLp: before the long work, not after it.

    Raises:
        UnknownAtlasError, AtlasManifestError, UnknownStructureError: the message says why.
    """
    if name is not None:
        _require_clp(open_atlas(name))


def _require_clp(atlas: NucleiAtlas) -> None:
    for side in SIDES:
        atlas.whole(clp(side))


def plan_head_atlases(plan: Plan) -> HeadAtlases:
    """The atlases in the head of a plan, those it was made with first."""
    return atlases_in_head(plan.registration, plan.image.sha256, [one.name for one in plan.atlases])


def chosen_head_atlases(plan: Plan, is_chosen: Callable[[str], bool]) -> HeadAtlases:
    """Some of the atlases in the head of a plan, by name, in no particular order: so that one can be shown first."""
    entries = [entry for entry in list_atlases() if is_chosen(entry.name)]
    warp = plan.registration.mni_to_scanner
    found, messages = _usable(entries, warp, plan.image.sha256, frozenset(BUILT_IN))
    return HeadAtlases(tuple(found), messages)


def _in_head(entry: AtlasEntry, warp: Warp[Mni, ScannerRas], image_sha256: str, insist: bool) -> HeadAtlas | None:
    """An atlas in the head; None for one that belongs to another head."""
    if entry.problem is not None:
        load_entry(entry)
    if entry.image_sha256 is not None and entry.image_sha256 != image_sha256:
        if insist:
            raise OtherHeadError(
                f"The atlas {entry.title} lies in the own space of another image and belongs to that image only.",
                "Use it with plans on its own image.",
            )
        return None
    return carried(load_entry(entry), warp)


def carried(atlas: AnyAtlas, warp: Warp[Mni, ScannerRas]) -> HeadAtlas:
    """An atlas in a head: carried by the registration, or, in the head's own space, checked against it.

    Raises:
        AtlasAlignmentError: an atlas in the head's own space does not lie on its thalamus.
    """
    if isinstance(atlas.frame, ScannerRas):
        return _own_space(atlas, warp)
    return PatientAtlas(atlas, warp, warp.inverse())


def check_in_head(atlas: LabelAtlas[ScannerRas], warp: Warp[Mni, ScannerRas]) -> tuple[AlignmentFinding, ...]:
    """The alignment check of an atlas in a head's own space. Raises AtlasAlignmentError."""
    return check_alignment(atlas, thalamus_in_head(built_in_atlases(), warp, warp.inverse()))


def _own_space(atlas: LabelAtlas[ScannerRas], warp: Warp[Mni, ScannerRas]) -> ScannerAtlas:
    check_in_head(atlas, warp)
    made = ScannerAtlas(atlas, warp, warp.inverse())
    if atlas.part(CLP_KEY) is not None and min(made.volume_mm3(clp(side)) for side in SIDES) < SMALLEST_CLP_MM3:
        note = f"The part of its CL behind the cut has less than {SMALLEST_CLP_MM3:g} mm3 in this head."
        without = replace(
            atlas,
            parts=tuple(part for part in atlas.parts if part.key != CLP_KEY),
            part_notes={**atlas.part_notes, CLP_KEY: note},
        )
        return ScannerAtlas(without, warp, warp.inverse())
    return made
