"""Run by `helm test`: waits until every worker behind the headless Service is ready. Arguments: name, port, seconds."""

import socket
import sys
import time
import urllib.error
import urllib.request


def answer(address: str, port: str) -> str:
    """What /readyz of one worker says; empty when it is ready."""
    host = f"[{address}]" if ":" in address else address
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/readyz", timeout=5):
            return ""
    except urllib.error.HTTPError as refused:
        return refused.read(500).decode("utf-8", "replace").strip()
    except OSError as fault:
        return str(fault)


def unready(name: str, port: str) -> list[str]:
    """The workers that are not ready, each with its reason; one line, too, when there is no worker at all."""
    try:
        addresses = sorted({found[4][0] for found in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)})
    except OSError as fault:
        return [f"{name}: no worker ({fault})"]
    said = {str(address): answer(str(address), port) for address in addresses}
    print(f"ready: {sum(not text for text in said.values())} of {len(said)}", flush=True)
    return [f"{address}: {text}" for address, text in said.items() if text]


def main() -> int:
    name, port, seconds = sys.argv[1:4]
    end = time.monotonic() + float(seconds)
    while problems := unready(name, port):
        if time.monotonic() > end:
            print("\n".join(problems))
            return 1
        time.sleep(2)
    return 0


if __name__ == "__main__":
    sys.exit(main())
