"""Re-create the vendored browser assets, or check them: ``python deploy/assets.py [--check]``.

The files are committed, so running SoJuS needs neither Node nor this tool. It calls ``npm pack``
with whatever registry npm is configured for, and compares SHA-256 sums with the committed lists.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC_VENDOR = ROOT / "shared_apps/core/static/core/vendor"
TEST_VENDOR = ROOT / "tests/e2e/vendor"

KERN = ("@kern-ux/native", "2.7.2")
FIRA_LICENCE = ("@fontsource/fira-sans", "5.2.7")
AXE = ("axe-core", "4.14.1")

FONT_WEIGHTS = {"Regular": 400, "Medium": 500, "SemiBold": 600}
FONT_FACE = """@font-face {{
  font-family: "Fira Sans";
  src: url("fonts/FiraSans-{name}.woff2") format("woff2");
  font-weight: {weight};
  font-style: normal;
  font-display: swap;
}}
"""
SOURCE_MAP_COMMENT = re.compile(rb"\s*/\*# sourceMappingURL=.*?\*/\s*", re.DOTALL)


def unpack(package: tuple[str, str], workdir: Path) -> Path:
    name, version = package
    command = ["npm", "pack", "--silent", f"{name}@{version}"]
    packed = subprocess.run(command, cwd=workdir, check=True, capture_output=True, text=True)
    target = workdir / name.replace("/", "_")
    with tarfile.open(workdir / packed.stdout.split()[-1]) as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def build_static(workdir: Path) -> dict[str, bytes]:
    """The manifest storage resolves every url(), so source maps and unused fonts must go."""
    kern = unpack(KERN, workdir)
    licence = unpack(FIRA_LICENCE, workdir)
    folder = f"kern-{KERN[1]}"
    faces = "".join(FONT_FACE.format(name=n, weight=w) for n, w in FONT_WEIGHTS.items())
    files = {
        f"{folder}/kern.min.css": SOURCE_MAP_COMMENT.sub(b"", (kern / "dist/kern.min.css").read_bytes()),
        f"{folder}/fira-sans.css": faces.encode(),
        f"{folder}/LICENSE-KERN.md": (kern / "LICENSE.md").read_bytes(),
        f"{folder}/LICENSE-FiraSans.txt": (licence / "LICENSE").read_bytes(),
    }
    for name in FONT_WEIGHTS:
        font = kern / f"dist/fonts/fira-sans/FiraSans-{name}.woff2"
        files[f"{folder}/fonts/{font.name}"] = font.read_bytes()
    return files


def build_tests(workdir: Path) -> dict[str, bytes]:
    axe = unpack(AXE, workdir)
    return {
        "axe.min.js": (axe / "axe.min.js").read_bytes(),
        "LICENSE-axe-core.txt": (axe / "LICENSE").read_bytes(),
    }


def checksums(files: dict[str, bytes]) -> str:
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
    return "".join(lines)


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "SHA256SUMS").write_text(checksums(files))


def find_differences(folder: Path, files: dict[str, bytes]) -> list[str]:
    found = [
        str(folder / name)
        for name, content in files.items()
        if not (folder / name).is_file() or (folder / name).read_bytes() != content
    ]
    sums = folder / "SHA256SUMS"
    if not sums.is_file() or sums.read_text() != checksums(files):
        found.append(str(sums))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    check_only = parser.parse_args().check
    differences = []
    with tempfile.TemporaryDirectory() as name:
        workdir = Path(name)
        for folder, build in ((STATIC_VENDOR, build_static), (TEST_VENDOR, build_tests)):
            files = build(workdir)
            if check_only:
                differences += find_differences(folder, files)
            else:
                write(folder, files)
    for path in differences:
        print(f"differs: {path}", file=sys.stderr)
    return 1 if differences else 0


if __name__ == "__main__":
    raise SystemExit(main())
