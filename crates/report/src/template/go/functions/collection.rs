//! Lists, dictionaries, defaults and types.

use super::super::types::Kind;
use super::super::value::{List, Map, Value};
use super::args::{any_text, boolean, exactly, first, int, is_empty, list, map, text};
use super::{ANY, Context, Function, function};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

pub(super) const FUNCTIONS: [Function; 54] = [
    function("list", 0, ANY, |context, args| context.list(args.to_vec())),
    function("tuple", 0, ANY, |context, args| context.list(args.to_vec())),
    function("append", 2, 2, push),
    function("push", 2, 2, push),
    function("mustAppend", 2, 2, push),
    function("mustPush", 2, 2, push),
    function("prepend", 2, 2, |context, args| {
        let [values, value] = exactly(args)?;
        let all = std::iter::once(value.clone()).chain(list(values)?.iter()).collect();
        context.list(all)
    }),
    function("concat", 1, ANY, |context, args| {
        let mut all = Vec::new();
        for values in args {
            all.extend(list(values)?.iter());
        }
        context.list(all)
    }),
    function("first", 1, 1, |_, args| Ok(list(first(args)?.0)?.get(0).unwrap_or(Value::Nil))),
    function("mustFirst", 1, 1, |_, args| Ok(list(first(args)?.0)?.get(0).unwrap_or(Value::Nil))),
    function("last", 1, 1, last),
    function("mustLast", 1, 1, last),
    function("rest", 1, 1, |_, args| part(args, |length| 1..length)),
    function("mustRest", 1, 1, |_, args| part(args, |length| 1..length)),
    function("initial", 1, 1, |_, args| part(args, |length| 0..length.saturating_sub(1))),
    function("mustInitial", 1, 1, |_, args| part(args, |length| 0..length.saturating_sub(1))),
    function("reverse", 1, 1, |context, args| {
        let mut values: Vec<_> = list(first(args)?.0)?.iter().collect();
        values.reverse();
        context.list(values)
    }),
    function("compact", 1, 1, |context, args| {
        let values = list(first(args)?.0)?.iter().filter(|value| !is_empty(value)).collect();
        context.list(values)
    }),
    function("uniq", 1, 1, uniq),
    function("mustUniq", 1, 1, uniq),
    function("without", 1, ANY, |context, args| {
        let (values, unwanted) = first(args)?;
        let mut kept = Vec::new();
        for value in list(values)?.iter() {
            if !holds(context, unwanted.iter().cloned(), &value)? {
                kept.push(value);
            }
        }
        context.list(kept)
    }),
    function("has", 2, 2, has),
    function("mustHas", 2, 2, has),
    function("chunk", 2, 2, |context, args| {
        let [size, values] = exactly(args)?;
        let size = usize::try_from(int(size)?).ok().filter(|size| *size > 0);
        let size = size.ok_or("a part of a list has one element at least")?;
        let values = list(values)?;
        let mut parts = Vec::new();
        for from in (0..values.len()).step_by(size) {
            let to = from.saturating_add(size).min(values.len());
            parts.extend(values.part(from, to).map(Value::List));
        }
        context.list_of(&Kind::List(&Kind::Any), parts)
    }),
    function("sortAlpha", 1, 1, |context, args| {
        let mut texts = strings(first(args)?.0)?;
        texts.sort_unstable();
        context.texts(texts)
    }),
    function("join", 2, 2, |context, args| {
        let [separator, values] = exactly(args)?;
        let (separator, texts) = (text(separator)?, strings(values)?);
        let bytes: usize = texts.iter().map(|text| text.len() + separator.len()).sum();
        context.fits(bytes)?;
        context.text(texts.join(separator))
    }),
    function("toStrings", 1, 1, |context, args| {
        let texts = strings(first(args)?.0)?;
        context.texts(texts)
    }),
    function("until", 1, 1, |context, args| {
        let count = int(first(args)?.0)?;
        numbers(context, 0, count, if count < 0 { -1 } else { 1 })
    }),
    function("untilStep", 3, 3, |context, args| {
        let [start, stop, step] = exactly(args)?;
        numbers(context, int(start)?, int(stop)?, int(step)?)
    }),
    function("dict", 0, ANY, |context, args| {
        let mut entries = BTreeMap::new();
        for pair in args.chunks(2) {
            let (key, value) = first(pair)?;
            let value = value.first().cloned().unwrap_or_else(|| Value::text(""));
            entries.insert(Arc::from(any_text(key)?), value);
        }
        context.map_of(&Kind::Any, entries)
    }),
    function("get", 2, 2, |_, args| {
        let [entries, key] = exactly(args)?;
        let found = map(entries)?.entries.borrow().get(text(key)?).cloned();
        Ok(found.unwrap_or_else(|| Value::text("")))
    }),
    function("set", 3, 3, |context, args| {
        let [entries, key, value] = exactly(args)?;
        let target = map(entries)?;
        context.charge(2 * size_of::<Value<'_>>())?;
        // Whatever it holds from now on is let go of by the context.
        context.maps.push(Rc::clone(target));
        target.entries.borrow_mut().insert(text(key)?.into(), value.clone());
        Ok(entries.clone())
    }),
    function("unset", 2, 2, |_, args| {
        let [entries, key] = exactly(args)?;
        let removed = map(entries)?.entries.borrow_mut().remove(text(key)?);
        drop(removed);
        Ok(entries.clone())
    }),
    function("hasKey", 2, 2, |_, args| {
        let [entries, key] = exactly(args)?;
        Ok(Value::Bool(map(entries)?.entries.borrow().contains_key(text(key)?)))
    }),
    function("keys", 0, ANY, |context, args| {
        let mut keys = Vec::new();
        for entries in args {
            keys.extend(map(entries)?.entries.borrow().keys().cloned());
        }
        context.texts(keys)
    }),
    function("values", 1, 1, |context, args| {
        let values = map(first(args)?.0)?.entries.borrow().values().cloned().collect();
        context.list(values)
    }),
    function("pluck", 1, ANY, |context, args| {
        let (key, dictionaries) = first(args)?;
        let mut values = Vec::new();
        for entries in dictionaries {
            values.extend(map(entries)?.entries.borrow().get(text(key)?).cloned());
        }
        context.list(values)
    }),
    function("pick", 1, ANY, |context, args| choose(context, args, true)),
    function("omit", 1, ANY, |context, args| choose(context, args, false)),
    function("merge", 1, ANY, |context, args| merge(context, args, false)),
    function("mergeOverwrite", 1, ANY, |context, args| merge(context, args, true)),
    function("dig", 3, ANY, |_, args| {
        let Some(([keys @ .., default], entries)) = args.split_last().map(|(l, r)| (r, l)) else {
            return Err("an argument is missing".to_owned());
        };
        let mut value = entries.clone();
        for key in keys {
            let found = map(&value)?.entries.borrow().get(text(key)?).cloned();
            match found {
                Some(found) => value = found,
                None => return Ok(default.clone()),
            }
        }
        Ok(value)
    }),
    function("default", 1, 2, |_, args| {
        let (default, given) = first(args)?;
        Ok(given.first().filter(|given| !is_empty(given)).unwrap_or(default).clone())
    }),
    function("empty", 1, 1, |_, args| Ok(Value::Bool(is_empty(first(args)?.0)))),
    function("coalesce", 0, ANY, |_, args| {
        Ok(args.iter().find(|value| !is_empty(value)).cloned().unwrap_or(Value::Nil))
    }),
    function("all", 0, ANY, |_, args| Ok(Value::Bool(!args.iter().any(is_empty)))),
    function("any", 0, ANY, |_, args| Ok(Value::Bool(!args.iter().all(is_empty)))),
    function("ternary", 3, 3, |_, args| {
        let [yes, no, is] = exactly(args)?;
        Ok(if boolean(is)? { yes } else { no }.clone())
    }),
    function("kindOf", 1, 1, |context, args| context.text(first(args)?.0.kind_name())),
    function("kindIs", 2, 2, |_, args| {
        let [kind, value] = exactly(args)?;
        Ok(Value::Bool(text(kind)? == value.kind_name()))
    }),
    function("typeOf", 1, 1, |context, args| context.text(type_name(first(args)?.0))),
    function("typeIs", 2, 2, |_, args| {
        let [name, value] = exactly(args)?;
        Ok(Value::Bool(text(name)? == type_name(value)))
    }),
    function("deepEqual", 2, 2, |context, args| {
        let [a, b] = exactly(args)?;
        same(context, a, b, 0).map(Value::Bool)
    }),
    function("fail", 1, 1, |_, args| Err(text(first(args)?.0)?.to_owned())),
];

fn type_name(value: &Value<'_>) -> String {
    match value {
        Value::Nil | Value::NilPointer => "<nil>".to_owned(),
        value => value.type_name(),
    }
}

fn push<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, String> {
    let [values, value] = exactly(args)?;
    let (longer, made) = list(values)?.with(value.clone())?;
    context.charge(made.saturating_mul(size_of::<Value<'_>>()))?;
    Ok(Value::List(longer))
}

fn last<'a>(_: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, String> {
    let values = list(first(args)?.0)?;
    Ok(values.len().checked_sub(1).and_then(|at| values.get(at)).unwrap_or(Value::Nil))
}

/// A part of a list; of an empty one there is none.
fn part<'a>(
    args: &[Value<'a>],
    range: impl Fn(usize) -> std::ops::Range<usize>,
) -> Result<Value<'a>, String> {
    let values = list(first(args)?.0)?;
    let range = range(values.len());
    Ok(values.part(range.start, range.end).map_or(Value::Nil, Value::List))
}

/// Texts of a list, or of a single value. What is nothing is left out.
fn strings(value: &Value<'_>) -> Result<Vec<String>, String> {
    match value {
        Value::List(list) => list
            .iter()
            .filter(|value| !matches!(value, Value::Nil))
            .map(|value| any_text(&value))
            .collect(),
        Value::Nil => Ok(vec![]),
        value => Ok(vec![any_text(value)?]),
    }
}

/// Numbers up to another one.
fn numbers<'a>(
    context: &mut Context<'a>,
    start: i64,
    stop: i64,
    step: i64,
) -> Result<Value<'a>, String> {
    let up = stop >= start;
    if step == 0 || up != (step > 0) {
        return context.list_of(&Kind::Int, vec![]);
    }
    let count = start.abs_diff(stop).div_ceil(step.unsigned_abs());
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    context.charge(count.saturating_mul(size_of::<Value<'_>>()))?;
    let mut values = Vec::with_capacity(count);
    let mut number = start;
    for _ in 0..count {
        values.push(Value::Int(number));
        number = number.saturating_add(step);
    }
    List::new(&Kind::Int, values).map(Value::List)
}

/// Values that are alike, however deep.
fn same<'a>(
    context: &mut Context<'a>,
    a: &Value<'a>,
    b: &Value<'a>,
    depth: usize,
) -> Result<bool, String> {
    // Comparing makes nothing, but takes its time.
    context.charge(1)?;
    if depth > 100 {
        return Err("a value holds itself, and cannot be compared".to_owned());
    }
    Ok(match (a, b) {
        (Value::Nil, Value::Nil) | (Value::NilPointer, Value::NilPointer) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        #[expect(clippy::float_cmp, reason = "as Go compares them")]
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::Time(a), Value::Time(b)) => a == b,
        (Value::List(a), Value::List(b)) => {
            let mut is = a.len() == b.len();
            for (a, b) in a.iter().zip(b.iter()) {
                is = is && same(context, &a, &b, depth + 1)?;
            }
            is
        }
        (Value::Map(a), Value::Map(b)) => {
            let (a, b) = (a.entries.borrow(), b.entries.borrow());
            let mut is = a.len() == b.len();
            for ((first, a), (second, b)) in a.iter().zip(b.iter()) {
                is = is && first == second && same(context, a, b, depth + 1)?;
            }
            is
        }
        (Value::Struct(one, a), Value::Struct(other, b)) => {
            let mut is = std::ptr::eq(*one, *other) && a.len() == b.len();
            for ((first, a), (second, b)) in a.iter().zip(b.iter()) {
                is = is && first == second && same(context, a, b, depth + 1)?;
            }
            is
        }
        _ => false,
    })
}

fn holds<'a>(
    context: &mut Context<'a>,
    values: impl Iterator<Item = Value<'a>>,
    wanted: &Value<'a>,
) -> Result<bool, String> {
    for value in values {
        if same(context, &value, wanted, 0)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn has<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, String> {
    let [wanted, values] = exactly(args)?;
    if matches!(values, Value::Nil) {
        return Ok(Value::Bool(false));
    }
    holds(context, list(values)?.iter(), wanted).map(Value::Bool)
}

fn uniq<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, String> {
    let values = list(first(args)?.0)?;
    let mut texts: BTreeSet<Arc<str>> = BTreeSet::new();
    let mut others: Vec<Value<'a>> = Vec::new();
    let mut kept = Vec::new();
    for value in values.iter() {
        let is_new = match &value {
            Value::Text(text) => texts.insert(text.clone()),
            other => {
                let is_new = !holds(context, others.iter().cloned(), other)?;
                if is_new {
                    others.push(value.clone());
                }
                is_new
            }
        };
        if is_new {
            kept.push(value);
        }
    }
    context.list(kept)
}

fn choose<'a>(
    context: &mut Context<'a>,
    args: &[Value<'a>],
    named: bool,
) -> Result<Value<'a>, String> {
    let (entries, keys) = first(args)?;
    let keys: Result<BTreeSet<&str>, String> = keys.iter().map(text).collect();
    let keys = keys?;
    let entries: &Rc<Map<'a>> = map(entries)?;
    let of = entries.of;
    let kept = entries.entries.borrow().clone();
    context.map_of(of, kept.into_iter().filter(|(key, _)| keys.contains(&**key) == named).collect())
}

/// The first dictionary, with what the others have and it has not. Where both have a dictionary,
/// these are merged in the same way. What is empty counts as not there, as the library Sprig uses
/// for this has it.
fn merge<'a>(
    context: &mut Context<'a>,
    args: &[Value<'a>],
    overwrite: bool,
) -> Result<Value<'a>, String> {
    let (target, sources) = first(args)?;
    for source in sources {
        merge_into(context, map(target)?, map(source)?, overwrite, 0)?;
    }
    Ok(target.clone())
}

fn merge_into<'a>(
    context: &mut Context<'a>,
    target: &Rc<Map<'a>>,
    source: &Rc<Map<'a>>,
    overwrite: bool,
    depth: usize,
) -> Result<(), String> {
    if depth > 100 || Rc::ptr_eq(target, source) {
        return Err("a dictionary cannot be merged with itself".to_owned());
    }
    context.maps.push(Rc::clone(target));
    let entries = source.entries.borrow().clone();
    context.charge(entries.len().saturating_mul(2 * size_of::<Value<'_>>()))?;
    for (key, value) in entries {
        let own = target.entries.borrow().get(&key).cloned();
        match (own, value) {
            (Some(Value::Map(own)), Value::Map(other)) => {
                merge_into(context, &own, &other, overwrite, depth + 1)?;
            }
            (own, value) => {
                let is_missing = own.as_ref().is_none_or(is_empty);
                if is_missing || (overwrite && !is_empty(&value)) {
                    target.entries.borrow_mut().insert(key, value);
                }
            }
        }
    }
    Ok(())
}
