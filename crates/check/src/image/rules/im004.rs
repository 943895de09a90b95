//! A setuid program is none that distributions ship
//!
//! Distributions ship a few programs that must be root to do their work, and watch over them. Any
//! other that is setuid, a copy of a shell or of an interpreter above all, is either a mistake or
//! somebody's way back in.
//!
//! # Fix
//!
//! Take the bit away with `chmod u-s`, or remove the program. If it is wanted, suppress this for
//! its path with a reason.
//!
//! # Bad
//!
//! ```text
//! ENTRY -rwsr-xr-x 0:0 /usr/local/bin/backdoor
//! ```
//!
//! ```text
//! ENTRY -rwsr-xr-x 0:0 /usr/bin/find
//! ```
//!
//! # Good
//!
//! ```text
//! ENTRY -rwsr-xr-x 0:0 /usr/bin/sudo
//! ```
//!
//! ```text
//! ENTRY -rwsr-xr-x 0:0 /bin/su
//! ```

use crate::image::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::severity::Severity;

pub(super) static RULE: Rule<ImageInput> = Rule {
    id: "IM004",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("im004.rs"),
    check,
};

/// Programs that are setuid as Debian, Ubuntu, Fedora, SUSE, Alpine and Arch ship them.
const SHIPPED: [&str; 45] = [
    "Xorg.wrap",
    "at",
    "bbsuid",
    "chage",
    "chfn",
    "chrome-sandbox",
    "chsh",
    "cockpit-session",
    "crontab",
    "dbus-daemon-launch-helper",
    "doas",
    "expiry",
    "fusermount",
    "fusermount3",
    "gpasswd",
    "grub2-set-bootflag",
    "ksu",
    "mount",
    "mount.cifs",
    "mount.nfs",
    "newgidmap",
    "newgrp",
    "newuidmap",
    "ntfs-3g",
    "pam_timestamp_check",
    "passwd",
    "ping",
    "ping6",
    "pkexec",
    "polkit-agent-helper-1",
    "pppd",
    "sg",
    "snap-confine",
    "ssh-keysign",
    "su",
    "sudo",
    "sudoedit",
    "suexec",
    "traceroute6.iputils",
    "umount",
    "umount.nfs",
    "unix2_chkpwd",
    "unix_chkpwd",
    "userhelper",
    "usernetctl",
];

fn check(input: &ImageInput, hits: &mut Hits<'_>) {
    for entry in input.visible_files().filter(|entry| entry.is_setuid()) {
        let path = entry.path.as_str();
        let is_local = path.starts_with("usr/local/");
        let is_system =
            path.starts_with("usr/") || path.starts_with("bin/") || path.starts_with("sbin/");
        let is_shipped = SHIPPED.contains(&entry.path.name());
        if is_local || !is_system || !is_shipped {
            hits.in_file(
                &entry.path,
                0,
                format!("{} is setuid, owner {}", entry.shown(), entry.uid),
            );
        }
    }
}
