//! Values from anything that can be written: a serializer that makes what a kind asks for.

use super::types::{Kind, Type};
use super::value::{Fields, List, Map, Value};
use crate::text;
use serde::ser::{self, Serialize, Serializer};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The value of something, as a kind.
pub(crate) fn value<'a, T: Serialize + ?Sized>(
    of: &T,
    kind: &'static Kind,
) -> Result<Value<'a>, Unfit> {
    of.serialize(Maker(kind, std::marker::PhantomData))
}

/// Why something has no value.
#[derive(Debug)]
pub(crate) struct Unfit(String);

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unfit {}

impl ser::Error for Unfit {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

fn unfit(what: &str) -> Unfit {
    Unfit(format!("a template cannot be given {what}"))
}

struct Maker<'a>(&'static Kind, std::marker::PhantomData<Value<'a>>);

impl<'a> Serializer for Maker<'a> {
    type Ok = Value<'a>;
    type Error = Unfit;
    type SerializeSeq = Listing<'a>;
    type SerializeTuple = Listing<'a>;
    type SerializeTupleStruct = Listing<'a>;
    type SerializeTupleVariant = ser::Impossible<Value<'a>, Unfit>;
    type SerializeMap = Mapping<'a>;
    type SerializeStruct = Mapping<'a>;
    type SerializeStructVariant = ser::Impossible<Value<'a>, Unfit>;

    fn serialize_bool(self, v: bool) -> Result<Value<'a>, Unfit> {
        Ok(Value::Bool(v))
    }

    fn serialize_i8(self, v: i8) -> Result<Value<'a>, Unfit> {
        self.serialize_i64(v.into())
    }

    fn serialize_i16(self, v: i16) -> Result<Value<'a>, Unfit> {
        self.serialize_i64(v.into())
    }

    fn serialize_i32(self, v: i32) -> Result<Value<'a>, Unfit> {
        self.serialize_i64(v.into())
    }

    /// A number where anything may be is what Go's JSON makes of it: one with a point.
    #[expect(clippy::cast_precision_loss, reason = "as JSON's numbers are read")]
    fn serialize_i64(self, v: i64) -> Result<Value<'a>, Unfit> {
        Ok(match self.0 {
            Kind::Any | Kind::Float => Value::Float(v as f64),
            _ => Value::Int(v),
        })
    }

    fn serialize_u8(self, v: u8) -> Result<Value<'a>, Unfit> {
        self.serialize_i64(v.into())
    }

    fn serialize_u16(self, v: u16) -> Result<Value<'a>, Unfit> {
        self.serialize_i64(v.into())
    }

    fn serialize_u32(self, v: u32) -> Result<Value<'a>, Unfit> {
        self.serialize_i64(v.into())
    }

    fn serialize_u64(self, v: u64) -> Result<Value<'a>, Unfit> {
        self.serialize_i64(i64::try_from(v).map_err(|_| unfit("a number of 64 bits"))?)
    }

    fn serialize_f32(self, v: f32) -> Result<Value<'a>, Unfit> {
        Ok(Value::Float(v.into()))
    }

    fn serialize_f64(self, v: f64) -> Result<Value<'a>, Unfit> {
        Ok(Value::Float(v))
    }

    fn serialize_char(self, v: char) -> Result<Value<'a>, Unfit> {
        self.serialize_str(v.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, v: &str) -> Result<Value<'a>, Unfit> {
        if matches!(self.0, Kind::Time) {
            let time = OffsetDateTime::parse(v, &Rfc3339).map_err(|_| unfit("such a time"))?;
            return Ok(Value::Time(time.to_offset(time::UtcOffset::UTC)));
        }
        Ok(Value::Text(harmless(v)))
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Value<'a>, Unfit> {
        Err(unfit("bytes"))
    }

    fn serialize_none(self) -> Result<Value<'a>, Unfit> {
        Ok(self.0.zero())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value<'a>, Unfit> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value<'a>, Unfit> {
        Ok(self.0.zero())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value<'a>, Unfit> {
        Ok(self.0.zero())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Value<'a>, Unfit> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Value<'a>, Unfit> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Value<'a>, Unfit> {
        Err(unfit("a variant"))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Listing<'a>, Unfit> {
        let of = match self.0 {
            Kind::List(of) => of,
            _ => &Kind::Any,
        };
        Ok(Listing { of, values: Vec::new() })
    }

    fn serialize_tuple(self, len: usize) -> Result<Listing<'a>, Unfit> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<Listing<'a>, Unfit> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<ser::Impossible<Value<'a>, Unfit>, Unfit> {
        Err(unfit("a variant"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Mapping<'a>, Unfit> {
        Ok(match self.0 {
            Kind::Struct(kind) | Kind::Pointer(kind) => Mapping::of(kind),
            Kind::Map(of) => Mapping::Map { of, entries: BTreeMap::new(), key: String::new() },
            _ => Mapping::Map { of: &Kind::Any, entries: BTreeMap::new(), key: String::new() },
        })
    }

    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Mapping<'a>, Unfit> {
        match (self.0, Type::of(name)) {
            (Kind::Any, Some(kind)) => Ok(Mapping::of(kind)),
            _ => self.serialize_map(Some(len)),
        }
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<ser::Impossible<Value<'a>, Unfit>, Unfit> {
        Err(unfit("a variant"))
    }
}

/// A text of a report as a template may write it: what a terminal would act on is named instead.
/// Line breaks and tabs stay, as templates know how to escape these.
pub(crate) fn harmless(text: &str) -> Arc<str> {
    let is_whitespace = |c| matches!(c, '\n' | '\t');
    if !text.contains(|c| text::is_unsafe(c) && !is_whitespace(c)) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for part in text.split_inclusive(is_whitespace) {
        let words = part.trim_end_matches(is_whitespace);
        shown.push_str(&text::plain(words, true));
        shown.push_str(part.strip_prefix(words).unwrap_or_default());
    }
    shown.into()
}

struct Listing<'a> {
    of: &'static Kind,
    values: Vec<Value<'a>>,
}

impl<'a> ser::SerializeSeq for Listing<'a> {
    type Ok = Value<'a>;
    type Error = Unfit;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unfit> {
        self.values.push(self::value(value, self.of)?);
        Ok(())
    }

    fn end(self) -> Result<Value<'a>, Unfit> {
        List::new(self.of, self.values).map(Value::List).map_err(Unfit)
    }
}

impl<'a> ser::SerializeTuple for Listing<'a> {
    type Ok = Value<'a>;
    type Error = Unfit;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unfit> {
        ser::SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<Value<'a>, Unfit> {
        ser::SerializeSeq::end(self)
    }
}

impl<'a> ser::SerializeTupleStruct for Listing<'a> {
    type Ok = Value<'a>;
    type Error = Unfit;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unfit> {
        ser::SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<Value<'a>, Unfit> {
        ser::SerializeSeq::end(self)
    }
}

enum Mapping<'a> {
    Map { of: &'static Kind, entries: BTreeMap<Arc<str>, Value<'a>>, key: String },
    Struct { kind: &'static Type, fields: Fields<'a>, key: String },
}

impl Mapping<'_> {
    fn of(kind: &'static Type) -> Self {
        Self::Struct { kind, fields: Vec::new(), key: String::new() }
    }
}

impl<'a> ser::SerializeMap for Mapping<'a> {
    type Ok = Value<'a>;
    type Error = Unfit;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unfit> {
        let Value::Text(text) = value(key, &Kind::Text)? else {
            return Err(unfit("keys that are no text"));
        };
        let (Self::Map { key, .. } | Self::Struct { key, .. }) = self;
        text.as_ref().clone_into(key);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unfit> {
        match self {
            Self::Map { of, entries, key } => {
                entries.insert(key.as_str().into(), self::value(value, of)?);
            }
            Self::Struct { kind, fields, key } => {
                let (field, of) = kind
                    .kind_of(key)
                    .ok_or_else(|| Unfit(format!("{} has no field `{key}`", kind.name)))?;
                fields.push((field, self::value(value, of)?));
            }
        }
        Ok(())
    }

    fn end(self) -> Result<Value<'a>, Unfit> {
        Ok(match self {
            Self::Map { of, entries, .. } => {
                Value::Map(Rc::new(Map { of, entries: RefCell::new(entries) }))
            }
            Self::Struct { kind, fields, .. } => Value::Struct(kind, Rc::new(fields)),
        })
    }
}

impl<'a> ser::SerializeStruct for Mapping<'a> {
    type Ok = Value<'a>;
    type Error = Unfit;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Unfit> {
        let (Self::Map { key: next, .. } | Self::Struct { key: next, .. }) = self;
        key.clone_into(next);
        ser::SerializeMap::serialize_value(self, value)
    }

    fn end(self) -> Result<Value<'a>, Unfit> {
        ser::SerializeMap::end(self)
    }
}
