// <cancellation-policy lang="uk" theme="auto">: the policy, as the portal that this file comes from shows it.
// The link inside stays until the frame has spoken: it is what is left where scripts, the portal or its consent are missing.
(() => {
  const NAME = "cancellation-policy";
  const HOME = new URL(document.currentScript.src).origin;
  const PATIENCE = 3000; // ms from a frame's arrival to its first word
  const ID = /^[a-z][a-z0-9_-]*$/;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { display: block; position: relative }
    slot, span { position: absolute; top: 0 }
    iframe { display: block; width: 100%; height: 100vh; border: 0; visibility: hidden }
    .ready { visibility: visible }
    .ready ~ slot, .lost { display: none }`);

  class CancellationPolicy extends HTMLElement {
    static observedAttributes = ["lang", "theme"];
    #root = this.attachShadow({ mode: "open" });
    #place = document.createElement("span");
    #link = document.createElement("slot");
    #frame = document.createElement("iframe");
    #status = "";

    connectedCallback() {
      this.#root.adoptedStyleSheets = [sheet];
      this.#root.replaceChildren(this.#place, this.#frame, this.#link);
      addEventListener("message", this);
      addEventListener("hashchange", this);
      this.#show(location.hash);
    }

    disconnectedCallback() {
      removeEventListener("message", this);
      removeEventListener("hashchange", this);
    }

    attributeChangedCallback(name) {
      if (!this.isConnected || !this.#link.firstChild) return;
      if (name === "theme") this.#tell({ theme: this.#theme });
      else this.#show("");
    }

    get #theme() {
      const theme = this.getAttribute("theme");
      return theme === "light" || theme === "dark" ? theme : "auto";
    }

    // A new frame each time: the history of the site's page is not ours to write.
    #show(hash) {
      const lang = (this.lang || document.documentElement.lang || "uk").split("-")[0];
      const page = new URL(`/${encodeURIComponent(lang)}/cancellation`, HOME);
      const link = Object.assign(document.createElement("a"), { href: page, textContent: page.host + page.pathname });
      this.#link.replaceChildren(link);
      page.pathname += "/embed";
      if (this.#theme !== "auto") page.searchParams.set("theme", this.#theme);
      if (this.#status) page.searchParams.set("status", this.#status);
      page.hash = ID.test(hash.slice(1)) ? hash : "";
      const frame = document.createElement("iframe");
      frame.style.height = this.#frame.style.height;
      frame.scrolling = "no";
      frame.title = this.textContent.trim() || link.textContent;
      frame.src = page;
      frame.addEventListener("load", () => setTimeout(() => frame.className ||= "lost", PATIENCE));
      this.#frame.replaceWith(frame);
      this.#frame = frame;
    }

    #tell(said) {
      if (this.#frame.className === "ready") this.#frame.contentWindow.postMessage({ [NAME]: said }, HOME);
    }

    handleEvent({ type, origin, source, data }) {
      if (type === "hashchange") this.#go(location.hash.slice(1));
      else if (origin === HOME && source === this.#frame.contentWindow && data?.[NAME]) this.#heed(data[NAME]);
    }

    #go(id) {
      const first = document.querySelector(NAME) === this;
      if (first && ID.test(id) && !document.getElementById(id)) this.#tell({ id });
    }

    #heed({ height, title, status, top }) {
      if (height > 0 && height < 1e5) {
        const begins = this.#frame.className !== "ready";
        this.#frame.className = "ready";
        this.#frame.style.height = `${height}px`;
        this.#frame.title = `${title}`;
        this.#status = /^[a-z_]+$/.test(status) ? status : "";
        if (begins) this.#tell({ theme: this.#theme });
      }
      if (top >= 0 && top < 1e5) {
        this.#place.style.top = `${top}px`;
        this.#place.scrollIntoView();
      }
    }
  }

  if (!customElements.get(NAME)) customElements.define(NAME, CancellationPolicy);
})();
