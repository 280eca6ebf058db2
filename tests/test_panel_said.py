"""What a panel said, written down: no more than JSON says, on one line, of a length, and without the key."""

from __future__ import annotations

import json

import pytest

from portal.panel.said import HIDDEN, LONGEST_LINE, LONGEST_RAW, Scribe, Unreadable, parse

KEY = 'k/+"&9\\abcde'
SCRIBE = Scribe(KEY)

NOT_JSON = [
    b"",
    b"<!doctype html><h1>Cancel: 1</h1>",
    b'{"cancel":1,"x":"\xff"}',
    b'{"cancel":1',
    b'{"cancel":1}{"cancel":1}',
    b"[" * 100_000,
    '{"cancel":1}'.encode("utf-16"),
]


@pytest.mark.parametrize("body", NOT_JSON)
def test_what_is_no_json_is_not_read(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(body)


def test_a_mark_of_the_encoding_before_the_json_is_passed_over() -> None:
    assert parse(b'\xef\xbb\xbf{"cancel":1}') == {"cancel": "1"}


@pytest.mark.parametrize(
    "written", [KEY, KEY.upper(), json.dumps(KEY), json.dumps(json.dumps(KEY)), "k%2F%2B%22%269%5Cabcde"]
)
@pytest.mark.parametrize("end", ["", "k/&#43;&quot;&amp;9&#x5C;abcde", "k\\/+\\u0022&9\\\\abcde"])
def test_the_key_is_hidden_however_it_is_written(written: str, end: str) -> None:
    text = f"{'x' * 280} {written}{end} y"
    for shown in (SCRIBE.line(text), SCRIBE.raw({text: [text]})):
        assert HIDDEN in shown
        assert "abcde" not in shown.lower()


def test_words_are_one_line_that_can_be_seen_and_what_is_kept_has_an_end() -> None:
    assert SCRIBE.line(" a\r\n\tb\u202e\x00c\ud800 ") == "a b c"
    assert len(SCRIBE.line("x" * 1000)) == LONGEST_LINE
    assert len(SCRIBE.raw(["x" * 9000])) == LONGEST_RAW
    SCRIBE.raw(parse(rb'{"\ud800":"\u0000\u202e"}')).encode()
