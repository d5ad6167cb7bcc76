"""The example that the reports are made of."""

from __future__ import annotations

import pytest

from tests.fixtures.example_plan import ExamplePlan, oblique_example


@pytest.fixture(scope="session")
def example() -> ExamplePlan:
    return oblique_example()
