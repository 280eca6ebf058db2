"""The forms of staff. `seen` is the version of the ticket that they had before them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import Field, Form, HiddenField, PasswordField, RadioField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from portal.content import Words
from portal.forms.base import PortalForm
from portal.forms.fields import Characters, Known, Says, choice, choices, email, line, lines, time, version
from portal.forms.labels import KNOWN, STATES, THEMES, VERDICTS
from portal.i18n import lazy_gettext as _l
from portal.policy import Circumstance, Facts, State, Status, Verdict

SHORTEST_PASSWORD = 12
LONGEST_TEXT = 2000


class SignInForm(PortalForm):
    """E-mail and password."""

    email = line(_l("E-mail"), Says(_l("Enter your e-mail address")))
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password"))])


def _long_enough(form: Any, field: Field) -> None:
    if len(field.data or "") < SHORTEST_PASSWORD:
        raise ValidationError(_l("Choose a password of at least 12 characters"))
    if len(field.data) > 200:
        raise ValidationError(_l("Choose a password of at most 200 characters"))


class NewPasswordForm(PortalForm):
    """A new password, shown on demand by the browser, so typed once."""

    password = PasswordField(
        _l("New password"), [_long_enough], description=_l("At least 12 characters. A few words together do well.")
    )


class PasswordForm(NewPasswordForm):
    """Change one's password."""

    old = PasswordField(_l("Present password"), [InputRequired(_l("Enter your present password"))])


class SetupForm(NewPasswordForm):
    """The first account: who it is of, and its password."""

    email = email(_l("E-mail"), Says(_l("Enter your e-mail address")))
    name = line(_l("Name"), Says(_l("Enter the name that colleagues see")), Characters(100, marks=1))
    language = RadioField(_l("Language"), [InputRequired(_l("Choose the language of your pages"))])

    def __init__(self, languages: list[tuple[str, str]], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.language.choices = [SelectChoice(value=id_, label=name) for id_, name in languages]


class EmbeddingForm(Form):
    """In which language and theme a site is to show the policy; what is no choice counts as not chosen."""

    language = RadioField(_l("Language"))
    theme = RadioField(_l("Colours"))

    def __init__(self, languages: list[tuple[str, str]], themes: tuple[str, ...], chosen: Any, language: str) -> None:
        super().__init__(chosen)
        self.language.choices = [SelectChoice(value=id_, label=name) for id_, name in languages]
        self.theme.choices = [SelectChoice(value=theme, label=THEMES[theme]) for theme in themes]
        for field, unless in ((self.language, language), (self.theme, themes[0])):
            if field.data not in [choice.value for choice in field.choices]:
                field.data = unless


class SeenForm(PortalForm):
    """A step without words: take, give back, make a new link."""

    seen = HiddenField()

    @property
    def version(self) -> int:
        """The version that was seen."""
        return version(self.seen)


class PreparedForm(SeenForm):
    """A form whose text can begin as a prepared answer."""

    prepared = SelectField(_l("Prepared answers"), default="")

    def __init__(self, prepared: Mapping[str, str], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        none = SelectChoice(value="", label=str(_l("Choose one")))
        self.prepared.choices = [none, *(SelectChoice(value=id_, label=title) for id_, title in prepared.items())]

    def begin_with(self, text: str) -> None:
        """Put a prepared answer below what was typed."""
        self.text.data = "\n\n".join(part for part in (self.text.data, text) if part)


class WriteForm(PreparedForm):
    """A message to the customer, without an answer to the request."""

    text = lines(
        _l("Message to the customer"),
        Says(_l("Write the message")),
        Characters(LONGEST_TEXT),
        hint=_l("In the customer’s language. The request stays where it is."),
    )


class NoteForm(SeenForm):
    """A note for staff only."""

    note = lines(_l("Note for staff only"), Says(_l("Write the note")), Characters(LONGEST_TEXT))


class FactsForm(SeenForm):
    """What the panel shows, as staff see it."""

    status = choice(_l("Status on the panel"), Status, InputRequired(_l("Choose the status that the panel shows")))
    sent_to_provider = choice("", Known, InputRequired())
    provider_allows = choice("", Known, InputRequired())
    service_issue = choice("", Known, InputRequired())
    link_changed = choice("", Known, InputRequired())
    wrong_link = choice("", Known, InputRequired())
    duplicate_order = choice("", Known, InputRequired())

    def __init__(self, words: Words, known: Facts, *args: Any, **more: Any) -> None:
        stated = {c.value: Known.of(known.value(c)) for c in Circumstance}
        super().__init__(*args, data={"status": known.status, **stated}, **more)
        self.status.choices = choices((s.status, s.name) for s in words.statuses)
        for circumstance in Circumstance:
            field = self[circumstance.value]
            field.label.text = words.circumstance(circumstance)
            field.choices = choices(KNOWN.items())

    @property
    def facts(self) -> Facts:
        """The facts as recorded."""
        stated = {c.value: self[c.value].data.value_known for c in Circumstance}
        return Facts(status=self.status.data, **stated)


class AnswerForm(PreparedForm):
    """The answer to the customer."""

    verdict = choice(_l("Your answer"), Verdict, InputRequired(_l("Choose an answer")))
    clause = SelectField(_l("The clause that it rests on"), default="", validate_choice=True)
    text = lines(
        _l("What the customer reads"),
        Characters(LONGEST_TEXT),
        hint=_l("A sentence or two in the customer’s language. Promise nothing that the panel has not done."),
    )
    matched_by = line(
        _l("How was the filer matched with the order’s owner?"),
        Characters(500),
        hint=_l("Needed to accept: who asks is not proven. For example: wrote from the account’s e-mail."),
    )

    seen_status = choice(_l("What does the panel show now?"), Status, Optional())
    seen_at = time(
        _l("When did you see it?"), hint=_l("Hours and minutes, such as 14:05, in the time zone of this page.")
    )

    def __init__(self, words: Words, prepared: Mapping[str, str], *args: Any, proven: bool, **more: Any) -> None:
        super().__init__(prepared, *args, **more)
        self.proven = proven
        seen = {s.status: s.full for s in words.statuses} | {Status.UNKNOWN: str(_l("Something else"))}
        self.seen_status.choices = choices(seen.items())
        self.verdict.choices = choices(VERDICTS.items())
        none = SelectChoice(value="", label=str(_l("None")))
        cited = [SelectChoice(value=id_, label=name) for id_, name in words.clause_names()]
        self.clause.choices = [none, *cited]

    def validate_clause(self, field: Field) -> None:
        """Require a clause to decline."""
        if self.verdict.data is Verdict.DECLINE and not field.data:
            raise ValidationError(_l("Choose the clause that the answer rests on"))

    def validate_text(self, field: Field) -> None:
        """Require a sentence to decline and to ask."""
        if self.verdict.data in (Verdict.DECLINE, Verdict.ASK) and not field.data:
            raise ValidationError(_l("Write a sentence to the customer"))

    @property
    def accepts(self) -> bool:
        """Whether the answer accepts the request."""
        return self.verdict.data in (Verdict.ACCEPT_FULL, Verdict.ACCEPT_PART)

    def validate_matched_by(self, field: Field) -> None:
        """Require a match to accept what is not proven."""
        if self.accepts and not self.proven and not field.data:
            raise ValidationError(_l("Write how you matched the filer with the order’s owner"))


class MoveForm(SeenForm):
    """What became of an accepted ticket, as seen on the panel."""

    state = choice(_l("What the panel shows now"), State, InputRequired(_l("Choose what you saw on the panel")))
    text = lines(_l("What the customer reads (optional)"), Characters(LONGEST_TEXT))

    def __init__(self, states: tuple[State, ...], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.state.choices = choices((state, STATES[state]) for state in states)


class ReopenForm(SeenForm):
    """Take an ended ticket into review again."""

    reason = lines(_l("Why it is reviewed again"), Says(_l("Write why it is reviewed again")), Characters(LONGEST_TEXT))
