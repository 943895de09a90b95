//! A report with something of everything a page can show, and one whose every text tries things.

use crate::recipe::{Recipe, digest, path, shop, suppress};
use lazaret_core::finding::{
    Checked, Detail, Epss, Exploited, Finding, Kind, License, Misconfiguration, Place, RuleText,
    Secret, State,
};
use lazaret_core::location::{LayerIndex, LineRange, Location};
use lazaret_core::package::PackageId;
use lazaret_core::problem::ProblemKind;
use lazaret_core::report::{EndOfLife, Report};
use lazaret_core::severity::Severity;
use lazaret_core::verdict::Effect;

fn push(recipe: &mut Recipe, id: &str, severity: Severity, detail: Detail) -> usize {
    let n = recipe.report.findings.len();
    recipe.report.findings.push(Finding {
        id: id.into(),
        severity,
        severity_source: None,
        detail,
        state: State::Open,
        fingerprint: digest(u8::try_from(200 + n % 50).unwrap()).hex()[..32].to_owned(),
    });
    n
}

pub(crate) fn in_file(layer: u32, file: &str, line: u32) -> Place {
    Place::File {
        location: Location {
            layer: LayerIndex(layer),
            path: path(file),
            lines: (line > 0).then_some(LineRange { start: line, end: line }),
        },
        inside: None,
        deleted_by: None,
    }
}

fn secret(title: &str, stub: &str, at: Place) -> Detail {
    let category = title.split(' ').next().unwrap().to_owned();
    let (title, stub) = (title.to_owned(), stub.to_owned());
    Detail::Secret(Box::new(Secret { title, category, aliases: vec![], stub, at }))
}

fn broken(title: &str, message: &str, at: Place, history: Option<u32>) -> Detail {
    Detail::Misconfiguration(Box::new(Misconfiguration {
        title: title.into(),
        message: message.into(),
        checked: Checked::Image,
        aliases: vec!["DS-0002".into()],
        at,
        history,
    }))
}

fn license(text: &str, class: &str, package: Option<PackageId>) -> Detail {
    let at = package.is_none().then(|| in_file(4, "app/vendor/fast/COPYING", 0));
    let (license, class) = (text.to_owned(), class.to_owned());
    Detail::License(Box::new(License { license, class, package, at, confidence: 97 }))
}

/// The shop's image with secrets, misconfigurations and licenses beside its vulnerabilities.
pub(crate) fn gallery() -> Report {
    let mut shop = shop();
    shop.report.provenance.looked_for = Kind::ALL.to_vec();
    shop.report.end_of_life = Some(EndOfLife { date: "2026-06-10".into(), extended: None });
    for finding in &mut shop.report.findings {
        let Detail::Vulnerability(vulnerability) = &mut finding.detail else { continue };
        vulnerability.modified = Some("2024-11-21T06:26:42Z".into());
        vulnerability.severities =
            [("debian".to_owned(), Severity::Low), ("nvd".to_owned(), finding.severity)].into();
        match finding.id.as_str() {
            "CVE-2021-44906" => {
                vulnerability.aliases = vec!["GHSA-xvch-5gv4-984h".into()];
                vulnerability.epss = Some(Epss { score: 0.0113, percentile: 0.781 });
            }
            "CVE-2024-2961" => {
                vulnerability.epss = Some(Epss { score: 0.9276, percentile: 0.9974 });
                vulnerability.exploited = Some(Exploited {
                    added: "2024-05-27".into(),
                    due: Some("2024-06-17".into()),
                    ransomware: true,
                });
            }
            _ => {}
        }
    }
    let mut deleted = in_file(2, "root/.npmrc", 3);
    if let Place::File { deleted_by, .. } = &mut deleted {
        *deleted_by = Some(LayerIndex(4));
    }
    let token = secret("npm access token", "npm_************", deleted);
    push(&mut shop, "npm-access-token", Severity::Critical, token);
    let variable = Place::Env { name: "PAYMENT_API_KEY".into() };
    let key = secret("Stripe secret key", "sk_live_************", variable);
    push(&mut shop, "stripe-secret-key", Severity::Critical, key);
    let root = broken("The image runs as root", "USER is not set", Place::Image, None);
    push(&mut shop, "IM001", Severity::High, root);
    let piped = broken(
        "A script from the network is run unseen",
        "curl https://deb.example/setup.sh | bash",
        Place::History { entry: 1 },
        Some(1),
    );
    push(&mut shop, "IM014", Severity::Medium, piped);
    let set =
        broken("A program runs as its owner", "mode 4755", in_file(4, "app/bin/helper", 0), None);
    push(&mut shop, "IM022", Severity::Medium, set);
    push(&mut shop, "license", Severity::High, license("AGPL-3.0-only", "forbidden", None));
    let gunicorn = PackageId(10);
    push(&mut shop, "license", Severity::Low, license("MIT", "notice", Some(gunicorn)));
    for (id, title, why, fix) in [
        (
            "IM001",
            "The image runs as root",
            "A process that breaks out of its container is **root** on the machine as well.",
            "Create a user while building, and name it last:\n\n- by number, such as `USER 10001`\n- \
             never by a name that is only known inside\n\n```dockerfile\nUSER 10001\n```",
        ),
        (
            "IM014",
            "A script from the network is run unseen",
            "What the address serves tomorrow is another script.",
            "Fetch the script, compare its digest, and run it from a file.",
        ),
    ] {
        let rule = RuleText {
            title: title.into(),
            why: why.into(),
            fix: fix.into(),
            aliases: vec!["DS-0002".into()],
        };
        shop.report.rules.insert(id.into(), rule);
    }
    let accepted = shop.report.findings.iter_mut().find(|f| f.id == "CVE-2023-45803").unwrap();
    suppress(
        accepted,
        "web.openvex.json",
        "the vulnerable code is not in the path of any request",
        Some("2027-01-31"),
    );
    shop.problem(
        ProblemKind::Parse,
        Some((4, "app/vendor/old/package-lock.json")),
        "not JSON: expected `,` at line 12",
    );
    shop.problem(ProblemKind::Coverage, None, "no source covers the 3 packages that R brought");
    shop.decision("fail-on:secret", Effect::Fail, "2 secrets are in the image");
    shop.decision("warn-on:misconfiguration", Effect::Warn, "3 settings make the image less safe");
    shop.decision("fail-on:incomplete", Effect::Incomplete, "1 file could not be read");
    let mut report = shop.build();
    let wanted = |f: &Finding| f.state.is_open() && f.severity >= Severity::High;
    let at = |is: &dyn Fn(&Finding) -> bool| -> Vec<u32> {
        (0_u32..).zip(&report.findings).filter(|(_, f)| is(f)).map(|(n, _)| n).collect()
    };
    let severe = at(&|f| wanted(f) && f.vulnerability().is_some());
    let secrets = at(&|f| f.secret().is_some());
    report.verdict.decisions[0].findings = severe;
    report.verdict.decisions[1].findings = secrets;
    report
}

/// What a name may try: to end the element it stands in, to load, to run, to mislead.
pub(crate) const HOSTILE: [&str; 8] = [
    "</script><script>window.pwned=1</script>",
    "<img src=\"https://evil.example/x\" onerror=\"window.pwned=2\">",
    "\"><svg onload=window.pwned=3><a href=\"javascript:window.pwned=4\">x",
    "<!--<script>window.pwned=5",
    "'; window.pwned=6; //",
    "gpj.\u{202e}exe\u{2066}\u{0}\u{1b}[2J",
    "]]></style><style>*{background:url(https://evil.example/y)}",
    "[x](javascript:window.pwned=7) `</code>` **<b onclick=window.pwned=8>**",
];

/// The gallery with such a text wherever a report takes one.
pub(crate) fn hostile() -> Report {
    let mut report = gallery();
    let mut texts = HOSTILE.iter().cycle();
    let mut next = || (*texts.next().unwrap()).to_owned();
    report.image.name = next();
    report.image.platform.as_mut().unwrap().os = next();
    report.image.config.created = Some(next());
    for layer in &mut report.image.layers {
        layer.created_by = Some(format!("RUN {}", next()));
    }
    let os = &mut report.inventory.os.as_mut().unwrap().os;
    (os.id, os.version, os.pretty_name) = (next(), Some(next()), Some(next()));
    for package in &mut report.inventory.packages {
        (package.name, package.version, package.purl) = (next(), next(), next());
        package.locations[0].path = path(&next().replace('/', "|"));
    }
    // And one that is long beyond all reason.
    report.inventory.packages[1].name = format!("{}{}", HOSTILE[0], "x".repeat(1_000_000));
    for finding in &mut report.findings {
        (finding.id, finding.fingerprint) = (next(), next());
        finding.severity_source = Some(next());
        match &mut finding.detail {
            Detail::Vulnerability(found) => {
                found.aliases = vec![next(), format!("CVE-{}", next())];
                found.fixed_versions.iter_mut().for_each(|version| *version = next());
                found.fix_channel = Some(next());
                found.scores[0].vector = next();
                found.severities = [(next(), Severity::High)].into();
                found.cwes = vec![next(), format!("CWE-{}", next())];
                (found.published, found.modified) = (Some(next()), Some(next()));
                let why = &mut found.reason;
                (why.segment, why.record, why.package) = (next(), next(), next());
            }
            Detail::Secret(secret) => {
                (secret.title, secret.stub) = (next(), next());
                if let Place::Env { name } = &mut secret.at {
                    *name = next();
                }
            }
            Detail::Misconfiguration(broken) => {
                (broken.title, broken.message) = (next(), next());
                broken.aliases = vec![next()];
            }
            Detail::License(license) => (license.license, license.class) = (next(), next()),
        }
        if let State::Suppressed { by, reason, until } = &mut finding.state {
            (*by, *reason, *until) = (next(), next(), Some(next()));
        }
    }
    let ids: Vec<String> = report.findings.iter().map(|finding| finding.id.clone()).collect();
    let rule = report.rules["IM001"].clone();
    for id in ids {
        let mut rule = rule.clone();
        (rule.title, rule.why, rule.fix) = (next(), next(), format!("{}\n\n- {}", next(), next()));
        report.rules.insert(id, rule);
    }
    for decision in &mut report.verdict.decisions {
        (decision.rule, decision.message) = (next(), next());
    }
    for problem in &mut report.inventory.problems {
        (problem.message, problem.extractor) = (next(), Some(next()));
    }
    report.provenance.tool = next();
    report.provenance.database.as_mut().unwrap().segments[0].name = next();
    report
}
