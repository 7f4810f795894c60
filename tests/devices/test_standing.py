"""What a person may say of a speaker, and what not: every pair."""

from itertools import product

import pytest

from devices.standing import Standing, may_become

FINAL = {Standing.REPLACED, Standing.RETIRED}


@pytest.mark.parametrize(("before", "after"), list(product(Standing, Standing)))
def test_what_is_gone_for_good_stays_so_and_all_else_may_change(before: Standing, after: Standing) -> None:
    assert may_become(before, after) == (before is after or before not in FINAL)
