"""The forms: what people type, checked and turned into facts and filings."""

from __future__ import annotations

from portal.forms.eligibility import EligibilityForm, PreviewForm
from portal.forms.panel import AmountsForm, CancelForm, CreditForm
from portal.forms.staff import (
    AnswerForm,
    EmbeddingForm,
    FactsForm,
    MoveForm,
    NoteForm,
    PasswordForm,
    PreparedForm,
    ReopenForm,
    SeenForm,
    SetupForm,
    SignInForm,
    WriteForm,
)
from portal.forms.talk import EmailForm, LinkForm, MessageForm, WithdrawForm
from portal.forms.ticket import TicketForm

__all__ = [
    "AmountsForm",
    "AnswerForm",
    "CancelForm",
    "CreditForm",
    "EligibilityForm",
    "EmailForm",
    "EmbeddingForm",
    "FactsForm",
    "LinkForm",
    "MessageForm",
    "MoveForm",
    "NoteForm",
    "PasswordForm",
    "PreparedForm",
    "PreviewForm",
    "ReopenForm",
    "SeenForm",
    "SetupForm",
    "SignInForm",
    "TicketForm",
    "WithdrawForm",
    "WriteForm",
]
