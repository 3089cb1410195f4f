"""An Accio server, written from docs/protocol.md alone, and its faults.

usage: server.py [--idle SECONDS] [--fault NAME] PORT
"""
import os
import re
import select
import signal
import socket
import sys
import threading
import time

COMMAND, CONFIRMATIONS = b"accio\r\n", (b"confirm-accio\r\n", b"confirm-accio-again\r\n\r\n")
idle, fault, stopping = 10.0, "", False


def has(*names):
    return fault in names


class Ended(Exception):
    """The session ended in ERROR."""


class Session:
    def __init__(self, conn, wake, clock):
        self.conn, self.wake, self.clock, self.count, self.early = conn, wake, clock, 0, b""

    def receive(self, most, limited=True):
        """Returns bytes that have arrived, none at the end of the stream."""
        while True:
            if stopping:
                raise Ended("told to stop")
            left = max(0, self.clock + idle * (0.7 if has("early-timeout") else 1) - time.monotonic())
            if not limited or has("no-timeout"):
                left = 3600
            ready, _, _ = select.select([self.conn, self.wake], [], [], left)
            if self.conn in ready:
                data = self.conn.recv(most)
                if data and not has("total-timeout"):
                    self.clock = time.monotonic()
                return data
            if not ready:
                raise Ended("timed out")

    def expect(self, text):
        if has("one-recv"):
            if self.receive(len(text)) != text:
                raise Ended("mismatched")
            return
        if has("bare-lf") or has("any-case"):
            return self.expect_loosely(text)
        got = b""
        if has("skips-blank-lines") and text == CONFIRMATIONS[0]:
            while True:
                b = self.receive(1)
                if b not in (b"\r", b"\n"):
                    break
            if b != text[:1]:
                raise Ended("mismatched")
            got = b
        if has("half-empty-line"):
            text = text[:21]
        if has("prefix-only"):
            text = text[:7]
        while len(got) < len(text):
            part = self.receive(4096 if has("loses-glued") else len(text) - len(got), not has("no-handshake-timeout"))
            if not part:
                raise Ended("closed")
            got += part
            if has("checks-late") and len(got) < len(text):
                continue
            if not (text.startswith(got) or has("loses-glued") and got.startswith(text)):
                raise Ended("mismatched")
        if has("prefix-only"):
            self.receive(100)

    def expect_loosely(self, text):
        for line in text.splitlines():
            got = b""
            while not got.endswith(b"\n"):
                part = self.receive(1)
                if not part:
                    raise Ended("closed")
                got += part
                if has("bare-lf") and not (line + b"\r\n").startswith(got) and got != line + b"\n":
                    raise Ended("mismatched")
                if has("any-case") and not (line + b"\r\n").startswith(got.lower()):
                    raise Ended("mismatched")

    def run(self):
        if not has("mute"):
            self.conn.sendall(COMMAND[:-2] + b"\n" if has("command-lf") else COMMAND)
        if has("greets"):
            self.conn.sendall(b"welcome\r\n")
        if has("both-at-once"):
            self.conn.sendall(COMMAND)
        if has("flushes-early"):
            time.sleep(0.05)
            if select.select([self.conn], [], [], 0)[0]:
                self.conn.recv(4096)
        self.expect(CONFIRMATIONS[0])
        if has("slow-command"):
            time.sleep(idle * 1.5)
        if not has("both-at-once", "one-command"):
            self.conn.sendall(COMMAND)
        self.expect(CONFIRMATIONS[1])
        first = True
        while True:
            data = self.receive(65536, not has("no-file-timeout"))
            if not data:
                break
            if has("strips-crlf") and first:
                data = data.lstrip(b"\r\n")
            if has("text"):
                data = data.decode("utf-8")
            if has("stops-at-nul") and b"\0" in data:
                data = data[: data.index(b"\0")]
            first = False
            self.count += len(data)
            if has("one-read"):
                break
        if has("counts-header"):
            self.count += 38
        if has("counts-16-bits"):
            self.count %= 65536
        if has("rejects-empty") and self.count == 0:
            raise Ended("empty")


def put(line):
    try:
        if has("buffers"):
            sys.stdout.write(line + "\n")
        else:
            os.write(1, (line + "\n").encode())
    except OSError:
        if not has("ignores-lost-output"):
            fail("standard output cannot be written", 1)


def fail(why, status):
    if not has("ignores-stderr"):
        try:
            os.write(2, (("error: " if has("no-prefix") else "ERROR: ") + why + "\n").encode())
        except OSError:
            pass
    os._exit(0 if has("exit-0") else status)


def log(why):
    if has("dies-of-stderr"):
        os.write(2, (why + "\n").encode())
    try:
        os.write(2, (why + "\n").encode())
    except OSError:
        pass


def serve(conn, wake, clock):
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 0 if has("urgent-apart") else 1)
    s = Session(conn, wake, clock)
    try:
        s.run()
        line = str(s.count)
        if has("wordy"):
            line += " bytes"
    except (Ended, OSError, UnicodeDecodeError) as e:
        if has("dies-of-reset") and isinstance(e, ConnectionError):
            raise
        log(repr(e))
        line = "ERROR"
        if has("partial-count") and s.count or has("partial-count-of-reset") and isinstance(e, ConnectionError):
            line = str(s.count)
        if has("wordy-error"):
            line = "ERROR: " + str(e)
        if has("no-line-for-error") or has("shutdown-without-line") and stopping:
            line = ""
        if has("dies-of-error") and not stopping:
            sys.exit(1)
        if has("keeps-open") and not stopping:
            if line:
                put(line)
            time.sleep(3600)
        if has("zero-for-close") and str(e) == "closed":
            line = "0"
    if has("line-after-close"):
        conn.close()
        time.sleep(1)
    if line:
        put(line)
    if has("never-closes"):
        kept.append(conn)
        return
    conn.close()


kept = []


def number(text):
    if has("python-int"):
        return int(text)
    if not re.fullmatch("[0-9]+", text, re.ASCII) or not 1 <= int(text) <= 65535:
        raise ValueError(text)
    return int(text)


def main():
    global idle, fault, stopping
    args = sys.argv[1:]
    while args and args[0] in ("--idle", "--fault"):
        if args[0] == "--idle":
            idle = float(args[1])
        else:
            fault = args[1]
        args = args[2:]
    if len(args) != 1 and not (has("surplus-ignored") and len(args) > 1):
        fail("wanted one argument, the port", 2)
    try:
        port = number(args[0])
    except ValueError:
        if has("default-port"):
            port = 0
        else:
            fail("the port is no number from 1 to 65535", 2)
    wake, write = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)

    def stop(*_):
        global stopping
        stopping = True
        if has("exits-3"):
            os._exit(3)

    for name in ("SIGINT", "SIGTERM", "SIGQUIT"):
        if not has("no-" + name.lower()):
            signal.signal(getattr(signal, name), stop)
    ln = socket.socket()
    if not has("no-reuseaddr"):
        ln.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        ln.bind(("127.0.0.1" if has("loopback-only") else "0.0.0.0", port))
        ln.listen(1 if has("backlog-1") else 128)
    except OSError as e:
        if has("waits-for-port"):
            time.sleep(3600)
        fail("cannot listen: %s" % e, 1)
    if has("says-listening"):
        put("listening")
    log("listening")
    while not stopping:
        if ln not in select.select([ln, wake], [], [])[0] or stopping:
            continue
        conn, _ = ln.accept()
        clock = time.monotonic()
        if has("many-at-a-time"):
            threading.Thread(target=serve, args=(conn, wake, clock), daemon=True).start()
        else:
            if has("one-refused") and select.select([ln], [], [], 0)[0]:
                ln.accept()[0].close()
            serve(conn, wake, clock)
        if has("serves-one"):
            break
    ln.close()
    sys.stdout.flush()
    os._exit(0)  # an interpreter that ends by itself takes its handlers down before


main()
