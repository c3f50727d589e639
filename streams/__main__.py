"""`python -m streams` is `streamward`."""

from streams.cli import main

if __name__ == "__main__":
    main()
