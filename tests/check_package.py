"""Says what a built wheel and sdist lack: `check_package.py WHEEL SDIST`. Exit 1 where they lack anything."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def tracked() -> list[str]:
    """The files under version control that still exist, as paths from the root."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def in_wheel(name: str) -> str | None:
    """Where a file of the tree lies in the wheel, or None where it does not belong there."""
    if name.startswith("streams/"):
        return name
    return f"streams/{name}" if name.startswith("schemas/") else None


def lacks(wheel: Path, sdist: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as packed:
        inside = set(packed.namelist())
    with tarfile.open(sdist) as packed_source:
        source = {name.partition("/")[2] for name in packed_source.getnames()}
    files = tracked()
    missing = [f"{wheel.name} lacks {place}" for name in files if (place := in_wheel(name)) and place not in inside]
    return missing + [f"{sdist.name} lacks {name}" for name in files if name not in source]


def main() -> None:
    wheel, sdist = (Path(word) for word in sys.argv[1:3])
    missing = lacks(wheel, sdist)
    sys.stdout.write("\n".join([*missing, f"{wheel.name}, {sdist.name}: {len(missing)} files missing"]) + "\n")
    sys.exit(bool(missing))


if __name__ == "__main__":
    main()
