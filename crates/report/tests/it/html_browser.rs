//! The page as its readers see it, in Chromium.

use crate::browser::Browser;
use crate::gallery::{gallery, hostile};
use crate::html::{crowd, page};
use crate::recipe::shop;
use base64::Engine as _;
use serde_json::{Value, json};

/// The texts of all elements that a selector finds and that are seen.
const TEXTS: &str = "(selector) => [...document.querySelectorAll(selector)]\
    .filter((e) => e.checkVisibility()).map((e) => e.textContent.trim())";

fn texts(browser: &mut Browser, selector: &str) -> Vec<String> {
    let found = browser.value(&format!("({TEXTS})({})", json!(selector)));
    found.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

const ROWS: &str = "tbody tr.row";
const IDS: &str = "tbody tr.row .open";

/// Sets a field as its reader would, and waits for the list to follow.
fn set(browser: &mut Browser, name: &str, value: &str, shown: usize) {
    browser.value(&format!(
        "{{ const field = document.querySelector('.filters').elements[{}]; \
         field.value = {}; field.dispatchEvent(new Event('input', {{bubbles: true}})); \
         field.dispatchEvent(new Event('change', {{bubbles: true}})); }}",
        json!(name),
        json!(value)
    ));
    browser.until(&format!("document.querySelectorAll('{ROWS}').length === {shown}"));
}

fn click(browser: &mut Browser, selector: &str) {
    browser.value(&format!("document.querySelector({}).click()", json!(selector)));
}

#[test]
fn findings_are_filtered_sorted_and_opened() {
    let Some(mut browser) = Browser::open() else { return };
    let path = browser.show(&page(vec![gallery()]), 1440);
    let report = gallery();
    let open: Vec<_> = report.findings.iter().filter(|f| f.state.is_open()).collect();
    let expected: Vec<&str> = open.iter().map(|finding| finding.id.as_str()).collect();
    assert_eq!(texts(&mut browser, IDS), expected);
    let total = report.findings.len();
    let status = "document.querySelector('.shown').textContent";
    assert_eq!(browser.text(status), format!("{} of {total} findings", open.len()));

    let containing = |word: &str| open.iter().filter(|f| f.id.contains(word)).count();
    set(&mut browser, "text", "cve-2024-6119 libssl", 1);
    set(&mut browser, "text", "cve-2024", containing("CVE-2024"));
    set(&mut browser, "text", "no such thing", 0);
    assert_eq!(browser.text(status), "No finding passes these filters.");
    click(&mut browser, ".filters [type=reset]");
    browser.until(&format!("document.querySelectorAll('{ROWS}').length === {}", open.len()));

    let of_kind =
        |is: fn(&&&lazaret_core::finding::Finding) -> bool| open.iter().filter(is).count();
    set(&mut browser, "kind", "secret", of_kind(|f| f.secret().is_some()));
    set(&mut browser, "kind", "", open.len());
    set(&mut browser, "layer", "none", 2);
    set(&mut browser, "layer", "", open.len());
    set(&mut browser, "package", "LODASH", 3);
    set(&mut browser, "package", "", open.len());
    set(&mut browser, "state", "suppressed", 1);
    assert_eq!(texts(&mut browser, IDS), ["CVE-2023-45803"]);
    set(&mut browser, "state", "open", open.len());
    click(&mut browser, ".filters [name=fixable]");
    let fixable = of_kind(|f| f.is_fixable());
    browser.until(&format!("document.querySelectorAll('{ROWS}').length === {fixable}"));
    click(&mut browser, ".filters [type=reset]");
    click(&mut browser, ".filters [name=severity][value=critical]");
    let critical = of_kind(|f| f.severity == lazaret_core::severity::Severity::Critical);
    browser.until(&format!("document.querySelectorAll('{ROWS}').length === {critical}"));
    click(&mut browser, ".filters [type=reset]");
    browser.until(&format!("document.querySelectorAll('{ROWS}').length === {}", open.len()));

    // A link elsewhere on the page shows what it is about.
    click(&mut browser, "[data-decision='1']");
    let secrets = of_kind(|f| f.secret().is_some());
    browser.until(&format!("document.querySelectorAll('{ROWS}').length === {secrets}"));
    assert!(texts(&mut browser, ".rule")[0].contains("fail-on:secret"));
    click(&mut browser, ".filters [type=reset]");

    click(&mut browser, "th[data-sort=id] button");
    let ids = texts(&mut browser, IDS);
    let numbers =
        |id: &String| -> Vec<u32> { id.split('-').filter_map(|n| n.parse().ok()).collect() };
    let cves: Vec<Vec<u32>> = ids.iter().filter(|id| id.starts_with("CVE-")).map(numbers).collect();
    assert!(cves.len() > 10 && cves.is_sorted(), "{ids:?}");
    let sorted = "[...document.querySelectorAll('th')].map((th) => th.ariaSort).join()";
    assert_eq!(browser.text(sorted), "none,ascending,none,none,none");
    click(&mut browser, "th[data-sort=id] button");
    assert_eq!(browser.text(sorted), "none,descending,none,none,none");
    let mut reversed: Vec<_> = texts(&mut browser, IDS).iter().map(numbers).collect();
    reversed.retain(|numbers| numbers.len() == 2);
    assert!(reversed.iter().rev().is_sorted(), "{reversed:?}");
    click(&mut browser, "th[data-sort=severity] button");
    let words = texts(&mut browser, "tbody .in-severity .severity");
    let rank = |word: &String| {
        ["Critical", "High", "Medium", "Low", "Unknown"].iter().position(|w| w == word).unwrap()
    };
    assert!(words.iter().map(rank).is_sorted(), "{words:?}");

    // Opening says everything, and the address leads there again.
    let id = "document.activeElement.textContent";
    browser.value("[...document.querySelectorAll('tbody .open')].find((e) => e.textContent === 'CVE-2021-44906').click()");
    assert_eq!(browser.text(id), "CVE-2021-44906");
    assert_eq!(browser.text("document.activeElement.getAttribute('aria-expanded')"), "true");
    let said = &texts(&mut browser, "tr.details")[0];
    for words in [
        "minimist 1.2.5 is in the affected range < 1.2.6, says record CVE-2021-44906 of npm",
        "GHSA-xvch-5gv4-984h",
        "9.8 CVSS:3.1/AV:N",
        "1.1 % within 30 days (EPSS), more than 78.1 % of all",
        "/app/package-lock.json in layer 4",
        "4: COPY . /app",
        "fail-on:HIGH: 13 findings are HIGH or worse",
        "CWE-79",
        "2024-06-27",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let address = browser.text("location.href");
    browser.assert_quiet(&path);
    browser.go(&address);
    browser.until("document.querySelectorAll('tr.details').length === 1");
    assert_eq!(browser.text(id), "CVE-2021-44906");
    browser.go(&format!("{}#image-1/CVE-2023-45803", address.split('#').next().unwrap()));
    browser.until("document.querySelectorAll('tr.details').length === 1");
    let said = &texts(&mut browser, "tr.details")[0];
    assert!(said.contains("by web.openvex.json: the vulnerable code is not in the path"), "{said}");
    // A rule's documentation is shown as what it is.
    set(&mut browser, "text", "IM001", 1);
    click(&mut browser, IDS);
    assert_eq!(texts(&mut browser, "tr.details .text b"), ["root"]);
    assert_eq!(texts(&mut browser, "tr.details .text li").len(), 2);
    assert_eq!(texts(&mut browser, "tr.details .text pre"), ["USER 10001"]);
    browser.assert_quiet(&path);
}

#[test]
fn a_page_can_be_used_without_a_mouse() {
    let Some(mut browser) = Browser::open() else { return };
    let path = browser.show(&page(vec![gallery()]), 1440);
    // The first stop leads past everything.
    browser.press("Tab");
    assert_eq!(browser.text("document.activeElement.textContent"), "Skip to the findings");
    let mut stops = Vec::new();
    for _ in 0..400 {
        browser.press("Tab");
        let stop = browser.value(
            "{ const e = document.activeElement; const s = getComputedStyle(e); \
             [e.tagName, e.className, e.name ?? '', parseFloat(s.outlineWidth) > 0 || \
             e.closest('.pill') !== null] }",
        );
        if stop[0] == "BODY" {
            break;
        }
        assert_eq!(stop[3], true, "focus is not seen: {stop}");
        stops.push(stop);
    }
    let has = |is: &dyn Fn(&Value) -> bool| stops.iter().any(is);
    assert!(has(&|stop| stop[0] == "SUMMARY"), "layers open by key");
    assert!(has(&|stop| stop[2] == "text"));
    assert!(has(&|stop| stop[1] == "open"));
    browser.value("document.querySelector('tbody .open').focus()");
    browser.press("Enter");
    assert_eq!(texts(&mut browser, "tr.details").len(), 1);
    browser.press("Enter");
    assert_eq!(texts(&mut browser, "tr.details").len(), 0);
    browser.value("document.querySelector('th button').focus()");
    browser.press(" ");
    assert_eq!(browser.text("document.querySelector('th').ariaSort"), "descending");
    browser.assert_quiet(&path);
}

#[test]
fn everything_has_a_name_for_those_who_listen() {
    let Some(mut browser) = Browser::open() else { return };
    browser.show(&page(vec![gallery(), shop().build()]), 1440);
    click(&mut browser, "article:not([hidden]) tbody .open");
    browser.value("document.querySelectorAll('details').forEach((e) => { e.open = true; })");
    let tree = browser.call("Accessibility.getFullAXTree", json!({}));
    let nodes = tree["nodes"].as_array().unwrap();
    let mut roles = std::collections::BTreeMap::<&str, usize>::new();
    for node in nodes.iter().filter(|node| node["ignored"] != true) {
        let role = node["role"]["value"].as_str().unwrap_or_default();
        let named = [
            "button",
            "link",
            "searchbox",
            "textbox",
            "combobox",
            "checkbox",
            "table",
            "search",
            "navigation",
            "article",
            "region",
            "columnheader",
            "heading",
            "ComboBoxSelect",
            "DisclosureTriangle",
        ];
        if named.contains(&role) {
            let name = node["name"]["value"].as_str().unwrap_or_default();
            assert!(!name.trim().is_empty(), "{role} without a name: {node}");
            *roles.entry(role).or_default() += 1;
        }
    }
    for role in ["button", "link", "searchbox", "checkbox", "table", "article", "heading"] {
        assert!(roles.contains_key(role), "{role}: {roles:?}");
    }
    // Counts are told when they change, headings do not skip a level.
    assert_eq!(browser.text("document.querySelector('.shown').role ?? document.querySelector('.shown').getAttribute('role')"), "status");
    let levels = browser
        .value("[...document.querySelectorAll('h1,h2,h3,h4')].map((h) => Number(h.tagName[1]))");
    let levels: Vec<u64> = levels.as_array().unwrap().iter().filter_map(Value::as_u64).collect();
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
    assert_eq!(browser.text("document.documentElement.lang"), "en");
    // Colors are seen as words too: every drawing is beside its numbers.
    assert_eq!(browser.value("[...document.querySelectorAll('svg')].every((e) => e.ariaHidden === 'true' && e.parentElement.textContent.match(/\\d/))"), true);
}

/// The smallest contrast of any text that is seen (WCAG 2.2, 1.4.3), and where.
const CONTRAST: &str = r"(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (color) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = (color) => {
        const [r, g, b] = color.map((c) => c / 255)
            .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    let worst = [21, 'nothing'];
    let seen = 0;
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!own || !element.checkVisibility() || element.closest('svg, script, option, [disabled]')) continue;
        let behind = element;
        let background;
        do { background = rgba(getComputedStyle(behind).backgroundColor); behind = behind.parentElement; }
        while (background[3] < 255 && behind);
        if (background[3] < 255) throw new Error('what is behind ' + element.outerHTML);
        const [a, b] = [light(rgba(getComputedStyle(element).color)), light(background)];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        seen += 1;
        if (ratio < worst[0]) worst = [ratio, element.outerHTML.slice(0, 200)];
    }
    return [...worst, seen];
})()";

#[test]
fn text_is_easy_to_read_in_light_and_dark() {
    let Some(mut browser) = Browser::open() else { return };
    for (scheme, theme) in
        [("light", None), ("dark", None), ("light", Some("dark")), ("dark", Some("light"))]
    {
        browser.prefer(scheme, "");
        browser.show(&page(vec![gallery(), shop().build()]), 1440);
        let background = "getComputedStyle(document.body).backgroundColor";
        let before = browser.text(background);
        if let Some(theme) = theme {
            click(&mut browser, "#dark");
            assert_ne!(browser.text(background), before, "{theme}");
        }
        click(&mut browser, "article:not([hidden]) tbody .open");
        click(&mut browser, ".filters [name=severity][value=high]");
        browser.value("document.querySelectorAll('details').forEach((e) => { e.open = true; })");
        let worst = browser.value(CONTRAST);
        assert!(worst[2].as_u64().unwrap() > 200, "{worst}");
        assert!(worst[0].as_f64().unwrap() >= 4.5, "{scheme} {theme:?}: {worst}");
    }
}

#[test]
fn a_page_fits_any_width() {
    let Some(mut browser) = Browser::open() else { return };
    let beyond =
        "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth";
    for (name, report) in [("gallery", gallery()), ("hostile", hostile())] {
        let path = browser.show(&page(vec![report.clone(), report]), 320);
        browser.value("document.querySelectorAll('details').forEach((e) => { e.open = true; })");
        for row in 0..3 {
            browser.value(&format!(
                "document.querySelectorAll('article:not([hidden]) .open')[{row}].click()"
            ));
        }
        for width in [320, 390, 600, 768, 1024, 1440] {
            browser.resize(width);
            assert!(browser.value(beyond).as_i64().unwrap() <= 0, "{name} at {width}");
        }
        browser.picture(&format!("{name}-1440-open"));
        browser.resize(390);
        browser.picture(&format!("{name}-390-open"));
        browser.assert_quiet(&path);
    }
}

#[test]
fn a_page_looks_good_on_a_phone_and_on_a_desk() {
    let Some(mut browser) = Browser::open() else { return };
    for scheme in ["light", "dark"] {
        for width in [390, 1440] {
            browser.prefer(scheme, "");
            browser.show(&page(vec![gallery()]), width);
            browser.picture(&format!("gallery-{width}-{scheme}"));
            // The answer is seen at once.
            let seen = "(() => { const box = document.querySelector('.why').getBoundingClientRect(); \
                return box.bottom < innerHeight && box.width > 250; })()";
            assert_eq!(browser.value(seen), true, "{width}");
        }
    }
}

#[test]
fn hostile_names_neither_run_nor_load() {
    let Some(mut browser) = Browser::open() else { return };
    let path = browser.show(&page(vec![hostile()]), 1440);
    browser.value("document.querySelectorAll('details').forEach((e) => { e.open = true; })");
    let rows = texts(&mut browser, ROWS).len();
    for n in 0..rows {
        browser.value(&format!("document.querySelectorAll('tbody .open')[{n}].click()"));
    }
    assert_eq!(texts(&mut browser, "tr.details").len(), rows);
    browser.value("document.querySelectorAll('.filters option').length");
    assert_eq!(browser.value("window.pwned ?? null"), Value::Null);
    assert_eq!(browser.value("document.querySelectorAll('img, iframe, object, body script:not([id]) ~ script').length"), 0);
    let ours = "[...document.querySelectorAll('a')].every((a) => /^(#|https:\\/\\/)/.test(a.getAttribute('href')))";
    assert_eq!(browser.value(ours), true);
    browser.assert_quiet(&path);
}

#[test]
fn a_page_is_read_without_a_script() {
    let Some(mut browser) = Browser::open() else { return };
    browser.call("Emulation.setScriptExecutionDisabled", json!({"value": true}));
    let path = browser.show(&page(vec![gallery(), shop().build()]), 390);
    let open = gallery().findings.iter().filter(|f| f.state.is_open()).count();
    assert_eq!(texts(&mut browser, "#findings-1 tbody tr").len(), open);
    assert_eq!(texts(&mut browser, "article").len(), 2);
    assert!(texts(&mut browser, "form, button, [role=status]").is_empty());
    assert!(texts(&mut browser, "noscript")[0].contains("0 more findings and 1 suppressed"));
    assert_eq!(browser.value("document.documentElement.scrollWidth <= innerWidth"), true);
    browser.assert_quiet(&path);
}

#[test]
fn paper_has_everything_and_no_controls() {
    let Some(mut browser) = Browser::open() else { return };
    let path = browser.show(&page(vec![gallery(), shop().build()]), 1440);
    browser.prefer("dark", "print");
    browser.until("document.querySelectorAll('tr.details').length > 20");
    let report = gallery();
    let open = report.findings.iter().filter(|f| f.state.is_open()).count();
    assert_eq!(browser.value("document.querySelectorAll('#image-1 tr.details').length"), open);
    assert_eq!(texts(&mut browser, "article").len(), 2, "paper has no tabs");
    assert_eq!(
        browser.value("[...document.querySelectorAll('details')].every((e) => e.open)"),
        true
    );
    assert!(texts(&mut browser, ".filters, .tools, .pages, .command button, .skip").is_empty());
    let address = "getComputedStyle(document.querySelector('tr.details a[href^=\"https\"]'), '::after').content";
    assert!(browser.text(address).contains("https://"));
    assert_eq!(browser.text("getComputedStyle(document.body).color"), "rgb(27, 31, 35)");
    let worst = browser.value(
        CONTRAST
            .replace(
                "if (background[3] < 255) throw",
                "if (background[3] < 255) background = [255, 255, 255, 255]; if (false) throw",
            )
            .as_str(),
    );
    assert!(worst[0].as_f64().unwrap() >= 4.5, "{worst}");
    browser.resize(800);
    browser.picture("print");
    // And back.
    browser.prefer("light", "");
    browser.until("document.querySelectorAll('tr.details').length === 0");
    assert_eq!(texts(&mut browser, "article").len(), 1);
    let pdf = browser.call("Page.printToPDF", json!({}));
    let pdf =
        base64::engine::general_purpose::STANDARD.decode(pdf["data"].as_str().unwrap()).unwrap();
    let pages = pdf.windows(12).filter(|bytes| bytes.starts_with(b"/Type /Page\n")).count();
    assert!(pages > 4, "{pages} pages");
    browser.assert_quiet(&path);
}

#[test]
fn each_of_several_images_has_its_own_page() {
    let Some(mut browser) = Browser::open() else { return };
    let mut arm = shop().build();
    arm.image.platform = Some(lazaret_core::image::Platform::linux("arm64"));
    arm.findings.truncate(3);
    let path = browser.show(&page(vec![gallery(), arm]), 1440);
    browser.picture("several");
    assert_eq!(texts(&mut browser, "article").len(), 1);
    assert_eq!(texts(&mut browser, ".images a[aria-current]").len(), 1);
    click(&mut browser, ".images li:nth-child(2) a");
    browser.until("document.querySelector('#image-2').checkVisibility()");
    assert_eq!(texts(&mut browser, ROWS).len(), 3);
    assert!(texts(&mut browser, ".images a[aria-current]")[0].contains("linux/arm64"));
    browser.assert_quiet(&path);
}

#[test]
fn many_findings_come_in_pages() {
    let Some(mut browser) = Browser::open() else { return };
    let path = browser.show(&page(vec![crowd(20_000)]), 1440);
    assert_eq!(texts(&mut browser, ROWS).len(), 50);
    assert_eq!(
        browser.text("document.querySelector('.shown').textContent"),
        "20,000 findings, 1 to 50 shown"
    );
    click(&mut browser, ".pages button:last-of-type");
    assert_eq!(texts(&mut browser, ".pages span"), ["Page 2 of 400"]);
    // Who goes on by key can go on.
    assert_eq!(browser.text("document.activeElement.textContent"), "Next");
    set(&mut browser, "text", "00019 package-19", 1);
    assert!(texts(&mut browser, ".pages").is_empty());
    browser.assert_quiet(&path);
}
