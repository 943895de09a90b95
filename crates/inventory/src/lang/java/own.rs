//! What an archive is, where no project file in it says so: from its name, its manifest and its
//! classes.

use super::known::Known;
use super::manifest::{Key, Manifest};
use super::{is_part, is_version};

/// An archive by its own name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Own {
    /// Absent where nothing tells it for sure.
    pub(super) group: Option<String>,
    pub(super) artifact: String,
    pub(super) version: String,
}

/// Endings that say how an archive was packed or what for, and are no part of the version.
const CLASSIFIERS: [&str; 12] = [
    "-all",
    "-boot",
    "-bin",
    "-exec",
    "-jar-with-dependencies",
    "-javadoc",
    "-shaded",
    "-sources",
    "-standalone",
    "-test-sources",
    "-tests",
    "-uber",
];

/// Projects of Apache Commons that are their own group. Bundles of all the others are named after
/// the group they are in, and so are these, which are in none.
const OWN_GROUPS: [&str; 24] = [
    "commons-beanutils",
    "commons-chain",
    "commons-cli",
    "commons-codec",
    "commons-collections",
    "commons-configuration",
    "commons-daemon",
    "commons-dbcp",
    "commons-dbutils",
    "commons-digester",
    "commons-discovery",
    "commons-el",
    "commons-fileupload",
    "commons-httpclient",
    "commons-io",
    "commons-jexl",
    "commons-jxpath",
    "commons-lang",
    "commons-launcher",
    "commons-logging",
    "commons-modeler",
    "commons-net",
    "commons-pool",
    "commons-validator",
];

/// Whether an archive holds no code that runs: sources and documentation.
pub(super) fn is_without_code(stem: &str) -> bool {
    stem.ends_with("-sources") || stem.ends_with("-javadoc")
}

/// The name and the version in `NAME-VERSION`, the name of an archive without its ending. The
/// version the manifest has says where one ends and the other begins, where it is in the name.
pub(super) fn split<'n>(stem: &'n str, stated: Option<&'n str>) -> (&'n str, Option<&'n str>) {
    if let Some(stated) = stated {
        let found = stem.match_indices(stated).find_map(|(at, _)| {
            let name = stem.get(..at)?.strip_suffix('-')?;
            let behind = stem.get(at..)?.strip_prefix(stated)?;
            (behind.is_empty() || behind.starts_with('-')).then_some(name)
        });
        if let Some(name) = found.filter(|name| !name.is_empty()) {
            return (name, Some(stated));
        }
    }
    let starts = |at: usize| {
        let next = stem.as_bytes().get(at.saturating_add(1));
        at > 0 && next.is_some_and(u8::is_ascii_digit)
    };
    let Some((at, _)) = stem.match_indices('-').find(|(at, _)| starts(*at)) else {
        return (stem, None);
    };
    let (name, version) = stem.split_at_checked(at).unwrap_or((stem, ""));
    let version = version.trim_start_matches('-');
    let plain = CLASSIFIERS.iter().find_map(|ending| version.strip_suffix(ending));
    (name, Some(plain.unwrap_or(version)))
}

/// What an archive is, if its name, its manifest and its classes say so.
pub(super) fn identify(stem: &str, manifest: &Manifest, known: &[&'static Known]) -> Option<Own> {
    let stated = manifest.version();
    let (file, version) = split(stem, stated);
    let version = version.or(stated).filter(|version| is_version(version))?;
    let named = known.iter().find_map(|known| Some((known.group, known.artifact_of(file)?)));
    let (group, artifact) = match named {
        Some((group, artifact)) => (Some(group.to_owned()), artifact),
        None => (group(manifest, file), file),
    };
    is_part(artifact).then(|| Own {
        group,
        artifact: artifact.to_owned(),
        version: version.to_owned(),
    })
}

/// The group, if the bundle was named by the Maven bundle plugin: other names are their makers' own.
fn group(manifest: &Manifest, artifact: &str) -> Option<String> {
    let maker = manifest.get(Key::CreatedBy)?;
    let group = group_of(manifest.bundle()?, artifact)?;
    let is_own = group == "org.apache.commons" && OWN_GROUPS.contains(&artifact);
    let group = if is_own { artifact.to_owned() } else { group };
    maker.contains("Maven Bundle Plugin").then_some(group)
}

/// The group, from the name that the Maven bundle plugin gives to a bundle: `GROUP.ARTIFACT`, of
/// which the plugin leaves out what the artifact repeats of the end of the group.
fn group_of(bundle: &str, artifact: &str) -> Option<String> {
    let group = if let Some(before) = bundle.strip_suffix(artifact) {
        before.strip_suffix('.')?
    } else {
        // `org.example.lib` and `lib-core` make `org.example.lib.core`.
        let (group, tail) = bundle.rsplit_once('.')?;
        let (_, last) = group.rsplit_once('.')?;
        let rest = artifact.strip_prefix(last)?.strip_prefix(['-', '.'])?;
        (rest == tail).then_some(group)?
    };
    // One word is no group of today, and a bundle of one word says nothing about it.
    (group.contains('.') && is_part(group)).then(|| group.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::known::by_class;
    use super::*;

    #[test]
    fn names_of_archives_are_split_before_the_version() {
        for (stem, stated, expected) in [
            ("gson-2.2.4", None, ("gson", Some("2.2.4"))),
            ("guava-31.1-jre", None, ("guava", Some("31.1-jre"))),
            ("akka-actor_2.12-2.5.0", None, ("akka-actor_2.12", Some("2.5.0"))),
            ("log4j-1.2-api-2.17.1", Some("2.17.1"), ("log4j-1.2-api", Some("2.17.1"))),
            ("epoll-4.1.7.Final-linux-x86_64", Some("4.1.7.Final"), ("epoll", Some("4.1.7.Final"))),
            ("app-1.0-SNAPSHOT", None, ("app", Some("1.0-SNAPSHOT"))),
            ("app-1.0-all", None, ("app", Some("1.0"))),
            ("snakeyaml-1.24", Some("1.24.0"), ("snakeyaml", Some("1.24"))),
            ("catalina", Some("9.0.1"), ("catalina", None)),
            ("-1.0", None, ("-1.0", None)),
            ("", Some("1"), ("", None)),
        ] {
            assert_eq!(split(stem, stated), expected, "{stem}");
        }
    }

    #[test]
    fn the_group_is_what_the_bundle_plugin_made_the_name_of() {
        for (bundle, artifact, expected) in [
            (
                "com.fasterxml.jackson.core.jackson-databind",
                "jackson-databind",
                Some("com.fasterxml.jackson.core"),
            ),
            ("org.apache.commons.commons-compress", "commons-compress", Some("org.apache.commons")),
            ("org.apache.commons.lang3", "commons-lang3", Some("org.apache.commons")),
            ("org.yaml.snakeyaml", "snakeyaml", Some("org.yaml")),
            ("slf4j.api", "slf4j-api", None),
            ("log4j", "log4j", None),
        ] {
            assert_eq!(group_of(bundle, artifact).as_deref(), expected, "{bundle}");
        }
    }

    #[test]
    fn older_commons_are_their_own_group() {
        for (artifact, bundle, expected) in [
            ("commons-logging", "org.apache.commons.logging", "commons-logging"),
            ("commons-net", "org.apache.commons.net", "commons-net"),
            ("commons-compress", "org.apache.commons.compress", "org.apache.commons"),
            ("commons-lang3", "org.apache.commons.lang3", "org.apache.commons"),
        ] {
            let text =
                format!("Created-By: Apache Maven Bundle Plugin\nBundle-SymbolicName: {bundle}\n");
            let manifest = Manifest::parse(text.as_bytes());
            let own = identify(&format!("{artifact}-1.2"), &manifest, &[]).unwrap();
            assert_eq!(own.group.as_deref(), Some(expected), "{artifact}");
        }
    }

    #[test]
    fn classes_say_more_than_the_name_of_the_bundle() {
        let manifest =
            Manifest::parse(b"Bundle-SymbolicName: com.google.gson\nBundle-Version: 2.2.4\n");
        let known: Vec<_> = by_class(b"com/google/gson/Gson.class").iter().collect();
        let own = identify("gson-2.2.4", &manifest, &known).unwrap();
        assert_eq!(own.group.as_deref(), Some("com.google.code.gson"));
        assert_eq!((&*own.artifact, &*own.version), ("gson", "2.2.4"));
        assert_eq!(identify("gson-2.2.4", &manifest, &[]).unwrap().group, None);
        assert_eq!(identify("app", &Manifest::default(), &known), None);
    }
}
