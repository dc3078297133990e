"""Files that somebody who means harm, or does not know better, hands in; and harmless ones to compare with."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import cache

from PIL import Image, PngImagePlugin
from pypdf import PdfReader, PdfWriter

from shared_apps.core.uploads import grenzen


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), **words: object) -> bytes:
    """A picture of one colour."""
    datei = io.BytesIO()
    Image.new("RGB", size, "steelblue").save(datei, kind, **words)
    return datei.getvalue()


def picture_with_position() -> bytes:
    """What a phone writes: where, when, with which camera, on its side, and a small picture inside the picture."""
    bild = Image.new("RGB", (640, 480), "steelblue")
    exif = bild.getexif()
    exif[0x0112], exif[0x010F], exif[0x9286] = 6, "Kamera-Hersteller", "Kinderheim Haus am See"
    exif.get_ifd(0x8825).update({1: "N", 2: (54.0, 5.0, 30.25), 3: "E", 4: (13.0, 22.0, 51.5)})
    datei = io.BytesIO()
    words = {"exif": exif.tobytes(), "comment": b"54.0917 13.3810", "icc_profile": b"profil" * 20}
    bild.save(datei, "JPEG", xmp=b"<x:xmpmeta>54.0917</x:xmpmeta>", **words)
    return datei.getvalue()


def _zip() -> bytes:
    datei = io.BytesIO()
    with zipfile.ZipFile(datei, "w") as archiv:
        archiv.writestr("../../etc/passwd", "x")
    return datei.getvalue()


def _png(width: int, height: int, data: bytes, *more: tuple[bytes, bytes]) -> bytes:
    """A PNG by hand: it may claim what it likes."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), *more, (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )


def _bomb_text() -> bytes:
    text = b"Comment\0\0" + zlib.compress(b"A" * 80_000_000)
    return _png(64, 64, zlib.compress(b"\0" * (64 * 3 + 1) * 64), (b"zTXt", text))


def _animated(kind: str) -> bytes:
    datei = io.BytesIO()
    bilder = [Image.new("RGB", (64, 64), farbe) for farbe in ("red", "blue")]
    bilder[0].save(datei, kind, save_all=True, append_images=bilder[1:])
    return datei.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(document.cookie)</script>"


@cache
def bad_pictures() -> dict[str, tuple[bytes, str]]:
    """Name of the case -> the file and a piece of what is said."""
    no_picture, broken, moving, pixels = "kein Bild", "beschädigt", "bewegtes Bild", "Bildpunkte"
    return {
        "svg": (SVG, no_picture),
        "svg_called_jpg": (b"\xef\xbb\xbf" + SVG, no_picture),
        "html": (HTML, no_picture),
        "zip": (_zip(), no_picture),
        "gif": (_animated("GIF"), no_picture),
        "tiff": (picture("TIFF"), no_picture),
        "bmp": (picture("BMP"), no_picture),
        "pdf": (good_pdf(), no_picture),
        "program": (b"\x7fELF" + b"\0" * 500, no_picture),
        "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) (r) file", no_picture),
        "imagemagick_script": (b"push graphic-context\nfill 'url(https://127.0.0.1/)'\n", no_picture),
        "empty": (b"", "leer"),
        "heic_of_an_iphone": (b"\0\0\0\x24ftypheic" + b"\0" * 500, "HEIC"),
        "avif": (b"\0\0\0\x24ftypavif" + b"\0" * 500, "HEIC"),
        "eleven_megabytes": (picture() + b"\0" * 11 * grenzen.MB, "größer als 10 MB"),
        "bomb_of_pixels": (_bilevel(30_000, 30_000), pixels),
        "bomb_that_claims_two_billion_pixels": (_png(65_000, 65_000, zlib.compress(b"\0" * 1000)), pixels),
        "claims_more_than_it_has": (_png(8_000, 7_000, zlib.compress(b"\0" * 1000)), broken),
        "bomb_of_text": (_bomb_text(), broken),
        "jpeg_cut_off": (picture(size=(2000, 1500), quality=95)[:9_000], broken),
        "png_cut_off": (picture("PNG", size=(900, 900))[:300], broken),
        "webp_cut_off": (picture("WEBP", size=(900, 900))[:60], broken),
        "jpeg_of_noise": (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40, broken),
        "webp_of_noise": (b"RIFF\xff\xff\xff\xffWEBPVP8 " + bytes(range(256)) * 40, broken),
        "nothing_but_a_head": (b"\xff\xd8\xff", broken),
        "animated_png": (_animated("PNG"), moving),
        "animated_webp": (_animated("WEBP"), moving),
    }


def _bilevel(width: int, height: int) -> bytes:
    datei = io.BytesIO()
    Image.new("1", (width, height)).save(datei, "PNG")
    return datei.getvalue()


@cache
def odd_but_good_pictures() -> dict[str, bytes]:
    """What is taken all the same, because only its pixels are kept."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Kommentar", "<script>alert(1)</script>")
    cmyk, palette, sixteen, two = io.BytesIO(), io.BytesIO(), io.BytesIO(), io.BytesIO()
    tiefe = Image.new("RGB", (32, 32), "white")
    Image.new("RGB", (64, 64), "steelblue").save(two, "MPO", save_all=True, append_images=[tiefe])
    Image.new("CMYK", (64, 64)).save(cmyk, "JPEG")
    Image.new("P", (64, 64)).save(palette, "PNG", transparency=0)
    Image.new("I;16", (64, 64)).save(sixteen, "PNG")
    return {
        "jpeg_that_is_a_zip": picture() + _zip(),
        "jpeg_that_is_a_page": picture(comment=HTML),
        "png_with_a_script": picture("PNG", pnginfo=info),
        "jpeg_of_a_phone_with_a_second_picture": two.getvalue(),
        "cmyk": cmyk.getvalue(),
        "palette": palette.getvalue(),
        "sixteen_bits": sixteen.getvalue(),
        "progressive": picture(progressive=True),
        "webp": picture("WEBP"),
        "one_pixel": picture("PNG", size=(1, 1)),
        "very_long": picture("PNG", size=(4000, 2)),
    }


# --- PDF ------------------------------------------------------------------------------------------------------------


def pdf_of(*objects: bytes, trailer: bytes = b"", head: bytes = b"%PDF-1.7\n") -> bytes:
    """A PDF by hand, with a right table; the first object is the catalogue."""
    out, offsets = bytearray(head), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(out) + b"trailer\n<< /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, trailer, table,
    )  # fmt: skip


_PAGES = (b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>")


def _catalogue(more: bytes, *objects: bytes) -> bytes:
    return pdf_of(b"<< /Type /Catalog /Pages 2 0 R %b >>" % more, *_PAGES, *objects)


def good_pdf() -> bytes:
    """One empty page."""
    return _catalogue(b"")


def good_pdf_with_object_streams() -> bytes:
    """As today's programs write them: objects compressed together, a link to a web page, a title."""
    schreiber = PdfWriter()
    schreiber.add_blank_page(200, 200)
    schreiber.add_metadata({"/Title": "Leistungsbeschreibung"})
    datei = io.BytesIO()
    schreiber.write(datei)
    return datei.getvalue()


def _stream(words: bytes, data: bytes) -> bytes:
    return b"<< %b /Length %d >>\nstream\n%b\nendstream" % (words, len(data), data)


def _hidden_in_a_stream() -> bytes:
    """A script where a search through the bytes finds nothing: in a compressed object stream behind an xref stream."""
    inner = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
    objekte = zlib.compress(b"4 0 " + inner)
    out, offsets = bytearray(b"%PDF-1.7\n"), {}
    bodies = {
        1: b"<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>", 2: _PAGES[0], 3: _PAGES[1],
        5: _stream(b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", objekte),
    }  # fmt: skip
    for number, body in bodies.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    rows = [(0, 0, 65535), *((1, offsets[n], 0) for n in (1, 2, 3)), (2, 5, 0), (1, offsets[5], 0), (1, start, 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    out += b"6 0 obj\n" + _stream(b"/Type /XRef /Size 7 /W [1 4 2] /Root 1 0 R", table) + b"\nendobj\n"
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % start


def _encrypted() -> bytes:
    schreiber = PdfWriter(clone_from=PdfReader(io.BytesIO(good_pdf())))
    schreiber.encrypt("geheim", algorithm="RC4-128")
    datei = io.BytesIO()
    schreiber.write(datei)
    return datei.getvalue()


def _many_pages(many: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(many))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    pages = b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, many)
    return pdf_of(b"<< /Type /Catalog /Pages 2 0 R >>", pages, *[page] * many)


@cache
def bad_pdfs() -> dict[str, tuple[bytes, str]]:
    """Name of the case -> the file and a piece of what is said."""
    no_pdf, broken, active, two, locked = "kein PDF", "beschädigt", "Skript", "noch etwas anderes", "Kennwort"
    good = good_pdf()
    return {
        "picture": (picture(), no_pdf),
        "word": (_zip(), no_pdf),
        "html": (HTML, no_pdf),
        "svg": (SVG, no_pdf),
        "empty": (b"", "leer"),
        "junk_before": (b"\n\n" + good, no_pdf),
        "page_before": (HTML + good, no_pdf),
        "eleven_megabytes": (good + b"\n" * 11 * grenzen.MB, "größer als 10 MB"),
        "page_inside_the_head": (pdf_of(*_bodies(), head=b"%PDF-1.7\n%<script>alert(1)</script>\n"), two),
        "zip_behind": (good + _zip(), two),
        "zip_behind_with_an_end": (good + _zip() + b"\n%%EOF\n", two),
        "program_behind": (good + b"\x7fELF" + b"\0" * 900, two),
        "cut_off": (good[:200], broken),
        "nothing_but_a_head": (b"%PDF-1.7\n%%EOF\n", broken),
        "other_number": (b"%PDF-9.9\n" + good[9:], broken),
        "noise": (b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\n%%EOF", broken),
        "no_pages": (pdf_of(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"), broken),
        "pages_in_a_circle": (
            pdf_of(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"), broken,
        ),
        "too_many_pages": (_many_pages(grenzen.PDF_SEITEN_MAX + 1), "Seiten"),
        "nested_without_end": (_catalogue(b"", b"[" * 60_000 + b"]" * 60_000), broken),
        "encrypted": (_encrypted(), locked),
        "script_when_opened": (_catalogue(b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"), active),
        "script_written_otherwise": (_catalogue(b"/OpenAction << /S /J#61vaScript /J#53 (1) >>"), active),
        "script_in_a_stream": (_hidden_in_a_stream(), active),
        "script_nobody_refers_to": (_catalogue(b"", b"<< /S /Ren#64ition /J#53 (app.alert\\(1\\)) >>"), active),
        "starts_a_program": (_catalogue(b"/OpenAction << /S /L#61unch /F (cmd.exe) >>"), active),
        "sends_a_form": (_catalogue(b"/AcroForm << /Fields [4 0 R] >>", b"<< /A << /S /Submit#46orm >> >>"), active),
        "form_with_a_program": (_catalogue(b"/AcroForm << /XFA 4 0 R >>", _stream(b"", b"<xdp/>")), active),
        "carries_a_file": (
            _catalogue(b"/Names << /EmbeddedFiles << /Names [(a) 4 0 R] >> >>", b"<< /EF << /F 5 0 R >> >>"), active,
        ),
        "film": (_catalogue(b"", b"<< /Type /Annot /Subtype /Rich#4dedia >>"), active),
    }  # fmt: skip


def _bodies() -> tuple[bytes, ...]:
    return b"<< /Type /Catalog /Pages 2 0 R >>", *_PAGES
