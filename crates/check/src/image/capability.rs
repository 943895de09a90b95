//! File capabilities, as the extended attribute `security.capability` has them (Linux,
//! `include/uapi/linux/capability.h`, `struct vfs_cap_data`).

use serde::{Deserialize, Serialize};

/// What a program may do although nobody gave it root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Capabilities {
    /// A bit for each capability that the program has when it is run.
    pub permitted: u64,
}

/// The capabilities, the bit 0 first.
const NAMES: [&str; 41] = [
    "chown",
    "dac_override",
    "dac_read_search",
    "fowner",
    "fsetid",
    "kill",
    "setgid",
    "setuid",
    "setpcap",
    "linux_immutable",
    "net_bind_service",
    "net_broadcast",
    "net_admin",
    "net_raw",
    "ipc_lock",
    "ipc_owner",
    "sys_module",
    "sys_rawio",
    "sys_chroot",
    "sys_ptrace",
    "sys_pacct",
    "sys_admin",
    "sys_boot",
    "sys_nice",
    "sys_resource",
    "sys_time",
    "sys_tty_config",
    "mknod",
    "lease",
    "audit_write",
    "audit_control",
    "setfcap",
    "mac_override",
    "mac_admin",
    "syslog",
    "wake_alarm",
    "block_suspend",
    "audit_read",
    "perfmon",
    "bpf",
    "checkpoint_restore",
];

/// Those that amount to root, or come close to it: with each a program can read or write what it
/// must not, become another user, or change the kernel.
const DANGEROUS: [&str; 18] = [
    "bpf",
    "chown",
    "dac_override",
    "dac_read_search",
    "fowner",
    "mac_admin",
    "mac_override",
    "mknod",
    "net_admin",
    "setfcap",
    "setgid",
    "setpcap",
    "setuid",
    "sys_admin",
    "sys_boot",
    "sys_module",
    "sys_ptrace",
    "sys_rawio",
];

/// The revisions of the format that hold 32 bits, and 64.
const REVISION_1: u32 = 0x0100_0000;
const REVISION_2: u32 = 0x0200_0000;
const REVISION_3: u32 = 0x0300_0000;

impl Capabilities {
    /// Reads the attribute's value; none where it is not one, or gives nothing.
    pub fn parse(value: &[u8]) -> Option<Self> {
        let word = |at: usize| {
            let bytes = value.get(at..at.checked_add(4)?)?;
            Some(u32::from_le_bytes(bytes.try_into().ok()?))
        };
        // The words after the first: permitted and inheritable, the lower halves first.
        let permitted = match word(0)? & 0xff00_0000 {
            REVISION_1 => u64::from(word(4)?),
            REVISION_2 | REVISION_3 => u64::from(word(4)?) | (u64::from(word(12)?) << 32),
            _ => return None,
        };
        (permitted != 0).then_some(Self { permitted })
    }

    /// Names of the capabilities that amount to root.
    pub(super) fn dangerous(self) -> impl Iterator<Item = &'static str> {
        self.names().filter(|name| DANGEROUS.contains(name))
    }

    fn names(self) -> impl Iterator<Item = &'static str> {
        let bits = (0_u32..).zip(NAMES);
        bits.filter(move |(bit, _)| self.permitted >> bit & 1 == 1).map(|(_, name)| name)
    }

    /// The capabilities of these names.
    #[cfg(test)]
    pub(super) fn named(names: &str) -> Self {
        let bit = |name| NAMES.iter().position(|known| *known == name).expect("a capability");
        Self { permitted: names.split(',').fold(0, |all, name| all | 1 << bit(name)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(value: &[u8]) -> Vec<&'static str> {
        Capabilities::parse(value).map(|found| found.names().collect()).unwrap_or_default()
    }

    #[test]
    fn values_written_by_setcap_are_read() {
        // `setcap cap_net_raw+ep`, and `cap_setuid,cap_checkpoint_restore+ep`, as `getfattr` shows.
        let net_raw = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(names(&net_raw), ["net_raw"]);
        assert_eq!(Capabilities::parse(&net_raw).unwrap().dangerous().count(), 0);
        let two = [1, 0, 0, 2, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        assert_eq!(names(&two), ["setuid", "checkpoint_restore"]);
    }

    #[test]
    fn what_is_no_attribute_gives_nothing() {
        for bad in [&[][..], &[1, 0, 0], &[1, 0, 0, 9, 1, 0, 0, 0], &[1, 0, 0, 2, 1, 0, 0, 0]] {
            assert_eq!(Capabilities::parse(bad), None, "{bad:?}");
        }
        assert_eq!(Capabilities::parse(&[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]), None);
    }
}
