"""Re-create the fonts of the PDFs and their table of characters, or check them: ``python deploy/fonts.py [--check]``.

The files are committed, so running SoJuS needs neither this tool nor fontTools. It fetches two Debian packages
(``apt-get download``) and two npm packages (``npm pack``), whatever mirrors these are configured for. ``--check``
fetches nothing: it compares the committed files with their checksums and the table with the fonts.
"""

import argparse
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "shared_apps/core/schriften/2026-11"
#: Debian bookworm.
NOTO, DROID = "fonts-noto-core", "fonts-droid-fallback"
#: Outlines: the colour font holds bitmaps, which an archived PDF does without.
EMOJI = ("@fontsource/noto-emoji", "5.3.2")
KOREAN = ("@fontsource/noto-sans-kr", "5.3.0")
HANGUL = range(0xAC00, 0xD7A4)
#: In the order in which they are asked for a character. Scripts people write their names in today; no historic ones.
SCRIPTS = (
    "", "Arabic", "Hebrew", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada",
    "Malayalam", "Sinhala", "Thai", "Lao", "Myanmar", "Khmer", "Ethiopic", "Armenian", "Georgian", "Thaana", "Syriac",
    "NKo", "Adlam", "Vai", "Tifinagh", "Cherokee", "CanadianAboriginal", "OlChiki", "MeeteiMayek", "Javanese",
    "Sundanese", "Balinese", "TaiLe", "NewTaiLue", "Symbols", "Symbols2", "Math",
)  # fmt: skip


def _files() -> list[str]:
    noto = [f"NotoSans{script}-Regular.ttf" for script in SCRIPTS]
    weitere = ["NotoSerifTibetan-Regular.ttf", "DroidSansFallbackFull.ttf", "NotoSansKR-Hangul.ttf", "NotoEmoji.ttf"]
    return ["NotoSans-Bold.ttf", *noto, *weitere]


def _debian(package: str, workdir: Path) -> Path:
    subprocess.run(["apt-get", "download", package], cwd=workdir, check=True, capture_output=True)
    target = workdir / package
    subprocess.run(["dpkg-deb", "-x", next(workdir.glob(f"{package}_*.deb")), target], check=True)
    return target


def _npm(
    package: tuple[str, str], source: str, family: str, workdir: Path, *, keep: range | None
) -> tuple[bytes, bytes]:
    """A font that is published for browsers (woff2) as typst reads it (ttf), and its licence."""
    name, version = package
    command = ["npm", "pack", "--silent", f"{name}@{version}"]
    packed = subprocess.run(command, cwd=workdir, check=True, capture_output=True, text=True)
    target = workdir / family
    with tarfile.open(workdir / packed.stdout.split()[-1]) as archive:
        archive.extractall(target, filter="data")
    font = TTFont(target / "package/files" / source, recalcTimestamp=False)
    font.flavor = None
    for record in font["name"].names:  # of a variable font this is one weight, and is named so
        record.string = {1: family, 2: "Regular", 16: family, 17: "Regular"}.get(record.nameID, record.string)
    if keep is not None:
        options = subset.Options(layout_features=[], hinting=False)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=[sign for sign in font.getBestCmap() if sign in keep])
        subsetter.subset(font)
    file = io.BytesIO()
    font.save(file)
    return file.getvalue(), (target / "package/LICENSE").read_bytes()


def read_coverage(files: dict[str, bytes]) -> dict[str, list[list[int]]]:
    """Per family the ranges (both ends included) of the characters it can draw, as its cmap says."""
    found: dict[str, list[list[int]]] = {}
    for name in _files():
        font = TTFont(io.BytesIO(files[name]), lazy=True)
        family = font["name"].getDebugName(1)  # as typst names it
        if family in found:  # another weight
            continue
        ranges: list[list[int]] = []
        for sign in sorted(sign for sign in font.getBestCmap() if _is_writing(sign)):
            if ranges and ranges[-1][1] == sign - 1:
                ranges[-1][1] = sign
            else:
                ranges.append([sign, sign])
        found[family] = ranges
    return found


def _is_writing(sign: int) -> bool:
    return unicodedata.category(chr(sign))[0] != "C" or sign in {0x200C, 0x200D}


def write_coverage(files: dict[str, bytes]) -> bytes:
    """One family a line, so that a change can be read."""
    table = read_coverage(files).items()
    lines = [f"{json.dumps(family)}: {json.dumps(ranges, separators=(',', ':'))}" for family, ranges in table]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def build(workdir: Path) -> dict[str, bytes]:
    """Fonts, licences, table."""
    noto, droid = _debian(NOTO, workdir), _debian(DROID, workdir)
    sources = {path.name: path for root in (noto, droid) for path in root.rglob("*.ttf")}
    files = {name: sources[name].read_bytes() for name in _files() if name in sources}
    files["NotoEmoji.ttf"], files["LICENSE-NotoEmoji-OFL.txt"] = _npm(
        EMOJI, "noto-emoji-emoji-400-normal.woff2", "Noto Emoji", workdir, keep=None
    )
    files["NotoSansKR-Hangul.ttf"], files["LICENSE-NotoSansKR-OFL.txt"] = _npm(
        KOREAN, "noto-sans-kr-korean-400-normal.woff2", "Noto Sans KR", workdir, keep=HANGUL
    )
    files["LICENSE-Noto-copyright.txt"] = (noto / f"usr/share/doc/{NOTO}/copyright").read_bytes()
    files["LICENSE-DroidSansFallback.txt"] = (droid / f"usr/share/doc/{DROID}/copyright").read_bytes()
    files["LICENSE-Apache-2.0.txt"] = Path("/usr/share/common-licenses/Apache-2.0").read_bytes()
    return files | {"coverage.json": write_coverage(files)}


def checksums(files: dict[str, bytes]) -> str:
    """In the form of sha256sum."""
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))


def find_differences() -> list[str]:
    """What is not as it was committed, and whether the table says what the fonts can draw."""
    files = {path.name: path.read_bytes() for path in FOLDER.iterdir() if path.name != "SHA256SUMS"}
    found = [] if (FOLDER / "SHA256SUMS").read_text() == checksums(files) else ["SHA256SUMS"]
    return found + ([] if write_coverage(files) == files["coverage.json"] else ["coverage.json"])


def main() -> int:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only, fetch and write nothing")
    if parser.parse_args().check:
        differences = find_differences()
        for name in differences:
            print(f"differs: {FOLDER / name}", file=sys.stderr)
        return 1 if differences else 0
    with tempfile.TemporaryDirectory() as name:
        files = build(Path(name))
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (FOLDER / name).write_bytes(content)
    (FOLDER / "SHA256SUMS").write_text(checksums(files))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
