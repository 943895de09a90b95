//! What the program shows while it works: progress bars and log lines, on standard error only.

use crate::args::Global;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use lazaret_image::Progress;
use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Sets up log lines: warnings by default, everything with `-d`, nothing with `-q`.
pub(crate) fn start_logging(global: &Global) {
    use tracing_subscriber::filter::LevelFilter;
    let level = if global.quiet {
        LevelFilter::OFF
    } else if global.debug {
        LevelFilter::DEBUG
    } else {
        LevelFilter::WARN
    };
    let ours = tracing_subscriber::EnvFilter::default()
        .add_directive(LevelFilter::OFF.into())
        .add_directive(directive("lazaret", level));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(ours)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .without_time()
        .with_target(false);
    // A second call (in a test) keeps the first.
    if subscriber.try_init().is_err() {
        tracing::debug!("logging was already started");
    }
}

/// Log lines of our own crates only: libraries may print what they were sent.
fn directive(
    target: &str,
    level: tracing_subscriber::filter::LevelFilter,
) -> tracing_subscriber::filter::Directive {
    format!("{target}={level}").parse().unwrap_or_else(|_| level.into())
}

/// Progress bars, one a layer, where someone can see them.
pub(crate) fn progress(global: &Global) -> Option<Arc<dyn Progress>> {
    let seen = std::io::stderr().is_terminal();
    if global.quiet || global.no_progress || global.debug || !seen {
        return None;
    }
    Some(Arc::new(Bars::default()))
}

/// What is shown of downloads: a bar for each where someone can see it, and lines anywhere.
pub(crate) struct Transfers {
    bars: Option<MultiProgress>,
    quiet: bool,
}

/// One download.
pub(crate) struct Transfer<'a> {
    shown: Option<(&'a MultiProgress, ProgressBar)>,
}

impl Transfers {
    pub(crate) fn new(global: &Global) -> Self {
        let seen = std::io::stderr().is_terminal();
        let bars = seen && !global.quiet && !global.no_progress && !global.debug;
        let target = || ProgressDrawTarget::stderr_with_hz(10);
        let bars = bars.then(|| MultiProgress::with_draw_target(target()));
        Self { bars, quiet: global.quiet }
    }

    /// Begins to show a download, of which some bytes may be there already.
    pub(crate) fn begin(&self, name: &str, total: Option<u64>, there: u64) -> Transfer<'_> {
        let shown = self.bars.as_ref().map(|bars| {
            let bar = bars.add(bar(total).with_message(name.to_owned()));
            bar.set_position(there);
            bar.enable_steady_tick(Duration::from_millis(200));
            (bars, bar)
        });
        Transfer { shown }
    }

    /// Says a line, above the bars.
    pub(crate) fn say(&self, line: &str) {
        if self.quiet {
            return;
        }
        match &self.bars {
            Some(bars) => bars.suspend(|| anstream::eprintln!("{line}")),
            None => anstream::eprintln!("{line}"),
        }
    }
}

impl Transfer<'_> {
    pub(crate) fn advance(&self, bytes: u64) {
        if let Some((_, bar)) = &self.shown {
            bar.inc(bytes);
        }
    }
}

impl Drop for Transfer<'_> {
    fn drop(&mut self) {
        if let Some((bars, bar)) = &self.shown {
            bar.finish_and_clear();
            bars.remove(bar);
        }
    }
}

/// A bar for so many bytes, or for nobody knows how many.
fn bar(size_bytes: Option<u64>) -> ProgressBar {
    match size_bytes {
        Some(size) => ProgressBar::new(size).with_style(
            ProgressStyle::with_template(
                "{msg:>9} {wide_bar} {binary_bytes:>10} of {binary_total_bytes}",
            )
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("##-"),
        ),
        None => ProgressBar::new_spinner().with_style(
            ProgressStyle::with_template("{msg:>9} {spinner} {binary_bytes}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner()),
        ),
    }
}

struct Bars {
    all: MultiProgress,
    layers: Mutex<BTreeMap<usize, ProgressBar>>,
}

impl Default for Bars {
    fn default() -> Self {
        let target = ProgressDrawTarget::stderr_with_hz(10);
        Self { all: MultiProgress::with_draw_target(target), layers: Mutex::default() }
    }
}

impl Bars {
    fn layers(&self) -> std::sync::MutexGuard<'_, BTreeMap<usize, ProgressBar>> {
        self.layers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress for Bars {
    fn begin(&self, layer: usize, size_bytes: Option<u64>) {
        let bar = self.all.add(bar(size_bytes).with_message(format!("layer {layer}")));
        bar.enable_steady_tick(Duration::from_millis(200));
        self.layers().insert(layer, bar);
    }

    fn advance(&self, layer: usize, bytes: u64) {
        if let Some(bar) = self.layers().get(&layer) {
            bar.inc(bytes);
        }
    }

    fn end(&self, layer: usize) {
        if let Some(bar) = self.layers().remove(&layer) {
            bar.finish_and_clear();
            self.all.remove(&bar);
        }
    }
}
