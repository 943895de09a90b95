//! Content digests, as the OCI image specification writes them: `algorithm:hex`.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The hash a digest was made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// SHA-256, 64 hexadecimal digits.
    Sha256,
    /// SHA-512, 128 hexadecimal digits.
    Sha512,
}

impl Algorithm {
    /// The name used in front of the colon.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// How many hexadecimal digits a digest of this algorithm has.
    pub const fn hex_len(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

/// A digest that is known to be well formed: a registered algorithm and lower-case hexadecimal
/// digits of the right number (OCI image specification, "Digests").
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest {
    algorithm: Algorithm,
    hex: Box<str>,
}

/// Why a text is not a digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// No colon, or an algorithm that is not registered.
    #[error("`{0}` is not a digest: expected `sha256:` or `sha512:` and hexadecimal digits")]
    Algorithm(String),
    /// The digits are too few, too many or not lower-case hexadecimal.
    #[error("`{0}` is not a digest: expected {1} lower-case hexadecimal digits")]
    Hex(String, usize),
}

impl Digest {
    /// The digest with these SHA-256 hash bytes.
    pub fn sha256(hash: [u8; 32]) -> Self {
        Self { algorithm: Algorithm::Sha256, hex: hex(&hash).into_boxed_str() }
    }

    /// The digest with these SHA-512 hash bytes.
    pub fn sha512(hash: [u8; 64]) -> Self {
        Self { algorithm: Algorithm::Sha512, hex: hex(&hash).into_boxed_str() }
    }

    /// Builds a digest from raw hash bytes, whose number must fit the algorithm.
    pub fn from_bytes(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, DigestError> {
        Self::new(algorithm, hex(bytes))
    }

    fn new(algorithm: Algorithm, hex: String) -> Result<Self, DigestError> {
        let well_formed = hex.len() == algorithm.hex_len()
            && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if well_formed {
            Ok(Self { algorithm, hex: hex.into_boxed_str() })
        } else {
            Err(DigestError::Hex(format!("{}:{hex}", algorithm.name()), algorithm.hex_len()))
        }
    }

    /// The algorithm in front of the colon.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The hexadecimal digits behind the colon.
    pub fn hex(&self) -> &str {
        &self.hex
    }

    /// The first twelve digits, enough to recognize a digest by in a table.
    pub fn short(&self) -> &str {
        self.hex.get(..12).unwrap_or(&self.hex)
    }
}

/// Bytes as lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    let mut hex = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        // Writing to a String cannot fail.
        let _: fmt::Result = write!(hex, "{byte:02x}");
    }
    hex
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let (name, hex) =
            text.split_once(':').ok_or_else(|| DigestError::Algorithm(text.to_owned()))?;
        let algorithm = match name {
            "sha256" => Algorithm::Sha256,
            "sha512" => Algorithm::Sha512,
            _ => return Err(DigestError::Algorithm(text.to_owned())),
        };
        Self::new(algorithm, hex.to_owned())
    }
}

impl TryFrom<String> for Digest {
    type Error = DigestError;

    fn try_from(text: String) -> Result<Self, DigestError> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), self.hex)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_formed_digests_round_trip() {
        let text = format!("sha256:{}", "0123456789abcdef".repeat(4));
        let digest: Digest = text.parse().unwrap();
        assert_eq!(digest.to_string(), text);
        assert_eq!(digest.short(), "0123456789ab");
        assert_eq!(Digest::from_bytes(Algorithm::Sha256, &[0; 32]).unwrap().hex(), "0".repeat(64));
        assert_eq!(Digest::sha256([0xa5; 32]).to_string(), format!("sha256:{}", "a5".repeat(32)));
        assert_eq!(Digest::sha512([0xa5; 64]).to_string(), format!("sha512:{}", "a5".repeat(64)));
    }

    #[test]
    fn malformed_digests_are_refused() {
        let upper = format!("sha256:{}", "A".repeat(64));
        let path = format!("sha256:../../{}", "a".repeat(58));
        for bad in ["", "sha256", "sha256:", "md5:abcd", "sha256:abc", &upper, &path] {
            assert!(bad.parse::<Digest>().is_err(), "{bad}");
        }
    }
}
