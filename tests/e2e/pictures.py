"""Whether a picture of the documentation still shows what the page looks like.

Compared is what a person would notice: both are made as small as a thumbnail, so that another Chromium's way of
smoothing letters, or a date, makes no difference, and a moved, missing or coloured part does.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

THUMBNAIL = (128, 110)
#: Mean difference of brightness, of 255, that nobody notices; and the difference of the worst hundredth of all cells.
MEAN, WORST = 1.0, 30


def difference(one: Image.Image, other: Image.Image) -> tuple[float, int]:
    """Mean difference of all cells of the thumbnails, and the one that only a hundredth exceeds."""
    small = [image.convert("L").resize(THUMBNAIL, Image.Resampling.BOX) for image in (one, other)]
    apart = ImageChops.difference(*small)
    cells = sorted(apart.get_flattened_data())
    return ImageStat.Stat(apart).mean[0], cells[-len(cells) // 100]


def looks_like(kept: Path, shot: bytes) -> str:
    """ "" when the kept picture still shows the page, else how far they are apart."""
    if not kept.exists():
        return "there is no picture"
    one, other = Image.open(kept), Image.open(io.BytesIO(shot))
    if one.size != other.size:
        return f"it is {one.size}, the page {other.size}"
    mean, worst = difference(one, other)
    return "" if mean <= MEAN and worst <= WORST else f"mean difference {mean:.1f} of {MEAN}, worst {worst} of {WORST}"
