"""Which tests begin first, so that at the end no worker waits for another with a long one."""


def begins(place):
    """Put a test at a place in the order; the others come behind, as they stand."""

    def put(test):
        test.begins = place
        return test

    return put


def in_order(items):
    """The browser's tests in their order, at the places they have among all others."""
    here = [at for at, item in enumerate(items) if "tests/browser/" in item.nodeid]
    wanted = sorted((items[at] for at in here), key=lambda each: getattr(each.obj, "begins", 9))
    for at, item in zip(here, wanted, strict=True):
        items[at] = item
