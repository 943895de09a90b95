// The page as a whole: which image is shown, links into the lists, light and dark, paper.

const articles = [...document.querySelectorAll("article")];
const lists = articles.map((article, n) => new List(article, data.images[n]));

/** Shows one of several images. */
const show = (n) => {
  articles.forEach((article, at) => { article.hidden = at !== n; });
  document.querySelectorAll(".images a").forEach((link, at) => {
    if (at === n) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
};

/** Goes where the address says: an image, a part of it, or a finding. */
const go = () => {
  const [, image, key] = /^#[a-z]+-(\d+)(?:-\d+)?(?:\/(.*))?$/.exec(location.hash) ?? [];
  const n = image === undefined ? 0 : Number(image) - 1;
  if (!lists[n]) return;
  show(n);
  if (key !== undefined) {
    let decoded = key;
    try { decoded = decodeURIComponent(key); } catch { /* an address typed by hand */ }
    lists[n].reveal(decoded);
  } else if (location.hash !== "") {
    document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#findings-']");
  if (!link || link.classList.contains("skip")) return;
  const [[name, value]] = Object.entries(link.dataset);
  const list = lists[articles.indexOf(link.closest("article"))];
  if (list?.form) list.choose(name, value);
});

for (const command of document.querySelectorAll(".command")) {
  const text = command.textContent;
  const button = el("button", {
    type: "button",
    click: async () => {
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(command.querySelector("code"));
      }
    },
  }, "Copy");
  command.append(button);
}

const dark = document.getElementById("dark");
const theme = (isDark) => {
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
  dark.setAttribute("aria-pressed", String(isDark));
};
const system = matchMedia("(prefers-color-scheme: dark)");
dark.setAttribute("aria-pressed", String(system.matches));
system.addEventListener("change", () => {
  if (document.documentElement.dataset.theme === undefined) dark.setAttribute("aria-pressed", String(system.matches));
});
dark.addEventListener("click", () => theme(dark.getAttribute("aria-pressed") !== "true"));
document.getElementById("print").addEventListener("click", () => window.print());
document.querySelector(".tools").hidden = false;

const closed = new Set();
const paper = (onPaper) => {
  if (onPaper) {
    for (const part of document.querySelectorAll("details:not([open])")) {
      closed.add(part);
      part.open = true;
    }
    articles.forEach((article) => { article.hidden = false; });
  } else {
    closed.forEach((part) => { part.open = false; });
    closed.clear();
    const current = document.querySelector(".images a[aria-current]");
    show(current ? [...document.querySelectorAll(".images a")].indexOf(current) : 0);
  }
  lists.forEach((list) => list.print(onPaper));
};
addEventListener("beforeprint", () => paper(true));
addEventListener("afterprint", () => paper(false));
matchMedia("print").addEventListener("change", ({ matches }) => paper(matches));

addEventListener("hashchange", go);
go();
