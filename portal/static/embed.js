// <cancellation-policy lang="uk" theme="auto">: the policy, as the portal that this file comes from shows it.
// The link inside stays until the frame has spoken: it is what is left where scripts, the portal or its consent are missing.
(() => {
  const NAME = "cancellation-policy";
  const HOME = new URL(document.currentScript.src).origin;
  const PATIENCE = 3000; // ms from a frame's arrival to its first word
  const ID = /^[a-z][a-z0-9_-]*$/;
  const EVENTS = ["message", "hashchange", "click"];
  const measure = (said) => typeof said === "number" && said >= 0 && said < 1e5;
  const words = (...said) => said.every((one) => typeof one === "string");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { display: block; position: relative }
    slot { display: block }
    span, slot { position: absolute; top: 0; scroll-margin-top: 16px }
    iframe { display: block; width: 100%; height: 100vh; border: 0; visibility: hidden }
    .ready { visibility: visible }
    .ready ~ slot { display: none }
    .lost { height: 0 !important }
    .lost ~ slot { position: static }`);

  class CancellationPolicy extends HTMLElement {
    static observedAttributes = ["lang", "theme"];
    #root = this.attachShadow({ mode: "open" });
    #place = document.createElement("span");
    #link = document.createElement("slot");
    #frame;
    #status = "";
    #led; // whether the reader was led to the place that the page's address names

    connectedCallback() {
      this.#root.adoptedStyleSheets = [sheet];
      for (const type of EVENTS) addEventListener(type, this);
      this.#led = false;
      this.#show();
    }

    disconnectedCallback() {
      for (const type of EVENTS) removeEventListener(type, this);
      this.#root.replaceChildren();
    }

    attributeChangedCallback(name, before, now) {
      if (!this.isConnected || !this.#frame || before === now) return;
      if (name === "theme") this.#greet();
      else this.#show();
    }

    get #theme() {
      const theme = this.getAttribute("theme");
      return theme === "light" || theme === "dark" ? theme : "auto";
    }

    // A new frame each time: the history of the site's page is not ours to write.
    #show() {
      const lang = ((this.closest("[lang]") ?? document.documentElement).lang || "uk").split("-")[0].toLowerCase();
      const page = new URL(`/${encodeURIComponent(lang)}/cancellation`, HOME);
      const link = Object.assign(document.createElement("a"), { href: page, textContent: page.host + page.pathname });
      page.pathname += "/embed";
      if (this.#theme !== "auto") page.searchParams.set("theme", this.#theme);
      if (this.#status) page.searchParams.set("status", this.#status);
      const frame = document.createElement("iframe");
      frame.style.height = this.#frame?.style.height ?? "";
      frame.scrolling = "no";
      frame.title = this.textContent.trim() || link.textContent;
      frame.src = page;
      frame.addEventListener("load", () => {
        this.#greet();
        setTimeout(() => (frame.className ||= "lost"), PATIENCE);
      });
      this.#frame = frame;
      this.#link.replaceChildren(link);
      this.#root.replaceChildren(this.#place, frame, this.#link);
    }

    #tell(said) {
      this.#frame.contentWindow.postMessage({ [NAME]: said }, HOME);
    }

    #greet() {
      if (this.#frame.className !== "ready") return;
      this.#tell({ theme: this.#theme });
      if (!this.#led) this.#lead();
    }

    #lead() {
      const id = location.hash.slice(1);
      this.#led = true;
      if (ID.test(id) && document.querySelector(NAME) === this && !document.getElementById(id)) this.#tell({ id });
    }

    handleEvent({ type, origin, source, data, target }) {
      if (type === "message") {
        if (origin === HOME && source === this.#frame.contentWindow && data?.[NAME]) this.#heed(data[NAME]);
      } else if (type === "hashchange" || target.closest?.("a")?.href === location.href) {
        this.#led = false;
        this.#greet();
      }
    }

    #heed({ height, title, status, top }) {
      if (height && measure(height) && words(title, status)) {
        const begins = this.#frame.className !== "ready";
        this.#frame.className = "ready";
        this.#frame.style.height = `${height}px`;
        this.#frame.title = title;
        this.#status = status;
        if (begins) this.#greet();
      }
      if (measure(top)) {
        this.#place.style.top = `${top}px`;
        this.#place.scrollIntoView();
      }
    }
  }

  if (!customElements.get(NAME)) customElements.define(NAME, CancellationPolicy);
})();
