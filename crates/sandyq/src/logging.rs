//! The log: how the program is, on stderr, never anything about a person (docs/LOGGING.md).
//!
//! Only our own lines are written. A library's lines could quote what passes through it.

use std::io;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::outside;

/// The variable that says how much is logged: off, error, warn, info, debug or trace.
const VARIABLE: &str = "SANDYQ_LOG";
/// Lines of our own crates begin with this.
const OURS: &str = "sandyq";

/// Begins to log: lines for people on a terminal, JSON elsewhere.
pub fn begin(usual: LevelFilter) {
    let level = outside::variable(VARIABLE)
        .and_then(|word| word.parse().ok())
        .unwrap_or(usual);
    let ours = Targets::new().with_target(OURS, level);
    let lines = if outside::words_to_terminal() {
        let coloured = outside::variable("NO_COLOR").is_none();
        fmt::layer()
            .with_writer(io::stderr)
            .with_ansi(coloured)
            .with_target(false)
            .boxed()
    } else {
        fmt::layer()
            .json()
            .flatten_event(true)
            .with_writer(io::stderr)
            .boxed()
    };
    // A second beginning in the same process changes nothing.
    let _ = tracing_subscriber::registry()
        .with(lines.with_filter(ours))
        .try_init();
}
