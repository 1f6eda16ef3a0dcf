"""Runs members on a server, as README.md says: driver.py COUNT OTHERS PROGRAM...

Each PROGRAM is a command in one argument, and gets two members. All revoke COUNT tokens
together, and verify OTHERS together.
"""

import os
import shlex
import socket
import subprocess
import sys
import tempfile
import time

EACH = 2


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(b"PING\r\n")
            return line.recv(5) == b"+PONG"
    except ConnectionError:
        return False


def run(location: str, count: int, others: int, programs: list[str]) -> None:
    members = len(programs) * EACH
    started = time.monotonic()
    running = []
    for number in range(members):
        program = programs[number % len(programs)]
        numbers = [str(part) for part in (number, members, count // members, others // members)]
        name = os.path.basename(shlex.split(program)[-1])
        running.append(
            (
                name,
                subprocess.Popen(
                    [*shlex.split(program), location, *numbers],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                ),
            )
        )
    try:
        for name, member in running:
            if member.stdout.readline() != "revoked\n":
                sys.exit(f"{name}: exit code {member.wait()}")
        print(f"{count} revoked by {members} in {time.monotonic() - started:.1f} s")
        for _, member in running:
            member.stdin.write("check\n")
            member.stdin.flush()
        for name, member in running:
            line = member.stdout.readline()
            if member.wait() != 0:
                sys.exit(f"{name}: exit code {member.returncode}")
            waited, refused, accepted = map(int, line.split())
            if refused != count // members * members or accepted != others // members:
                sys.exit(f"{name}: it verified others: {line}")
            print(f"{refused} refused within {waited} ms, {accepted} accepted: {name}")
    finally:
        for _, member in running:
            member.kill()


def main() -> None:
    count, others, *programs = sys.argv[1:]
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        settings = ["--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--save", ""]
        server = subprocess.Popen(
            ["redis-server", "--port", str(port), *settings], stdout=subprocess.DEVNULL
        )
        try:
            while not answers(port):
                if server.poll() is not None:
                    sys.exit("redis-server doesn't start")
                time.sleep(0.05)
            run(f"redis://127.0.0.1:{port}", int(count), int(others), programs)
        finally:
            server.terminate()
            server.wait()


main()
