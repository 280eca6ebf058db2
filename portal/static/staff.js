// Keys of the list: "/" searches, "j" and "k" move, Enter opens, "?" shows them; off while typing.
document.getElementById("errors")?.focus();

const links = [...document.querySelectorAll(".row-link")];
const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
const move = (step) => {
  const here = links.indexOf(document.activeElement);
  links[Math.min(Math.max(here + step, 0), links.length - 1)]?.focus();
};
const keys = {
  "/": () => document.getElementById("q")?.focus(),
  j: () => move(1),
  k: () => move(-1),
  "?": () => document.querySelector(".keys")?.classList.toggle("shown"),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !(event.key in keys)) return;
  event.preventDefault();
  keys[event.key]();
});
