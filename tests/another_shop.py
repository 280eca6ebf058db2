"""The policy of another shop: other rows, sections, clauses, advice and words, in Polish alone."""

from __future__ import annotations

from pathlib import Path

POLICY = """
version = "2027-wiosna"
effective = 2027-03-01

[[rows]]
outcome = "possible"
when = [{ status = ["pending", "processing"], provider_allows = true }]

[[rows]]
outcome = "needs_review"
when = [{ service_issue = true }]

[[rows]]
outcome = "unlikely"
when = [{}]

[[sections]]
id = "tytul"
kind = "title"

[[sections]]
id = "wstep"
kind = "summary"

[[sections]]
id = "przeciw"
kind = "list"
side = "against"

[[sections]]
id = "stany"
kind = "statuses"

[[clauses]]
id = "naglowek"
section = "tytul"

[[clauses]]
id = "bez-gwarancji"
section = "wstep"
always = true

[[clauses]]
id = "w-toku"
section = "przeciw"
side = "against"
when = [{ status = ["in_progress"], provider_allows = false }]

[[clauses]]
id = "oczekuje"
section = "stany"
side = "for"
when = [{ status = ["pending"] }]

[[advice]]
id = "napisz"
outcomes = ["possible", "unlikely"]

[[advice]]
id = "nie-wiemy"
outcomes = ["unlikely"]
when = [{ status = ["in_progress"], provider_allows = "not known" }]
"""

POLISH = """
name = "Polski"

[sections]
przeciw = "Co przemawia przeciw"
stany = "Stany zamówienia"

[clauses]
naglowek.text = "Anulowanie zamówień w {shop}"
bez-gwarancji.text = "Nie gwarantujemy anulowania. Zobacz [regulamin płatności](payment_policy)."
w-toku.label = "Realizacja trwa"
w-toku.text = "Stan *In progress* oznacza, że realizacja już się zaczęła."
oczekuje.text = "Zamówienie jeszcze czeka."

[outcomes]
best_chance = { headline = "Największa szansa", text = "Zamówienie czeka." }
possible = { headline = "Być może się uda", text = "Dostawca pozwala zatrzymać zamówienie." }
difficult = { headline = "Zwykle trudno", text = "Zamówienie jest w przygotowaniu." }
unlikely = { headline = "Zwykle nie", text = "Zamówienia zwykle nie można już zatrzymać." }
credit_only = { headline = "Najwyżej zwrot części", text = "Część zamówienia wykonano." }
already_stopped = { headline = "Już zatrzymane", text = "Zamówienie jest zatrzymane." }
normally_over = { headline = "Zwykle za późno", text = "Zamówienie jest wykonane." }
needs_review = { headline = "Musimy sprawdzić", text = "Usługa nie działa." }

[advice]
napisz = "Napisz do {shop}."
nie-wiemy = "Nie wiemy, czy dostawca pozwala zatrzymać zamówienie."

[statuses]
pending = { name = "Pending", local = "Oczekuje" }
processing = { name = "Processing", local = "Przygotowywane" }
in_progress = { name = "In progress", local = "W toku" }
partial = { name = "Partial", local = "Częściowe" }
canceled = { name = "Canceled", local = "Anulowane" }
completed = { name = "Completed", local = "Wykonane" }
unknown = { name = "Nie wiem" }

[circumstances]
sent_to_provider = "Wysłane do dostawcy"
provider_allows = "Dostawca pozwala zatrzymać"
service_issue = "Usługa nie działa"
link_changed = "Link zmieniony"
wrong_link = "Zły link"
duplicate_order = "Podwójne zamówienie"
"""


def write(folder: Path) -> Path:
    """Write the shop's files into a folder and return it."""
    (folder / "policy.toml").write_text(POLICY, encoding="utf-8")
    (folder / "pl.toml").write_text(POLISH, encoding="utf-8")
    return folder
