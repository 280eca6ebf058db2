"""The forms: what people type, checked and turned into facts and filings."""

from __future__ import annotations

from portal.forms.eligibility import EligibilityForm, PreviewForm
from portal.forms.staff import (
    AnswerForm,
    EmbeddingForm,
    FactsForm,
    MoveForm,
    NoteForm,
    PasswordForm,
    ReopenForm,
    SeenForm,
    SetupForm,
    SignInForm,
)
from portal.forms.ticket import TicketForm, WithdrawForm

__all__ = [
    "AnswerForm",
    "EligibilityForm",
    "EmbeddingForm",
    "FactsForm",
    "MoveForm",
    "NoteForm",
    "PasswordForm",
    "PreviewForm",
    "ReopenForm",
    "SeenForm",
    "SetupForm",
    "SignInForm",
    "TicketForm",
    "WithdrawForm",
]
