//! Who signed a package: the key that an OpenPGP signature names (RFC 9580, 5.2). The signature
//! itself is not verified; whoever writes a package database can write any key into it.

use super::int::{Endian, part};
use std::fmt::Write as _;

/// The packet that is a signature.
const SIGNATURE: u8 = 2;

/// Subpackets that name the key: by the last eight bytes of its fingerprint, and by all of it.
const ISSUER: u8 = 16;
const ISSUER_FINGERPRINT: u8 = 33;

/// Bytes of a key's id.
const ID_BYTES: usize = 8;

/// The id of the key that made a signature, in hexadecimal digits.
pub(super) fn issuer(packet: &[u8]) -> Option<String> {
    let body = body(packet)?;
    let id = match body.first()? {
        // Version, length, type, four bytes of time, and the id.
        3 => part(body, 7, ID_BYTES)?,
        4 => {
            // Version, type and two algorithms come before the subpackets that are signed.
            let signed_bytes = Endian::Big.short(body, 4)?;
            let signed = part(body, 6, signed_bytes)?;
            let rest = body.get(signed_bytes.checked_add(6)?..)?;
            let unsigned = part(rest, 2, Endian::Big.short(rest, 0)?)?;
            issuer_in(unsigned).or_else(|| issuer_in(signed))?
        }
        _ => return None,
    };
    Some(id.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _: std::fmt::Result = write!(text, "{byte:02x}");
        text
    }))
}

/// What a packet holds, if it is a signature.
fn body(packet: &[u8]) -> Option<&[u8]> {
    let (header, rest) = packet.split_first()?;
    let (tag, length, rest) = if header & 0x40 == 0 {
        // The old form says how many bytes the length has.
        let bytes = match header & 3 {
            0 => 1,
            1 => 2,
            2 => 4,
            _ => return None,
        };
        let length = part(rest, 0, bytes)?.iter();
        let length = length.fold(0, |length: usize, byte| (length << 8) | usize::from(*byte));
        ((header >> 2) & 15, length, rest.get(bytes..)?)
    } else {
        let (length, rest) = new_length(rest)?;
        (header & 63, length, rest)
    };
    (header & 0x80 != 0 && tag == SIGNATURE).then(|| part(rest, 0, length))?
}

/// A length as new packets and subpackets have it, and what follows.
fn new_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    Some(match usize::from(*first) {
        short @ ..192 => (short, rest),
        long @ 192..255 => {
            let (second, rest) = rest.split_first()?;
            let high = long.checked_sub(192)?.checked_mul(256)?;
            (high.checked_add(usize::from(*second))?.checked_add(192)?, rest)
        }
        _ => (Endian::Big.size(rest, 0)?, rest.get(4..)?),
    })
}

/// The key that one of these subpackets names.
fn issuer_in(mut subpackets: &[u8]) -> Option<&[u8]> {
    while let Some((length, rest)) = new_length(subpackets) {
        let (kind, content) = part(rest, 0, length)?.split_first()?;
        match *kind & 0x7f {
            ISSUER => return part(content, 0, ID_BYTES),
            // The version of the key, 4, and its fingerprint, which ends in the id.
            ISSUER_FINGERPRINT if content.first() == Some(&4) => {
                return content.last_chunk::<ID_BYTES>().map(<[u8; ID_BYTES]>::as_slice);
            }
            _ => {}
        }
        subpackets = rest.get(length..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(first: u8, body: &[u8]) -> Vec<u8> {
        [&[first, u8::try_from(body.len()).unwrap()], body].concat()
    }

    // The layouts of RFC 9580, 4.2, 5.2.2 and 5.2.3, by hand.
    #[test]
    fn a_signature_names_its_key_in_each_version() {
        let id = [0x19, 0x9e, 0x2f, 0x91, 0xfd, 0x43, 0x1d, 0x51];
        let v3 = [&[3, 5, 0, 1, 2, 3, 4][..], &id, &[1, 8, 0, 0]].concat();
        let v4 = [&[4, 0, 1, 8, 0, 6, 5, 2, 1, 2, 3, 4, 0, 10, 9, 16][..], &id, &[0, 0]].concat();
        let print = [&[4][..], &[7; 12], &id].concat();
        let signed = [&[4, 0, 1, 8, 0, 23, 22, 33][..], &print, &[0, 0, 0, 0]].concat();
        for (body, what) in [(&v3, "v3"), (&v4, "v4"), (&signed, "v4 by fingerprint")] {
            for first in [0x88, 0xc2] {
                let found = issuer(&packet(first, body));
                assert_eq!(found.as_deref(), Some("199e2f91fd431d51"), "{what}");
            }
            // A key is not a signature.
            assert_eq!(issuer(&packet(0x98, body)), None);
            for end in 0..packet(0x88, body).len() {
                assert_eq!(issuer(&packet(0x88, body)[..end]), None, "{what}");
            }
        }
    }
}
