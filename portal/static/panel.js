// What the panel shows, as it comes: while a part of the page waits, the parts are asked for every second.
const page = document.querySelector("[data-panel]");
const PARTS = ["panel-reading", "answer-ground"];

const stop = () => document.querySelectorAll("[data-waits]").forEach((part) => part.removeAttribute("data-waits"));

const renew = async () => {
  const response = await fetch(page.dataset.panel, { signal: AbortSignal.timeout(5000) });
  if (response.redirected) return stop(); // signed out meanwhile
  if (!response.ok) return;
  const come = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const id of PARTS) {
    const here = document.getElementById(id);
    const there = come.getElementById(id);
    if (!here || !there || !("waits" in here.dataset) || here.isEqualNode(there)) continue; // no news is not read out
    const focused = here.contains(document.activeElement);
    here.toggleAttribute("data-waits", "waits" in there.dataset);
    here.replaceChildren(...there.childNodes);
    if (focused) here.focus();
  }
};

const wait = async () => {
  if (!document.querySelector("[data-waits]")) return;
  await renew().catch(() => {});
  setTimeout(wait, 1000);
};

if (page) wait();
