// The policy's answer beside the form, as it is filled in. It sends the fields that decide, moves nothing, blocks nothing.
const DECIDE = ["status", "problem", "link_changed", "duplicate_order", "sent_to_provider", "provider_allows"];

const keep = (facts) => {
  const address = new URL(location);
  facts.forEach((value, name) => address.searchParams.set(name, value));
  history.replaceState(null, "", address);
};

for (const form of document.querySelectorAll("[data-preview]")) {
  const answer = document.getElementById(form.dataset.into);
  const offer = (shown) => form.querySelectorAll("[data-without-script]").forEach((button) => (button.hidden = !shown));
  let timer, running;

  const show = async () => {
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    const facts = new URLSearchParams([...new FormData(form)].filter(([name]) => DECIDE.includes(name)));
    if (!facts.has("status")) return;
    const slow = setTimeout(() => (answer.textContent = form.dataset.slow), 1500);
    try {
      const response = await fetch(`${form.dataset.preview}?${facts}`, { signal: AbortSignal.any([signal, AbortSignal.timeout(8000)]) });
      if (!response.ok) throw new Error(response.status);
      answer.innerHTML = await response.text();
      offer(false);
      if ("address" in form.dataset) keep(facts);
    } catch {
      if (signal.aborted) return;
      answer.textContent = form.dataset.failed;
      offer(true);
    } finally {
      clearTimeout(slow);
    }
  };

  form.addEventListener("input", (event) => {
    if (!DECIDE.includes(event.target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(show, 350);
  });
  offer(false);
}

for (const link of document.querySelectorAll("[data-keep-place]")) {
  link.addEventListener("click", () => (link.href = link.pathname + (location.search || link.search) + location.hash));
}
