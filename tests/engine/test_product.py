"""A few rows' product: the same sum, whichever way round, and only where it may be turned."""

import pytest
import torch

from engine.lm.product import FEW, FewRows, product, quicken


@pytest.mark.parametrize("rows", [1, 2, FEW, FEW + 1])
@pytest.mark.parametrize("biased", [False, True])
def test_it_is_a_linear_layer(rows, biased):
    layer = torch.nn.Linear(12, 7, bias=biased)
    x = torch.randn(rows, 12)
    with torch.no_grad():
        got = product(x, layer.weight, layer.bias)
    assert got.is_contiguous()
    assert torch.allclose(got, torch.nn.functional.linear(x, layer.weight, layer.bias), atol=1e-6)


def test_shapes_dtypes_and_gradients_are_as_before():
    layer = torch.nn.Linear(12, 7)
    x = torch.randn(2, 3, 12, requires_grad=True)
    product(x, layer.weight, layer.bias).sum().backward()
    assert x.grad is not None
    with torch.no_grad():
        assert product(x, layer.weight).shape == (2, 3, 7)
        assert product(x.bfloat16(), layer.weight.bfloat16()).dtype == torch.bfloat16


def test_a_model_is_quickened_but_not_what_is_no_plain_layer():
    class Other(torch.nn.Linear):
        pass

    model = torch.nn.Sequential(torch.nn.Linear(3, 3), Other(3, 3))
    weights = model.state_dict()
    quicken(model)
    assert type(model[0]) is FewRows
    assert type(model[1]) is Other
    assert all(torch.equal(weights[key], value) for key, value in model.state_dict().items())
