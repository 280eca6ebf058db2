"""Two portals on one PostgreSQL: what was begun at one goes on at the other, and nothing is lost with one that dies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from random import Random

import pytest

from bench.faults.places import at
from bench.faults.two_portals import pair, run
from tests.build import HANDOVER_KEY, typed, upload
from tests.colleague import OLENA, PASSWORD, account
from tests.conftest import Kind
from tests.filing import FORM, NEW, at_once, file, page_of, pictures_on, reference_of, secret_path, sent_with
from tests.handing import come, file_handed, token
from tests.over_the_wire import Line
from tests.page import Page
from tests.visitor import Visitor

pytestmark = [pytest.mark.long, pytest.mark.postgresql]
LIMITS = "filings_browser=3/3600 filings_address=1000/3600 sign_ins_account=2/3600"


class Person(Visitor):
    """A browser that goes to either portal, with the same cookies."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._line, self._ports = Line(*ports), ports
        super().__init__(self._line)

    def at(self, *portals: int) -> Person:
        """Go to the first (0) or the second (1) portal from now on, or to these in turn."""
        self._line.leads_to(*(self._ports[portal] for portal in portals))
        return self


@pytest.fixture(scope="module")
def ports(on_postgresql: Kind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sequence[int]]:
    """The ports of two portals, which allow few filings a browser."""
    handover, folder = f"{HANDOVER_KEY.id}:{HANDOVER_KEY.secret}", tmp_path_factory.mktemp("two")
    with ExitStack() as used:
        here = used.enter_context(at(used.enter_context(on_postgresql[0].migrated()), folder))
        both = used.enter_context(pair(here, PORTAL_LIMITS=LIMITS, PORTAL_HANDOVER_KEYS=handover))
        account(here.app)
        yield [portal.port for portal in both.portals]


@pytest.fixture
def person(ports: Sequence[int]) -> Person:
    """Somebody's browser."""
    return Person(ports)


def signed_in(person: Person) -> Page:
    """Sign in as a member of staff; return the list of tickets."""
    answer = person.send("/staff/sign-in", {"email": OLENA, "password": PASSWORD})
    assert answer.status == 303, answer.text
    return person.visit("/staff/")


def test_who_signs_in_at_one_works_at_the_other_and_is_signed_out_at_both(ports: Sequence[int], person: Person) -> None:
    reference = reference_of(file(Person(ports), order_id="STAFF-1"))
    signed_in(person.at(0))
    page = person.at(1).visit(f"/staff/tickets/{reference}")
    assert person.at(0).send_form(page, {"note": "Seen at one, written at the other."}, form="note").status == 303
    assert "Seen at one" in person.at(1).visit(f"/staff/tickets/{reference}").text
    assert person.at(1).send_form(person.visit("/staff/"), form="/staff/sign-out").status == 303
    assert person.at(0).open("/staff/").location is not None


def test_a_form_of_one_that_is_sent_to_both_at_once_is_filed_once(person: Person) -> None:
    form = person.at(0).visit(NEW)
    person.at(0, 1)
    answers = at_once([lambda: person.send_form(form, typed(order_id="ONCE-1"), form=FORM)] * 4)
    assert [answer.status for answer in answers] == [303] * 4
    assert len({answer.location for answer in answers}) == 1


def test_a_secret_link_and_screenshots_of_one_are_served_by_the_other(ports: Sequence[int], person: Person) -> None:
    refused = person.at(0).send(NEW, typed(order_id=""), forged={"screenshots": [upload()]})
    assert len(refused.form(FORM).choices("kept")) == 1
    answer = person.at(1).send_form(refused, {"order_id": "SHOWN-1"}, form=FORM)
    confirmation = person.at(0).visit(str(answer.location))
    (picture,) = pictures_on(person.at(1).visit(page_of(confirmation)))
    assert person.at(0).visit(picture).headers["Content-Type"] == "image/webp"
    assert Person(ports).at(1).visit(secret_path(confirmation)).path == page_of(confirmation)


def test_a_hand_over_that_was_used_at_one_is_used_at_the_other(ports: Sequence[int], person: Person) -> None:
    link = token(order_id="HANDED-1")
    page = come(person.at(0), link)
    assert file_handed(person.at(1), page).status == 303
    assert "A request was already sent with this link" in come(Person(ports).at(0), link).text


def test_limits_are_counted_together(ports: Sequence[int], person: Person) -> None:
    answers = [sent_with(person.at(number % 2), order_id=f"LIMIT-{number}") for number in range(4)]
    assert [answer.status for answer in answers] == [303, 303, 303, 429]
    tried = [
        Person(ports).at(number % 2).send("/staff/sign-in", {"email": "taras@example.com", "password": "not this one"})
        for number in range(3)
    ]
    assert [answer.status for answer in tried] == [422, 422, 429]


def test_both_say_the_same_under_the_same_names(ports: Sequence[int]) -> None:
    pages = [Person(ports).at(portal).visit("/uk/cancellation") for portal in (0, 1)]
    assert pages[0].html == pages[1].html
    assert pages[0].headers["ETag"] == pages[1].headers["ETag"]


def test_nothing_is_lost_with_a_portal_that_dies_and_people_are_served_on(
    on_postgresql: Kind, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with on_postgresql[0].migrated() as url, at(url, tmp_path_factory.mktemp("dies")) as here:
        outcome = run(here, kills=2, seconds=0, most_pause=0.3, chance=Random(5))
    assert outcome.faults() == []
    assert len(outcome.filed) > 6
