"""The portal runs on Windows: nothing that only POSIX or glibc has, and no guess at an encoding."""

import ast
import re
from pathlib import Path

import pytest

from tests.test_readability import PYTHON, ROOT, TEMPLATES, named

pytestmark = pytest.mark.pure

POSIX_MODULES = {
    "crypt",
    "fcntl",
    "grp",
    "nis",
    "posix",
    "pty",
    "pwd",
    "resource",
    "spwd",
    "syslog",
    "termios",
    "tty",
}
POSIX_OS = {
    "chown",
    "chroot",
    "fchmod",
    "fchown",
    "fork",
    "forkpty",
    "getegid",
    "geteuid",
    "getgid",
    "getgroups",
    "getloadavg",
    "getpgid",
    "getpgrp",
    "getuid",
    "initgroups",
    "killpg",
    "lchown",
    "mkfifo",
    "mknod",
    "nice",
    "openpty",
    "posix_spawn",
    "sched_getaffinity",
    "setegid",
    "seteuid",
    "setgid",
    "setgroups",
    "setpgid",
    "setsid",
    "setuid",
    "statvfs",
    "sysconf",
    "tcgetpgrp",
    "ttyname",
    "uname",
    "wait3",
    "wait4",
}
WINDOWS_SIGNALS = {"SIGABRT", "SIGBREAK", "SIGFPE", "SIGILL", "SIGINT", "SIGSEGV", "SIGTERM"}
POSIX_SIGNAL_CALLS = {"alarm", "pause", "setitimer", "sigwait", "pthread_kill", "set_wakeup_fd"}
POSIX_ARGUMENTS = {"preexec_fn", "start_new_session", "pass_fds", "process_group"}
WINDOWS_CODES = set("aAbBcdHIjmMpSUwWxXyYzZfGuV%")  # what every strftime of Python 3.11 knows
BRANCHES = re.compile(
    r"\bos\.name\b|\bsys\.platform\b|\bplatform\.system\(|\bWINDOWS\b|\bhasattr\(os,"
)
TEXT_METHODS = {"read_text", "write_text"}
DATE_CODE = re.compile(r"%(.)")


def name_of(node):
    """「os.fork」 of an attribute, 「fork」 of a name, "" of anything else."""
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def arguments_of(call):
    return {word.arg: word.value for word in call.keywords}


def posix_only(tree):
    """Uses of what only POSIX has, outside every branch that asks which system it is."""
    safe = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, (ast.If, ast.IfExp, ast.BoolOp, ast.FunctionDef, ast.AsyncFunctionDef))
        and BRANCHES.search(ast.unparse(question_of(node)))
        for inner in ast.walk(node)
    }
    return [found for node in ast.walk(tree) if node not in safe and (found := posix_name(node))]


def question_of(node):
    """What a node asks: the test of a branch; of a function its first statements that leave it."""
    if isinstance(node, ast.BoolOp):
        return node.values[0]
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        first = [part for part in node.body[:2] if isinstance(part, ast.If)]
        return first[0].test if first and isinstance(first[0].body[-1], ast.Return) else ast.Pass()
    return node.test


def posix_name(node):
    """The POSIX-only name that a node uses, or ""."""
    if isinstance(node, ast.Import):
        return next((row.name for row in node.names if row.name in POSIX_MODULES), "")
    if isinstance(node, ast.ImportFrom):
        return posix_import(node)
    if isinstance(node, ast.Attribute):
        return posix_attribute(name_of(node))
    if isinstance(node, ast.keyword) and node.arg in POSIX_ARGUMENTS:
        return node.arg
    return ""


def posix_import(node):
    if node.module in POSIX_MODULES:
        return node.module
    names = (f"{node.module}.{row.name}" for row in node.names)
    return next((name for name in names if posix_attribute(name)), "")


def posix_attribute(name):
    room, _, last = name.rpartition(".")
    if room == "os" and last in POSIX_OS:
        return name
    if room == "signal" and (
        last in POSIX_SIGNAL_CALLS
        or (re.fullmatch(r"SIG[A-Z0-9]+", last) and last not in WINDOWS_SIGNALS)
    ):
        return name
    return ""


def guessed_encodings(tree):
    """Calls that read or write text and leave the encoding to the system."""
    return [
        f"{node.lineno}: {name_of(node.func) or node.func.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and is_text(node) and "encoding" not in arguments_of(node)
    ]


def is_text(call):
    """Does a call open, read, write or exchange text?"""
    name, words = name_of(call.func), arguments_of(call)
    last = call.func.attr if isinstance(call.func, ast.Attribute) else name
    if last in TEXT_METHODS:
        return len(call.args) < (1 if last == "read_text" else 2)
    if name.startswith("subprocess."):
        return any(is_true(words.get(word)) for word in ("text", "universal_newlines"))
    if name in ("open", "io.open") or (last == "open" and is_path(call)):
        return "b" not in mode_of(call, 1 if name in ("open", "io.open") else 0)
    if last in ("NamedTemporaryFile", "TemporaryFile", "fdopen"):
        mode = mode_of(call, 1 if last == "fdopen" else 0, "r" if last == "fdopen" else "w+b")
        return "b" not in mode
    return False


def is_true(node):
    return isinstance(node, ast.Constant) and node.value is True


def is_path(call):
    """`path.open(…)`: by its arguments, because a browser, an archive, a page open too."""
    mode = call.args[0] if call.args else arguments_of(call).get("mode")
    return isinstance(mode, ast.Constant) and re.fullmatch(r"[rwaxbt+]{1,3}", str(mode.value))


def mode_of(call, position, usual="r"):
    given = call.args[position] if len(call.args) > position else arguments_of(call).get("mode")
    return given.value if isinstance(given, ast.Constant) else usual


def odd_formats(tree):
    """Date formats that not every system knows: `%-d`, `%s`, and any word but ASCII."""
    return [text for text in date_formats(tree) if not is_portable(text)]


def date_formats(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            yield from strings_of(node.format_spec)
        elif isinstance(node, ast.Call) and called(node) in ("strftime", "strptime", "format"):
            yield from strings_of(node)


def called(call):
    """The last name of what is called: `"…".format` has no first."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else name_of(call.func)


def strings_of(node):
    return [
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and "%" in part.value
    ]


def is_portable(text):
    return text.isascii() and set(DATE_CODE.findall(text)) <= WINDOWS_CODES


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PYTHON, ids=named)
def test_a_file_uses_nothing_that_windows_lacks(path):
    tree = tree_of(path)
    assert not posix_only(tree)
    assert not guessed_encodings(tree)
    assert not odd_formats(tree)


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_holds_no_date_format_of_c(path):
    assert not re.search(r"%[-_^#]?[a-zA-Z](?![^{]*%\})", only_text(path)), "dates have filters"


def only_text(path):
    """A template without its tags, whose `{%` is no format."""
    return re.sub(r"\{%.*?%\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import fcntl", True),
        ("from pwd import getpwnam", True),
        ("import os\nos.fork()", True),
        ("from os import getuid", True),
        ("import signal\nsignal.signal(signal.SIGKILL, None)", True),
        ("import signal\nsignal.alarm(3)", True),
        ("import signal\nsignal.signal(signal.SIGTERM, None)", False),
        ("import subprocess\nsubprocess.run(x, preexec_fn=f)", True),
        ("import os\nif os.name == 'posix':\n    import fcntl\n    os.fork()", False),
        ("import sys\nif sys.platform != 'win32':\n    import resource", False),
        ("import os\nx = os.getuid() if hasattr(os, 'getuid') else 0", False),
        ("import os\nx = hasattr(os, 'geteuid') and os.geteuid() == 0", False),
        ("import os\nif x:\n    os.nice(1)", True),
    ],
)
def test_what_only_posix_has_is_seen(text, found):
    assert bool(posix_only(ast.parse(text))) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("open(x)", True),
        ("open(x, 'w')", True),
        ("open(x, 'rb')", False),
        ("open(x, mode='rb')", False),
        ("open(x, encoding='utf-8')", False),
        ("path.open('w')", True),
        ("path.open('rb')", False),
        ("page.open('/x/')", False),
        ("path.read_text()", True),
        ("(a / b).read_text()", True),
        ("path.read_text('utf-8')", False),
        ("path.write_text(x)", True),
        ("path.write_text(x, encoding='ascii')", False),
        ("subprocess.run(x, text=True)", True),
        ("subprocess.Popen(x, universal_newlines=True)", True),
        ("subprocess.run(x, text=True, encoding='utf-8')", False),
        ("subprocess.run(x)", False),
        ("os.fdopen(x, 'wb')", False),
        ("os.fdopen(x, 'w')", True),
        ("tempfile.NamedTemporaryFile()", False),
        ("tempfile.NamedTemporaryFile('w')", True),
    ],
)
def test_a_guessed_encoding_is_seen(text, found):
    assert bool(guessed_encodings(ast.parse(text))) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("f'{day:%-m月%-d日}'", True),
        ("f'{day:%m月%d日}'", True),
        ("f'{day:%#d}'", True),
        ("f'{day:%Y-%m-%d}'", False),
        ("f'{at:%Y-%m-%dT%H:%M:%SZ}'", False),
        ("day.strftime('%-d')", True),
        ("day.strftime('%s')", True),
        ("day.strftime('%Y年')", True),
        ("day.strftime('%Y-%m')", False),
        ("'{:%-d}'.format(day)", True),
        ("format(day, '%-d')", True),
        ("f'{share:.1%}'", False),
    ],
)
def test_a_format_of_one_system_is_seen(text, found):
    assert bool(odd_formats(ast.parse(text))) is found


def test_the_root_is_looked_at_too():
    assert {Path("run.py"), Path("manage.py")} <= {path.relative_to(ROOT) for path in PYTHON}
