"""What the views of one case share and need only once: the sliceable images, AC-PC geometry, default windows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from fusplan.display.drawn_layers import Shown
from fusplan.display.image_layers import Picture, usual_window
from fusplan.display.interaction.stage import Response, Stage
from fusplan.display.mesh_slices import SliceableMesh
from fusplan.display.slice_blend import ShownLayer
from fusplan.display.slice_layout import ImageExtent, axes_of
from fusplan.display.slice_raster import SliceSource, can_be_plain
from fusplan.display.treated_spots import TreatedSpots, shown_target, treated_spots
from fusplan.display.view_state import TREATMENT
from fusplan.display.views import ViewAxes, ViewKind
from fusplan.errors import FusplanError
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.volume import Volume
from fusplan.planning.open_review import regions_95
from fusplan.planning.plan import Plan
from fusplan.planning.target_places import astray_targets
from fusplan.spatial import AcPcGeometry, Ellipsoid, ScannerRas
from fusplan.widgets.case import Case

NO_PLAN_REASON = "Targets, lesions and measurements need the AC-PC frame: align the template or open a plan first."


class ViewSources:
    """Looks after what is computed from a case for its views, each thing when it is first needed."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.prepare_view: Callable[[ViewKind], None] = _nothing
        """Called before a view is painted: the grid prepares its other views meanwhile, in threads."""
        self.regions: Sequence[Ellipsoid[ScannerRas]] = ()
        self._sources: dict[Picture, SliceSource] = {}
        self._lock = threading.Lock()
        self._windows: dict[Picture, IntensityWindow] = {}
        self._extent: tuple[Volume, ImageExtent] | None = None
        self._axes: tuple[object, ViewAxes] | None = None
        self._shown: tuple[tuple[object, ...], Shown] | None = None
        self._astray: tuple[Plan, object, tuple[tuple[str, str], ...]] | None = None
        self._spots: tuple[tuple[object, ...], TreatedSpots] | None = None

    def source(self, picture: Picture) -> SliceSource:
        """The picture ready for slicing; those that are no longer open are forgotten."""
        open_now = {self.case.volume, *self.case.pictures.values()}
        # The views ask from threads, too.
        with self._lock:
            for gone in self._sources.keys() - open_now:
                del self._sources[gone]
                self._windows.pop(gone, None)
            known = self._sources.get(picture)
            can_wait = can_be_plain(picture, self.case.view.state.interpolation)
            if known is None and can_wait:
                known = SliceSource.plain(picture)
                threading.Thread(target=self._make_bricks, args=(picture,), daemon=True, name="bricks").start()
            elif known is None or (known.bricks is None and not can_wait):
                known = SliceSource.of(picture)
            self._sources[picture] = known
            return known

    def _make_bricks(self, picture: Picture) -> None:
        """In a thread: the first picture does not wait for what makes the later ones faster."""
        made = SliceSource.of(picture)
        with self._lock:
            if picture in self._sources:
                self._sources[picture] = made

    def window(self, picture: Picture) -> IntensityWindow:
        """The window/level chosen for an image, else a sensible one."""
        if isinstance(picture, Volume):
            chosen = self.case.view.state.window_of(picture.fingerprint)
            if chosen is not None:
                return chosen
        if picture not in self._windows:
            self._windows[picture] = usual_window(picture)
        return self._windows[picture]

    def layers(self, first: Volume) -> tuple[ShownLayer, ...]:
        """The pictures that lie over the first image now, from the lowest on."""
        pictures = self.case.pictures
        drawn = self.case.view.state.image_layers.drawn(pictures, self.case.view.state.layers)
        return tuple(
            ShownLayer(layer, picture, layer.range or self.window(first if layer.shares_window else picture))
            for layer in drawn
            for picture in (pictures[layer.key],)
        )

    def extent(self, volume: Volume) -> ImageExtent:
        """Where the image lies."""
        if self._extent is None or self._extent[0] is not volume:
            self._extent = (volume, ImageExtent.of(volume))
        return self._extent[1]

    @property
    def geometry(self) -> AcPcGeometry | None:
        """AC-PC of the plan's landmarks."""
        plan = self.case.plan
        if plan is None:
            return None
        return plan.landmarks.geometry()

    def axes(self, volume: Volume) -> ViewAxes:
        """The axes that slices follow now."""
        key = (self.case.view.state.axes, volume.scanner_frame, self.geometry)
        if self._axes is None or self._axes[0] != key:
            self._axes = (key, axes_of(self.case.view.state, volume.scanner_frame, self.geometry))
        return self._axes[1]

    def shown(self) -> Shown:
        """What there is to draw over the image."""
        atlas = self.case.shown_atlas
        meshes = atlas.meshes if atlas is not None else ()
        overlay = self.case.template_overlay
        edges = overlay.edges if overlay is not None else ()
        state, plan, review = self.case.view.state, self.case.plan, self.case.review
        spots, sights = self._spots_of(plan), self.case.sights if state.workspace == TREATMENT else None
        parts = (state, plan, review, self.regions, meshes, edges, self.case.atlases, spots, sights)
        kept = self._shown
        # The parts are remembered themselves: others cannot have their identity while they are.
        if kept is None or any(one is not two for one, two in zip(kept[0], parts, strict=True)):
            regions = self.regions or (regions_95(plan, review) if plan is not None else ())
            astray = self._astray_of(plan) if plan is not None else ()
            compared = self._aims_by_another_atlas() if state.layers.second_aim else ()
            shown = Shown(state, plan, self.geometry, meshes, regions, edges, compared, astray, spots, sights)
            kept = self._shown = (parts, shown)
        return kept[1]

    def _spots_of(self, plan: Plan | None) -> TreatedSpots | None:
        """Of the target whose treatment is shown; the same as long as they are, so that their marks are kept."""
        state = self.case.view.state
        target = shown_target(plan, state.selection) if plan is not None and state.workspace == TREATMENT else None
        if plan is None or target is None:
            return None
        key = (plan, target.id, self.case.simulated)
        known = self._spots
        if known is None or any(one is not two for one, two in zip(known[0], key, strict=True)):
            known = self._spots = (key, treated_spots(plan, target, self.case.simulated))
        return known[1]

    def _astray_of(self, plan: Plan) -> tuple[tuple[str, str], ...]:
        """The targets that lie elsewhere than they aim at; asked once for a plan, not at cursor moves."""
        known = self._astray
        if known is None or known[0] is not plan or known[1] is not self.case.atlases:
            atlases = tuple(atlas for _, atlas in self.case.patient_atlases)
            known = self._astray = (plan, self.case.atlases, astray_targets(plan, atlases))
        return known[2]

    def _aims_by_another_atlas(self) -> tuple[SliceableMesh, ...]:
        """Surfaces of what the targets aim at, by the first atlas beside the one drawn that has them."""
        plan, drawn = self.case.plan, self.case.shown_atlas
        keys = {target.aim.key for target in plan.targets if target.aim is not None} if plan is not None else set()
        for other in self.case.atlases.values():
            found = tuple(mesh for mesh in other.meshes if mesh.name in keys)
            if other is not drawn and found:
                return found
        return ()

    def stage(self, volume: Volume) -> Stage:
        """What gestures act on."""
        return Stage(
            state=self.case.view.state,
            plan=self.case.plan,
            no_plan_reason=NO_PLAN_REASON,
            fingerprint=volume.fingerprint,
            window=self.window(volume),
            spots=self._spots_of(self.case.plan),
        )

    def carry_out(self, response: Response) -> str | None:
        """Do what a gesture leads to; returns the sentence for the status line, if there is one."""
        document = self.case.document
        if response.edit is not None and document is not None:
            try:
                document.apply(response.edit.label, response.edit.apply, response.edit.merge_key)
            except FusplanError as error:
                return str(error)
        if response.state is not None:
            self.case.view.become(response.state)
        return response.notice


def _nothing(_kind: ViewKind) -> None:
    return None
