"""An Accio client, written from docs/protocol.md alone, and its faults.

usage: client.py [--idle SECONDS] [--fault NAME] HOST PORT FILE
"""
import os
import re
import select
import signal
import socket
import struct
import sys
import time

COMMAND, CONFIRMATIONS = b"accio\r\n", (b"confirm-accio\r\n", b"confirm-accio-again\r\n\r\n")
idle, fault = 10.0, ""


def has(*names):
    return fault in names


class Failed(Exception):
    pass


def stop(*_):
    raise Failed("told to stop")


class Session:
    def __init__(self, conn):
        self.conn = conn
        self.start = time.monotonic()

    def limit(self):
        if has("no-timeout"):
            return 3600
        if has("early-timeout"):
            return idle * 0.7
        return idle

    def wait(self, reading, writing):
        """Returns what is ready; fails when the limit is over."""
        left = self.limit()
        if has("total-timeout"):
            left = max(0, self.start + 0.85 * idle - time.monotonic())
        r, w, _ = select.select([self.conn] if reading else [], [self.conn] if writing else [], [], left)
        if not r and not w:
            raise Failed("timed out")
        return bool(r), bool(w)

    def command(self):
        got = b""
        if has("reads-no-command"):
            return
        while len(got) < len(COMMAND):
            self.wait(True, False)
            part = self.conn.recv(len(COMMAND) - len(got) if not has("reads-too-much") else 4096)
            if not part:
                raise Failed("the server closed")
            got += part
            if has("checks-no-command"):
                continue
            if has("any-case"):
                got = got.lower()
            if has("checks-the-word"):
                if not b"accio".startswith(got[:5]):
                    raise Failed("mismatched")
            elif not COMMAND.startswith(got) and not has("reads-too-much"):
                raise Failed("mismatched")
            if has("one-recv"):
                if got != COMMAND:
                    raise Failed("mismatched")
                return

    def early(self):
        if not has("no-look") and select.select([self.conn], [], [], 0)[0]:
            raise Failed("the server does not wait")

    def confirm(self, text):
        if not has("reads-too-much"):
            self.early()
        if has("bare-lf"):
            text = text.replace(b"\r\n", b"\n")
        if has("upper-case"):
            text = text.upper()
        if has("no-empty-line") and text == CONFIRMATIONS[1]:
            text = text[:-2]
        if has("surplus-empty-line") and text == CONFIRMATIONS[0]:
            text += b"\r\n"
        if has("nul"):
            text += b"\0"
        if has("quoted"):
            text = repr(text).encode()
        self.conn.sendall(text)

    def upload(self, file):
        pending = b""
        sent = 0
        while True:
            if not pending:
                pending = file.read(65536)
                if has("strips-newline") and len(pending) < 65536:
                    pending = pending.rstrip(b"\r\n")
                if has("ends-at-nul") and b"\0" in pending:
                    pending = pending[: pending.index(b"\0")]
                if not pending:
                    break
            reading = not has("deaf")
            r, w = self.wait(reading, True)
            if r:
                if self.conn.recv(1) == b"" or not has("ignores-answers"):
                    raise Failed("the server ended while the file was being sent")
            if w:
                n = self.conn.send(pending)
                pending = pending[n:]
                sent += n
            if has("one-block") or has("at-most-1-mib") and sent > 1 << 20:
                break
        if has("newline-after"):
            self.conn.sendall(b"\n")
        if has("rejects-empty") and sent == 0:
            raise Failed("the file is empty")

    def run(self, file):
        if has("confirms-both-at-once"):
            self.command()
            self.conn.sendall(CONFIRMATIONS[0] + CONFIRMATIONS[1])
            self.command()
        elif has("sends-at-once"):
            self.conn.sendall(CONFIRMATIONS[0] + CONFIRMATIONS[1])
            self.command()
            self.command()
        else:
            self.command()
            if has("waits-for-both"):
                self.command()
                self.conn.sendall(CONFIRMATIONS[0])
            else:
                self.confirm(CONFIRMATIONS[0])
                self.command()
            self.confirm(CONFIRMATIONS[1])
        self.upload(file)
        if has("leaves-at-once"):
            return
        if not has("no-end"):
            self.conn.shutdown(socket.SHUT_WR)
        self.wait(True, False)
        if self.conn.recv(1) and not has("ignores-answers"):
            raise Failed("the server sent something")


def open_file(name):
    if has("size-first") and not os.path.getsize(name):
        raise OSError("no size")
    if has("text"):
        return Text(open(name, encoding="utf-8"))
    if has("universal-newlines"):
        return Text(open(name, encoding="latin-1"))
    return open(name, "rb", buffering=0)


class Text:
    def __init__(self, file):
        self.file = file

    def read(self, n):
        return self.file.read(n).encode("utf-8" if has("text") else "latin-1")


def number(text):
    if not re.fullmatch("[0-9]+", text, re.ASCII) or not 1 <= int(text) <= 65535:
        raise ValueError("the port %r is no number from 1 to 65535" % text)
    return int(text)


def main():
    global idle, fault
    args = sys.argv[1:]
    while args and args[0] in ("--idle", "--fault"):
        if args[0] == "--idle":
            idle = float(args[1])
        else:
            fault = args[1]
        args = args[2:]
    for name in ("SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP"):
        if has("killed") and name in ("SIGINT", "SIGTERM"):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        elif has("ignores-signals"):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
        else:
            signal.signal(getattr(signal, name), stop)
    conn = None
    try:
        if has("surplus-ignored"):
            args = args[:3]
        host, port, name = args
        file = open_file(name)
        conn = connect(host, number(port))
        conn.setblocking(True)
        Session(conn).run(file)
    except (Failed, OSError, ValueError) as e:
        print("ERROR:", e, file=sys.stderr, flush=True)
        if has("connect-errors-are-0") and conn is None:
            return 0
        if has("exit-0") or has("timeout-is-0") and "timed out" in str(e) or has("reset-is-0") and isinstance(e, ConnectionError):
            return 0
        if conn and not has("ends-politely"):
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            conn.close()
        return 1
    return 0


def connect(host, port):
    while True:
        try:
            return socket.create_connection((host, port), timeout=idle)
        except ConnectionRefusedError:
            if not has("retries-for-ever"):
                raise
            time.sleep(0.1)


os._exit(main())
