//! What templates can call: Go's own functions, Trivy's, and those of Sprig that templates use.
//!
//! Left out on purpose is what would make two runs differ (random numbers, the clock but for one
//! moment), what asks the machine (the environment, the network) and what makes keys.

mod args;
mod builtin;
mod collection;
mod json;
mod math;
mod pattern;
mod string;
mod when;

use super::value::{List, Map, Value};
use crate::AwsOptions;
use regex::Regex;
use sha2::{Digest as _, Sha256};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use time::OffsetDateTime;

/// Bytes of one text that a template makes.
const TEXT_BYTES_MAX: usize = 16 << 20;

/// Bytes of everything a template makes, whether it still has that or not: what a run can take of
/// memory, and of time where it makes large texts. A hundred thousand findings make some hundred
/// megabytes.
const MADE_BYTES_MAX: u64 = 4 << 30;

/// A function, and how many arguments it takes.
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) least: usize,
    pub(super) most: usize,
    pub(super) run: Run,
}

/// What a function does.
type Run = for<'a> fn(&mut Context<'a>, &[Value<'a>]) -> Result<Value<'a>, String>;

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Any number of arguments.
const ANY: usize = usize::MAX;

const fn function(name: &'static str, least: usize, most: usize, run: Run) -> Function {
    Function { name, least, most, run }
}

const TABLES: [&[Function]; 7] = [
    &builtin::FUNCTIONS,
    &collection::FUNCTIONS,
    &json::FUNCTIONS,
    &math::FUNCTIONS,
    &pattern::FUNCTIONS,
    &string::FUNCTIONS,
    &when::FUNCTIONS,
];

/// The names of all functions, sorted.
pub(crate) fn names() -> Vec<&'static str> {
    let tables: &'static [&'static [Function]] = &TABLES;
    let mut names: Vec<_> =
        tables.iter().copied().flatten().map(|function| function.name).collect();
    names.sort_unstable_by_key(|name| name.to_ascii_lowercase());
    names
}

/// The function of a name.
pub(super) fn find(name: &str) -> Result<&'static Function, String> {
    let tables: &'static [&'static [Function]] = &TABLES;
    let found = tables.iter().copied().flatten().find(|function| function.name == name);
    found.ok_or_else(|| {
        format!("there is no function `{name}`; those there are: {}", names().join(", "))
    })
}

/// What functions know of the run, and what it may still do.
pub(crate) struct Context<'a> {
    pub(super) now: OffsetDateTime,
    pub(super) version: String,
    pub(super) aws: AwsOptions,
    made: u64,
    /// Every map that was made, so that none is let go of inside another; see [`Context::drop`].
    maps: Vec<Rc<Map<'a>>>,
    patterns: BTreeMap<String, Regex>,
    ids: u32,
}

impl<'a> Context<'a> {
    pub(crate) fn new(now: OffsetDateTime, version: &str, aws: AwsOptions) -> Self {
        let version = version.to_owned();
        let maps = Vec::new();
        Self { now, version, aws, made: 0, maps, patterns: BTreeMap::new(), ids: 0 }
    }

    /// Counts bytes that are made.
    pub(super) fn charge(&mut self, bytes: usize) -> Result<(), String> {
        self.made = self.made.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if self.made > MADE_BYTES_MAX {
            return Err(format!("the template made more than {} GiB", MADE_BYTES_MAX >> 30));
        }
        Ok(())
    }

    /// Refuses a text that would be too long, before it is made.
    pub(super) fn fits(&mut self, bytes: usize) -> Result<(), String> {
        if bytes > TEXT_BYTES_MAX {
            return Err(format!("a text would be longer than {} MiB", TEXT_BYTES_MAX >> 20));
        }
        self.charge(bytes)
    }

    pub(super) fn text(&mut self, text: impl Into<Arc<str>>) -> Result<Value<'a>, String> {
        let text = text.into();
        self.fits(text.len())?;
        Ok(Value::Text(text))
    }

    pub(super) fn list(&mut self, values: Vec<Value<'a>>) -> Result<Value<'a>, String> {
        self.list_of(&super::types::Kind::Any, values)
    }

    pub(super) fn list_of(
        &mut self,
        of: &'static super::types::Kind,
        values: Vec<Value<'a>>,
    ) -> Result<Value<'a>, String> {
        self.charge(values.len().saturating_mul(size_of::<Value<'_>>()))?;
        List::new(of, values).map(Value::List)
    }

    pub(super) fn texts(
        &mut self,
        texts: impl IntoIterator<Item = impl Into<Arc<str>>>,
    ) -> Result<Value<'a>, String> {
        let mut values = Vec::new();
        for text in texts {
            values.push(self.text(text)?);
        }
        self.list_of(&super::types::Kind::Text, values)
    }

    pub(super) fn map_of(
        &mut self,
        of: &'static super::types::Kind,
        entries: BTreeMap<Arc<str>, Value<'a>>,
    ) -> Result<Value<'a>, String> {
        // What a map takes beside its entries, so that empty ones are not free.
        self.charge(256 + entries.len().saturating_mul(2 * size_of::<Value<'_>>()))?;
        let map = Rc::new(Map { of, entries: RefCell::new(entries) });
        self.maps.push(Rc::clone(&map));
        Ok(Value::Map(map))
    }

    /// A UUID that only a run of the same template over the same report has.
    fn uuid(&mut self) -> String {
        self.ids += 1;
        let hash = Sha256::digest(format!("{}\n{}", self.now.unix_timestamp(), self.ids));
        let mut bytes = [0_u8; 16];
        for (to, from) in bytes.iter_mut().zip(hash) {
            *to = from;
        }
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let n = u128::from_be_bytes(bytes);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            n >> 96,
            (n >> 80) & 0xffff,
            (n >> 64) & 0xffff,
            (n >> 48) & 0xffff,
            n & 0xffff_ffff_ffff
        )
    }
}

/// Maps may hold each other, and themselves. Emptied one by one they are let go of without a frame
/// of the stack for each, and none stays behind.
impl Drop for Context<'_> {
    fn drop(&mut self) {
        for map in &self.maps {
            drop(map.entries.take());
        }
    }
}
