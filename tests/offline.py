"""Starts an unpacked bundle where there is no network: `unshare -rn python tests/offline.py DIR`.

Standard library only. Says 「開けた」 when the portal has answered, the first start and the second.
"""

import os
import shutil
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

UP, SET_FLAGS = 1, 0x8914  # IFF_UP, SIOCSIFFLAGS
PATIENCE = 900  # seconds; all is installed in them
PORT = 8765


def loopback_up():
    """A new namespace has nothing but a loopback, and that is down."""
    if sys.platform == "linux":
        import fcntl

        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            fcntl.ioctl(line, SET_FLAGS, struct.pack("16sh14x", b"lo", UP))


def has_network():
    """Is there a way out? No packet is sent for the question."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        try:
            line.connect(("192.0.2.1", 9))
        except OSError:
            return False
        return True


def answers(process):
    """Does it answer, before it ends?"""
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz") as answer:
                return answer.status == 200
        except OSError:
            time.sleep(0.5)
    return False


def started(folder):
    """One start and its end."""
    environment = {"PATH": os.environ["PATH"], "PIP_CONFIG_FILE": os.devnull, "PYTHONUTF8": "1"}
    command = [sys.executable, "run.py", "--port", str(PORT), "--no-sample"]
    with subprocess.Popen(command, cwd=folder, env=environment) as process:
        try:
            return answers(process)
        finally:
            process.terminate()


def main(folder):
    loopback_up()
    if has_network():
        print("ここにはネットワークがあります。")
        return 2
    good = started(folder) and started(folder)
    print("開けた" if good else "開けなかった")
    return 0 if good else 1


if __name__ == "__main__":
    shutil.rmtree(Path(sys.argv[1]) / ".venv", ignore_errors=True)
    sys.exit(main(Path(sys.argv[1])))
