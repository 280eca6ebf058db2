"""What must hold between the files of `content/`; each fault says the file, the place and the mend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from portal.content.schema import CaseFile, PolicyFile, WordsFile
from portal.content.text import Fill, parse, plain, unknown_marks
from portal.policy import Circumstance, Outcome, Status, every_facts, holds

LABELLED = ("list", "numbered")


def faults(policy: PolicyFile, languages: Mapping[str, WordsFile]) -> list[str]:
    """Return every fault of a policy and its words; none where the content is whole."""
    found = [*_ids(policy), *_sections(policy), *_conditions(policy)]
    if not found:
        found = [*_rows(policy)]
    for language, words in languages.items():
        found += [f"{language}.toml: {fault}" for fault in _words(policy, words)]
    return found


def _ids(policy: PolicyFile) -> Iterator[str]:
    anchors = Counter([*(section.id for section in policy.sections), *(clause.id for clause in policy.clauses)])
    for kind, ids in (("sections, clauses", anchors), ("advice", Counter(item.id for item in policy.advice))):
        for id_, times in ids.items():
            if times > 1:
                yield f'policy.toml: {kind}: the id "{id_}" stands {times} times: give each its own'


def _sections(policy: PolicyFile) -> Iterator[str]:
    sections = {section.id: section.kind for section in policy.sections}
    for clause in policy.clauses:
        if clause.section not in sections:
            known = ", ".join(sections)
            yield f'policy.toml: clause "{clause.id}": no section "{clause.section}": add it, or name one of {known}'
        elif sections[clause.section] == "statuses" and (len(clause.when) != 1 or len(clause.when[0].status) != 1):
            yield f'policy.toml: clause "{clause.id}": in a section of statuses, `when` must name exactly one status'
    filled = {clause.section for clause in policy.clauses}
    for id_ in sections:
        if id_ not in filled:
            yield f'policy.toml: section "{id_}": no clause stands in it: add one, or remove the section'
    if not any(clause.always for clause in policy.clauses):
        yield "policy.toml: clauses: one must say `always = true`: the one that says that nothing is guaranteed"
    kinds = Counter(str(section.kind) for section in policy.sections)
    for kind in ("title", "summary"):
        if kinds[kind] != 1:
            yield f'policy.toml: sections: exactly one must be of kind "{kind}"'


def _conditions(policy: PolicyFile) -> Iterator[str]:
    for number, row in enumerate(policy.rows, 1):
        if any(_value(case, c) not in (None, True) for case in row.when for c in Circumstance):
            yield f"policy.toml: row {number}: only a circumstance that is true can be named in a row"
    for clause in policy.clauses:
        named = [(case, case.status != tuple(Status) and Status.UNKNOWN in case.status) for case in clause.when]
        if any(unknown or "not known" in [_value(case, c) for c in Circumstance] for case, unknown in named):
            place = f'policy.toml: clause "{clause.id}"'
            yield f"{place}: `when` names a fact that is not known: a clause is cited on known facts only"


def _rows(policy: PolicyFile) -> Iterator[str]:
    rows = [(row, tuple(case.case() for case in row.when)) for row in policy.rows]
    reached: set[int] = set()
    for facts in every_facts():
        if False in (facts.value(c) for c in Circumstance):
            continue  # to a row, false and not known are alike
        first = next((number for number, (_, when) in enumerate(rows, 1) if holds(when, facts)), None)
        if first is None:
            yield f"policy.toml: rows: none holds for {facts}: add a last row for it"
            return
        reached.add(first)
    for number, (row, _) in enumerate(rows, 1):
        if number not in reached:
            place = f"policy.toml: row {number} ({row.outcome})"
            yield f"{place}: can never match: the rows above it take its facts: move it up or remove it"


def _words(policy: PolicyFile, words: WordsFile) -> Iterator[str]:
    headed = [s.id for s in policy.sections if s.kind not in ("title", "summary")]
    yield from _same("sections", headed, words.sections)
    yield from _same("clauses", [clause.id for clause in policy.clauses], words.clauses)
    yield from _same("advice", [advice.id for advice in policy.advice], words.advice)
    yield from _same("outcomes", Outcome, words.outcomes)
    yield from _same("statuses", Status, words.statuses)
    yield from _same("circumstances", Circumstance, words.circumstances)
    kinds = {section.id: section.kind for section in policy.sections}
    for clause in policy.clauses:
        needed = kinds.get(clause.section) in LABELLED
        if clause.id in words.clauses and needed != bool(words.clauses[clause.id].label):
            yield f"clauses.{clause.id}: {'add a label' if needed else 'remove the label: its section shows none'}"
    for place, text in _texts(words):
        for mark in unknown_marks(text):
            yield f'{place}: nothing stands for "{mark}": use {{shop}}, (refund_policy) or (payment_policy)'
    for place, text in _plain_texts(words):
        if plain(parse(text, Fill())) != text:
            yield f"{place}: {text!r} is shown as it stands: write it without markup"


def _same(place: str, wanted: Iterable[str], found: Iterable[object]) -> Iterator[str]:
    ids = [str(id_) for id_ in wanted]
    there = [str(id_) for id_ in found]
    yield from (f"{place}.{id_}: no words: add them" for id_ in ids if id_ not in there)
    yield from (f"{place}.{id_}: nothing uses these words: remove them" for id_ in there if id_ not in ids)


def _texts(words: WordsFile) -> Iterator[tuple[str, str]]:
    for id_, clause in words.clauses.items():
        yield f"clauses.{id_}", f"{clause.label or ''} {clause.text}"
    for outcome, said in words.outcomes.items():
        yield f"outcomes.{outcome}", said.text
    yield from ((f"advice.{id_}", text) for id_, text in words.advice.items())


def _plain_texts(words: WordsFile) -> Iterator[tuple[str, str]]:
    yield from ((f"sections.{id_}", text) for id_, text in words.sections.items())
    yield from ((f"outcomes.{outcome}.headline", said.headline) for outcome, said in words.outcomes.items())
    yield from ((f"circumstances.{id_}", text) for id_, text in words.circumstances.items())
    yield from ((f"statuses.{id_}", f"{status.name} {status.local or ''}") for id_, status in words.statuses.items())


def _value(case: CaseFile, circumstance: Circumstance) -> object:
    return getattr(case, circumstance.value)
