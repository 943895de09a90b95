//! PAX extended headers: records `LENGTH KEY=VALUE\n` that overrule the header that follows
//! (POSIX.1-2024 `pax`, "pax Extended Header").

/// The longest of the three forms of file capabilities has 24 bytes (`linux/capability.h`).
const CAPABILITY_BYTES_MAX: usize = 64;

/// What extended headers say of the next entry. An empty value leaves the header's own in force.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Extended {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<i64>,
    pub(super) uid: Option<i64>,
    pub(super) gid: Option<i64>,
    /// The extended attribute that holds file capabilities.
    pub(super) capability: Option<Vec<u8>>,
    pub(super) sparse: SparseRecords,
}

/// The records with which GNU tar describes a sparse file, not yet understood.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SparseRecords {
    pub(super) major: Option<Vec<u8>>,
    pub(super) minor: Option<Vec<u8>>,
    pub(super) name: Option<Vec<u8>>,
    pub(super) size: Option<Vec<u8>>,
    pub(super) real_size: Option<Vec<u8>>,
    pub(super) count: Option<Vec<u8>>,
    /// Offsets and lengths in turn, with commas between.
    pub(super) map: Option<Vec<u8>>,
}

impl Extended {
    /// Whether there is a record that this reader would follow.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Reads the body of an extended header; the reason if it is malformed.
    ///
    /// Lengths and numbers are checked as strictly as Go does it: a layer with a bad record cannot
    /// be unpacked by a container runtime.
    pub(super) fn parse(mut body: &[u8]) -> Result<Self, &'static str> {
        let mut extended = Self::default();
        // Version 0.0 of the sparse format repeats two keys; together they are a map.
        let mut places: Vec<u8> = Vec::new();
        let mut place_count = 0_usize;
        while !body.is_empty() {
            let Record { key, value, rest } = Record::first_of(body)?;
            body = rest;
            let kept = Some(value).filter(|value| !value.is_empty()).map(<[u8]>::to_vec);
            let sparse = &mut extended.sparse;
            match key {
                b"path" => extended.path = without_nul(kept)?,
                b"linkpath" => extended.link = without_nul(kept)?,
                b"uname" | b"gname" => drop(without_nul(kept)?),
                b"size" => extended.size = kept.as_deref().map(decimal).transpose()?,
                b"uid" => extended.uid = kept.as_deref().map(decimal).transpose()?,
                b"gid" => extended.gid = kept.as_deref().map(decimal).transpose()?,
                b"SCHILY.xattr.security.capability" if value.len() <= CAPABILITY_BYTES_MAX => {
                    extended.capability = kept;
                }
                b"GNU.sparse.major" => sparse.major = kept,
                b"GNU.sparse.minor" => sparse.minor = kept,
                b"GNU.sparse.name" => sparse.name = kept,
                b"GNU.sparse.size" => sparse.size = kept,
                b"GNU.sparse.realsize" => sparse.real_size = kept,
                b"GNU.sparse.numblocks" => sparse.count = kept,
                b"GNU.sparse.map" => sparse.map = kept,
                b"GNU.sparse.offset" | b"GNU.sparse.numbytes" => {
                    let is_offset = key == b"GNU.sparse.offset";
                    if is_offset != place_count.is_multiple_of(2) || value.contains(&b',') {
                        return Err("sparse map records are out of order");
                    }
                    if place_count > 0 {
                        places.push(b',');
                    }
                    places.extend_from_slice(value);
                    place_count = place_count.saturating_add(1);
                }
                _ if key.contains(&0) => return Err("an extended header key holds a NUL"),
                _ => {}
            }
        }
        if place_count > 0 {
            extended.sparse.map = Some(places);
        }
        Ok(extended)
    }
}

/// A record, and the bytes that follow it.
struct Record<'b> {
    key: &'b [u8],
    value: &'b [u8],
    rest: &'b [u8],
}

impl<'b> Record<'b> {
    fn first_of(body: &'b [u8]) -> Result<Self, &'static str> {
        const MALFORMED: &str = "malformed extended header record";
        let space = body.iter().position(|byte| *byte == b' ').ok_or(MALFORMED)?;
        let (digits, _) = body.split_at_checked(space).ok_or(MALFORMED)?;
        let len = usize::try_from(decimal(digits)?).map_err(|_| MALFORMED)?;
        let (record, rest) = body.split_at_checked(len).ok_or(MALFORMED)?;
        let record = record.get(space.saturating_add(1)..).ok_or(MALFORMED)?;
        let record = record.strip_suffix(b"\n").ok_or(MALFORMED)?;
        let equals = record.iter().position(|byte| *byte == b'=').ok_or(MALFORMED)?;
        let (key, value) = record.split_at_checked(equals).ok_or(MALFORMED)?;
        Ok(Self { key, value: value.get(1..).unwrap_or_default(), rest })
    }
}

/// Refuses a NUL in a name, where it would cut the name short for some readers and not for others.
fn without_nul(value: Option<Vec<u8>>) -> Result<Option<Vec<u8>>, &'static str> {
    if value.as_ref().is_some_and(|value| value.contains(&0)) {
        return Err("a name in an extended header holds a NUL");
    }
    Ok(value)
}

/// A decimal number with an optional sign.
pub(super) fn decimal(value: &[u8]) -> Result<i64, &'static str> {
    std::str::from_utf8(value)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or("a number in an extended header is malformed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_overrule_and_the_last_one_wins() {
        let extended =
            Extended::parse(b"9 path=a\n9 path=b\n12 uid=1000\n16 comment=a=b\n\n").unwrap();
        assert_eq!(extended.path.as_deref(), Some(&b"b"[..]));
        assert_eq!(extended.uid, Some(1000));
        assert_eq!(extended.size, None);
    }

    #[test]
    fn an_empty_value_leaves_the_header_in_force() {
        let extended = Extended::parse(b"9 path=a\n8 path=\n8 size=\n").unwrap();
        assert!(extended.is_empty(), "{extended:?}");
    }

    #[test]
    fn malformed_records_are_refused() {
        for body in [
            &b"9 path=a"[..],
            b"8 path=a\n",
            b"11 path=a\n",
            b"path=a\n",
            b" 9 path=a\n",
            b"0 path=a\n",
            b"-9 path=a\n",
            b"2 \n",
            b"1 ",
            b"7 path\n",
            b"99999999999999999999 path=a\n",
            b"12 path=a\0b\n",
            b"10 size=x\n",
            b"9 a\0b=c\n\n",
            b"26 GNU.sparse.numbytes=10\n",
            b"25 GNU.sparse.offset=1,2\n",
            b"23 GNU.sparse.offset=1\n23 GNU.sparse.offset=2\n",
        ] {
            assert!(Extended::parse(body).is_err(), "{:?}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn repeated_sparse_records_become_a_map() {
        let extended =
            Extended::parse(b"23 GNU.sparse.offset=0\n25 GNU.sparse.numbytes=5\n").unwrap();
        assert_eq!(extended.sparse.map.as_deref(), Some(&b"0,5"[..]));
    }
}
