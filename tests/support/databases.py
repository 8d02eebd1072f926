"""On which databases a test runs: on both, unless what it shows depends on none of them."""

import pytest

SLOWLY_ON_POSTGRESQL = ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]
"""For what takes seconds and knows of no database: a browser, a planner, a process of its own."""

slowly_on_postgresql = pytest.mark.parametrize("database", SLOWLY_ON_POSTGRESQL, indirect=True)
