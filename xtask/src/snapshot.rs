//! The advisory snapshot compiled into the program.

use crate::process::{root, write_or_check};
use anyhow::{Context as _, Result, bail, ensure};
use lazaret_advisory::mirror::{MirrorOptions, read_mirror};
use lazaret_advisory::records::Records;
use lazaret_advisory::{MANIFEST_FILE, Manifest, write_database};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// What all files of the snapshot may weigh in the repository.
const SNAPSHOT_BYTES_MAX: u64 = 10 << 20;

/// What is taken of a folder of feeds: files, and folders with all of their files. Licenses are
/// checked besides, feed by feed. A source is here if it is whole, or if what it lacks still leaves
/// enough to be worth a look; handfuls of records, and files that nobody has renewed for a year, are
/// not, since a segment that is there looks like an answer.
const TAKEN: &[&str] = &[
    "debian-tracker/digest-dsa-dla.jsonl",
    "eol/products",
    "kev/known_exploited_vulnerabilities.json",
    "maven/jenkins-warnings.json",
    "maven/sap-project-kb-statements.tar.gz",
    "npm/jsrepository-v5.json",
    "npm/nodejs-security-wg-vuln.tar.gz",
    "npm/npmrepository.json",
    "osv-samples/Maven/all.zip",
    "osv-samples/PROVENANCE.json",
    "osv-samples/npm/all.zip",
    "osv/AlmaLinux/all.zip",
    "osv/Bitnami/all.zip",
    "osv/CRAN/all.zip",
    "osv/Go/all.zip",
    "osv/Hackage/all.zip",
    "osv/PyPI/all.zip",
    "osv/crates.io/all.zip",
    "osv/opam/all.zip",
    "packagist/friendsofphp-security-advisories.tar.gz",
];

/// Read for scores only, of vulnerabilities that the files above speak of: as a source about
/// programs, they are years of many.
const SCORED: &[&str] = &["nvd/nvdcve-1.1-2022.json.gz", "nvd/nvdcve-1.1-modified.json.gz"];

/// Segments that are filled in passing and weigh more than they help.
const LEFT_OUT: &[&str] = &["almalinux-8"];

/// Segments of collections that overlap. A record with no id that the others know would be the same
/// vulnerability once more.
const OVERLAPPING: &[&str] = &["npm"];

/// How ids begin that more than one of those collections have.
const SHARED_IDS: &[&str] = &["CVE-", "GHSA-", "MAL-"];

/// How segments of errata begin. The word of an erratum is that of the worst of what it mends, and
/// as true of one vulnerability only where it mends no other.
const ERRATA: &[&str] = &["almalinux-"];

/// The segment of what each source says of severities.
const SEVERITIES: &str = "severities";

/// What segments lack here, where their feeds are fewer than those the gap of a feed speaks of.
const LACKING: &[(&str, &str)] =
    &[("programs", "about Node.js and the Haskell compiler, and no other program")];

/// Builds `crates/snapshot/data` from a folder of feeds; with `--check` only compares.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let check = arguments.iter().any(|argument| argument == "--check");
    let feeds = arguments
        .iter()
        .find(|argument| !argument.starts_with("--"))
        .context("cargo xtask snapshot FEEDS: name the folder of feeds")?;
    let feeds = std::fs::canonicalize(feeds).with_context(|| format!("there is no {feeds}"))?;
    let mut records = read(&feeds, TAKEN)?;
    add_scores(&mut records, read(&feeds, SCORED)?);
    records.segments.retain(|name, _| !LEFT_OUT.contains(&name.as_str()));
    for (name, lacking) in LACKING {
        let segment = records.segments.get_mut(*name);
        segment.with_context(|| format!("no feed speaks of {name}"))?.gap =
            Some((*lacking).to_owned());
    }
    for (name, segment) in &mut records.segments {
        if OVERLAPPING.contains(&name.as_str()) {
            segment.advisories.retain(|advisory| {
                std::iter::once(&advisory.id)
                    .chain(&advisory.aliases)
                    .any(|id| SHARED_IDS.iter().any(|start| id.starts_with(start)))
            });
            // Whose records these were is not told one by one.
            records.shares.remove(name);
        }
    }
    let (mut manifest, mut files) = database(&records)?;
    let words = database(&without_joint_words(&records))?;
    take_severities(&mut manifest, &mut files, words)?;
    files.insert(MANIFEST_FILE.to_owned(), manifest.to_json()?.into_bytes());
    install(&files, check)
}

type Files = BTreeMap<String, Vec<u8>>;

/// The database that records make.
fn database(records: &Records) -> Result<(Manifest, Files)> {
    let mut files = BTreeMap::new();
    let manifest = write_database(records, &mut |name, bytes| {
        files.insert(name.to_owned(), bytes.to_vec());
        Ok(())
    })?;
    Ok((manifest, files))
}

/// The same records without those whose severity an erratum states for several vulnerabilities at
/// once.
fn without_joint_words(records: &Records) -> Records {
    let mut records = records.clone();
    for (name, segment) in &mut records.segments {
        if !ERRATA.iter().any(|start| name.starts_with(start)) {
            continue;
        }
        let mut mended: BTreeMap<String, usize> = BTreeMap::new();
        for erratum in segment.advisories.iter().flat_map(|advisory| &advisory.aliases) {
            *mended.entry(erratum.clone()).or_default() += 1;
        }
        segment
            .advisories
            .retain(|advisory| advisory.aliases.iter().all(|id| mended.get(id) == Some(&1)));
    }
    records
}

/// Puts what another database says of severities in place of a database's own.
fn take_severities(
    manifest: &mut Manifest,
    files: &mut Files,
    (other, mut others): (Manifest, Files),
) -> Result<()> {
    let own = manifest.segments.iter_mut().find(|segment| segment.name == SEVERITIES);
    let other = other.segments.into_iter().find(|segment| segment.name == SEVERITIES);
    let (own, other) = own.zip(other).context("no source states a severity")?;
    files.remove(&own.file);
    let bytes = others.remove(&other.file).context("a segment without a file")?;
    files.insert(other.file.clone(), bytes);
    *own = other;
    Ok(())
}

/// What files of a mirror say, as far as it may be passed on.
fn read(feeds: &Path, taken: &[&str]) -> Result<Records> {
    let mut paths = Vec::new();
    for path in taken {
        let place = feeds.join(path);
        if place.is_dir() {
            for entry in std::fs::read_dir(place)? {
                paths.push(format!("{path}/{}", entry?.file_name().to_string_lossy()));
            }
        } else {
            // A source that is silently gone would be a snapshot that knows less.
            ensure!(place.is_file(), "there is no {path} among the feeds");
            paths.push((*path).to_owned());
        }
    }
    paths.sort();
    let options = MirrorOptions { redistributable_only: true };
    let records = read_mirror(&paths, &|path| std::fs::read(feeds.join(path)), &options)?;
    if let Some(refused) = records.refused.first() {
        bail!("{} is refused: {}", refused.record, refused.reason);
    }
    Ok(records)
}

/// Adds scores of the vulnerabilities that segments speak of; nobody would ask for others.
fn add_scores(records: &mut Records, scored: Records) {
    let named: BTreeSet<&str> = records
        .segments
        .values()
        .flat_map(|segment| &segment.advisories)
        .flat_map(|advisory| std::iter::once(&advisory.id).chain(&advisory.aliases))
        .map(String::as_str)
        .collect();
    let mut scores = scored.enrichments.scores;
    for segment in scores.values_mut() {
        segment.advisories.retain(|advisory| named.contains(advisory.id.as_str()));
    }
    for (name, segment) in &scores {
        let count = u64::try_from(segment.advisories.len()).unwrap_or(u64::MAX);
        let share = BTreeMap::from([(segment.source.id.clone(), count)]);
        records.shares.insert(name.clone(), share);
    }
    records.enrichments.scores.extend(scores);
}

/// Puts the database into the repository, and writes the table that compiles it in.
fn install(files: &Files, check: bool) -> Result<()> {
    let data = root().join("crates/snapshot/data");
    let mut total = 0;
    let mut table = String::from(
        "// Written by `cargo xtask snapshot`; do not change by hand.\n\n\
         pub(crate) static SEGMENTS: &[(&str, &[u8])] = &[\n",
    );
    for (name, bytes) in files {
        total += u64::try_from(bytes.len())?;
        if let Some(segment) = segment_name(name) {
            writeln!(table, "    ({segment:?}, include_bytes!(\"../data/{name}\")),")?;
        }
    }
    table.push_str("];\n");
    if total > SNAPSHOT_BYTES_MAX {
        bail!("the snapshot has {total} bytes, and {SNAPSHOT_BYTES_MAX} are allowed");
    }
    if !check && data.exists() {
        std::fs::remove_dir_all(&data)?;
    }
    for (name, bytes) in files {
        write_or_check(&data.join(name), bytes, check)?;
    }
    let left_over = std::fs::read_dir(&data)?.filter_map(Result::ok).count() != files.len();
    if left_over {
        bail!("crates/snapshot/data holds files that the build did not make");
    }
    write_or_check(&root().join("crates/snapshot/src/segments.rs"), table.as_bytes(), check)?;
    println!("snapshot: {} files, {total} bytes", files.len());
    Ok(())
}

/// The segment a file holds: `debian-12.0123456789abcdef.segment` holds `debian-12`.
fn segment_name(file: &str) -> Option<&str> {
    file.strip_suffix(".segment")?.rsplit_once('.').map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lazaret_advisory::feed::FEEDS;
    use lazaret_advisory::records::{SegmentRecords, SourceInfo};
    use lazaret_core::advisory::{Advisory, Affected};
    use lazaret_core::package::Ecosystem;
    use lazaret_core::severity::Severity;
    use lazaret_core::version::Scheme;

    fn advisory(id: &str, aliases: &[&str]) -> Advisory {
        Advisory {
            id: id.to_owned(),
            aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
            severity: Some(Severity::High),
            affected: vec![Affected { package: "openssl".to_owned(), ..Affected::default() }],
            ..Advisory::default()
        }
    }

    fn segment(feed: &str, advisories: Vec<Advisory>) -> SegmentRecords {
        let source = SourceInfo {
            id: feed.into(),
            url: "https://example.org".into(),
            license: "MIT".into(),
        };
        let (scheme, ecosystem) = (Scheme::Rpm, Ecosystem::Rpm);
        SegmentRecords { scheme, ecosystem, source, gap: None, advisories }
    }

    fn ids(segment: &SegmentRecords) -> Vec<&str> {
        segment.advisories.iter().map(|advisory| advisory.id.as_str()).collect()
    }

    #[test]
    fn only_licensed_feeds_are_read() {
        for path in TAKEN.iter().chain(SCORED) {
            let file =
                if path.contains('.') { (*path).to_owned() } else { format!("{path}/a.json") };
            let feed = FEEDS.iter().find(|feed| feed.reads(&file));
            let is_provenance = path.ends_with("PROVENANCE.json");
            assert!(is_provenance || feed.is_some_and(|feed| feed.redistributable), "{path}");
        }
    }

    #[test]
    fn the_notice_names_every_segment() {
        let notice = std::fs::read_to_string(root().join("NOTICE")).unwrap();
        let manifest = std::fs::read(root().join("crates/snapshot/data/manifest.json")).unwrap();
        let named: BTreeSet<&str> = notice
            .split("Segment")
            .skip(1)
            .filter_map(|rest| rest.split_once(": "))
            .filter_map(|(_, rest)| rest.split_once(".\n"))
            .flat_map(|(names, _)| names.split(','))
            .map(str::trim)
            .collect();
        for segment in Manifest::parse(&manifest).unwrap().segments {
            // Made of the others.
            assert!(
                segment.name == SEVERITIES || named.contains(&*segment.name),
                "{}",
                segment.name
            );
        }
    }

    #[test]
    fn scores_of_what_no_segment_speaks_of_are_left_out() {
        let mut records = Records::default();
        let known = vec![advisory("CVE-2022-1", &[]), advisory("PYSEC-2022-9", &["CVE-2022-2"])];
        records.segments.insert("pypi".into(), segment("osv-pypi", known));
        let mut scored = Records::default();
        let scores = ["CVE-2022-1", "CVE-2022-2", "CVE-2022-3"].map(|id| advisory(id, &[]));
        scored.enrichments.scores.insert("nvd".into(), segment("nvd", scores.into()));
        add_scores(&mut records, scored);
        assert_eq!(ids(&records.enrichments.scores["nvd"]), ["CVE-2022-1", "CVE-2022-2"]);
        assert_eq!(records.shares["nvd"]["nvd"], 2);
    }

    #[test]
    fn the_word_of_an_erratum_counts_for_one_vulnerability_at_most() {
        let mut records = Records::default();
        let advisories = vec![
            advisory("CVE-2026-1001", &["ALSA-2026:1"]),
            advisory("CVE-2026-1002", &["ALSA-2026:1", "ALSA-2026:2"]),
            advisory("CVE-2026-1003", &["ALSA-2026:3"]),
        ];
        records.segments.insert("almalinux-9".into(), segment("osv-almalinux", advisories));
        let words = without_joint_words(&records);
        assert_eq!(ids(&words.segments["almalinux-9"]), ["CVE-2026-1003"]);

        let (mut manifest, mut files) = database(&records).unwrap();
        let rows = |manifest: &Manifest| {
            let found = manifest.segments.iter().find(|segment| segment.name == SEVERITIES);
            found.unwrap().records
        };
        assert_eq!(rows(&manifest), 3);
        take_severities(&mut manifest, &mut files, database(&words).unwrap()).unwrap();
        assert_eq!(rows(&manifest), 1);
        let named: BTreeSet<&str> =
            manifest.segments.iter().map(|segment| segment.file.as_str()).collect();
        let written: BTreeSet<&str> =
            files.keys().map(String::as_str).filter(|name| *name != MANIFEST_FILE).collect();
        assert_eq!(named, written);
    }
}
