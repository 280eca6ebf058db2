"""Without a mail server: mails lie in a folder that its owner alone can read, and staff are told so."""

from __future__ import annotations

import stat
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from portal.concerns import NoticeState
from portal.notices import ways
from portal.notices.post import Folder
from portal.outbox import Fault
from tests.carrying import ANNA, Carriers, mails, states
from tests.colleague import Colleague
from tests.conftest import AppWith
from tests.post_office import PostOffice
from tests.stored import filed


def others_may(path: Path) -> int:
    """Return what others than the owner may do with a file."""
    return stat.S_IMODE(path.stat().st_mode) & 0o077


def test_mails_lie_in_a_folder_that_only_its_owner_can_read(app_with: AppWith, tmp_path: Path) -> None:
    folder = tmp_path / "var" / "mail"
    app = app_with(mail_folder=folder)
    reference = filed(app, email=ANNA)
    portal = app.extensions["portal"]
    Carriers(app, ways(portal.settings, portal.keys).post).work()
    (lying,) = folder.iterdir()
    mail = message_from_bytes(lying.read_bytes(), policy=default)
    assert (lying.name, mail["To"], states(app)) == (f"{reference}.1.eml", ANNA, ["sent"])
    assert (others_may(folder), others_may(lying)) == (0, 0)


def test_a_folder_that_others_may_read_holds_no_mail_that_they_may_read(app_with: AppWith, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    app = app_with(mail_folder=tmp_path)
    filed(app, email=ANNA)
    Carriers(app, Folder(tmp_path)).work()
    assert [others_may(lying) for lying in tmp_path.iterdir()] == [0]


def test_the_same_mail_takes_its_own_place(app_with: AppWith, tmp_path: Path) -> None:
    app = app_with(mail_folder=tmp_path)
    carriers = Carriers(app, Folder(tmp_path))
    with app.app_context():
        for _ in range(2):
            assert carriers.ways.try_mail(ANNA, carriers.clock()).fault is None
    assert len(list(tmp_path.iterdir())) == 2
    filed(app, email=ANNA)
    carriers.work()
    assert len(list(tmp_path.iterdir())) == 3


def test_a_folder_that_cannot_be_written_to_keeps_the_mail_waiting(app_with: AppWith, tmp_path: Path) -> None:
    (tmp_path / "mail").write_bytes(b"a file stands in the way")
    app = app_with(mail_folder=tmp_path / "mail")
    filed(app, email=ANNA)
    carriers = Carriers(app, Folder(tmp_path / "mail"))
    carriers.work()
    assert states(app) == ["waiting"]
    (tmp_path / "mail").unlink()
    carriers.work(hours=1)
    assert states(app) == ["sent"]


def test_staff_are_told_that_mails_are_not_sent_and_where_they_lie(app_with: AppWith, tmp_path: Path) -> None:
    app = app_with(mail_folder=tmp_path)
    carriers = Carriers(app, Folder(tmp_path))
    carriers.work()
    assert carriers.ways.post.check().fault is Fault.NOT_SET
    page = Colleague(app).visit("/staff/notices")
    assert str(tmp_path) in page.text
    assert str(tmp_path) in Colleague(app).visit("/staff/").text


def test_staff_are_told_of_no_folder_where_a_mail_server_is_set_and_of_the_server_where_it_fails(
    app_with: AppWith, tmp_path: Path
) -> None:
    office = PostOffice()
    app = app_with(smtp_url=office.url, mail_from="help@shop.example", mail_folder=tmp_path)
    with office:
        Carriers(app, office).work()
        page = Colleague(app).visit("/staff/notices")
        assert str(tmp_path) not in page.text
        assert "does not work" not in page.text
    Carriers(app, office).work()
    assert "“Mail” does not work" in Colleague(app).visit("/staff/notices").text
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_loses_no_mail(app_with: AppWith, tmp_path: Path) -> None:
    blocked = tmp_path / "mail"
    blocked.write_text("a file in its place")
    app = app_with(mail_folder=blocked)
    filed(app, email=ANNA)
    carriers = Carriers(app, Folder(blocked))
    carriers.work()
    assert [(notice.state, notice.fault) for notice in mails(app)] == [(NoticeState.WAITING, Fault.UNREACHABLE)]
    blocked.unlink()
    carriers.work(minutes=2)
    assert len(list(blocked.iterdir())) == 1
