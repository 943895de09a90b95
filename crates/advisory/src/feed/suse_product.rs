//! SUSE's products by their names, which is all they are called by in its feeds.

/// What a product is to us.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Product {
    /// The segments it belongs to: one, but for modules of SLE 12, which are for every service
    /// pack.
    pub(super) segments: Vec<String>,
    /// The channel it is, where it is one.
    pub(super) channel: Option<&'static str>,
}

const OTHER_PRODUCT: &str = "another product";
const NO_RELEASE: &str = "no release";

/// The service packs of SLE 12.
const PACKS_OF_12: [&str; 6] =
    ["sles-12", "sles-12.1", "sles-12.2", "sles-12.3", "sles-12.4", "sles-12.5"];

/// Products of SUSE Linux Enterprise whose packages are those of a server, before their release.
const SAME: [&str; 11] = [
    "Desktop",
    "High Availability",
    "High Availability Extension",
    "Live Patching",
    "Server",
    "Server for VMWare",
    "Server for VMware",
    "Server for the Raspberry Pi",
    "Software Bootstrap Kit",
    "Software Development Kit",
    "Workstation Extension",
];

/// Products that get updates where the server gets none: the channel they are.
const LONGER: [(&str, &str); 3] = [
    ("Server LTSS Extended Security", "ltss-extended-security"),
    ("Server for SAP Applications", "sap"),
    ("Server for SAP applications", "sap"),
];

/// What follows the release of a product that gets updates for longer, and the channel that is.
const TAILS: [(&str, &str); 4] =
    [("BCL", "bcl"), ("ESPOS", "espos"), ("LTS", "lts"), ("LTSS", "ltss")];

impl Product {
    /// A product by its name, such as `SUSE Linux Enterprise Module for Basesystem 15 SP5`.
    pub(super) fn named(name: &str) -> Result<Self, &'static str> {
        if let Some(name) = name.strip_prefix("openSUSE ") {
            return opensuse(name);
        }
        if name.contains("Image ") || name.starts_with("Container ") {
            return Err("an image, not a distribution");
        }
        let name = name.strip_prefix("SUSE ").ok_or(OTHER_PRODUCT)?;
        if let Some(release) = name.strip_prefix("Package Hub ") {
            return enterprise("Module for Package Hub", release);
        }
        // SLE Micro became SUSE Linux Micro with release 6, and is called either.
        let micro = ["Linux Enterprise Micro ", "Linux Micro "];
        if let Some(name) = micro.iter().find_map(|micro| name.strip_prefix(micro)) {
            return micro_release(name);
        }
        let name = name.strip_prefix("Linux Enterprise ").ok_or(OTHER_PRODUCT)?;
        let start = name.match_indices(' ').map(|(space, _)| space).find(|space| {
            let rest = name.get(space.saturating_add(1)..).unwrap_or_default();
            rest.starts_with(|first: char| first.is_ascii_digit())
        });
        let (product, release) =
            start.and_then(|start| name.split_at_checked(start)).ok_or(NO_RELEASE)?;
        enterprise(product, release.trim_start())
    }

    fn only(segment: String, channel: Option<&'static str>) -> Self {
        Self { segments: vec![segment], channel }
    }
}

fn opensuse(name: &str) -> Result<Product, &'static str> {
    if name == "Tumbleweed" {
        return Ok(Product::only("opensuse-tumbleweed".to_owned(), None));
    }
    let (segment, release) = match name.strip_prefix("Leap ").ok_or("no segment")? {
        name if name.starts_with("Micro ") => ("opensuse-leap-micro", name.get(6..)),
        name => ("opensuse-leap", Some(name)),
    };
    let release = release.unwrap_or_default();
    let release = release.strip_suffix(" NonFree").unwrap_or(release);
    let (major, minor) = release.split_once('.').ok_or(NO_RELEASE)?;
    if !is_number(major) || !is_number(minor) {
        return Err(NO_RELEASE);
    }
    Ok(Product::only(format!("{segment}-{major}.{minor}"), None))
}

/// `5.5`, `for Rancher 5.2`, `5.2-LTS`.
fn micro_release(name: &str) -> Result<Product, &'static str> {
    let last = name.rsplit(' ').next().unwrap_or_default();
    let (release, tail) = last.split_once('-').unwrap_or((last, ""));
    let (major, minor) = release.split_once('.').ok_or(NO_RELEASE)?;
    if !is_number(major) || !is_number(minor) {
        return Err(NO_RELEASE);
    }
    let line = if matches!(major, "5") { "sle-micro" } else { "sl-micro" };
    Ok(Product::only(format!("{line}-{major}.{minor}"), channel(tail)?))
}

/// A product of SUSE Linux Enterprise and its release: `15 SP5`, `15 SP3-LTSS`, `11 SP4 LTSS`,
/// `15-ESPOS`, `16.0`.
fn enterprise(product: &str, release: &str) -> Result<Product, &'static str> {
    let mut words = release.split([' ', '-']);
    let first = words.next().unwrap_or_default();
    let (major, minor) = first.split_once('.').unwrap_or((first, "0"));
    let mut pack = minor;
    let mut tail = words.next().unwrap_or_default();
    if let Some(number) = tail.strip_prefix("SP") {
        pack = number;
        tail = words.next().unwrap_or_default();
    }
    if !is_number(major) || !is_number(pack) {
        return Err(NO_RELEASE);
    }
    if words.next().is_some() {
        return Err(OTHER_PRODUCT);
    }
    let is_module = product.starts_with("Module for ");
    let longer = LONGER.iter().find(|(name, _)| *name == product).map(|(_, channel)| *channel);
    if !is_module && longer.is_none() && !SAME.contains(&product) {
        return Err(OTHER_PRODUCT);
    }
    let channel = channel(tail)?.or(longer);
    if is_module && (major, pack) == ("12", "0") {
        return Ok(Product { segments: PACKS_OF_12.map(str::to_owned).to_vec(), channel });
    }
    let release = if pack == "0" { major.to_owned() } else { format!("{major}.{pack}") };
    Ok(Product::only(format!("sles-{release}"), channel))
}

fn channel(tail: &str) -> Result<Option<&'static str>, &'static str> {
    if tail.is_empty() {
        return Ok(None);
    }
    let found = TAILS.iter().find(|(known, _)| *known == tail);
    found.map(|(_, channel)| Some(*channel)).ok_or(OTHER_PRODUCT)
}

fn is_number(text: &str) -> bool {
    (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Names of SUSE's own documents.
    #[test]
    fn a_product_is_a_segment_and_perhaps_a_channel() {
        for (name, expected) in [
            ("openSUSE Leap 15.5", "opensuse-leap-15.5"),
            ("openSUSE Leap 15.2 NonFree", "opensuse-leap-15.2"),
            ("openSUSE Leap Micro 5.2", "opensuse-leap-micro-5.2"),
            ("openSUSE Tumbleweed", "opensuse-tumbleweed"),
            ("openSUSE 13.2", "no segment"),
            ("SUSE Linux Enterprise Server 15", "sles-15"),
            ("SUSE Linux Enterprise Server 15 SP5", "sles-15.5"),
            ("SUSE Linux Enterprise Server 15-LTSS", "sles-15 ltss"),
            ("SUSE Linux Enterprise Server 15 SP3-LTSS", "sles-15.3 ltss"),
            ("SUSE Linux Enterprise Server 11 SP4 LTSS", "sles-11.4 ltss"),
            ("SUSE Linux Enterprise Server 12 SP2-BCL", "sles-12.2 bcl"),
            ("SUSE Linux Enterprise Server 12 SP3-ESPOS", "sles-12.3 espos"),
            ("SUSE Linux Enterprise Server 16.0", "sles-16"),
            ("SUSE Linux Enterprise Server 16.1", "sles-16.1"),
            ("SUSE Linux Enterprise Server for SAP Applications 15 SP1", "sles-15.1 sap"),
            ("SUSE Linux Enterprise Server for SAP applications 16.0", "sles-16 sap"),
            ("SUSE Linux Enterprise Desktop 12 SP1", "sles-12.1"),
            ("SUSE Linux Enterprise Module for Basesystem 15 SP5", "sles-15.5"),
            ("SUSE Linux Enterprise Module for Server Applications 15 SP4", "sles-15.4"),
            ("SUSE Linux Enterprise Module for Package Hub 15 SP3", "sles-15.3"),
            (
                "SUSE Linux Enterprise Module for Containers 12",
                "sles-12 sles-12.1 sles-12.2 sles-12.3 sles-12.4 sles-12.5",
            ),
            ("SUSE Package Hub 15 SP4", "sles-15.4"),
            ("SUSE Linux Enterprise High Availability Extension 15 SP1", "sles-15.1"),
            ("SUSE Linux Enterprise Software Development Kit 12 SP5", "sles-12.5"),
            ("SUSE Linux Enterprise Workstation Extension 15 SP3", "sles-15.3"),
            ("SUSE Linux Enterprise Micro 5.5", "sle-micro-5.5"),
            ("SUSE Linux Enterprise Micro for Rancher 5.3", "sle-micro-5.3"),
            ("SUSE Linux Enterprise Micro 6.0", "sl-micro-6.0"),
            ("SUSE Linux Micro 6.1", "sl-micro-6.1"),
            ("SUSE Linux Enterprise High Performance Computing 15 SP1-LTSS", OTHER_PRODUCT),
            ("SUSE Linux Enterprise Real Time 15 SP3", OTHER_PRODUCT),
            ("SUSE Linux Enterprise Server 11 SP1-TERADATA", OTHER_PRODUCT),
            ("SUSE Linux Enterprise Server Teradata 12 SP3", OTHER_PRODUCT),
            ("SUSE Manager Server 4.2", OTHER_PRODUCT),
            ("SUSE CaaS Platform 4.0", OTHER_PRODUCT),
            ("SUSE Linux Enterprise Server", NO_RELEASE),
            ("SUSE Linux Enterprise Server 15 SP../../x", NO_RELEASE),
            (
                "Public Cloud Image google/sles-15-sp1-chost-byos-v20210202",
                "an image, not a distribution",
            ),
            ("Container suse/sle15:15.3", "an image, not a distribution"),
            ("", OTHER_PRODUCT),
        ] {
            let found = match Product::named(name) {
                Ok(Product { segments, channel }) => {
                    let words: Vec<&str> =
                        segments.iter().map(String::as_str).chain(channel).collect();
                    words.join(" ")
                }
                Err(why) => why.to_owned(),
            };
            assert_eq!(found, expected, "{name}");
        }
    }
}
