//! One record after the other out of a file of a hundred megabytes, without building the whole.

use crate::feed::FeedError;
use crate::feed::json::expect_data;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// Which version of the feed a record is of.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// 2.0.
    Current,
    /// 1.1.
    Old,
}

type Each<'f> = &'f mut dyn FnMut(Kind, &RawValue);

/// Shows every record of a file.
pub(super) fn records(bytes: &[u8], each: Each<'_>) -> Result<(), FeedError> {
    expect_data(bytes, "JSON")?;
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = json.deserialize_map(File { each }).and_then(|()| json.end());
    read.map_err(|error| if error.is_eof() { FeedError::CutOff } else { FeedError::Json(error) })
}

struct File<'f> {
    each: Each<'f>,
}

impl<'de> Visitor<'de> for File<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `vulnerabilities` or `CVE_Items`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let kind = match key.as_str() {
                "vulnerabilities" => Kind::Current,
                "CVE_Items" => Kind::Old,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            map.next_value_seed(List { kind, each: self.each })?;
        }
        Ok(())
    }
}

struct List<'f> {
    kind: Kind,
    each: Each<'f>,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(record) = list.next_element::<&RawValue>()? {
            (self.each)(self.kind, record);
        }
        Ok(())
    }
}
