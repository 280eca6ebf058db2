"""Screenshots: redrawn by us, private, kept over a refusal, and harmless whatever came."""

from __future__ import annotations

import struct
import time
import tracemalloc
import zlib
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from portal import evidence
from portal.extensions import db
from portal.models import Picture
from tests.build import older, picture, typed, upload
from tests.colleague import Colleague
from tests.filing import (
    FORM,
    NEW,
    file,
    filed_with,
    nothing_stored,
    pictures_on,
    reference_of,
    sent_with,
)
from tests.visitor import Visitor

SECRET = b"GPS 50.4501 30.5234"
NOT_OURS = "“screen.png” is not a PNG, JPEG or WebP picture. Choose another file"
TOO_LARGE = "“screen.png” is larger than 5 MB. Choose a smaller picture"
TOO_MANY_PIXELS = "“screen.png” has more than 24 megapixels. Choose a smaller picture"


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a part of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, rows_of: int = 0) -> bytes:
    """Return a PNG file that says to be so large, whatever it holds."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    body = zlib.compress(bytes(width + 1) * rows_of, 9)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def gif() -> bytes:
    """Return a GIF file."""
    return picture("GIF")


def with_exif(orientation: int) -> bytes:
    """Return a wide JPEG that lies on its side and knows where it was taken."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = orientation, SECRET.decode()
    file_ = BytesIO()
    Image.new("RGB", (60, 20), "teal").save(file_, "JPEG", exif=exif)
    return file_.getvalue()


BAD = {
    "an SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', NOT_OURS),
    "an HTML page": (b"<!doctype html><script>alert(1)</script>", NOT_OURS),
    "a GIF": (gif(), NOT_OURS),
    "a TIFF": (picture("TIFF"), NOT_OURS),
    "an empty file": (b"", NOT_OURS),
    "half a picture": (picture("PNG", (400, 300))[:200], NOT_OURS),
    "a PNG of zeros": (b"\x89PNG\r\n\x1a\n" + bytes(100), NOT_OURS),
    "a bomb of 50,000 by 50,000": (png(50_000, 50_000, 20), TOO_MANY_PIXELS),
    "a picture a little too large": (png(24_001, 1_000, 1), TOO_MANY_PIXELS),
}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_redrawn_as_webp(app: Flask, visitor: Visitor, kind: str) -> None:
    page = filed_with(visitor, upload(content=picture(kind, (70, 50))))
    (address,) = pictures_on(page)
    got = visitor.visit(address)
    assert got.response.data[8:12] == b"WEBP"
    assert Image.open(BytesIO(got.response.data)).size == (70, 50)
    seen = Colleague(app)
    assert seen.visit(pictures_on(seen.ticket(page.path.rpartition("/")[2]))[0]).response.data == got.response.data


def test_a_picture_is_served_so_that_it_can_do_nothing_but_be_looked_at(visitor: Visitor) -> None:
    got = visitor.visit(pictures_on(filed_with(visitor, upload()))[0])
    wanted = {
        "Content-Type": "image/webp",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "Cache-Control": "no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    assert {name: got.headers.get(name) for name in wanted} == wanted


def test_a_picture_stands_upright_and_says_nothing_of_where_it_was_taken(app: Flask, visitor: Visitor) -> None:
    assert SECRET in with_exif(6)
    got = visitor.visit(pictures_on(filed_with(visitor, upload(content=with_exif(6))))[0])
    image = Image.open(BytesIO(got.response.data))
    assert (image.size, dict(image.getexif())) == ((20, 60), {})
    assert SECRET not in got.response.data
    with app.app_context():
        assert SECRET not in db.session.scalars(select(Picture.content)).one()


def test_a_picture_that_is_also_a_program_is_only_a_picture_afterwards(visitor: Visitor) -> None:
    program = b"<script>alert(document.domain)</script>"
    got = visitor.visit(pictures_on(filed_with(visitor, upload(content=picture("JPEG") + program)))[0])
    assert program not in got.response.data


def test_a_picture_of_a_whole_tall_page_is_taken(app: Flask, visitor: Visitor) -> None:
    filed_with(visitor, upload(content=png(10, 20_000, 20_000)))
    with app.app_context():
        assert db.session.scalars(select(Picture.height)).one() == 16_383


@pytest.mark.parametrize(("content", "words"), BAD.values(), ids=BAD)
def test_what_is_no_picture_that_we_take_is_named_and_not_stored(
    app: Flask, visitor: Visitor, content: bytes, words: str
) -> None:
    page = sent_with(visitor, upload(content=content))
    assert (page.status, page.errors) == (422, {"screenshots": words})
    assert nothing_stored(app)


def test_a_file_over_5_mb_is_named_and_not_stored(app: Flask, visitor: Visitor) -> None:
    form = visitor.visit(NEW).form(FORM).filled(typed())
    form["submission"] = older(form["submission"], timedelta(minutes=1))
    form["screenshots"] = FileStorage(BytesIO(picture() + bytes(5_000_000)), "screen.png")
    boundary, body = encode_multipart(form)
    page = visitor.open(NEW, method="POST", data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert (page.status, page.errors) == (422, {"screenshots": TOO_LARGE})
    assert nothing_stored(app)


def test_a_bomb_is_refused_at_once_and_with_memory_flat() -> None:
    bomb = png(50_000, 50_000, 20)
    tracemalloc.start()
    began = time.monotonic()
    with pytest.raises(evidence.Refused):
        evidence.redraw(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.monotonic() - began < 1
    assert peak < 10_000_000


def test_four_pictures_are_too_many(app: Flask, visitor: Visitor) -> None:
    page = sent_with(visitor, *(upload() for _ in range(4)))
    assert (page.status, page.errors) == (422, {"screenshots": "Choose at most 3 screenshots"})
    assert nothing_stored(app)
    assert len(pictures_on(filed_with(visitor, *(upload() for _ in range(3))))) == 3


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\x.png", "/etc/passwd", "a\u202egnp.png", "<b>.png"])
def test_a_files_name_reaches_no_path_and_is_forgotten(app: Flask, visitor: Visitor, name: str) -> None:
    page = sent_with(visitor, upload(name, b"not a picture"))
    assert page.status == 422
    assert "etc/" not in page.errors["screenshots"]
    assert "\u202e" not in page.html
    assert len(pictures_on(filed_with(visitor, upload(name)))) == 1


def test_someone_elses_picture_is_not_there(app: Flask, visitor: Visitor) -> None:
    (address,) = pictures_on(filed_with(visitor, upload()))
    number = address.rpartition("/")[2]
    stranger = Visitor(app)
    stranger.visit(address, status=404)
    own = filed_with(stranger, order_id="2")
    stranger.visit(f"{own.path}/pictures/{number}", status=404)
    Colleague(app).visit(f"/staff/tickets/{own.path.rpartition('/')[2]}/pictures/{number}", status=404)
    for missing in ("0", "99", str(10**30), "x", "-1"):
        visitor.visit(f"{address.rpartition('/')[0]}/{missing}", status=404)


def test_pictures_of_a_second_filing_are_shown_with_it(app: Flask, visitor: Visitor) -> None:
    filed_with(visitor, upload())
    page = filed_with(visitor, upload(), upload())
    assert len(pictures_on(page)) == 3
    desk = Colleague(app).ticket(reference_of(file(Visitor(app), order_id="9")))
    assert pictures_on(desk) == []
