"""`PORTAL_FILES_URL`: how a bucket is named, and what is said where it is not named so."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.settings import Bucket
from tests.test_settings import faults, settings

IT = "PORTAL_FILES_URL"
BUCKET = "should be s3://bucket/prefix"
ENDPOINT = "should be s3://bucket/prefix?endpoint=https://…"
NAMED = {
    "s3://shop-help": Bucket("shop-help"),
    "s3://shop-help/": Bucket("shop-help"),
    "s3://shop-help/a/b_2.c/": Bucket("shop-help", "a/b_2.c"),
    "s3://shop-help?region=eu-central-1": Bucket("shop-help", region="eu-central-1"),
    "s3://shop-help/a?endpoint=https://s3.example.com/&region=auto": Bucket(
        "shop-help", "a", "https://s3.example.com", "auto"
    ),
    "s3://shop-help?endpoint=https%3A%2F%2Fs3.example.com%2Fstorage%2Fv1": Bucket(
        "shop-help", endpoint="https://s3.example.com/storage/v1"
    ),
    "s3://shop-help?endpoint=http://127.0.0.1:9000": Bucket("shop-help", endpoint="http://127.0.0.1:9000"),
    "s3://shop-help?endpoint=http://[::1]:9000": Bucket("shop-help", endpoint="http://[::1]:9000"),
}
BAD = [
    ("shop-help", BUCKET),
    ("/var/pictures", BUCKET),
    ("https://s3.example.com/shop-help", BUCKET),
    ("s3://", BUCKET),
    ("s3://ab", BUCKET),
    ("s3://Shop_Help", BUCKET),
    ("s3://shop-help:9000/a", BUCKET),
    ("s3://[::1/a", BUCKET),
    ("s3://shop-help/../a", BUCKET),
    ("s3://shop-help//a", BUCKET),
    ("s3://shop-help/знімки", BUCKET),
    (f"s3://shop-help/{'a' * 200}", BUCKET),
    ("s3://shop-help#a", BUCKET),
    ("s3://key:hunter2@shop-help/a", "the keys stand in AWS_ACCESS_KEY_ID"),
    ("s3://shop-help?secret_access_key=hunter2", "and nothing else"),
    ("s3://shop-help?region=a&region=b", "nothing twice"),
    ("s3://shop-help?region=", "the region such as eu-central-1"),
    ("s3://shop-help?region=a/b", "the region such as eu-central-1"),
    ("s3://shop-help?endpoint=", ENDPOINT),
    ("s3://shop-help?endpoint=s3.example.com", ENDPOINT),
    ("s3://shop-help?endpoint=https://s3.example.com:99999", ENDPOINT),
    ("s3://shop-help?endpoint=https://key:hunter2@s3.example.com", ENDPOINT),
    ("s3://shop-help?endpoint=https://s3.example.com/a%3Fb", ENDPOINT),
    ("s3://shop-help?endpoint=https://сховище.укр", ENDPOINT),
    ("s3://shop-help?endpoint=http://s3.example.com", "on https unless on this machine itself"),
]


@pytest.mark.parametrize(("value", "bucket"), NAMED.items())
def test_a_bucket_is_named_with_what_it_needs(value: str, bucket: Bucket, tmp_path: Path) -> None:
    assert settings({IT: value}, tmp_path).files_url == bucket


@pytest.mark.parametrize(("value", "should_be"), BAD)
def test_a_bucket_that_is_not_named_so_stops_the_start(value: str, should_be: str, tmp_path: Path) -> None:
    [fault] = faults({IT: value}, tmp_path)
    assert fault.startswith(f"{IT}: ")
    assert should_be in fault
    assert "hunter2" not in fault


@pytest.mark.parametrize("key", ["a key", "key\n", "ключ"])
def test_a_key_that_cannot_be_sent_stops_the_start_where_there_is_a_bucket(key: str, tmp_path: Path) -> None:
    [fault] = faults({IT: "s3://shop-help", "AWS_ACCESS_KEY_ID": key}, tmp_path)
    assert fault.startswith("AWS_ACCESS_KEY_ID: should be the id of a key")
    assert settings({"AWS_ACCESS_KEY_ID": key}, tmp_path).files_url is None


def test_a_bucket_is_shown_without_its_server() -> None:
    assert str(Bucket("shop-help", "a/b", "https://s3.example.com", "auto")) == "s3://shop-help/a/b"
    assert str(Bucket("shop-help")) == "s3://shop-help"
