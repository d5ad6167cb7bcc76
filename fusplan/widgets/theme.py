"""The one place that decides how the window looks: palette, type, spacing, focus rings, the style sheet.

A widget says what a part is (``set_role(label, "title")``), never how it looks.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QLayout, QWidget

from fusplan.paths import resources_folder
from fusplan.widgets.palette import PALETTES, Palette, ThemeName

Role: TypeAlias = Literal[
    "title", "heading", "strong", "muted", "small", "key", "plain", "ok", "warning", "error",
    "card", "panel", "bar", "overlay", "primary", "quiet", "link", "step", "row", "segment", "section",
    "refused", "",
]  # fmt: skip

GAP_SMALL, GAP, GAP_LARGE, GAP_HUGE = 4, 8, 16, 32
"""Distances between things, logical pixels."""

RADIUS = 6
ICON_SIZE = 20
SMALLEST_FONT_POINTS = 10.0
_THEME_PROPERTY = "fusplan_theme"


def apply_theme(application: QApplication, name: ThemeName) -> None:
    """Give the whole program the look ``name``."""
    if application.property(_THEME_PROPERTY) == name and application.styleSheet():
        return
    palette = PALETTES[name]
    application.setProperty(_THEME_PROPERTY, name)
    application.setStyle("Fusion")
    application.setFont(_base_font(application))
    application.setPalette(_qt_palette(palette))
    application.setStyleSheet(_style_sheet(palette, application.font().pointSizeF()))


def current_palette() -> Palette:
    """The palette in use (the dark one before a theme was applied)."""
    application = QApplication.instance()
    name = application.property(_THEME_PROPERTY) if application is not None else None
    return PALETTES["light" if name == "light" else "dark"]


def colour(value: str) -> QColor:
    """A palette entry for painting."""
    return QColor(value)


def set_role(widget: QWidget, role: Role) -> None:
    """Say what a widget is, so that the style sheet knows how it looks."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def space(layout: QLayout, margin: int = GAP_LARGE, gap: int = GAP) -> None:
    """Set margins on all sides and the gap between the parts of a layout."""
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(gap)


def _base_font(application: QApplication) -> QFont:
    font = application.font()
    if font.pointSizeF() < SMALLEST_FONT_POINTS:
        font.setPointSizeF(SMALLEST_FONT_POINTS)
    return font


def _qt_palette(palette: Palette) -> QPalette:
    """For what the style draws itself: menus, check marks, selections, placeholder texts."""
    roles = QPalette.ColorRole
    colours = {
        roles.Window: palette.window,
        roles.WindowText: palette.text,
        roles.Base: palette.raised,
        roles.AlternateBase: palette.panel,
        roles.Text: palette.text,
        roles.Button: palette.raised,
        roles.ButtonText: palette.text,
        roles.BrightText: palette.error,
        roles.ToolTipBase: palette.raised,
        roles.ToolTipText: palette.text,
        roles.Highlight: palette.accent,
        roles.HighlightedText: palette.on_accent,
        roles.Link: palette.accent,
        roles.LinkVisited: palette.accent,
        roles.PlaceholderText: palette.muted,
        roles.Mid: palette.border,
        roles.Accent: palette.accent,
    }
    made = QPalette()
    for role, value in colours.items():
        made.setColor(role, QColor(value))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(palette.disabled))
    return made


def _style_sheet(p: Palette, points: float) -> str:
    return "\n".join((_texts(p, points), _areas(p), _controls(p), _lists(p), _bars(p)))


def _texts(p: Palette, points: float) -> str:
    return f"""
    QLabel[role="title"] {{ font-size: {points * 2.4:.1f}pt; font-weight: 300; color: {p.text}; }}
    QLabel[role="heading"] {{ font-size: {points * 1.2:.1f}pt; font-weight: 600; color: {p.text}; }}
    QLabel[role="strong"] {{ font-weight: 600; }}
    QLabel[role="muted"] {{ color: {p.muted}; }}
    QLabel[role="small"] {{ color: {p.muted}; font-size: {points * 0.9:.1f}pt; }}
    QLabel[role="ok"] {{ color: {p.ok}; }}
    QLabel[role="warning"] {{ color: {p.warning}; }}
    QLabel[role="error"] {{ color: {p.error}; }}
    QLabel[role="key"] {{ color: {p.text}; background: {p.raised}; border: 1px solid {p.control_border};
        border-radius: 4px; padding: 1px 6px; font-size: {points * 0.9:.1f}pt; }}
    QToolTip {{ color: {p.text}; background: {p.raised}; border: 1px solid {p.control_border}; padding: 4px; }}
    """


def _areas(p: Palette) -> str:
    return f"""
    QMainWindow, QDialog {{ background: {p.window}; }}
    QFrame[role="panel"] {{ background: {p.panel}; border: none; }}
    QFrame[role="card"] {{ background: {p.panel}; border: 1px solid {p.border}; border-radius: {RADIUS + 2}px; }}
    QFrame[role="overlay"] {{ background: {p.panel}; border: 1px solid {p.control_border};
        border-radius: {RADIUS + 2}px; }}
    QFrame[role="row"] {{ background: transparent; border: 1px solid transparent; border-radius: 4px; }}
    QFrame[role="row"]:hover {{ background: {p.hover}; }}
    QFrame[role="row"]:focus {{ border: 1px solid {p.accent}; }}
    QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
    QSplitter::handle {{ background: {p.border}; }}
    QSplitter::handle:hover {{ background: {p.accent}; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
    QScrollBar::handle {{ background: {p.border}; border-radius: 4px; min-height: 24px; min-width: 24px; margin: 1px; }}
    QScrollBar::handle:hover {{ background: {p.control_border}; }}
    QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
        background: none; border: none; width: 0; height: 0; }}
    """


def _controls(p: Palette) -> str:
    return f"""
    QPushButton {{ background: {p.raised}; color: {p.text}; border: 1px solid {p.control_border};
        border-radius: {RADIUS}px; padding: 6px 14px; min-height: 18px; }}
    QPushButton:hover {{ background: {p.hover}; }}
    QPushButton:pressed {{ background: {p.selected}; }}
    QPushButton:focus {{ border: 2px solid {p.accent}; padding: 5px 13px; }}
    QPushButton:disabled {{ color: {p.disabled}; border-color: {p.border}; }}
    QPushButton:checked {{ background: {p.selected}; border-color: {p.accent}; }}
    QPushButton[role="primary"] {{ background: {p.accent}; color: {p.on_accent}; border: 1px solid {p.accent};
        font-weight: 600; }}
    QPushButton[role="primary"]:focus {{ border: 2px solid {p.text}; }}
    QPushButton[role="primary"]:disabled {{ background: {p.raised}; color: {p.disabled}; border-color: {p.border}; }}
    QPushButton[role="quiet"], QToolButton {{ background: transparent; border: 1px solid transparent;
        border-radius: {RADIUS}px; padding: 4px 8px; color: {p.text}; }}
    QPushButton[role="quiet"]:hover, QToolButton:hover {{ background: {p.hover}; }}
    QPushButton[role="quiet"]:focus, QToolButton:focus {{ border: 2px solid {p.accent}; padding: 3px 7px; }}
    QToolButton:checked {{ background: {p.selected}; }}
    QPushButton[role="link"] {{ background: transparent; border: 1px solid transparent; color: {p.accent};
        text-align: left; padding: 4px 6px; }}
    QPushButton[role="link"]:hover {{ background: {p.hover}; }}
    QPushButton[role="link"]:focus {{ border: 2px solid {p.accent}; padding: 3px 5px; }}
    QPushButton[role="segment"] {{ padding: 4px 6px; }}
    QPushButton[role="segment"]:focus {{ padding: 3px 5px; }}
    QPushButton[role="step"] {{ background: transparent; border: 1px solid transparent; border-radius: {RADIUS}px;
        text-align: left; padding: 0; }}
    QPushButton[role="step"]:hover {{ background: {p.hover}; }}
    QPushButton[role="step"]:checked {{ background: {p.selected}; }}
    QPushButton[role="step"]:focus {{ border: 2px solid {p.accent}; padding: 0; }}
    QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit {{ background: {p.raised}; color: {p.text};
        border: 1px solid {p.control_border}; border-radius: {RADIUS}px; padding: 5px 8px; min-height: 18px;
        selection-background-color: {p.accent}; selection-color: {p.on_accent}; }}
    QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus {{
        border: 2px solid {p.accent}; padding: 4px 7px; }}
    QDoubleSpinBox[role="refused"], QDoubleSpinBox[role="refused"]:focus {{ border: 2px solid {p.error};
        padding: 4px 7px; }}
    QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {{ color: {p.disabled};
        border-color: {p.border}; }}
    QAbstractSpinBox QLineEdit, QComboBox QLineEdit {{ background: transparent; border: none; padding: 0 8px;
        min-height: 0; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 0; border: none; }}
    QComboBox::drop-down {{ border: none; width: 22px; }}
    QComboBox::down-arrow {{ image: url("{(resources_folder() / "theme" / f"arrow_{p.name}.svg").as_posix()}");
        width: 12px; height: 12px; }}
    QToolButton[role="section"] {{ padding: 4px 2px; font-weight: 600; }}
    QToolButton[role="section"]:focus {{ padding: 3px 1px; }}
    QCheckBox:focus, QRadioButton:focus {{ color: {p.accent}; }}
    QProgressBar {{ background: {p.border}; border: none; border-radius: 3px; max-height: 6px; }}
    QProgressBar::chunk {{ background: {p.accent}; border-radius: 3px; }}
    """


def _lists(p: Palette) -> str:
    return f"""
    QListView, QTreeView, QTableView {{ background: {p.panel}; border: 1px solid {p.border};
        border-radius: {RADIUS}px; outline: none; gridline-color: {p.border}; }}
    QListView[role="plain"] {{ background: transparent; border: 1px solid transparent; }}
    QListView:focus, QTreeView:focus, QTableView:focus {{ border: 1px solid {p.accent}; }}
    QListView::item, QTreeView::item {{ padding: 6px 8px; border-radius: 4px; color: {p.text}; }}
    QListView::item:hover, QTreeView::item:hover {{ background: {p.hover}; }}
    QListView::item:selected, QTreeView::item:selected, QTableView::item:selected {{ background: {p.selected};
        color: {p.text}; }}
    QListView::item:disabled {{ color: {p.disabled}; }}
    QHeaderView::section {{ background: {p.panel}; color: {p.muted}; border: none; padding: 4px 8px;
        border-bottom: 1px solid {p.border}; }}
    """


def _bars(p: Palette) -> str:
    return f"""
    QMenuBar {{ background: {p.panel}; color: {p.text}; padding: 2px 4px; }}
    QMenuBar::item {{ padding: 4px 10px; border-radius: 4px; background: transparent; }}
    QMenuBar::item:selected {{ background: {p.hover}; }}
    QMenu {{ background: {p.raised}; color: {p.text}; border: 1px solid {p.border}; padding: 4px; }}
    QMenu::item {{ padding: 5px 24px 5px 10px; border-radius: 4px; }}
    QMenu::icon {{ padding-left: 8px; }}
    QMenu::item:selected {{ background: {p.selected}; }}
    QMenu::item:disabled {{ color: {p.disabled}; }}
    QMenu::separator {{ height: 1px; background: {p.border}; margin: 4px 8px; }}
    QToolBar {{ background: {p.panel}; border: none; spacing: 2px; padding: 2px 6px; }}
    QStatusBar {{ background: {p.panel}; color: {p.muted}; }}
    QStatusBar::item {{ border: none; }}
    QFrame[role="bar"] {{ background: {p.raised}; border: none; border-top: 1px solid {p.border};
        border-bottom: 1px solid {p.border}; }}
    QTabBar::tab {{ padding: 6px 12px; color: {p.muted}; border: none; border-bottom: 2px solid transparent; }}
    QTabBar::tab:selected {{ color: {p.text}; border-bottom: 2px solid {p.accent}; }}
    QTabWidget::pane {{ border: none; }}
    """
