//! Answering: a socket in the data folder, for commands of whoever owns the folder.
//!
//! One line of JSON asks; lines of JSON answer: how far the work has come, and at the end what came of it. When the
//! server ends, the line ends, so nobody waits for nothing. The folder lets nobody else in (0700), and the socket is
//! 0600.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sandyq_model::{Actor, Role};
use sandyq_processing::System;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream as ServerStream};
use tokio::sync::watch;

use super::asked::{Answer, Asked};
use crate::backups::{Backups, made_as_json, thinned_as_json};
use crate::commands::{breach, escrow, key_list, keys, retention};
use crate::failure::{Exit, Failure};

/// Whoever has a data folder open, and what is done there for others. Clones are one.
#[derive(Clone)]
pub struct At {
    /// The system that has it open.
    system: System,
    /// Makes backups of it.
    pub backups: Backups,
}

impl At {
    /// Of the folder that this system has open, with whoever makes its backups.
    pub fn of(system: &System, backups: &Backups) -> Self {
        Self {
            system: system.clone(),
            backups: backups.clone(),
        }
    }
}

/// Opens the door of a server. Whoever comes is answered until the server ends.
///
/// # Errors
/// When there can be no socket, as with a path that is too long for one.
pub fn open(door: &Path, at: At) -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    // Ours: the lock of the folder is held, so whoever made this socket is gone.
    if let Err(error) = std::fs::remove_file(door)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(Failure::file("remove", door, &error));
    }
    let listener = UnixListener::bind(door).map_err(|error| Failure::file("open", door, &error))?;
    std::fs::set_permissions(door, std::fs::Permissions::from_mode(0o600))
        .map_err(|error| Failure::file("protect", door, &error))?;
    Ok(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let at = at.clone();
            tokio::spawn(async move {
                // Whoever asked may have gone; what was begun is ended all the same.
                let _ = answer(stream, &at).await;
            });
        }
    })
}

async fn answer(stream: ServerStream, at: &At) -> std::io::Result<()> {
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
    let working = work(at, asked, told);
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

/// Does what is asked.
///
/// # Errors
/// What stood in the way.
pub(super) async fn work(at: &At, asked: Asked, told: watch::Sender<(u64, u64)>) -> Result<Value, Failure> {
    let backups = &at.backups;
    // Whoever owns the folder looks after the machine.
    let owner = Actor::system(Role::ADMINISTRATOR);
    match asked {
        Asked::Backup { to } => {
            let progress = move |rows, bytes| {
                told.send_replace((rows, bytes));
            };
            let made = backups.make(to.as_deref(), &owner, progress).await?;
            Ok(made_as_json(&made, backups.place(to.as_deref())?))
        }
        Asked::Thin => Ok(thinned_as_json(&backups.thin().await?)),
        Asked::Drilled(drilled) => backups.drilled(&owner, drilled).await.map(|()| Value::Null),
        Asked::Keys => key_list::inventory(&at.system).await,
        Asked::EndEpoch { now } => keys::end_epoch(&at.system, now).await,
        Asked::RetentionPlan => retention::plan(&at.system).await,
        Asked::RetentionRun { clock_is_right } => {
            let told = |done| {
                told.send_replace((done, 0));
            };
            retention::run(&at.system, clock_is_right, told).await
        }
        Asked::Breaches { page } => breach::list(&at.system, page).await,
        Asked::LateBreaches => breach::late(&at.system).await,
        Asked::LateEmergencies => Ok(Value::from(at.system.late_emergencies().await?)),
        Asked::Webhooks => Ok(Value::from(at.system.webhook_addresses().await?)),
        Asked::RenewEscrow => escrow::renew(&at.system).await,
    }
}

async fn say(write: &mut (impl AsyncWriteExt + Unpin), answer: &Answer) -> std::io::Result<()> {
    let line = serde_json::to_string(answer).unwrap_or_default() + "\n";
    write.write_all(line.as_bytes()).await
}

/// A question is a line with a path in it.
const QUESTION_BYTES_MAX: u64 = 16 * 1024;
