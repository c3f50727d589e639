"""What holds for all tests."""

import signal

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background by a shell, this process ignores Ctrl-C, and so would every command that it tries.
    signal.signal(signal.SIGINT, signal.default_int_handler)
