"""What is drawn of the treatment, switched and coloured by a person."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from fusplan.display.element_colours import element_colours
from fusplan.display.treatment_pictures import with_treatment_layers
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.elements_part import ElementsPart
from fusplan.widgets.sights_panel import SightsPanel
from tests.fixtures.cases import open_case
from tests.fixtures.desks import SoonJobs
from tests.fixtures.simulated_plans import simulated_plan
from tests.fixtures.small_heads import head


@pytest.fixture
def case() -> Case:
    made = open_case(volume=head(6.0))
    made.view.update(image_layers=with_treatment_layers(made.view.state.image_layers))
    return made


def test_switches_and_sliders_follow_the_view_and_change_it(qtbot, case: Case) -> None:
    panel = SightsPanel(case, Desk(SoonJobs()))
    qtbot.addWidget(panel)
    panel.show()
    assert panel.switches["temperature_picture"].isChecked() and not panel.switches["dose_picture"].isChecked()
    assert not panel.sliders["dose"].isEnabled()
    panel.switches["dose_picture"].click()
    assert case.view.state.layers.dose_picture and panel.sliders["dose"].isEnabled()
    panel.sliders["dose"].setValue(35)
    assert case.view.state.image_layers.layer("dose").opacity == pytest.approx(0.35)
    case.view.become(case.view.state.with_layers(helmet=False).with_image_layer("temperature", opacity=0.9))
    assert not panel.switches["helmet"].isChecked()
    assert panel.sliders["temperature"].value() == 90


def test_elements_are_coloured_by_what_is_chosen_here_and_in_space(qtbot, case: Case) -> None:
    part = ElementsPart(case)
    qtbot.addWidget(part)
    part.resize(300, 320)
    part.show()
    simulated = simulated_plan(case.plan)
    case.set_simulated(simulated)
    part.show_target(simulated.targets[0])
    qtbot.mouseClick(part.quantity.buttons["thickness"], Qt.MouseButton.LeftButton)
    assert case.view.state.layers.element_colour == "thickness"
    assert part.map.map.colours.quantity == "thickness"
    picture = part.map.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(-1, 4)[:, 2::-1]
    wanted = element_colours(simulated.targets[0], "thickness").rgb[10]
    assert (np.abs(pixels.astype(int) - wanted).max(axis=1) <= 2).sum() > 5
    of_t1 = simulated_plan(case.plan, "t1")
    case.set_simulated(of_t1)
    part.show_target(of_t1.targets[0])
    assert not part.quantity.buttons["sdr"].isEnabled() and part.quantity.buttons["load"].isEnabled()
    part.show_target(None)
    assert part.map.map is None
