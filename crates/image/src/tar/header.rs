//! One header block: fields, checksum, and which of the dialects it is written in.

use super::BLOCK_BYTES;
use std::borrow::Cow;

/// The dialects that give the bytes behind the v7 fields a different meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// The first, with nothing behind the link name.
    V7,
    /// POSIX, with a prefix for the name.
    Ustar,
    /// Jörg Schilling's `star`: POSIX with times in the end of the prefix.
    Star,
    /// GNU, with times and the map of a sparse file in place of the prefix.
    Gnu,
}

/// A header block as it is in the archive.
pub(super) struct Block(pub(super) [u8; BLOCK_BYTES]);

impl Block {
    pub(super) const EMPTY: Self = Self([0; BLOCK_BYTES]);

    /// Bytes of a field. Every call has constants that lie inside the block.
    fn field(&self, start: usize, len: usize) -> &[u8] {
        self.0.get(start..start.saturating_add(len)).unwrap_or_default()
    }

    /// Whether it is one of the two blocks that end an archive.
    pub(super) fn is_zero(&self) -> bool {
        self.0.iter().all(|byte| *byte == 0)
    }

    /// The dialect, or nothing if the checksum says that this is no header.
    ///
    /// POSIX sums unsigned bytes; the first Sun and BSD programs summed signed ones.
    pub(super) fn dialect(&self) -> Option<Dialect> {
        let written = i64::try_from(octal(self.field(148, 8))?).ok()?;
        let (before, after) = (self.field(0, 148), self.field(156, 356));
        // The field itself counts as eight spaces.
        let mut unsigned = i64::from(b' ').saturating_mul(8);
        let mut signed = unsigned;
        for part in [before, after] {
            unsigned = unsigned.saturating_add(part.iter().map(|byte| i64::from(*byte)).sum());
            signed = signed
                .saturating_add(part.iter().map(|byte| i64::from(byte.cast_signed())).sum::<i64>());
        }
        if written != unsigned && written != signed {
            return None;
        }
        Some(match (self.field(257, 6), self.field(263, 2), self.field(508, 4)) {
            (b"ustar\0", _, b"tar\0") => Dialect::Star,
            (b"ustar\0", _, _) => Dialect::Ustar,
            (b"ustar ", b" \0", _) => Dialect::Gnu,
            _ => Dialect::V7,
        })
    }

    /// The name, with its prefix where the dialect has one.
    pub(super) fn name(&self, dialect: Dialect) -> Cow<'_, [u8]> {
        let name = text(self.field(0, 100));
        let prefix = match dialect {
            Dialect::V7 => &[],
            Dialect::Ustar => text(self.field(345, 155)),
            Dialect::Star => text(self.field(345, 131)),
            Dialect::Gnu => self.misplaced_prefix(),
        };
        if prefix.is_empty() {
            return name.into();
        }
        [prefix, b"/", name].concat().into()
    }

    /// The prefix that Go before 1.8 wrote into GNU headers, where times belong: it is one if the
    /// times are no numbers.
    fn misplaced_prefix(&self) -> &[u8] {
        let is_time =
            |field: &[u8]| field.first().is_none_or(|first| *first == 0) || number(field).is_some();
        if is_time(self.field(345, 12)) && is_time(self.field(357, 12)) {
            return &[];
        }
        let prefix = text(self.field(345, 155));
        if prefix.is_ascii() { prefix } else { &[] }
    }

    /// The target of a link.
    pub(super) fn link(&self) -> &[u8] {
        text(self.field(157, 100))
    }

    /// The type flag.
    pub(super) fn flag(&self) -> u8 {
        self.field(156, 1).first().copied().unwrap_or(0)
    }

    /// Permission bits.
    pub(super) fn mode(&self) -> Option<i64> {
        number(self.field(100, 8))
    }

    /// Owner.
    pub(super) fn uid(&self) -> Option<i64> {
        number(self.field(108, 8))
    }

    /// Group.
    pub(super) fn gid(&self) -> Option<i64> {
        number(self.field(116, 8))
    }

    /// Size of the body as stored.
    pub(super) fn size(&self) -> Option<i64> {
        number(self.field(124, 12))
    }

    /// Size of a GNU sparse file with its holes.
    pub(super) fn real_size(&self) -> Option<i64> {
        number(self.field(483, 12))
    }

    /// The start of a GNU sparse file's map: four places of 24 bytes, and whether more follow.
    pub(super) fn sparse_places(&self) -> (&[u8], bool) {
        (self.field(386, 96), self.field(482, 1) != [0])
    }

    /// The same in a block that continues a map: 21 places.
    pub(super) fn more_sparse_places(&self) -> (&[u8], bool) {
        (self.field(0, 504), self.field(504, 1) != [0])
    }
}

/// A field up to its first NUL.
pub(super) fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// A number: octal digits, or two's complement in big-endian bytes if the first bit is set (GNU
/// and star, for what octal digits cannot hold).
pub(super) fn number(field: &[u8]) -> Option<i64> {
    let Some((first, rest)) = field.split_first().filter(|(first, _)| **first & 0x80 != 0) else {
        return i64::try_from(octal(field)?).ok();
    };
    // The second bit is the sign; the first only says that this is binary.
    let inverted = if first & 0x40 == 0 { 0 } else { 0xff };
    let mut value = u64::from((first ^ inverted) & 0x7f);
    for byte in rest {
        if value >> 56 != 0 {
            return None;
        }
        value = value << 8 | u64::from(byte ^ inverted);
    }
    let value = i64::try_from(value).ok()?;
    Some(if inverted == 0 { value } else { !value })
}

/// Octal digits with spaces and NULs around them; nothing but those is zero.
fn octal(field: &[u8]) -> Option<u64> {
    let is_padding = |byte: &u8| matches!(byte, b' ' | 0);
    let start = field.iter().position(|byte| !is_padding(byte)).unwrap_or(field.len());
    let end = field.iter().rposition(|byte| !is_padding(byte)).map_or(start, |last| last + 1);
    let mut value = 0_u64;
    for digit in text(field.get(start..end).unwrap_or_default()) {
        if !matches!(digit, b'0'..=b'7') {
            return None;
        }
        value = value.checked_mul(8)?.checked_add(u64::from(digit - b'0'))?;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_binary() {
        for (field, value) in [
            (&b"0000644\0"[..], Some(0o644)),
            (b"  644 \0\0", Some(0o644)),
            (b"\0\0\0\0\0\0\0\0", Some(0)),
            (b"        ", Some(0)),
            (b"77777777777\0", Some(0o77_777_777_777)),
            (b"777777777777", Some(0o777_777_777_777)),
            (b"0000008\0", None),
            (b"12 34\0\0\0", None),
            (b"-1\0\0\0\0\0\0", None),
            // Two's complement: the vectors of the GNU manual's base-256 rule.
            (b"\x80\0\0\0\0\0\0\x01", Some(1)),
            (b"\x80\0\0\0\0\0\0\x02\0\0\0\0", Some(8 << 30)),
            (b"\xff\xff\xff\xff\xff\xff\xff\xff", Some(-1)),
            (b"\xff\xff\xff\xff\xff\xff\xff\xfe", Some(-2)),
            (b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", Some(i64::MAX)),
            (b"\x80\0\0\0\x80\0\0\0\0\0\0\0", None),
            (b"\x80\x01\0\0\0\0\0\0\0\0\0\0", None),
        ] {
            assert_eq!(number(field), value, "{field:x?}");
        }
    }
}
