"""What tests of the engine share: a tiny base, on one thread so that sums are added in the same order."""

from collections.abc import Iterator

import pytest
import torch

from tests.tiny import tiny_base, tiny_folder

__all__ = ["tiny_base", "tiny_folder"]


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Compute on one thread, as other tests' processes want cores too."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
