"""A straightforward Accio server: server.py PORT."""
import socket
import sys

ACCIO = b"accio\r\n"
CONFIRM1 = b"confirm-accio\r\n"
CONFIRM2 = b"confirm-accio-again\r\n\r\n"


def expect(client, text):
    got = b""
    while got != text:
        part = client.recv(len(text) - len(got))
        got += part
        if not part or not text.startswith(got):
            raise ValueError("not the confirmation")


def serve(client):
    client.settimeout(10)
    for confirmation in (CONFIRM1, CONFIRM2):
        client.sendall(ACCIO)
        expect(client, confirmation)
    total = 0
    while part := client.recv(1 << 16):
        total += len(part)
    return total


def main():
    with socket.create_server(("0.0.0.0", int(sys.argv[1])), backlog=128) as listener:
        while True:
            client, _ = listener.accept()
            with client:
                try:
                    print(serve(client), flush=True)
                except (OSError, ValueError):
                    print("ERROR", flush=True)


if __name__ == "__main__":
    main()
