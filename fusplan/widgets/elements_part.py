"""The elements of the helmet, laid flat and in colours, and the choice of what colours them here and in 3-D."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from fusplan.display.element_colours import (
    OFF_WORDS,
    QUANTITIES,
    ElementMap,
    element_colours,
    element_map,
    known_quantities,
)
from fusplan.display.view_state import ViewState
from fusplan.planning.simulated_treatment import SimulatedTarget
from fusplan.simulation.skull_density_ratio import RECIPE_WORDS
from fusplan.widgets.case import Case
from fusplan.widgets.segments import Choice, Segments
from fusplan.widgets.stamps import Face, colour_bar, colour_bar_size
from fusplan.widgets.theme import GAP, current_palette, set_role

MAP_HEIGHT = 230
BAR_LENGTH = 110.0
LETTER_ROOM = 16.0


class ElementMapView(QWidget):
    """The flat map: the apex in the middle, anterior up, right and left as in axial slices."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map: ElementMap | None = None
        self.setAccessibleName("Elements of the helmet, laid flat")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_map(self, shown: ElementMap | None) -> None:
        """Show another map, or none."""
        self.map = shown
        self.setVisible(shown is not None)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(300, MAP_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        if self.map is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = self.map.colours.bar
        face = Face(self.font().toString(), 0.85)
        foot = colour_bar_size(bar, face, BAR_LENGTH)[1] if bar is not None else 0.0
        radius = min(self.width() / 2, (self.height() - foot - GAP) / 2) - LETTER_ROOM
        middle = QPointF(self.width() / 2, LETTER_ROOM + radius)
        self._paint_elements(painter, self.map, middle, radius)
        self._paint_letters(painter, self.map, middle, radius)
        if bar is not None:
            width = colour_bar_size(bar, face, BAR_LENGTH)[0]
            colour_bar(painter, (self.width() - width) / 2, self.height() - foot, bar, face, BAR_LENGTH)
        painter.end()

    @staticmethod
    def _paint_elements(painter: QPainter, shown: ElementMap, middle: QPointF, radius: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        dot = max(shown.radius * radius, 1.0)
        for (x, y), rgb in zip(shown.places.tolist(), shown.colours.rgb.tolist(), strict=True):
            painter.setBrush(QColor(*rgb))
            painter.drawEllipse(QPointF(middle.x() + x * radius, middle.y() - y * radius), dot, dot)

    def _paint_letters(self, painter: QPainter, shown: ElementMap, middle: QPointF, radius: float) -> None:
        painter.setPen(QColor(current_palette().muted))
        away = radius + LETTER_ROOM / 2 + 1
        for letter, x, y in (
            (shown.left, -away, 0.0),
            (shown.right, away, 0.0),
            (shown.top, 0.0, -away),
            (shown.bottom, 0.0, away),
        ):
            box = QRectF(middle.x() + x - 10, middle.y() + y - 10, 20, 20)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)


class ElementsPart(QWidget):
    """What colours the elements, and their flat map. Hidden parts ask for nothing."""

    def __init__(self, case: Case, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case = case
        self._shown: SimulatedTarget | None = None
        self.quantity = Segments(
            [Choice(key, words.choice, words.tooltip) for key, words in QUANTITIES.items()], "Colour of the elements"
        )
        self.map = ElementMapView()
        self.words = QLabel()
        self.words.setWordWrap(True)
        set_role(self.words, "small")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        for part in (self.quantity, self.map, self.words):
            layout.addWidget(part)
        self.quantity.chosen.connect(self._choose)
        case.view_changed.connect(self._view_changed)
        case.sights_changed.connect(self._sights_changed)

    def show_target(self, found: SimulatedTarget | None) -> None:
        """Show the elements of a target, or none; as they are drawn in space, where they are."""
        self._shown, sights = found, self._case.sights
        if found is not None and sights is not None and sights.simulated.target_id == found.target_id:
            found = sights.simulated
        simulated, state = self._case.simulated, self._case.view.state
        quantity = state.layers.element_colour
        self.quantity.choose(quantity)
        if found is None or simulated is None:
            self.map.show_map(None)
            self.words.setText("")
            return
        known = known_quantities(found)
        for key, button in self.quantity.buttons.items():
            button.setEnabled(key in known)
        colours = element_colours(found, quantity)
        self.map.show_map(element_map(simulated.transducer, colours, state.convention))
        off = "" if colours.is_on.all() else f"{OFF_WORDS.capitalize()}. "
        recipe = f"SDR {RECIPE_WORDS}. " if quantity == "sdr" else ""
        self.words.setText(f"{off}{recipe}The helmet from above, laid flat; the same colours stand in 3-D.")

    def _choose(self, key: str) -> None:
        quantity = next(name for name in QUANTITIES if name == key)
        self._case.view.become(self._case.view.state.with_layers(element_colour=quantity))

    def _sights_changed(self) -> None:
        if self.isVisible():
            self.show_target(self._shown)

    def _view_changed(self, before: ViewState, after: ViewState) -> None:
        looks = (before.layers.element_colour, before.convention) != (after.layers.element_colour, after.convention)
        if looks and self.isVisible():
            self.show_target(self._shown)
