// The policy inside another site's page: tells that page how high it is and where a place asked for stands, and follows
// its theme. It says nothing about the reader but the status chosen, which a frame in another language begins with.
const NAME = "cancellation-policy";
const tell = (said) => parent.postMessage({ [NAME]: said }, "*"); // only sites that the portal names can frame it
const size = () => {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  const status = document.querySelector("[name=status]:checked")?.value ?? "";
  if (innerWidth) tell({ height, title: document.title, status });
  else setTimeout(size, 50); // a frame may have loaded before it learns how wide it is, and no event tells it
};
const point = () => {
  const place = location.hash && document.getElementById(location.hash.slice(1));
  if (place) tell({ top: place.getBoundingClientRect().top + scrollY });
};
const go = (id) => (location.hash === `#${id}` ? point() : location.replace(`#${id}`));

if (parent !== window) {
  new ResizeObserver(size).observe(document.body);
  document.addEventListener("change", size);
  document.addEventListener("click", ({ target }) => {
    if (location.hash && target.closest("a")?.getAttribute("href") === location.hash) point();
  });
  addEventListener("hashchange", point);
  addEventListener("load", () => {
    size(); // browsers run no observer in a frame out of sight
    point();
  });
  addEventListener("message", ({ source, data }) => {
    const { theme, id } = (source === parent && data?.[NAME]) || {};
    if (["light", "dark", "auto"].includes(theme)) document.documentElement.dataset.theme = theme;
    if (typeof id === "string" && document.getElementById(id)) go(id);
  });
}
