"""Atlases that are in the patient already, under a registration that differs by a rigid nudge only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fusplan.display.drawn_atlas import DrawnAtlas
from fusplan.spatial import Mni, ScannerRas, Warp


def moved_atlases(
    atlases: Mapping[str, DrawnAtlas], mni_to_scanner: Warp[Mni, ScannerRas]
) -> Mapping[str, DrawnAtlas] | None:
    """The atlases carried along: some milliseconds, where carrying them anew takes seconds.

    None when there are none, or when the registration differs by more than its affine map.
    """
    moved = {}
    for name, one in atlases.items():
        atlas = _moved(one, mni_to_scanner)
        if atlas is None:
            return None
        moved[name] = atlas
    return moved or None


def _moved(one: DrawnAtlas, mni_to_scanner: Warp[Mni, ScannerRas]) -> DrawnAtlas | None:
    from fusplan.display.moved_meshes import moved_meshes  # noqa: PLC0415 - loaded with the first atlas anyway

    known = one.patient_atlas.mni_to_scanner
    if not isinstance(known, Warp) or known.displacements.digest != mni_to_scanner.displacements.digest:
        return None
    motion = known.affine.inverse().then(mni_to_scanner.affine)
    meshes = moved_meshes(one.meshes, motion) if one.patient_atlas.follows_registration else one.meshes
    return replace(one, patient_atlas=one.patient_atlas.under(mni_to_scanner), meshes=meshes)
