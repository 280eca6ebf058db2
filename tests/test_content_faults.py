"""A fault in the content stops the start, and its message says the file, the place and the mend."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import pytest

from portal.content import ContentError, Fill, load
from tests.told import CONTENT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the shop's content."""
    return copytree(CONTENT, tmp_path / "content")


@dataclass(frozen=True)
class Fault:
    """A slip of the pen: in a file, `old` becomes `new`; the message names what `says` lists."""

    name: str
    file: str
    old: str
    new: str
    says: tuple[str, ...]


LAST_ROW = '[[rows]]\noutcome = "needs_review"\nwhen = [{ status = ["unknown"] }]\n'
ROW_IN_VAIN = '[[rows]]\noutcome = "possible"\nwhen = [{ status = ["canceled"], provider_allows = true }]\n\n'
SECTION_FIRST = '[[sections]]\nid = "heading"'
ADVICE_FIRST = '[[advice]]\nid = "ask-now"'
GUARANTEE = 'id = "not-guaranteed"\nsection = "summary"\nalways = true'
ALLOWS = "[{ provider_allows = true }]"

FAULTS = [
    Fault("a row that can never match", "policy.toml", LAST_ROW, ROW_IN_VAIN + LAST_ROW,
          ("row 13 (possible)", "can never match", "move it up or remove it")),
    Fault("facts that no row takes", "policy.toml", LAST_ROW, "", ("rows", "unknown", "add a last row")),
    Fault("false in a row", "policy.toml", 'when = [{ sent_to_provider = true }]\n\n[[rows]]',
          'when = [{ sent_to_provider = false }]\n\n[[rows]]', ("row 10", "only a circumstance that is true")),
    Fault("not known in a row", "policy.toml", 'when = [{ sent_to_provider = true }]\n\n[[rows]]',
          'when = [{ sent_to_provider = "not known" }]\n\n[[rows]]', ("row 10", "only a circumstance that is true")),
    Fault("an outcome that does not exist", "policy.toml", 'outcome = "already_stopped"', 'outcome = "yes"',
          ("rows.1.outcome", "best_chance")),
    Fault("a status that does not exist", "policy.toml", 'status = ["unknown"]', 'status = ["refunded"]',
          ("rows.13.when.1.status.1", "pending")),
    Fault("a row without a condition", "policy.toml", '[{ status = ["canceled"] }]\n\n[[rows]]', "[]\n\n[[rows]]",
          ("rows.1.when", "at least 1 item")),
    Fault("a word that nobody reads", "policy.toml", SECTION_FIRST, SECTION_FIRST + '\ncolour = "red"',
          ("sections.1.colour", "not permitted")),
    Fault("a clause with an id that another has", "policy.toml", 'id = "purpose"', 'id = "not-guaranteed"',
          ("clauses", '"not-guaranteed" stands 2 times', "give each its own")),
    Fault("a clause with the id of a section", "policy.toml", 'id = "basics"', 'id = "purpose"',
          ("sections, clauses", '"purpose" stands 2 times', "give each its own")),
    Fault("advice with an id that another has", "policy.toml", 'id = "ask-anyway"', 'id = "ask-now"',
          ("advice", '"ask-now" stands 2 times', "give each its own")),
    Fault("an id that cannot be an anchor", "policy.toml", 'id = "purpose"', 'id = "the purpose"',
          ("clauses.2.id", "pattern")),
    Fault("a clause in a section that does not exist", "policy.toml", 'section = "last-word"', 'section = "end"',
          ('clause "sooner-is-better"', 'no section "end"', "add it, or name one of")),
    Fault("a section without a clause", "policy.toml", 'section = "last-word"', 'section = "basics"',
          ('section "last-word"', "no clause stands in it", "remove the section")),
    Fault("a section of statuses that speaks of two", "policy.toml",
          '["partial"] }]\n\n[[clauses]]\nid = "status-canceled"',
          '["partial", "canceled"] }]\n\n[[clauses]]\nid = "status-canceled"',
          ('clause "status-partial"', "exactly one status")),
    Fault("a policy that guarantees nothing to nobody", "policy.toml", GUARANTEE, GUARANTEE[:-14],
          ("always = true", "nothing is guaranteed")),
    Fault("a page without a title", "policy.toml", 'kind = "title"', 'kind = "prose"', ('exactly one', '"title"')),
    Fault("a clause on what is not known", "policy.toml", ALLOWS, '[{ provider_allows = "not known" }]',
          ('clause "possible-provider-allows"', "known facts only")),
    Fault("a clause on an unknown status", "policy.toml", ALLOWS, '[{ status = ["unknown"] }]',
          ('clause "possible-provider-allows"', "known facts only")),
    Fault("advice without an outcome", "policy.toml", 'outcomes = ["needs_review"]', "outcomes = []",
          ("advice.3.outcomes", "at least 1 item")),
    Fault("a policy without a version", "policy.toml", 'version = "1"', "", ("version", "required")),
    Fault("a broken policy", "policy.toml", 'version = "1"', 'version = "1', ("line 10",)),
    Fault("a clause without words", "uk.toml", "[clauses.purpose]\ntext = ", "[clauses.porpoise]\ntext = ",
          ("clauses.purpose: no words: add them", "clauses.porpoise: nothing uses these words: remove them")),
    Fault("advice without words", "en.toml", "ask-now = ", "ask-later = ",
          ("advice.ask-now: no words: add them", "advice.ask-later: nothing uses these words: remove them")),
    Fault("a section without a heading", "en.toml", 'basics = "In short"\n', "",
          ("sections.basics: no words: add them",)),
    Fault("words of a section that shows none", "en.toml", "[sections]\n", '[sections]\nsummary = "Summary"\n',
          ("sections.summary: nothing uses these words: remove them",)),
    Fault("an outcome without words", "uk.toml", "[outcomes.unlikely]", "[outcomes.unlucky]",
          ("outcomes.unlucky", "unlikely")),
    Fault("a status without words", "en.toml", '[statuses.unknown]\nname = "I don\'t know"\n', "",
          ("statuses.unknown: no words: add them",)),
    Fault("a circumstance without words", "uk.toml", 'wrong_link = "Вказано неправильне посилання"\n', "",
          ("circumstances.wrong_link: no words: add them",)),
    Fault("an empty text", "en.toml", 'text = "Cancellation is never guaranteed."', 'text = " "',
          ("clauses.not-guaranteed.text", "at least 1 character")),
    Fault("empty advice", "uk.toml", 'file-once = "Надсилайте один запит на одне замовлення, не повторюйте його."',
          'file-once = ""', ("advice.file-once", "at least 1 character")),
    Fault("a label that is missing", "en.toml", 'label = "Still pending"\n', "",
          ("clauses.possible-still-pending", "add a label")),
    Fault("a label that nothing shows", "en.toml", "[clauses.purpose]\n", '[clauses.purpose]\nlabel = "Why"\n',
          ("clauses.purpose", "remove the label")),
    Fault("a name that nothing stands for", "uk.toml", "в {shop} можна", "в {shopp} можна",
          ("clauses.purpose", '"shopp"', "use {shop}")),
    Fault("a link that leads nowhere", "en.toml", "(refund_policy)", "(https://example.org)",
          ("clauses.clause-refund", '"https://example.org"', "(refund_policy)")),
    Fault("markup in a headline", "en.toml", 'headline = "Usually difficult"', 'headline = "*Usually* difficult"',
          ("outcomes.difficult.headline", "without markup")),
    Fault("a broken language", "uk.toml", "[sections]", "[sections", ("line 7",)),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_stops_the_start_and_says_where_and_how_to_mend_it(folder: Path, fault: Fault) -> None:
    path = folder / fault.file
    text = path.read_text(encoding="utf-8")
    changed = text.replace(fault.old, fault.new, 1)
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(ContentError) as stopped:
        load(folder, Fill())
    here = "\n".join(line for line in stopped.value.faults if line.startswith(f"{fault.file}: "))
    assert [words for words in fault.says if words not in here] == []


def test_a_missing_policy_is_named_with_its_folder(folder: Path) -> None:
    (folder / "policy.toml").unlink()
    with pytest.raises(ContentError, match=r"content: policy\.toml is missing"):
        load(folder, Fill())


def test_a_policy_without_any_language_says_what_to_add(folder: Path) -> None:
    for language in ("en", "uk"):
        (folder / f"{language}.toml").unlink()
    with pytest.raises(ContentError, match=r"add a <language>\.toml beside policy\.toml"):
        load(folder, Fill())


@pytest.mark.parametrize("name", ["pt-BR", "draft copy", "UK", "ukrainian"])
def test_a_file_whose_name_is_no_language_is_told(folder: Path, name: str) -> None:
    (folder / "en.toml").rename(folder / f"{name}.toml")
    with pytest.raises(ContentError, match=rf"{name}\.toml: no language has this id"):
        load(folder, Fill())


def test_a_file_that_is_not_text_is_named(folder: Path) -> None:
    (folder / "en.toml").write_bytes(b"name = \xff")
    with pytest.raises(ContentError, match=r"en\.toml: .*utf-8"):
        load(folder, Fill())


def test_faults_of_several_files_are_told_at_once(folder: Path) -> None:
    for language in ("en", "uk"):
        path = folder / f"{language}.toml"
        path.write_text(path.read_text(encoding="utf-8").replace("ask-now =", "ask-never ="), encoding="utf-8")
    with pytest.raises(ContentError) as stopped:
        load(folder, Fill())
    assert len(stopped.value.faults) == 4
    assert str(stopped.value).count("\n") == 3
