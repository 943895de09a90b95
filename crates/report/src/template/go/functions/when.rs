//! Times. There is one moment for a whole run, and one time zone, UTC: what a template writes does
//! not depend on the machine.

use super::super::moment;
use super::super::value::Value;
use super::args::{exactly, first, text};
use super::{Context, Function, function};
use time::{Duration, OffsetDateTime};

pub(super) const FUNCTIONS: [Function; 11] = [
    function("now", 0, 0, |context, _| Ok(Value::Time(context.now))),
    // What Trivy called the time before it took in Sprig.
    function("getCurrentTime", 0, 0, |context, _| {
        let now = moment::format(context.now, "2006-01-02T15:04:05.999999999Z07:00");
        context.text(now)
    }),
    function("date", 2, 2, |context, args| {
        let [layout, time] = exactly(args)?;
        let written = moment::format(instant(context, time), text(layout)?);
        context.text(written)
    }),
    function("dateInZone", 3, 3, in_zone),
    function("date_in_zone", 3, 3, in_zone),
    function("htmlDate", 1, 1, |context, args| {
        let written = moment::format(instant(context, first(args)?.0), "2006-01-02");
        context.text(written)
    }),
    function("htmlDateInZone", 2, 2, |context, args| {
        let [time, zone] = exactly(args)?;
        utc(text(zone)?)?;
        let written = moment::format(instant(context, time), "2006-01-02");
        context.text(written)
    }),
    function("dateModify", 2, 2, modify),
    function("date_modify", 2, 2, modify),
    function("unixEpoch", 1, 1, |context, args| match first(args)?.0 {
        Value::Time(time) => context.text(time.unix_timestamp().to_string()),
        _ => Err("a time is wanted".to_owned()),
    }),
    function("toDate", 2, 2, |_, args| {
        let [layout, given] = exactly(args)?;
        let (layout, given) = (text(layout)?, text(given)?);
        // The layouts that dates of reports and feeds come in.
        let whole = match layout {
            "2006-01-02" => format!("{given}T00:00:00Z"),
            "2006-01-02T15:04:05Z07:00" | "2006-01-02T15:04:05Z" => given.to_owned(),
            layout => {
                return Err(format!(
                    "`{layout}` is no layout that is read, only 2006-01-02 is, \
                                          and 2006-01-02T15:04:05Z07:00"
                ));
            }
        };
        OffsetDateTime::parse(&whole, &time::format_description::well_known::Rfc3339)
            .map(|time| Value::Time(time.to_offset(time::UtcOffset::UTC)))
            .map_err(|_| format!("`{given}` is no such time"))
    }),
];

/// A time, or seconds since 1970; of anything else Sprig takes the time it is.
fn instant(context: &Context<'_>, value: &Value<'_>) -> OffsetDateTime {
    match value {
        Value::Time(time) => *time,
        Value::Int(seconds) => OffsetDateTime::from_unix_timestamp(*seconds).unwrap_or(context.now),
        _ => context.now,
    }
}

fn utc(zone: &str) -> Result<(), String> {
    match zone {
        "UTC" | "GMT" | "Local" | "" => Ok(()),
        zone => Err(format!("the time zone `{zone}` is not known: templates have UTC only")),
    }
}

fn in_zone<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, String> {
    let [layout, time, zone] = exactly(args)?;
    utc(text(zone)?)?;
    let written = moment::format(instant(context, time), text(layout)?);
    context.text(written)
}

fn modify<'a>(_: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, String> {
    let [by, time] = exactly(args)?;
    let Value::Time(time) = time else { return Err("a time is wanted".to_owned()) };
    let Some(nanoseconds) = moment::duration(text(by)?) else { return Ok(Value::Time(*time)) };
    let moved = time.checked_add(Duration::nanoseconds(nanoseconds));
    moved.map(Value::Time).ok_or_else(|| "there is no such time".to_owned())
}
