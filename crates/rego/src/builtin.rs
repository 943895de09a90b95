//! Functions of Rego as they are here: those of time, which need no clock, and those that could
//! build something endless or something else every time.

use crate::layout;
use anyhow::{Result, bail};
use regorus::{Engine, Value};
use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime};

/// The most numbers in a range.
const RANGE_MAX: i64 = 1_000_000;

/// Nanoseconds in a second.
const SECOND: i64 = 1_000_000_000;

type Builtin = fn(&[Value]) -> Option<Value>;

/// Adds every function. They stand before those of the engine that have the same names.
pub(crate) fn add_to(engine: &mut Engine) -> Result<()> {
    let table: [(&str, u8, Builtin); 7] = [
        ("time.parse_rfc3339_ns", 1, parse_rfc3339),
        ("time.parse_ns", 2, parse),
        ("time.parse_duration_ns", 1, parse_duration),
        ("time.add_date", 4, add_date),
        ("time.date", 1, date),
        ("time.clock", 1, clock),
        ("time.weekday", 1, weekday),
    ];
    for (name, arguments, function) in table {
        // As in OPA: what has no answer is undefined.
        let call =
            move |arguments: Vec<Value>| Ok(function(&arguments).unwrap_or(Value::Undefined));
        engine.add_extension(name.to_owned(), arguments, Box::new(call))?;
    }
    engine.add_extension(
        "numbers.range".to_owned(),
        2,
        Box::new(|arguments: Vec<Value>| {
            let step = match integers(&arguments).as_deref() {
                Some([from, to]) if from > to => -1,
                _ => 1,
            };
            range(&arguments, step)
        }),
    )?;
    engine.add_extension(
        "numbers.range_step".to_owned(),
        3,
        Box::new(|arguments: Vec<Value>| {
            let step = match integers(&arguments).as_deref() {
                Some([_, _, ..=0]) => bail!("numbers.range_step takes a step of 1 or more"),
                Some([from, to, step]) if from > to => -step,
                Some([_, _, step]) => *step,
                _ => return Ok(Value::Undefined),
            };
            range(&arguments, step)
        }),
    )?;
    for (name, arguments) in [("rand.intn", 2), ("uuid.rfc4122", 1)] {
        let call = move |_: Vec<Value>| bail!("{name}: nothing here is left to chance");
        engine.add_extension(name.to_owned(), arguments, Box::new(call))?;
    }
    Ok(())
}

fn integers(arguments: &[Value]) -> Option<Vec<i64>> {
    arguments.iter().map(|argument| argument.as_i64().ok()).collect()
}

fn range(arguments: &[Value], step: i64) -> Result<Value> {
    let Some(list) = integers(arguments) else { return Ok(Value::Undefined) };
    let (Some(from), Some(to)) = (list.first(), list.get(1)) else { return Ok(Value::Undefined) };
    let count = from.abs_diff(*to) / step.unsigned_abs().max(1);
    if count >= RANGE_MAX.unsigned_abs() {
        bail!("a range has more than {RANGE_MAX} numbers");
    }
    let numbers = (0..=count).map_while(|n| {
        let n = i64::try_from(n).ok()?;
        Some(Value::from(from.checked_add(n.checked_mul(step)?)?))
    });
    Ok(Value::from(numbers.collect::<Vec<_>>()))
}

/// A moment, given in nanoseconds since 1970 or as these and the name of a zone, of which only UTC
/// is known.
fn moment(value: &Value) -> Option<OffsetDateTime> {
    let nanoseconds = match value.as_array() {
        Ok(list) => {
            let zone = list.get(1).and_then(|zone| zone.as_string().ok().cloned());
            if zone.is_some_and(|zone| !matches!(&*zone, "" | "UTC")) {
                return None;
            }
            list.get(0)?.as_i64().ok()?
        }
        Err(_) => value.as_i64().ok()?,
    };
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds.into()).ok()
}

fn nanoseconds(moment: OffsetDateTime) -> Option<Value> {
    i64::try_from(moment.unix_timestamp_nanos()).ok().map(Value::from)
}

fn text(arguments: &[Value], at: usize) -> Option<&str> {
    arguments.get(at)?.as_string().ok().map(|text| &**text)
}

fn parse_rfc3339(arguments: &[Value]) -> Option<Value> {
    OffsetDateTime::parse(text(arguments, 0)?, &Rfc3339).ok().and_then(nanoseconds)
}

fn parse(arguments: &[Value]) -> Option<Value> {
    layout::parse(text(arguments, 0)?, text(arguments, 1)?).and_then(nanoseconds)
}

/// A duration as Go writes it: `1h30m`, `1.5s`, `-2h`.
fn parse_duration(arguments: &[Value]) -> Option<Value> {
    let text = text(arguments, 0)?;
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(Value::from(0_i64));
    }
    let mut total = 0_i64;
    loop {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, behind) = rest.split_at_checked(digits)?;
        let end = behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at_checked(end)?;
        let unit = match unit {
            "ns" => 1,
            "us" | "µs" => 1_000,
            "ms" => 1_000_000,
            "s" => SECOND,
            "m" => SECOND * 60,
            "h" => SECOND * 3_600,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        total = total.checked_add(whole.parse::<i64>().ok()?.checked_mul(unit)?)?;
        let mut part = unit;
        for digit in fraction.chars() {
            part /= 10;
            total = total.checked_add(part.checked_mul(i64::from(digit.to_digit(10)?))?)?;
        }
        rest = behind;
        if rest.is_empty() {
            return Some(Value::from(total * sign));
        }
    }
}

/// Years, months and days added to a moment; days beyond a month's end run over, as in Go.
fn add_date(arguments: &[Value]) -> Option<Value> {
    let moment = moment(arguments.first()?)?;
    let numbers = integers(arguments.get(1..)?)?;
    let [years, months, days]: [i64; 3] = numbers.try_into().ok()?;
    let month = i64::from(u8::from(moment.month())) - 1;
    let month = months.checked_add(month)?;
    let year = i64::from(moment.year()).checked_add(years)?.checked_add(month.div_euclid(12))?;
    let month = Month::try_from(u8::try_from(month.rem_euclid(12) + 1).ok()?).ok()?;
    let first = Date::from_calendar_date(i32::try_from(year).ok()?, month, 1).ok()?;
    let days = days.checked_add(i64::from(moment.day()) - 1)?;
    let day = first.checked_add(time::Duration::days(i64::from(i32::try_from(days).ok()?)))?;
    nanoseconds(moment.replace_date(day))
}

fn date(arguments: &[Value]) -> Option<Value> {
    let moment = moment(arguments.first()?)?;
    let (year, month, day) = moment.to_calendar_date();
    let numbers = [year, i32::from(u8::from(month)), i32::from(day)];
    Some(Value::from(numbers.map(Value::from).to_vec()))
}

fn clock(arguments: &[Value]) -> Option<Value> {
    let (hour, minute, second) = moment(arguments.first()?)?.to_hms();
    Some(Value::from([hour, minute, second].map(|n| Value::from(i32::from(n))).to_vec()))
}

fn weekday(arguments: &[Value]) -> Option<Value> {
    Some(Value::from(moment(arguments.first()?)?.weekday().to_string()))
}

#[cfg(test)]
mod tests {
    use crate::Rego;
    use serde_json::json;

    #[test]
    fn times_are_what_opa_says_they_are() {
        // Expected values by `date -u`, and by what Go says of AddDate and ParseDuration.
        for (call, expected) in [
            (
                "time.parse_rfc3339_ns(\"2024-06-29T00:00:00Z\")",
                json!(1_719_619_200_000_000_000_i64),
            ),
            (
                "time.parse_ns(\"2006-Jan-02\", \"2024-Jun-29\")",
                json!(1_719_619_200_000_000_000_i64),
            ),
            ("time.parse_ns(\"2006-01-02\", \"2024-06-29\")", json!(1_719_619_200_000_000_000_i64)),
            ("time.add_date(1719619200000000000, 0, 0, 2)", json!(1_719_792_000_000_000_000_i64)),
            // The 31st of January and a month is the 2nd of March of a leap year.
            ("time.date(time.add_date(1706659200000000000, 0, 1, 0))", json!([2024, 3, 2])),
            ("time.date(time.add_date(1706659200000000000, 0, -2, 0))", json!([2023, 12, 1])),
            ("time.date([1719619200000000000, \"UTC\"])", json!([2024, 6, 29])),
            ("time.clock(1719622923000000000)", json!([1, 2, 3])),
            ("time.weekday(1719619200000000000)", json!("Saturday")),
            ("time.parse_duration_ns(\"1h30m\")", json!(5_400_000_000_000_i64)),
            ("time.parse_duration_ns(\"-1.5s\")", json!(-1_500_000_000_i64)),
            ("numbers.range(3, 1)", json!([3, 2, 1])),
            ("numbers.range_step(1, 6, 2)", json!([1, 3, 5])),
        ] {
            let mut rego = Rego::new().unwrap();
            rego.add("a.rego", &format!("package a\n\nb := {call}\n")).unwrap();
            assert_eq!(rego.ask("a.rego", "data.a.b").unwrap(), Some(expected), "{call}");
        }
        for call in [
            "time.parse_rfc3339_ns(\"yesterday\")",
            "time.parse_ns(\"2006-01-02\", \"29.6.2024\")",
            "time.parse_duration_ns(\"1 day\")",
            "time.parse_duration_ns(\"\")",
            "time.date([1, \"Europe/Vienna\"])",
            "time.add_date(0, 99999999999, 0, 0)",
        ] {
            let mut rego = Rego::new().unwrap();
            rego.add("a.rego", &format!("package a\n\nb := {call}\n")).unwrap();
            assert_eq!(rego.ask("a.rego", "data.a.b").unwrap(), None, "{call}");
        }
    }
}
