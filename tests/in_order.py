"""In which order the workers of a run take the tests: file by file, the long ones first.

The tests of a file stay with one worker, so that what is made for the whole file is made once. What
commits really comes after what is rolled back (pytest-django sorts so), for the plan is gone then:
a file with both is taken in two runs.
"""

from xdist.scheduler.loadscope import LoadScopeScheduling

LONG = (  # the longest first; none of them commits really in a database of the tests
    "tests/keeping/test_operations.py",
    "tests/test_proxy.py",
    "tests/test_serve.py",
    "tests/test_first_starts.py",
    "tests/upkeep/test_first_start.py",
    "tests/sample/test_story.py",
    "tests/sample/test_loading.py",
    "tests/attacks/test_presses.py",
    "tests/test_configuration.py",
    "tests/attacks/test_every_door.py",
    "tests/test_permissions.py",
    "tests/test_doors_table.py",
    "tests/attacks/test_addresses.py",
    "tests/reports/test_editions.py",
    "tests/test_installed.py",
    "tests/test_access.py",
    "tests/accounts/test_trail.py",
)


class FileByFile(LoadScopeScheduling):
    """One unit of work is a file, as far as its tests stand beside each other."""

    def __init__(self, config, log=None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # by size, which says nothing of how long
        self.units: dict[str, str] = {}
        self.last = ("", "")

    def _split_scope(self, nodeid: str) -> str:
        if nodeid not in self.units:
            file, (before, unit) = nodeid.split("::", 1)[0], self.last
            if file != before:
                unit = f"{file} {len(self.units)}" if file in self.begun else file
            self.last = (file, unit)
            self.units[nodeid] = unit
        return self.units[nodeid]

    @property
    def begun(self) -> set[str]:
        """The files of which tests were seen."""
        return set(self.units.values())

    def _assign_work_unit(self, node) -> None:
        self.workqueue.move_to_end(min(self.workqueue, key=_place), last=False)
        super()._assign_work_unit(node)


def _place(unit: str) -> int:
    return LONG.index(unit) if unit in LONG else len(LONG)
