"""The calls of the API: the policy as data, its answer to facts, tickets filed and followed."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from flask import Response, request, url_for

from portal import tickets
from portal.api import answered
from portal.api.asked import FactsAsked, NewTicket
from portal.api.scopes import Scope
from portal.clock import now
from portal.events import EventKind, Way
from portal.handover import customer_filer
from portal.i18n import language, negotiated, speak
from portal.keys import digest
from portal.patterns import IDEMPOTENCY_KEY
from portal.policy import OPEN, decide
from portal.problems import problem
from portal.views.api.blueprint import Refused, body, bp, let_anyone_in, let_in
from portal.views.here import kept_while_unchanged, portal
from portal.views.tickets.story import story

BODY = "body"
"""Under which name an event keeps the hash of the call that made it."""


@bp.get("/policy")
def policy() -> Response:
    """Answer with the policy as data."""
    let_in(Scope.POLICY_READ)
    response = _json(answered.policy(portal().content))
    response.headers["Cache-Control"] = "private, max-age=300"
    return kept_while_unchanged(response)


@bp.post("/eligibility")
def eligibility() -> Response:
    """Answer what the policy says of facts; to anyone, so many times."""
    let_anyone_in()
    facts = body(FactsAsked).facts()
    decision = decide(facts, portal().content.policy)
    page = portal().settings.public_url + url_for("policy.page", language=language())
    return _json(answered.eligibility(decision, portal().content, language(), page))


@bp.post("/tickets")
def file_ticket() -> Response:
    """File a ticket for a customer of the main site; the same call once more is answered the same."""
    key = let_in(Scope.TICKETS_WRITE)
    named = request.headers.get("Idempotency-Key", "")
    if not re.fullmatch(IDEMPOTENCY_KEY, named):
        raise Refused(400, "Send a header Idempotency-Key: a new random name a ticket, of 1 to 200 ASCII characters.")
    sent = body(NewTicket)
    this = tickets.Try(submission=digest(f"api\0{key.id}\0{named}"), noted={BODY: _hash(sent)}, way=Way.API)
    customer = customer_filer(sent.customer_id)
    ticket = tickets.file(
        sent.filing(now()),
        tickets.Filer(browser=customer, language=language(), proven_as=customer),
        pictures=(),
        this=this,
        policy=portal().content.policy,
        keys=portal().keys,
        at=now(),
    )
    event = tickets.filing_of(this.submission)
    if event.data[BODY] != this.noted[BODY]:
        return problem(409, "This Idempotency-Key came before with another body. Send a new one, or the same body.")
    return _filed(ticket, event)


@bp.get("/tickets/<reference>")
def ticket(reference: str) -> Response:
    """Answer where a ticket is."""
    let_in(Scope.TICKETS_READ)
    found = tickets.by_reference(reference.upper())
    if found is None or found.cleared_at:
        return problem(404, "No ticket has this reference, or it was cleared. Check it: it looks like ACD-EFHJ.")
    speak(found.language if found.language in portal().content.languages else negotiated())
    told = story(found)
    return _json(
        answered.TicketAnswer(
            reference=found.reference,
            order_id=found.order_id,
            state=found.state,
            open=found.state in OPEN,
            headline=str(told.words.headline),
            meaning=str(told.words.meaning),
            outcome=found.outcome,
            proven=found.proven,
            language=language(),
            filed_at=found.filed_at,
            changed_at=max(event.at for event in found.events if event.kind not in tickets.UNSEEN),
            ended_at=found.ended_at,
            replies=[
                answered.Reply(at=r.at, headline=r.headline, text=r.text, clause=r.clause.id if r.clause else None)
                for r in told.replies
            ],
        )
    )


def _filed(ticket: tickets.Filed, event: Any) -> Response:
    """Return the answer to a filing, as it was when it was filed, with the link that works now."""
    filed = answered.TicketFiled(
        reference=ticket.reference,
        order_id=ticket.order_id,
        state=event.state,
        outcome=event.decision.outcome,
        secret_link=portal().settings.public_url + url_for("tickets.open_link", token=ticket.token),
    )
    response = _json(filed, 201 if event.kind is EventKind.FILED else 200)
    response.headers["Location"] = url_for(".ticket", reference=ticket.reference)
    return response


def _hash(sent: Any) -> str:
    return hashlib.sha256(sent.model_dump_json().encode()).hexdigest()


def _json(answer: Any, status: int = 200) -> Response:
    return Response(answer.model_dump_json() + "\n", status, content_type="application/json")
