//! Packages or downloads were not verified
//!
//! Package managers and download tools compare signatures and certificates. With that turned off,
//! whoever sits between the build and the server decides what is in the image (CIS Docker Benchmark
//! 4.11).
//!
//! # Fix
//!
//! Leave the option out, and install the missing key or certificate.
//!
//! # Bad
//!
//! ```text
//! HISTORY RUN /bin/sh -c apt-get install -y --allow-unauthenticated curl # buildkit
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c dnf install -y --nogpgcheck curl
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c curl -k https://example.org/x -o x
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c pip install --trusted-host example.org x
//! ```
//!
//! # Good
//!
//! ```text
//! HISTORY RUN /bin/sh -c apt-get install -y curl # buildkit
//! ```
//!
//! ```text
//! HISTORY RUN /bin/sh -c curl -fsSL https://example.org/x -o x
//! ```

use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::check::Part;
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM039",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("im039.rs"),
    check,
};

/// Programs, and the options with which they take what they get.
const UNVERIFIED: [(&[&str], &[&str]); 8] = [
    (
        &["apt-get", "apt"],
        &["--allow-unauthenticated", "--allow-insecure-repositories", "--force-yes"],
    ),
    (&["apk"], &["--allow-untrusted"]),
    (&["dnf", "dnf5", "microdnf", "tdnf", "yum"], &["--nogpgcheck", "--no-gpgchecks"]),
    (&["zypper"], &["--no-gpg-checks", "--no-gpg-check"]),
    (&["curl"], &["-k", "--insecure", "-kL", "-Lk", "-ksSL", "-sk", "-fkL"]),
    (&["wget"], &["--no-check-certificate"]),
    (&["pip", "pip3"], &["--trusted-host"]),
    (&["rpm"], &["--nosignature", "--nodigest"]),
];

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for (at, command) in input.commands() {
        let (program, words) = command.program();
        for (programs, options) in UNVERIFIED {
            let used = words.iter().find(|word| options.contains(&word.as_str()));
            if let Some(option) = used.filter(|_| programs.contains(&program)) {
                hits.about(Part::History(at), format!("`{program}` was run with {option}"));
            }
        }
        if command.is(&["npm", "yarn", "git"], &["strict-ssl", "http.sslVerify"])
            && words.iter().any(|word| word == "false")
        {
            hits.about(Part::History(at), format!("`{program}` was told not to verify"));
        }
    }
}
