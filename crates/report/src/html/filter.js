// Which findings are listed, and in which order.

const collator = new Intl.Collator("en", { numeric: true });
const classOf = (severity) => data.severities[severity].toLowerCase();

const packageOf = (image, finding) =>
  finding.p === undefined ? undefined : image.packages[finding.p];

const originOf = (image, finding) => {
  const layer = finding.l === undefined ? undefined : image.layers[finding.l];
  if (!layer || layer.base === null) return "unknown";
  return layer.base ? "base" : "application";
};

const isFixable = (finding) => finding.v?.fixed !== undefined;

/** Everything a search looks in, in lower case; made once, when somebody searches. */
const searchText = (image, finding) => {
  const found = packageOf(image, finding);
  finding.haystack ??= [
    finding.id, finding.title, finding.message, finding.at,
    found?.name, found?.version, found?.kind, ...(found?.files ?? []),
    ...(finding.aliases ?? []), ...(finding.v?.fixed ?? []), ...(finding.v?.cwes ?? []),
    finding.x?.[0], finding.x?.[1],
  ].filter(Boolean).join("\n").toLowerCase();
  return finding.haystack;
};

/** Whether a finding passes what is chosen in the form. */
const matcher = (image, chosen) => {
  const words = chosen.text.toLowerCase().split(/\s+/).filter(Boolean);
  const name = chosen.package.toLowerCase();
  const decided = chosen.decision === null ? null : new Set(image.decisions[chosen.decision].findings);
  return (finding) => {
    if (chosen.state !== "all" && (finding.x !== undefined) !== (chosen.state === "suppressed")) return false;
    if (chosen.severities.size > 0 && !chosen.severities.has(classOf(finding.s))) return false;
    if (chosen.kind !== "" && data.kinds[finding.k][0] !== chosen.kind) return false;
    if (chosen.fixable && !isFixable(finding)) return false;
    if (chosen.exploited && finding.v?.exploited === undefined) return false;
    if (chosen.layer !== "" && String(finding.l ?? "none") !== chosen.layer) return false;
    if (chosen.origin !== "" && originOf(image, finding) !== chosen.origin) return false;
    if (name !== "" && !(packageOf(image, finding)?.name.toLowerCase().includes(name) ?? false)) return false;
    if (decided !== null && !decided.has(finding.n)) return false;
    return words.every((word) => searchText(image, finding).includes(word));
  };
};

/** What is sorted by: a name for people, the first direction, and the order itself, upwards. */
const orders = {
  urgency: ["Most urgent", 1, () => 0],
  severity: ["Severity", -1, (a, b) => a.s - b.s || (a.v?.scores?.[0][0] ?? 0) - (b.v?.scores?.[0][0] ?? 0)],
  id: ["Finding", 1, (a, b) => collator.compare(a.id, b.id)],
  package: ["Package or place", 1, (a, b, image) =>
    collator.compare(packageOf(image, a)?.name ?? a.at ?? "", packageOf(image, b)?.name ?? b.at ?? "")],
  fix: ["Fixed in", 1, (a, b) =>
    isFixable(b) - isFixable(a) || collator.compare(a.v?.fixed?.[0] ?? "", b.v?.fixed?.[0] ?? "")],
  layer: ["Layer", 1, (a, b) => (a.l ?? Infinity) - (b.l ?? Infinity) || 0],
};
