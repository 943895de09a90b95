//! The fields of a package, in its manifest and in an entry of a lock file.

use crate::lang::json::Key;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// The fields that matter, unread, so that one of an odd type does not spoil the others. Of a
/// field that is there twice the last counts, as in JavaScript.
#[derive(Default)]
pub(super) struct Fields<'a> {
    pub(super) name: Option<&'a RawValue>,
    pub(super) version: Option<&'a RawValue>,
    pub(super) license: Option<&'a RawValue>,
    pub(super) licenses: Option<&'a RawValue>,
    pub(super) link: Option<&'a RawValue>,
    pub(super) dev: Option<&'a RawValue>,
    pub(super) engines: Option<&'a RawValue>,
    /// The maps that name other packages.
    pub(super) dependencies: [Option<&'a RawValue>; 4],
}

impl<'a> Deserialize<'a> for Fields<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'a> Visitor<'a> for FieldsVisitor {
    type Value = Fields<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the object of a package")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Fields<'a>, A::Error> {
        let mut fields = Fields::default();
        while let Some(Key(key)) = map.next_key()? {
            let place = match &*key {
                "name" => &mut fields.name,
                "version" => &mut fields.version,
                "license" => &mut fields.license,
                "licenses" => &mut fields.licenses,
                "link" => &mut fields.link,
                "dev" => &mut fields.dev,
                "engines" => &mut fields.engines,
                "dependencies" => &mut fields.dependencies[0],
                "optionalDependencies" => &mut fields.dependencies[1],
                "peerDependencies" => &mut fields.dependencies[2],
                "devDependencies" => &mut fields.dependencies[3],
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *place = map.next_value()?;
        }
        Ok(fields)
    }
}
