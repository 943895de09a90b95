//! What templates work with: values as Go has them, and lists that are made element by element.

use super::types::{Kind, Type};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use time::OffsetDateTime;

/// A value.
#[derive(Clone)]
pub(crate) enum Value<'a> {
    /// No value: an entry a map does not have.
    Nil,
    /// A pointer to nothing, such as the date of what has none.
    NilPointer,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Arc<str>),
    Time(OffsetDateTime),
    List(List<'a>),
    Map(Rc<Map<'a>>),
    Struct(&'static Type, Rc<Fields<'a>>),
}

/// The fields of a structure that are not empty.
pub(crate) type Fields<'a> = Vec<(&'static str, Value<'a>)>;

/// Values by key, in the order of the keys. Templates can change one (`set`), and everyone who has
/// it sees that.
pub(crate) struct Map<'a> {
    pub(super) of: &'static Kind,
    pub(super) entries: RefCell<BTreeMap<Arc<str>, Value<'a>>>,
}

/// A list that makes its elements when they are asked for.
pub(crate) trait Many<'a> {
    fn len(&self) -> usize;
    fn get(&self, at: usize) -> Option<Value<'a>>;
}

/// A part of a list. The list behind it only grows, so what is a part of it never changes.
#[derive(Clone)]
pub(crate) struct List<'a> {
    pub(super) of: &'static Kind,
    behind: Behind<'a>,
    start: usize,
    len: usize,
    /// How many lists lie inside of each other here; see [`LIST_DEPTH_MAX`].
    depth: usize,
}

/// Lists inside of each other: letting go of them takes a frame of the stack each.
const LIST_DEPTH_MAX: usize = 100;

#[derive(Clone)]
enum Behind<'a> {
    Made(Rc<RefCell<Vec<Value<'a>>>>),
    Many(Rc<dyn Many<'a> + 'a>),
    /// Go's nil, which is empty as well, and `null` in JSON.
    Nothing,
}

impl<'a> List<'a> {
    /// A list of values of a kind.
    pub(super) fn new(of: &'static Kind, values: Vec<Value<'a>>) -> Result<Self, String> {
        let depth = 1 + values.iter().map(depth).max().unwrap_or_default();
        if depth > LIST_DEPTH_MAX {
            return Err(format!("more than {LIST_DEPTH_MAX} lists are inside of each other"));
        }
        let len = values.len();
        let behind = Behind::Made(Rc::new(RefCell::new(values)));
        Ok(Self { of, behind, start: 0, len, depth })
    }

    /// The list of a field that was left out.
    pub(super) const fn nothing(of: &'static Kind) -> Self {
        Self { of, behind: Behind::Nothing, start: 0, len: 0, depth: 1 }
    }

    pub(super) const fn is_nothing(&self) -> bool {
        matches!(self.behind, Behind::Nothing)
    }

    /// A list that is made when it is read.
    pub(crate) fn many(of: &'static Kind, many: Rc<dyn Many<'a> + 'a>) -> Self {
        let len = many.len();
        Self { of, behind: Behind::Many(many), start: 0, len, depth: 1 }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn get(&self, at: usize) -> Option<Value<'a>> {
        let inside = (at < self.len).then_some(self.start + at)?;
        match &self.behind {
            Behind::Made(values) => values.borrow().get(inside).cloned(),
            Behind::Many(many) => many.get(inside),
            Behind::Nothing => None,
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Value<'a>> + '_ {
        (0..self.len).map_while(|at| self.get(at))
    }

    /// The part from one position to another, if it has both.
    pub(super) fn part(&self, from: usize, to: usize) -> Option<Self> {
        let fits = from <= to && to <= self.len;
        fits.then(|| Self { start: self.start + from, len: to - from, ..self.clone() })
    }

    /// The list with one more value. Where it ends with what lies behind it, that grows, so that
    /// appending again and again does not copy again and again.
    pub(super) fn with(&self, value: Value<'a>) -> Result<(Self, usize), String> {
        if let Behind::Made(values) = &self.behind
            && !matches!(value, Value::List(_))
            && matches!(self.of, Kind::Any)
        {
            let mut values = values.borrow_mut();
            if self.start + self.len == values.len() {
                values.push(value);
                return Ok((Self { len: self.len + 1, ..self.clone() }, 1));
            }
        }
        let mut copy: Vec<_> = self.iter().collect();
        copy.push(value);
        Ok((Self::new(&Kind::Any, copy)?, self.len + 1))
    }
}

/// Maps end the count: they are let go of one by one at the end.
const fn depth(value: &Value<'_>) -> usize {
    match value {
        Value::List(list) => list.depth,
        _ => 0,
    }
}

impl Value<'_> {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// What Go calls the type of the value.
    pub(super) fn type_name(&self) -> String {
        match self {
            Self::Nil | Self::NilPointer => "nil".to_owned(),
            Self::Bool(_) => "bool".to_owned(),
            Self::Int(_) => "int".to_owned(),
            Self::Float(_) => "float64".to_owned(),
            Self::Text(_) => "string".to_owned(),
            Self::Time(_) => "time.Time".to_owned(),
            Self::List(list) => format!("[]{}", list.of.name()),
            Self::Map(map) => format!("map[string]{}", map.of.name()),
            Self::Struct(kind, _) => kind.name.to_owned(),
        }
    }

    /// What Go calls the kind of the value.
    pub(super) const fn kind_name(&self) -> &'static str {
        match self {
            Self::Nil => "invalid",
            Self::NilPointer => "ptr",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float64",
            Self::Text(_) => "string",
            Self::Time(_) | Self::Struct(..) => "struct",
            Self::List(_) => "slice",
            Self::Map(_) => "map",
        }
    }

    /// Whether `if` takes it for true: whether it is not the zero of its type.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Nil | Self::NilPointer => false,
            Self::Bool(is) => *is,
            Self::Int(number) => *number != 0,
            Self::Float(number) => *number != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::List(list) => !list.is_empty(),
            Self::Map(map) => !map.entries.borrow().is_empty(),
            Self::Time(_) | Self::Struct(..) => true,
        }
    }

    /// A field of a structure, or the value of a key.
    pub(super) fn field(&self, name: &str) -> Result<Self, String> {
        match self {
            Self::Nil => Ok(Self::Nil),
            Self::NilPointer => Err(format!("there is nothing to take the field `{name}` of")),
            Self::Map(map) => Ok(map.entries.borrow().get(name).cloned().unwrap_or(Self::Nil)),
            Self::Struct(kind, fields) => kind.field(name, fields).ok_or_else(|| {
                let known = kind.field_names().join(", ");
                format!("{} has no field `{name}`: it has {known}", kind.name)
            }),
            other => Err(format!("a {} has no field `{name}`", other.type_name())),
        }
    }
}
