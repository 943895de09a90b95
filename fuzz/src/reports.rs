//! Reports that somebody saved, changed, and gave back to be shown.

use lazaret_report::{Format, Reports, TableOptions, WriteOptions, json, write};

/// A report as JSON: written again it stays the same, and no format lets anything through that a
/// terminal would act on.
pub(crate) fn report(bytes: &[u8]) {
    let Ok(reports) = json::read(bytes) else { return };
    let Some(first) = written(Format::Json, &reports, 80) else { return };
    let again = json::read(first.as_bytes()).expect("what was written is readable");
    assert_eq!(written(Format::Json, &again, 80).as_ref(), Some(&first));
    for width in [60, 80, 160] {
        drop(written(Format::Table, &reports, width));
    }
}

fn written(format: Format, reports: &Reports, width: usize) -> Option<String> {
    let table = TableOptions {
        width,
        show_suppressed: width > 60,
        list_all_packages: width > 80,
        ..TableOptions::default()
    };
    let mut out = Vec::new();
    write(format, reports, &WriteOptions { table, ..WriteOptions::default() }, &mut out).ok()?;
    let text = String::from_utf8(out).expect("reports are text");
    let control = text.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(control, None, "{format:?}");
    Some(text)
}
