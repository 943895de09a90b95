//! Which product of endoflife.date an operating system is, and which of its dates counts.

use super::lookup::table;
use super::{Kind, end_of_life as rows};
use crate::reader::{Db, DbError, broken};
use lazaret_core::inventory::Os;
use lazaret_core::report::EndOfLife;

/// What the security support that follows the makers' own is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extended {
    /// For everyone, through the same package archive: the image has what it brings.
    ForEveryone,
    /// For subscribers.
    ForSubscribers,
}
use Extended::{ForEveryone, ForSubscribers};

/// `ID` of os-release, the product, and what its extended support is.
const PRODUCTS: &[(&str, &str, Extended)] = &[
    ("almalinux", "almalinux", ForSubscribers),
    ("alpine", "alpine-linux", ForSubscribers),
    ("amzn", "amazon-linux", ForSubscribers),
    ("centos", "centos", ForSubscribers),
    // Debian LTS is for everyone.
    ("debian", "debian", ForEveryone),
    ("devuan", "devuan", ForSubscribers),
    ("fedora", "fedora", ForSubscribers),
    ("linuxmint", "linuxmint", ForSubscribers),
    ("mageia", "mageia", ForSubscribers),
    ("ol", "oracle-linux", ForSubscribers),
    ("opensuse-leap", "opensuse", ForSubscribers),
    ("photon", "vmware-photon", ForSubscribers),
    ("rhel", "rhel", ForSubscribers),
    ("rocky", "rocky-linux", ForSubscribers),
    ("sl-micro", "suse-linux-micro", ForSubscribers),
    ("slackware", "slackware", ForSubscribers),
    ("sle-micro", "suse-linux-micro", ForSubscribers),
    ("sled", "sles", ForSubscribers),
    ("sles", "sles", ForSubscribers),
    ("sles_sap", "sles", ForSubscribers),
    ("suse-microos", "suse-linux-micro", ForSubscribers),
    ("ubuntu", "ubuntu", ForSubscribers),
];

/// The end of the support for an operating system, where the database knows its day.
pub(crate) fn end_of_life(db: &Db, os: &Os) -> Result<Option<EndOfLife>, DbError> {
    let Some(version) = os.version.as_deref() else { return Ok(None) };
    let found = PRODUCTS.iter().find(|(id, _, _)| *id == os.id);
    let Some((_, product, extended)) = found else { return Ok(None) };
    let product = if is_stream(os) { "centos-stream" } else { product };
    let Some(info) = db.segments().find(|info| Kind::of(info) == Some(Kind::EndOfLife)) else {
        return Ok(None);
    };
    let support = rows::find(table(db, info)?, product, version)
        .map_err(|damage| broken(&info.name, damage.into()))?
        .unwrap_or_default();
    let (own, later) = (support.ends.day(), support.extended.day());
    let later = later.filter(|later| own.as_ref().is_none_or(|own| own < later));
    Ok(match (own, later, extended) {
        (_, Some(date), ForEveryone) => Some(EndOfLife { date, extended: None }),
        (Some(date), extended, _) => Some(EndOfLife { date, extended }),
        (None, _, _) => None,
    })
}

/// CentOS Stream has the id and the version numbers of CentOS Linux, and other dates.
fn is_stream(os: &Os) -> bool {
    os.id == "centos" && os.pretty_name.as_deref().is_some_and(|name| name.contains("Stream"))
}
