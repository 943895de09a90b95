//! The values of a row.

use crate::database::{Database, Encoding};
use crate::int::varint;
use std::borrow::Cow;

/// A value of a row, as it is stored. Texts are in the encoding of the database: see
/// [`Database::text`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'p> {
    /// Nothing; also where a column is the row's number, which is not stored twice.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// Bytes.
    Blob(&'p [u8]),
    /// A text, undecoded.
    Text(&'p [u8]),
}

/// The columns of a row: the types of all of them come first, then their bytes. Ends where the row
/// is damaged.
#[derive(Clone, Debug)]
pub struct Record<'p> {
    types: &'p [u8],
    content: &'p [u8],
}

impl<'p> Record<'p> {
    /// The columns of a row that is put together.
    pub fn parse(payload: &'p [u8]) -> Option<Self> {
        let (header_bytes, rest) = varint(payload)?;
        let (header, content) = payload.split_at_checked(usize::try_from(header_bytes).ok()?)?;
        let types = header.get(payload.len().checked_sub(rest.len())?..)?;
        Some(Self { types, content })
    }
}

impl<'p> Iterator for Record<'p> {
    type Item = Value<'p>;

    fn next(&mut self) -> Option<Value<'p>> {
        let (kind, types) = varint(self.types)?;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            12.. => kind.checked_sub(12)? / 2,
        };
        let (bytes, content) = self.content.split_at_checked(usize::try_from(length).ok()?)?;
        let value = match kind {
            0 => Value::Null,
            1..=6 => Value::Integer(integer(bytes)),
            7 => Value::Real(f64::from_be_bytes(*bytes.first_chunk()?)),
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            _ if kind % 2 == 0 => Value::Blob(bytes),
            _ => Value::Text(bytes),
        };
        (self.types, self.content) = (types, content);
        Some(value)
    }
}

impl Database<'_> {
    /// A text value, decoded; what is no text of the encoding is replaced as lossy readers do.
    pub fn text<'p>(&self, value: Value<'p>) -> Option<Cow<'p, str>> {
        let Value::Text(bytes) = value else { return None };
        let number = match self.encoding {
            Encoding::Utf8 => return Some(String::from_utf8_lossy(bytes)),
            Encoding::Utf16Little => u16::from_le_bytes,
            Encoding::Utf16Big => u16::from_be_bytes,
        };
        let (units, _) = bytes.as_chunks::<2>();
        let units: Vec<u16> = units.iter().map(|unit| number(*unit)).collect();
        Some(Cow::Owned(String::from_utf16_lossy(&units)))
    }
}

/// A big-endian number of up to eight bytes, with its sign.
fn integer(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
    let start = if negative { -1 } else { 0 };
    bytes.iter().fold(start, |number: i64, byte| (number << 8) | i64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_a_sign() {
        assert_eq!(integer(&[0x7f]), 127);
        assert_eq!(integer(&[0xff]), -1);
        assert_eq!(integer(&[0x80, 0x00]), -32_768);
        assert_eq!(integer(&[0x00, 0xff, 0xff]), 65_535);
        assert_eq!(integer(&i64::MIN.to_be_bytes()), i64::MIN);
    }
}
