//! The key store in schema `vault` of a PostgreSQL. Same face as the file; weaker after a kill, see the parent module.
//!
//! A thread of its own speaks with the server, so that callers may come from anywhere, asynchronous code included; they
//! wait for the answer. A connection that broke is made anew at the next question.

use std::sync::mpsc::{Receiver, Sender, channel};

use jiff::Timestamp;
use sandyq_model::{Fault, SubjectId};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, NoTls, Transaction};

use super::super::inventory::KeyLine;
use super::super::subject_key::{NewKey, WrappedKey};
use super::notes::Note;
use super::{KEY_PAGE_MAX, KeyRows, SCHEMA_VERSION, occupied, unknown_version};

pub(super) struct PostgresKeys {
    questions: Sender<Question>,
    url: String,
}

type Question = Box<dyn FnOnce(&mut Line) + Send>;

impl PostgresKeys {
    pub(super) fn open(url: &str) -> Result<Self, Fault> {
        let keys = Self::connect(url)?;
        keys.ask(|line| line.within(async |transaction| migrate(transaction).await))??;
        Ok(keys)
    }

    fn connect(url: &str) -> Result<Self, Fault> {
        let (questions, asked) = channel::<Question>();
        let address = url.to_owned();
        std::thread::Builder::new()
            .name("key-store".to_owned())
            .spawn(move || answer(address, &asked))
            .map_err(|error| Fault::Vault(format!("the key store's thread: {error}")))?;
        Ok(Self {
            questions,
            url: url.to_owned(),
        })
    }

    /// Has the thread answer a question, and waits for it.
    fn ask<R: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Line) -> Result<R, Fault> + Send + 'static,
    ) -> Result<R, Fault> {
        let (reply, answer) = channel();
        let question = Box::new(move |line: &mut Line| {
            // Nobody listens any more when the asker was dropped meanwhile.
            let _ = reply.send(question(line));
        });
        let gone = || Fault::Vault("the key store's thread ended".to_owned());
        self.questions.send(question).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }
}

impl KeyRows for PostgresKeys {
    fn another(&self) -> Result<Box<dyn KeyRows>, Fault> {
        Ok(Box::new(Self::connect(&self.url)?))
    }

    fn get(&mut self, subject: SubjectId, generation: u32) -> Result<Option<WrappedKey>, Fault> {
        let found = self
            .ask(move |line| line.within(async |transaction| find(transaction, subject, generation).await))?;
        Ok(found
            .map(|bytes| WrappedKey::from_row(subject, generation, &bytes))
            .transpose()?)
    }

    fn put(&mut self, keys: &[NewKey]) -> Result<(), Fault> {
        let keys = keys.to_vec();
        self.ask(move |line| line.within(async |transaction| put(transaction, &keys).await))?
    }

    fn take_back(&mut self, keys: &[NewKey]) -> Result<u64, Fault> {
        let keys = keys.to_vec();
        self.ask(move |line| line.within(async |transaction| take_back(transaction, &keys).await))
    }

    fn kill(&mut self, dead: &[(SubjectId, u32)]) -> Result<u64, Fault> {
        let dead = dead.to_vec();
        self.ask(move |line| line.within(async |transaction| kill(transaction, &dead).await))
    }

    fn replace(&mut self, keys: &[NewKey]) -> Result<u64, Fault> {
        let keys = keys.to_vec();
        self.ask(move |line| line.within(async |transaction| replace(transaction, &keys).await))
    }

    fn page(&mut self, after: Option<(SubjectId, u32)>) -> Result<Vec<WrappedKey>, Fault> {
        let rows = self.ask(move |line| line.within(async |transaction| page(transaction, after).await))?;
        rows.into_iter()
            .map(|(subject, generation, bytes)| {
                let subject = SubjectId::try_from(subject.as_slice())
                    .map_err(|_| Fault::Vault("the key store names no subject".to_owned()))?;
                Ok(WrappedKey::from_row(subject, generation, &bytes)?)
            })
            .collect()
    }

    fn count(&mut self) -> Result<u64, Fault> {
        let count: i64 = self.ask(|line| {
            line.within(async |transaction| {
                transaction
                    .query_one("SELECT COUNT(*) FROM vault.subject_key", &[])
                    .await?
                    .try_get(0)
            })
        })?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    fn notes(&mut self) -> Result<Vec<Note>, Fault> {
        self.ask(|line| line.within(async |transaction| notes(transaction).await))
    }

    fn note(&mut self, lines: &[KeyLine]) -> Result<(), Fault> {
        let lines = lines.to_vec();
        self.ask(move |line| line.within(async |transaction| note(transaction, &lines).await))
    }
}

/// The thread's side: a connection and what drives it.
struct Line {
    runtime: Runtime,
    url: String,
    client: Option<Client>,
}

impl Line {
    /// Performs the work in one transaction and makes it durable; an error undoes it.
    fn within<R>(
        &mut self,
        work: impl AsyncFnOnce(&Transaction<'_>) -> Result<R, tokio_postgres::Error>,
    ) -> Result<R, Fault> {
        if self.client.as_ref().is_none_or(Client::is_closed) {
            self.client = Some(self.runtime.block_on(connect(&self.url)).map_err(fault)?);
        }
        let Some(client) = self.client.as_mut() else {
            return Err(Fault::Vault("the key store is not connected".to_owned()));
        };
        let performed = self.runtime.block_on(async {
            let transaction = client.transaction().await?;
            let result = work(&transaction).await?;
            transaction.commit().await?;
            Ok(result)
        });
        performed.map_err(fault)
    }
}

fn answer(url: String, asked: &Receiver<Question>) {
    // Without a runtime the thread ends, and every question is answered with that.
    let Ok(runtime) = Builder::new_current_thread().enable_all().build() else {
        return;
    };
    let mut line = Line {
        runtime,
        url,
        client: None,
    };
    while let Ok(question) = asked.recv() {
        question(&mut line);
    }
}

async fn connect(url: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(async move {
        // The client finds out by itself: its next question fails, and the one after that connects anew.
        let _ = connection.await;
    });
    client.batch_execute("SET synchronous_commit = on").await?;
    Ok(client)
}

async fn migrate(transaction: &Transaction<'_>) -> Result<Result<(), Fault>, tokio_postgres::Error> {
    transaction.batch_execute(SCHEMA).await?;
    let version: i64 = transaction
        .query_one("SELECT MAX(version) FROM vault.version", &[])
        .await?
        .try_get(0)?;
    Ok(if version == SCHEMA_VERSION {
        Ok(())
    } else {
        Err(unknown_version(version))
    })
}

async fn find(
    transaction: &Transaction<'_>,
    subject: SubjectId,
    generation: u32,
) -> Result<Option<Vec<u8>>, tokio_postgres::Error> {
    let query = "SELECT wrapped FROM vault.subject_key WHERE subject_id = $1 AND generation = $2";
    let row = transaction
        .query_opt(query, &[&subject.as_bytes().as_slice(), &i64::from(generation)])
        .await?;
    row.map(|row| row.try_get(0)).transpose()
}

async fn put(
    transaction: &Transaction<'_>,
    keys: &[NewKey],
) -> Result<Result<(), Fault>, tokio_postgres::Error> {
    let (subjects, generations, wrapped) = columns(keys);
    // Looked at first, so that a key in the way leaves the transaction without a change.
    let in_the_way = "SELECT COUNT(*) FROM vault.subject_key AS kept \
                      JOIN unnest($1::bytea[], $2::bigint[], $3::bytea[]) AS new (subject_id, generation, wrapped) \
                      USING (subject_id, generation) WHERE kept.wrapped <> new.wrapped";
    let others: i64 = transaction
        .query_one(in_the_way, &[&subjects, &generations, &wrapped])
        .await?
        .try_get(0)?;
    if others > 0 {
        return Ok(Err(occupied()));
    }
    let insert = "INSERT INTO vault.subject_key (subject_id, generation, wrapped) \
                  SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bytea[]) ON CONFLICT DO NOTHING";
    transaction
        .execute(insert, &[&subjects, &generations, &wrapped])
        .await?;
    Ok(Ok(()))
}

async fn take_back(transaction: &Transaction<'_>, keys: &[NewKey]) -> Result<u64, tokio_postgres::Error> {
    let (subjects, generations, wrapped) = columns(keys);
    let remove = "DELETE FROM vault.subject_key AS kept \
                  USING unnest($1::bytea[], $2::bigint[], $3::bytea[]) AS new (subject_id, generation, wrapped) \
                  WHERE (kept.subject_id, kept.generation, kept.wrapped) \
                  = (new.subject_id, new.generation, new.wrapped)";
    transaction
        .execute(remove, &[&subjects, &generations, &wrapped])
        .await
}

/// Overwriting first would do nothing here: an UPDATE writes another row version and leaves the old one as it was.
async fn kill(
    transaction: &Transaction<'_>,
    dead: &[(SubjectId, u32)],
) -> Result<u64, tokio_postgres::Error> {
    let subjects: Vec<&[u8]> = dead
        .iter()
        .map(|(subject, _)| subject.as_bytes().as_slice())
        .collect();
    let generations: Vec<i64> = dead
        .iter()
        .map(|(_, generation)| i64::from(*generation))
        .collect();
    let remove = "DELETE FROM vault.subject_key AS kept \
                  USING unnest($1::bytea[], $2::bigint[]) AS dead (subject_id, generation) \
                  WHERE (kept.subject_id, kept.generation) = (dead.subject_id, dead.generation)";
    transaction.execute(remove, &[&subjects, &generations]).await
}

async fn replace(transaction: &Transaction<'_>, keys: &[NewKey]) -> Result<u64, tokio_postgres::Error> {
    let (subjects, generations, wrapped) = columns(keys);
    let update = "UPDATE vault.subject_key AS kept SET wrapped = new.wrapped \
                  FROM unnest($1::bytea[], $2::bigint[], $3::bytea[]) AS new (subject_id, generation, wrapped) \
                  WHERE (kept.subject_id, kept.generation) = (new.subject_id, new.generation)";
    transaction
        .execute(update, &[&subjects, &generations, &wrapped])
        .await
}

fn columns(keys: &[NewKey]) -> (Vec<&[u8]>, Vec<i64>, Vec<&[u8]>) {
    let subjects = keys.iter().map(|key| key.0.subject_bytes()).collect();
    let generations = keys.iter().map(|key| i64::from(key.0.generation())).collect();
    let wrapped = keys.iter().map(|key| key.0.as_bytes().as_slice()).collect();
    (subjects, generations, wrapped)
}

async fn page(
    transaction: &Transaction<'_>,
    after: Option<(SubjectId, u32)>,
) -> Result<Vec<(Vec<u8>, u32, Vec<u8>)>, tokio_postgres::Error> {
    let subject = after.map_or(Vec::new(), |(subject, _)| subject.as_bytes().to_vec());
    let generation = after.map_or(0, |(_, generation)| i64::from(generation));
    let query = "SELECT subject_id, generation, wrapped FROM vault.subject_key \
                 WHERE (subject_id, generation) > ($1, $2) ORDER BY subject_id, generation LIMIT $3";
    let rows = transaction
        .query(query, &[&subject, &generation, &i64::from(KEY_PAGE_MAX)])
        .await?;
    rows.iter()
        .map(|row| {
            let generation: i64 = row.try_get(1)?;
            Ok((
                row.try_get(0)?,
                u32::try_from(generation).unwrap_or(u32::MAX),
                row.try_get(2)?,
            ))
        })
        .collect()
}

async fn notes(transaction: &Transaction<'_>) -> Result<Vec<Note>, tokio_postgres::Error> {
    let rows = transaction
        .query(
            "SELECT usage, version, key_id, created_at FROM vault.use_key",
            &[],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let version: i64 = row.try_get(1)?;
            Ok(Note {
                usage: row.try_get(0)?,
                version: u16::try_from(version).unwrap_or(u16::MAX),
                key_id: row.try_get(2)?,
                created_at: Timestamp::from_millisecond(row.try_get(3)?).unwrap_or(Timestamp::UNIX_EPOCH),
            })
        })
        .collect()
}

async fn note(transaction: &Transaction<'_>, lines: &[KeyLine]) -> Result<(), tokio_postgres::Error> {
    for line in lines {
        let created_at = line.created_at.map_or(0, Timestamp::as_millisecond);
        let insert = "INSERT INTO vault.use_key (usage, version, key_id, created_at) VALUES ($1, $2, $3, $4)";
        let version = i64::from(line.version);
        transaction
            .execute(
                insert,
                &[
                    &line.usage.label(),
                    &version,
                    &line.id.as_bytes().as_slice(),
                    &created_at,
                ],
            )
            .await?;
    }
    Ok(())
}

fn fault(error: tokio_postgres::Error) -> Fault {
    // The server's own words may quote a row; its code does not.
    match error.code() {
        Some(code) => Fault::Vault(format!("the key store answered with SQLSTATE {}", code.code())),
        None => Fault::Vault(format!("the key store: {error}")),
    }
}

const SCHEMA: &str = "\
    CREATE SCHEMA IF NOT EXISTS vault;
    CREATE TABLE IF NOT EXISTS vault.version (version BIGINT PRIMARY KEY);
    INSERT INTO vault.version (version) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM vault.version);
    CREATE TABLE IF NOT EXISTS vault.subject_key (
        subject_id BYTEA NOT NULL CHECK (length(subject_id) = 16),
        generation BIGINT NOT NULL CHECK (generation >= 0),
        wrapped    BYTEA NOT NULL CHECK (length(wrapped) = 63),
        PRIMARY KEY (subject_id, generation)
    );
    CREATE TABLE IF NOT EXISTS vault.use_key (
        usage      TEXT NOT NULL,
        version    BIGINT NOT NULL,
        key_id     BYTEA NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (usage, version)
    );";
