// Everything that is known of one finding.

/** One value as it is, several as a list, none not at all. */
const several = (values, style) => {
  if (values === undefined || values.length === 0) return null;
  if (values.length === 1) return [values[0]].flat();
  return el("ul", { class: style ?? null }, values.map((value) => el("li", null, value)));
};

const score = ([value, vector, source]) =>
  [`${value.toFixed(1)}${source ? ` by ${source}` : ""} `, el("code", null, vector)];

const percent = (share) => `${(share * 100).toFixed(1)} %`;

const weakness = (id) => {
  const number = /^CWE-(\d{1,6})$/.exec(id)?.[1];
  return number ? linkTo(`https://cwe.mitre.org/data/definitions/${number}.html`, id) : id;
};

const exploited = ([added, due, ransomware]) =>
  `in CISA's catalog since ${added}${due ? `, to be mended by ${due}` : ""}${ransomware ? "; used by ransomware" : ""}`;

/** How the version was judged, so that it can be checked by hand. */
const judged = ([segment, record, name, version, scheme, range]) => [
  `${name} ${version} is `,
  range === null ? "listed as affected"
    : range === "every version" ? "affected, as every version is" : `in the affected range ${range}`,
  ", says record ", idLink(record), ` of ${segment} (${scheme} order)`,
];

const layerWords = (image, n) => {
  const by = image.layers[n]?.by;
  return by ? [`${n}: `, el("code", null, by)] : String(n);
};

/** Terms and values of a vulnerability. */
const ofVulnerability = ({ v }) => [
  ["Known exploited", v.exploited && exploited(v.exploited)],
  ["Fixed in", v.fixed
    ? [v.fixed.join(", "), v.channel ? ` (through ${v.channel})` : ""]
    : data.no_fix[v.status]],
  ["Why it is listed", judged(v.why)],
  ["Scores", several(v.scores?.map(score))],
  ["Severity", several(v.said?.map(([source, word]) => `${word} by ${source}`), "inline")],
  ["Likely to be exploited", v.epss &&
    `${percent(v.epss[0])} within 30 days (EPSS), more than ${percent(v.epss[1])} of all`],
  ["Weakness", several(v.cwes?.map(weakness), "inline")],
  ["Published", v.published?.split("T")[0]],
  ["Changed", v.modified?.split("T")[0]],
];

/** What a finding of any kind is about. */
const about = (image, finding) => {
  const found = packageOf(image, finding);
  const kind = data.kinds[finding.k][0];
  return [
    ["Suppressed", finding.x &&
      `by ${finding.x[0]}: ${finding.x[1]}${finding.x[2] ? ` (until ${finding.x[2]})` : ""}`],
    ["Package", found && [el("bdi", null, found.name), ` ${found.version}, ${found.kind}`,
      found.owner ? `, part of ${found.owner}` : ""]],
    ["Place", finding.at && [el("code", null, finding.at)]],
    ["Deleted", finding.deleted_by !== undefined &&
      `in layer ${finding.deleted_by}; layer ${finding.l} still holds it`],
    ["Looks like", kind === "secret" && finding.message && el("code", null, finding.message)],
    ["License", kind === "license" &&
      `${finding.title}, class ${finding.message}, ${finding.confidence} % sure`],
  ];
};

/** Where a finding is from, and what else it is called. */
const origin = (image, finding) => {
  const found = packageOf(image, finding);
  return [
    ["Layer", finding.l !== undefined && layerWords(image, finding.l)],
    ["Files", several(found?.files.map((file) => el("code", null, file)))],
    ["Package url", found?.purl && el("code", null, found.purl)],
    ["Also known as", several(finding.aliases?.map(idLink), "inline")],
    ["Counts for", several(image.decisions.filter(({ findings }) => findings.includes(finding.n))
      .map(({ rule, message }) => `${rule}: ${message}`))],
  ];
};

/** The details of a finding, to stand below its row. */
const details = (image, finding, address) => {
  const rule = Object.hasOwn(image.rules, finding.id) ? image.rules[finding.id] : null;
  const kind = data.kinds[finding.k][0];
  const page = idLink(finding.id);
  const terms = [
    ...about(image, finding),
    ["Why it matters", rule?.why && markdown(rule.why)],
    ["What to do", rule?.fix && markdown(rule.fix)],
    ...(finding.v ? ofVulnerability(finding) : []),
    ...origin(image, finding),
    ["Read more", page !== finding.id && page],
    ["Not shown", (finding.cut || finding.v?.cut || packageOf(image, finding)?.cut) &&
      "some entries of long lists; the JSON report has all"],
  ];
  return el("div", null,
    kind === "misconfiguration" && finding.message ? el("p", { class: "lead" }, finding.message) : null,
    el("dl", { class: "about-it" }, terms.filter(([, value]) => value).map(([term, value]) =>
      [el("dt", null, term), el("dd", null, value)])),
    el("p", { class: "to-here" }, el("a", { href: address }, "Link to this finding")));
};
