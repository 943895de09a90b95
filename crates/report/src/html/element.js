// Elements made of text: nothing that is read from the report is ever parsed as HTML.

const data = JSON.parse(document.getElementById("data").textContent);

/** Makes an element. Functions among the attributes listen to the event of that name. */
const el = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
};

const numbers = new Intl.NumberFormat("en");
const count = (n, noun) => `${numbers.format(n)} ${noun}${n === 1 ? "" : "s"}`;
const plainId = /^[0-9A-Za-z._:-]{1,64}$/;

/** An address that opens elsewhere, without telling whence. */
const linkTo = (href, text) =>
  el("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);

/** An id, with a link to its issuer's page where it has one. */
const idLink = (id) => {
  const issuer = id.split("-")[0];
  if (!plainId.test(id) || !Object.hasOwn(data.issuers, issuer)) return id;
  const [before, behind] = data.issuers[issuer];
  return linkTo(before + id + behind, id);
};

/** Code and bold text of Markdown; everything else stays as it is written. */
const inline = (text) =>
  text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.length > 2 && part.startsWith("`")) return el("code", null, part.slice(1, -1));
    if (part.length > 4 && part.startsWith("**")) return el("b", null, part.slice(2, -2));
    return part;
  });

/** The Markdown that rules are documented in: paragraphs, lists and blocks of code. */
const markdown = (text) => {
  const blocks = el("div", { class: "text" });
  const parts = text.split(/^```.*$/m);
  parts.forEach((part, n) => {
    if (n % 2 === 1) {
      blocks.append(el("pre", null, el("code", null, part.trim())));
      return;
    }
    for (const block of part.split(/\n\s*\n/)) {
      const lines = block.trim();
      if (lines === "") continue;
      const items = lines.split(/^[-*] /m);
      if (items.length > 1 && items[0].trim() === "") {
        blocks.append(el("ul", null, items.slice(1).map((item) => el("li", null, inline(item.trim())))));
      } else {
        blocks.append(el("p", null, inline(lines)));
      }
    }
  });
  return blocks;
};
