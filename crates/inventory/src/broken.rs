//! A bound on how much is said about one damaged file.

use lazaret_core::extract::{ParseError, Sink};

/// Problems reported one by one for a file. More would tell a reader nothing new, and a file of
/// garbage could have millions.
const REPORTED_MAX: u32 = 20;

/// Counts the broken entries of one file: the first few are reported one by one, the rest as a
/// number.
#[derive(Default)]
pub(crate) struct Broken {
    count: u32,
}

impl Broken {
    /// Reports one broken entry; parsing goes on after it.
    pub(crate) fn report(&mut self, sink: &mut Sink<'_>, line: u32, message: &str) {
        self.add(sink, &ParseError::at(line, message));
    }

    /// Reports one broken entry of a format without lines.
    pub(crate) fn report_anywhere(&mut self, sink: &mut Sink<'_>, message: &str) {
        self.add(sink, &ParseError::new(message));
    }

    fn add(&mut self, sink: &mut Sink<'_>, error: &ParseError) {
        self.count = self.count.saturating_add(1);
        if self.count <= REPORTED_MAX {
            sink.problem(error);
        }
    }

    /// The end of the file: an error if some broken entries were only counted.
    pub(crate) fn finish(self) -> Result<(), ParseError> {
        match self.count.checked_sub(REPORTED_MAX) {
            None | Some(0) => Ok(()),
            Some(more) => Err(ParseError::new(format!("{more} more broken entries"))),
        }
    }
}
