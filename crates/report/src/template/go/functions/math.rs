//! Numbers.

use super::super::value::Value;
use super::args::{any_float, any_int, exactly, first, int, text};
use super::{ANY, Function, function};

pub(super) const FUNCTIONS: [Function; 22] = [
    function("int", 1, 1, |_, args| Ok(Value::Int(any_int(first(args)?.0)))),
    function("int64", 1, 1, |_, args| Ok(Value::Int(any_int(first(args)?.0)))),
    function("float64", 1, 1, |_, args| Ok(Value::Float(any_float(first(args)?.0)))),
    function("atoi", 1, 1, |_, args| {
        Ok(Value::Int(text(first(args)?.0)?.parse().unwrap_or_default()))
    }),
    function("add", 0, ANY, |_, args| Ok(Value::Int(sum(args)))),
    // What Trivy called `add` before it took in Sprig.
    function("sum", 0, ANY, |_, args| Ok(Value::Int(sum(args)))),
    function("add1", 1, 1, |_, args| Ok(Value::Int(any_int(first(args)?.0).wrapping_add(1)))),
    function("sub", 2, 2, |_, args| {
        let [a, b] = exactly(args)?;
        Ok(Value::Int(any_int(a).wrapping_sub(any_int(b))))
    }),
    function("mul", 1, ANY, |_, args| {
        Ok(Value::Int(args.iter().map(any_int).fold(1, i64::wrapping_mul)))
    }),
    function("div", 2, 2, |_, args| divide(args, i64::checked_div)),
    function("mod", 2, 2, |_, args| divide(args, i64::checked_rem)),
    function("max", 1, ANY, |_, args| {
        Ok(Value::Int(args.iter().map(any_int).max().unwrap_or_default()))
    }),
    function("biggest", 1, ANY, |_, args| {
        Ok(Value::Int(args.iter().map(any_int).max().unwrap_or_default()))
    }),
    function("min", 1, ANY, |_, args| {
        Ok(Value::Int(args.iter().map(any_int).min().unwrap_or_default()))
    }),
    function("maxf", 1, ANY, |_, args| {
        Ok(Value::Float(args.iter().map(any_float).fold(f64::NEG_INFINITY, f64::max)))
    }),
    function("minf", 1, ANY, |_, args| {
        Ok(Value::Float(args.iter().map(any_float).fold(f64::INFINITY, f64::min)))
    }),
    function("ceil", 1, 1, |_, args| Ok(Value::Float(any_float(first(args)?.0).ceil()))),
    function("floor", 1, 1, |_, args| Ok(Value::Float(any_float(first(args)?.0).floor()))),
    function("round", 2, 2, |_, args| {
        let [number, places] = exactly(args)?;
        let power = 10_f64.powi(i32::try_from(int(places)?).unwrap_or_default());
        let digits = power * any_float(number);
        // Sprig looks at what is behind the point alone, so numbers below zero are rounded up.
        let rounded = if digits.fract() >= 0.5 { digits.ceil() } else { digits.floor() };
        Ok(Value::Float(rounded / power))
    }),
    function("toDecimal", 1, 1, |_, args| {
        let octal = super::args::any_text(first(args)?.0)?;
        Ok(Value::Int(i64::from_str_radix(&octal, 8).unwrap_or_default()))
    }),
    function("seq", 0, 3, |context, args| {
        let numbers: Result<Vec<i64>, String> = args.iter().map(int).collect();
        let (start, step, end) = match *numbers?.as_slice() {
            [end] => (1, if end < 1 { -1 } else { 1 }, end),
            [start, end] => (start, if end < start { -1 } else { 1 }, end),
            [start, step, end] => (start, step, end),
            _ => return context.text(""),
        };
        if step == 0 || (end < start) != (step < 0) {
            return context.text("");
        }
        let count = start.abs_diff(end) / step.unsigned_abs() + 1;
        // A number has twenty characters at most.
        context.fits(usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(21))?;
        let mut words = Vec::new();
        let mut number = start;
        for _ in 0..count {
            words.push(number.to_string());
            number = number.saturating_add(step);
        }
        context.text(words.join(" "))
    }),
    function("plural", 3, 3, |_, args| {
        let [one, many, count] = exactly(args)?;
        Ok(if int(count)? == 1 { one } else { many }.clone())
    }),
];

fn sum(args: &[Value<'_>]) -> i64 {
    args.iter().map(any_int).fold(0, i64::wrapping_add)
}

fn divide<'a>(
    args: &[Value<'a>],
    by: impl Fn(i64, i64) -> Option<i64>,
) -> Result<Value<'a>, String> {
    let [a, b] = exactly(args)?;
    by(any_int(a), any_int(b)).map(Value::Int).ok_or_else(|| "this is divided by zero".to_owned())
}
