//! Asking: at the door of the server that has the folder, or of ourselves when nobody has it.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use serde_json::Value;
use tokio::sync::watch;

use super::answering::{At, work};
use super::asked::{Answer, Asked};
use crate::backups::Backups;
use crate::commands::backup::in_bytes;
use crate::configuration::Configuration;
use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::running;
use crate::terminal::Terminal;

/// Asks the server of the folder to do it, or opens the folder and does it here when there is none.
///
/// # Errors
/// What came of it; exit 6 when another program has the folder and no door.
pub fn at_work(folder: &DataFolder, asked: Asked, terminal: &Terminal) -> Result<Value, Failure> {
    let progress = |rows: u64, bytes: u64| {
        let size = if bytes == 0 {
            String::new()
        } else {
            format!(" rows, {}", in_bytes(bytes))
        };
        terminal.progress(&format!("{rows}{size}"));
    };
    let done = match running::system_at_rest(folder) {
        Err(failure) if failure.exit == Exit::Busy && folder.door().exists() => {
            ask(&folder.door(), &asked, progress)
        }
        Err(failure) => Err(failure),
        Ok((system, _lock)) => {
            let at = At::of(
                &system,
                &Backups::of(&system, Configuration::read(folder)?.backups(), folder),
            );
            let (told, mut heard) = watch::channel((0, 0));
            running::runtime()?.block_on(async {
                let working = work(&at, asked, told);
                tokio::pin!(working);
                loop {
                    tokio::select! {
                        done = &mut working => return done,
                        Ok(()) = heard.changed() => {
                            let (rows, bytes) = *heard.borrow_and_update();
                            progress(rows, bytes);
                        }
                    }
                }
            })
        }
    };
    terminal.progress_ended();
    done
}

/// Asks the server of a folder, and waits for what comes of it. `progress` is told rows and bytes so far.
///
/// # Errors
/// What the server says; exit 6 when nobody is at the door.
pub fn ask(door: &Path, asked: &Asked, progress: impl Fn(u64, u64)) -> Result<Value, Failure> {
    let nobody = |error: std::io::Error| {
        Failure::new(
            Exit::Busy,
            format!("another sandyq works on the folder and does not answer: {error}"),
        )
        .help("wait until it is done, or stop it")
    };
    let mut stream = UnixStream::connect(door).map_err(nobody)?;
    let question = serde_json::to_string(asked).unwrap_or_default() + "\n";
    stream.write_all(question.as_bytes()).map_err(nobody)?;
    for line in BufReader::new(stream).lines() {
        match serde_json::from_str(&line.map_err(nobody)?) {
            Ok(Answer::Progress { rows, bytes }) => progress(rows, bytes),
            Ok(Answer::Done(value)) => return Ok(value),
            Ok(Answer::Failed { exit, says, next }) => {
                return Err(next.into_iter().fold(Failure::new(exit, says), Failure::help));
            }
            Err(_) => break,
        }
    }
    Err(
        Failure::new(Exit::Unavailable, "the server stopped before it was done")
            .help("start it, and ask again"),
    )
}
