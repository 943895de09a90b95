//! Debian's lists of advisories, `data/DSA/list` and `data/DLA/list` of the security tracker:
//!
//! ```text
//! [12 Feb 2025] DSA-5865-1 webkit2gtk - security update
//!         {CVE-2025-24143 CVE-2025-24150}
//!         [bookworm] - webkit2gtk 2.46.6-1~deb12u1
//!         NOTE: free text
//! ```
//!
//! A quarter of a century of handwriting: tabs or blanks, one hyphen or two, several packages or
//! none in the heading, remarks in parentheses after the version.

use super::debian::{Fix, Notice};
use super::gather::Gather;
use super::{Feed, FeedError, FeedFile, Gap, date, id, json};

/// What Debian's announcements lack when the tracker's own state is not there.
const ANNOUNCED: Gap =
    Gap { weight: 1, lacking: "Debian's announcements, which name only what was fixed" };

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "debian-list",
    title: "Debian advisory lists (DSA, DLA)",
    url: "https://salsa.debian.org/security-tracker-team/security-tracker/-/raw/master/data/{DSA,DLA}/list",
    license: "none stated",
    redistributable: false,
    unit: "advisories",
    paths: &[
        "debian-tracker/data/DSA/list",
        "debian-tracker/data/DLA/list",
        "data/DSA/list",
        "data/DLA/list",
    ],
    left_out: &[("debian-tracker/data-2023-04/*/list", "an older state of the same lists")],
    gaps: &[("*/*/*/list", ANNOUNCED), ("*/*/list", ANNOUNCED)],
    parse,
};

#[derive(Debug, thiserror::Error)]
enum LineError {
    #[error("the line starts no advisory")]
    Heading,
    #[error("the line belongs to no advisory")]
    Stray,
    #[error("the line is neither a list of ids, nor a fix, nor a note")]
    Unknown,
}

pub(super) fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    json::expect_data(file.bytes, "a list of advisories")?;
    if file.bytes.last() != Some(&b'\n') {
        return Err(FeedError::CutOff);
    }
    let text = String::from_utf8_lossy(file.bytes);
    let mut notice: Option<Notice> = None;
    for (number, line) in (1_u64..).zip(text.lines()) {
        if let Err(error) = take(line, &mut notice, gather) {
            gather.refuse_record(file.path, &format!("line {number}"), &error);
        }
    }
    if let Some(last) = notice {
        last.file(gather);
    }
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

fn take(line: &str, notice: &mut Option<Notice>, gather: &mut Gather) -> Result<(), LineError> {
    let content = line.trim();
    if content.is_empty() {
        return Ok(());
    }
    if !line.starts_with(char::is_whitespace) {
        let next = heading(content);
        // Lines below a heading that cannot be read must not join the notice above it.
        if let Some(previous) = notice.take() {
            previous.file(gather);
        }
        *notice = next;
        return if notice.is_some() { Ok(()) } else { Err(LineError::Heading) };
    }
    let Some(notice) = notice else { return Err(LineError::Stray) };
    if let Some(ids) = content.strip_prefix('{') {
        let found = id::ids_in(ids.trim_end_matches('}'));
        notice.cves.extend(found.cves);
        notice.others.extend(found.others);
    } else if let Some(fix) = content.strip_prefix('[') {
        notice.fixes.push(release_line(fix).ok_or(LineError::Unknown)?);
    } else if !content.starts_with("NOTE:") {
        return Err(LineError::Unknown);
    }
    Ok(())
}

/// `[12 Feb 2025] DSA-5865-1 …`
fn heading(line: &str) -> Option<Notice> {
    let (day, rest) = line.strip_prefix('[')?.split_once(']')?;
    let id = rest.split_ascii_whitespace().next()?;
    let (kind, number) = id.split_once('-')?;
    let is_number = number.starts_with(|c: char| c.is_ascii_digit())
        && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    (matches!(kind, "DSA" | "DLA" | "DTSA") && is_number).then(|| Notice {
        id: id.to_owned(),
        date: date::worded_day(day),
        ..Notice::default()
    })
}

/// `bookworm] - webkit2gtk 2.46.6-1~deb12u1 (remark)`
fn release_line(text: &str) -> Option<Fix> {
    let (release, rest) = text.split_once(']')?;
    let mut words = rest.split_ascii_whitespace();
    if words.next()? != "-" {
        return None;
    }
    Some(Fix {
        release: release.trim().to_owned(),
        package: words.next()?.to_owned(),
        version: words.next()?.to_owned(),
    })
}
