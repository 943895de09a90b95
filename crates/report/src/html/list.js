// The list of one image's findings.

const PAGE = 50;
/** Findings on paper: a thousand are some hundred sheets already. */
const PRINT_MAX = 1000;
/** Names offered for completion. */
const NAMES_MAX = 2000;

class List {
  constructor(article, image) {
    this.article = article;
    this.image = image;
    this.n = Number(article.dataset.image) + 1;
    this.form = article.querySelector(".filters");
    this.table = article.querySelector("table");
    this.status = article.querySelector(".shown");
    this.pages = article.querySelector(".pages");
    this.sort = "urgency";
    this.direction = 1;
    this.decision = null;
    this.page = 0;
    this.opened = new Set();
    if (!this.form) return;
    this.fill();
    this.head();
    this.listen();
    // There is room for all filters on a wide screen.
    const wide = matchMedia("(min-width: 46.01rem)");
    const more = this.form.querySelector(".more");
    more.open = wide.matches;
    wide.addEventListener("change", () => { more.open = wide.matches || more.open; });
    this.form.hidden = false;
    this.apply();
  }

  /** Fills the lists to choose from with what there is. */
  fill() {
    const { findings, layers, packages } = this.image;
    const options = (name, entries) =>
      this.form.elements[name].append(...entries.map(([value, text]) => el("option", { value }, text)));
    const kinds = new Set(findings.map(({ k }) => k));
    options("kind", [["", "Any"], ...data.kinds.filter((_, k) => kinds.has(k))]);
    options("origin", [["", "Any"], ["base", "Base image"], ["application", "Application"], ["unknown", "Unknown"]]);
    const used = new Set(findings.map(({ l }) => l ?? "none"));
    const name = (n) => (n === "none" ? "No layer" : `${n}: ${layers[n]?.by.slice(0, 60) ?? ""}`);
    const order = [...used].sort((a, b) => (a === "none") - (b === "none") || a - b);
    options("layer", [["", "Any"], ...order.map((n) => [n, name(n)])]);
    options("state", [["open", "Counts"], ["suppressed", "Suppressed"], ["all", "Both"]]);
    options("sort", Object.entries(orders).map(([value, [text]]) => [value, text]));
    const names = [...new Set(packages.map((found) => found.name))].sort(collator.compare);
    this.form.querySelector("datalist").append(
      ...names.slice(0, NAMES_MAX).map((value) => el("option", { value })));
    this.form.elements.sort.closest("label").classList.add("by-select");
  }

  /** Makes the headings of columns buttons that sort. */
  head() {
    for (const cell of this.table.tHead.querySelectorAll("th")) {
      const text = cell.textContent;
      cell.replaceChildren(el("button", { type: "button", click: () => this.sortBy(cell.dataset.sort) }, text));
    }
  }

  listen() {
    let timer;
    this.form.addEventListener("input", ({ target }) => {
      clearTimeout(timer);
      if (target.name === "sort") return;
      const wait = target.name === "text" || target.name === "package" ? 120 : 0;
      timer = setTimeout(() => this.changed(), wait);
    });
    this.form.elements.sort.addEventListener("change", ({ target }) => this.sortBy(target.value, true));
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("reset", (event) => {
      event.preventDefault();
      this.clear();
      this.changed();
      this.form.elements.text.focus();
    });
  }

  /** Takes every filter back. */
  clear() {
    for (const element of this.form.elements) {
      if (element.type === "checkbox") element.checked = false;
      else if (element.tagName === "SELECT" && element.name !== "sort") element.selectedIndex = 0;
      else if (element.tagName === "INPUT") element.value = "";
    }
    this.decision = null;
  }

  /** Shows only what a link elsewhere on the page is about. */
  choose(name, value) {
    this.clear();
    const { elements } = this.form;
    if (name === "severity") for (const box of elements.severity) box.checked = box.value === value;
    else if (name === "exploited") elements.exploited.checked = true;
    else if (name === "decision") {
      this.decision = Number(value);
      elements.state.value = "all";
    } else elements[name].value = value;
    this.changed();
  }

  sortBy(name, fresh = false) {
    this.direction = name === this.sort && !fresh ? -this.direction : orders[name][1];
    this.sort = name;
    this.form.elements.sort.value = name;
    this.changed();
  }

  changed() {
    this.page = 0;
    this.apply();
  }

  chosen() {
    const { elements } = this.form;
    const severities = [...elements.severity].filter((box) => box.checked).map((box) => box.value);
    return {
      text: elements.text.value, severities: new Set(severities), kind: elements.kind.value,
      origin: elements.origin.value, layer: elements.layer.value, package: elements.package.value.trim(),
      state: elements.state.value, fixable: elements.fixable.checked,
      exploited: elements.exploited.checked, decision: this.decision,
    };
  }

  /** Finds and sorts what is to be listed, and lists it. */
  apply() {
    this.found = this.image.findings.filter(matcher(this.image, this.chosen()));
    const compare = orders[this.sort][2];
    this.found.sort((a, b) => this.direction * compare(a, b, this.image) || a.n - b.n);
    for (const cell of this.table.tHead.querySelectorAll("th")) {
      const direction = this.direction > 0 ? "ascending" : "descending";
      cell.setAttribute("aria-sort", cell.dataset.sort === this.sort ? direction : "none");
    }
    const rule = this.form.querySelector(".rule");
    rule.hidden = this.decision === null;
    if (this.decision !== null) {
      const { rule: name, message } = this.image.decisions[this.decision];
      rule.textContent = `Only what this rule decided on: ${name} (${message})`;
    }
    this.render();
  }

  render() {
    const { length } = this.found;
    const start = this.page * PAGE;
    const shown = this.found.slice(start, start + PAGE);
    this.table.tBodies[0].replaceChildren(...shown.flatMap((finding) => this.rows(finding)));
    const total = this.image.findings.length;
    const all = total === length ? "" : ` of ${numbers.format(total)}`;
    this.status.textContent = length === 0
      ? "No finding passes these filters."
      : `${numbers.format(length)}${all} ${total === 1 ? "finding" : "findings"}` +
        (length > PAGE ? `, ${numbers.format(start + 1)} to ${numbers.format(start + shown.length)} shown` : "");
    this.paging();
  }

  paging() {
    const last = Math.max(0, Math.ceil(this.found.length / PAGE) - 1);
    this.pages.hidden = last === 0;
    const to = (page) => () => {
      const isBack = page < this.page;
      this.page = page;
      this.render();
      this.article.querySelector(".findings").scrollIntoView();
      const [back, next] = this.pages.querySelectorAll("button");
      const [same, other] = isBack ? [back, next] : [next, back];
      (same.disabled ? other : same).focus({ preventScroll: true });
    };
    this.pages.replaceChildren(
      el("button", { type: "button", disabled: this.page === 0, click: to(this.page - 1) }, "Previous"),
      el("span", null, `Page ${numbers.format(this.page + 1)} of ${numbers.format(last + 1)}`),
      el("button", { type: "button", disabled: this.page === last, click: to(this.page + 1) }, "Next"));
  }

  address(finding) {
    return `#image-${this.n}/${encodeURIComponent(finding.key || finding.id)}`;
  }

  /** The row of a finding, and the one with its details if it is open. */
  rows(finding) {
    const { image } = this;
    const found = packageOf(image, finding);
    const id = `finding-${this.n}-${finding.n}`;
    const isOpen = this.opened.has(finding);
    const button = el("button", {
      type: "button", class: "open", "aria-expanded": String(isOpen),
      "aria-controls": isOpen ? `${id}-details` : null, click: () => this.toggle(finding),
    }, finding.id || "without id");
    const cell = (name, ...children) => el("td", { role: "cell", class: `in-${name}` }, ...children);
    const mark = (text, bad) => [" ", el("span", { class: bad ? "mark bad" : "mark" }, text)];
    const rated = finding.v?.scores?.[0][0];
    const severity = classOf(finding.s);
    const row = el("tr", { role: "row", id, class: `row${isOpen ? " is-open" : ""}${finding.x ? " off" : ""}` },
      cell("severity", el("span", { class: `severity ${severity}` }, data.severities[finding.s]),
        rated === undefined ? null : el("small", { title: "Score (CVSS)" }, rated.toFixed(1))),
      cell("id", button,
        finding.v?.exploited ? mark("known exploited", true) : null,
        finding.x ? mark("suppressed") : null,
        finding.title ? el("small", null, finding.title) : null),
      cell("place",
        found ? el("bdi", null, found.name) : el("bdi", null, finding.at ?? "–"),
        found ? [" ", el("small", null, found.version)] : null,
        finding.deleted_by === undefined ? null : mark(`deleted in layer ${finding.deleted_by}, still readable`)),
      cell(finding.v ? "fix" : "fix blank", this.fix(finding)),
      cell("layer", String(finding.l ?? "–")));
    if (!isOpen) return [row];
    return [row, el("tr", { role: "row", class: "details", id: `${id}-details` },
      el("td", { role: "cell", colspan: "5" }, details(image, finding, this.address(finding))))];
  }

  fix({ v }) {
    if (!v) return "–";
    if (!v.fixed) return data.no_fix[v.status];
    return v.fixed.slice(0, 3).join(", ") + (v.fixed.length > 3 ? ", …" : "");
  }

  toggle(finding) {
    if (!this.opened.delete(finding)) {
      this.opened.add(finding);
      history.replaceState(null, "", this.address(finding));
    }
    this.render();
    document.getElementById(`finding-${this.n}-${finding.n}`).querySelector(".open").focus();
  }

  /** Opens the finding that a link leads to: by its fingerprint, else by its id. */
  reveal(key) {
    const { findings } = this.image;
    const finding = findings.find((one) => one.key === key) ?? findings.find(({ id }) => id === key);
    if (!finding || !this.form) return false;
    if (!this.found.includes(finding)) {
      this.clear();
      this.form.elements.state.value = "all";
      this.apply();
    }
    this.page = Math.floor(this.found.indexOf(finding) / PAGE);
    this.opened.add(finding);
    this.render();
    const row = document.getElementById(`finding-${this.n}-${finding.n}`);
    row.scrollIntoView({ block: "center" });
    row.querySelector(".open").focus({ preventScroll: true });
    return true;
  }

  /** Lists everything that is found, open, for paper; and back. */
  print(onPaper) {
    if (!this.form) return;
    if (!onPaper) {
      this.opened = this.kept ?? this.opened;
      this.kept = undefined;
      this.render();
      return;
    }
    this.kept ??= this.opened;
    const shown = this.found.slice(0, PRINT_MAX);
    this.opened = new Set(shown);
    this.table.tBodies[0].replaceChildren(...shown.flatMap((finding) => this.rows(finding)));
    const more = this.found.length - shown.length;
    this.status.textContent = count(shown.length, "finding") +
      (more > 0 ? `; ${numbers.format(more)} more are not printed` : "");
  }
}
