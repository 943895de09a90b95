//! What a reader is told of an operating system that is no longer looked after.

use lazaret_core::report::{EndOfLife, Report};
use time::Date;

/// The end of the support, where it is over on the day of the scan.
pub(crate) fn over(report: &Report, today: Option<Date>) -> Option<&EndOfLife> {
    let today = today?.to_string();
    report.end_of_life.as_ref().filter(|end| end.is_over(&today))
}

/// The sentence about it, such as `Debian 10: no longer supported since 2024-06-30`.
pub(crate) fn of_support(report: &Report, today: Option<Date>) -> Option<String> {
    let end = over(report, today)?;
    let os = report.inventory.os.as_ref().map(|found| &found.os);
    let name = crate::table::os_name(os);
    let extended = end.extended.as_ref().map_or_else(String::new, |day| {
        let is_over = today.is_some_and(|today| *day < today.to_string());
        let verb = if is_over { "ended on" } else { "lasts until" };
        format!("; support for subscribers {verb} {day}")
    });
    Some(format!("{name}: no longer supported since {}{extended}", end.date))
}
