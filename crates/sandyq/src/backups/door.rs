//! The door of a server: a socket in the data folder, for commands of whoever owns the folder.
//!
//! One line of JSON asks; lines of JSON answer: how far the work has come, and at the end what came of it. When the
//! server ends, the line ends, so nobody waits for nothing. The folder lets nobody else in (0700), and the socket is
//! 0600.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;

use sandyq_processing::backup::Backup;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream as ServerStream};
use tokio::sync::watch;

use super::making::{Backups, made_as_json};
use super::remembered::Drilled;
use crate::commands::keys;
use crate::failure::{Exit, Failure};

/// What can be asked for at the door.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// Make a backup there, or at the place of the settings.
    Backup {
        /// Where.
        to: Option<String>,
    },
    /// Remove sets that are not kept.
    Thin,
    /// Remember a drill.
    Drilled(Drilled),
    /// Say how the epochs of keys stand.
    Epochs,
    /// End the present epoch.
    EndEpoch {
        /// Due or not.
        now: bool,
    },
}

/// What comes back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Progress {
        rows: u64,
        bytes: u64,
    },
    Done(Value),
    Failed {
        exit: Exit,
        says: String,
        next: Vec<String>,
    },
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

/// Opens the door of a server. Whoever comes is answered until the server ends.
///
/// # Errors
/// When there can be no socket, as with a path that is too long for one.
pub fn open(door: &Path, backups: &Backups) -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    // Ours: the lock of the folder is held, so whoever made this socket is gone.
    if let Err(error) = std::fs::remove_file(door)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(Failure::file("remove", door, &error));
    }
    let listener = UnixListener::bind(door).map_err(|error| Failure::file("open", door, &error))?;
    std::fs::set_permissions(door, std::fs::Permissions::from_mode(0o600))
        .map_err(|error| Failure::file("protect", door, &error))?;
    let backups = backups.clone();
    Ok(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let backups = backups.clone();
            tokio::spawn(async move {
                // Whoever asked may have gone; what was begun is ended all the same.
                let _ = answer(stream, &backups).await;
            });
        }
    })
}

async fn answer(stream: ServerStream, backups: &Backups) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut read = tokio::io::BufReader::new(tokio::io::AsyncReadExt::take(read, QUESTION_BYTES_MAX));
    read.read_line(&mut line).await?;
    let Ok(asked) = serde_json::from_str::<Asked>(&line) else {
        let says = "the server does not know what is asked; it may be of another version".to_owned();
        let failed = Answer::Failed {
            exit: Exit::Usage,
            says,
            next: Vec::new(),
        };
        return say(&mut write, &failed).await;
    };
    let (told, mut heard) = watch::channel((0, 0));
    let working = work(backups, asked, told);
    tokio::pin!(working);
    let done = loop {
        tokio::select! {
            done = &mut working => break done,
            Ok(()) = heard.changed() => {
                let (rows, bytes) = *heard.borrow_and_update();
                // A failure to tell is no reason to stop the work.
                let _ = say(&mut write, &Answer::Progress { rows, bytes }).await;
            }
        }
    };
    let last = match done {
        Ok(value) => Answer::Done(value),
        Err(failure) => Answer::Failed {
            exit: failure.exit,
            says: failure.to_string(),
            next: failure.next().to_vec(),
        },
    };
    say(&mut write, &last).await
}

async fn work(backups: &Backups, asked: Asked, told: watch::Sender<(u64, u64)>) -> Result<Value, Failure> {
    match asked {
        Asked::Backup { to } => {
            let progress = move |rows, bytes| {
                told.send_replace((rows, bytes));
            };
            let made = backups.make(to.as_deref(), Backup::MadeByHand, progress).await?;
            Ok(made_as_json(&made, backups.place(to.as_deref())?))
        }
        Asked::Thin => Ok(super::making::thinned_as_json(&backups.thin().await?)),
        Asked::Drilled(drilled) => backups.drilled(drilled).await.map(|()| Value::Null),
        Asked::Epochs => keys::epochs(backups.system()).await,
        Asked::EndEpoch { now } => keys::end_epoch(backups.system(), now).await,
    }
}

async fn say(write: &mut (impl AsyncWriteExt + Unpin), answer: &Answer) -> std::io::Result<()> {
    let line = serde_json::to_string(answer).unwrap_or_default() + "\n";
    write.write_all(line.as_bytes()).await
}

/// A question is a line with a path in it.
const QUESTION_BYTES_MAX: u64 = 16 * 1024;
