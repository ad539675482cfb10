//! PostgreSQL: one connection per thread, statements prepared once, and everything that does not wait for an answer of
//! the one before sent in one go (pipelining), so that a group of commits costs few round trips.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;
use std::task::Poll;

use sandyq_model::Fault;
use tokio::runtime::Runtime;
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config, NoTls};

use super::dialect::Dialect;
use super::{Bulk, DatabaseError, ErrorKind, Lookup, Reader, Row, Session, Statement, Value};

/// One connection to the server.
pub(crate) struct PostgresSession {
    runtime: Runtime,
    config: Config,
    client: Client,
    /// Prepared statements by the place of their text in the program.
    prepared: HashMap<(usize, usize), tokio_postgres::Statement>,
    /// Whether a snapshot is to be begun together with the first question.
    snapshot_due: bool,
}

impl PostgresSession {
    /// Connects to the server of that URL.
    ///
    /// # Errors
    /// [`Fault::Configuration`] when the URL is not one or leads to another machine: what is sent there is not
    /// encrypted in this version. [`Fault::Store`] when the server does not answer.
    pub(crate) fn connect(url: &str) -> Result<Self, Fault> {
        let config = local_only(url)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Fault::Store(format!("no runtime for the connection: {error}")))?;
        let client = connect(&runtime, &config)?;
        Ok(Self {
            runtime,
            config,
            client,
            prepared: HashMap::new(),
            snapshot_due: false,
        })
    }

    fn prepare(&mut self, sql: &'static str) -> Result<tokio_postgres::Statement, DatabaseError> {
        let place = (sql.as_ptr().addr(), sql.len());
        if let Some(prepared) = self.prepared.get(&place) {
            return Ok(prepared.clone());
        }
        let prepared = self.runtime.block_on(self.client.prepare(sql))?;
        self.prepared.insert(place, prepared.clone());
        Ok(prepared)
    }

    fn direct(&self, sql: &str) -> Result<(), DatabaseError> {
        Ok(self.runtime.block_on(self.client.batch_execute(sql))?)
    }

    /// Asks; begins the snapshot in the same round trip when it is due.
    fn ask(
        &mut self,
        sql: &'static str,
        args: &[&(dyn tokio_postgres::types::ToSql + Sync)],
    ) -> Result<Vec<Row>, DatabaseError> {
        let prepared = self.prepare(sql)?;
        let client = &self.client;
        let begin = std::mem::take(&mut self.snapshot_due);
        let rows = self.runtime.block_on(async move {
            if begin {
                let answers: [Answer<'_, Vec<tokio_postgres::Row>>; 2] = [
                    Box::pin(async { client.batch_execute(BEGIN_SNAPSHOT).await.map(|()| Vec::new()) }),
                    Box::pin(client.query(&prepared, args)),
                ];
                in_order(answers.into())
                    .await
                    .map(|mut answers| answers.pop().unwrap_or_default())
            } else {
                client.query(&prepared, args).await
            }
        })?;
        rows.iter().map(own).collect()
    }
}

/// An answer that the server has been asked for, or will be when it is first polled.
type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, tokio_postgres::Error>> + 'a>>;

impl Session for PostgresSession {
    fn begin(&mut self) -> Result<(), DatabaseError> {
        self.direct("BEGIN ISOLATION LEVEL READ COMMITTED")
    }

    fn commit(&mut self) -> Result<(), DatabaseError> {
        self.direct("COMMIT")
    }

    fn rollback(&mut self) {
        if let Err(error) = self.direct("ROLLBACK") {
            tracing::error!(%error, "a transaction could not be undone");
        }
    }

    fn begin_part(&mut self) -> Result<(), DatabaseError> {
        self.direct("SAVEPOINT part")
    }

    fn keep_part(&mut self) -> Result<(), DatabaseError> {
        self.direct("RELEASE part")
    }

    fn undo_part(&mut self) -> Result<(), DatabaseError> {
        self.direct("ROLLBACK TO part; RELEASE part")
    }

    fn perform(&mut self, statements: &[&Statement]) -> Result<Vec<u64>, DatabaseError> {
        let prepared: Vec<_> = statements
            .iter()
            .map(|statement| self.prepare(statement.sql))
            .collect::<Result<_, _>>()?;
        let client = &self.client;
        let answers = statements.iter().zip(&prepared).map(|(statement, prepared)| {
            let answer: Answer<'_, u64> = Box::pin(client.execute_raw(prepared, &statement.args));
            answer
        });
        Ok(self.runtime.block_on(in_order(answers.collect()))?)
    }

    fn perform_many(&mut self, bulk: &Bulk, rows: Vec<Vec<Value>>) -> Result<(), DatabaseError> {
        let mut columns: Vec<Vec<Value>> = Vec::new();
        columns.resize_with(rows.first().map_or(0, Vec::len), || {
            Vec::with_capacity(rows.len())
        });
        for row in rows {
            columns
                .iter_mut()
                .zip(row)
                .for_each(|(column, value)| column.push(value));
        }
        let prepared = self.prepare(bulk.all)?;
        self.runtime
            .block_on(self.client.execute_raw(&prepared, &columns))?;
        Ok(())
    }

    fn insert(&mut self, sql: &str, rows: Vec<Vec<Value>>) -> Result<(), DatabaseError> {
        let prepared = self.runtime.block_on(self.client.prepare(sql))?;
        let client = &self.client;
        for some in rows.chunks(INSERTS_IN_FLIGHT) {
            let answers = some.iter().map(|row| {
                let answer: Answer<'_, u64> = Box::pin(client.execute_raw(&prepared, row));
                answer
            });
            self.runtime.block_on(in_order(answers.collect()))?;
        }
        Ok(())
    }

    fn look_up(&mut self, lookup: &Lookup, keys: &[[u8; 16]]) -> Result<Vec<Row>, DatabaseError> {
        let keys: Vec<&[u8]> = keys.iter().map(<[u8; 16]>::as_slice).collect();
        self.ask(lookup.all, &[&keys])
    }

    fn rows(&mut self, sql: &'static str, args: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        let args: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> = args
            .iter()
            .map(|value| value as &(dyn tokio_postgres::types::ToSql + Sync))
            .collect();
        self.ask(sql, &args)
    }

    fn perform_text(&mut self, sql: &str) -> Result<(), DatabaseError> {
        self.direct(sql)
    }

    /// Dead row versions leave their pages. The server's own write-ahead log keeps them, sealed under a dead key, until
    /// it recycles it: see `docs/operating/install.md`.
    fn leave_no_trace(&mut self) -> Result<bool, DatabaseError> {
        self.direct(super::dialect::VACUUM)?;
        Ok(true)
    }

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }
}

impl Reader for PostgresSession {
    fn query(&mut self, sql: &'static str, args: &[Value]) -> Result<Vec<Row>, Fault> {
        Ok(self.rows(sql, args)?)
    }
}

impl super::readers::Snapshots for PostgresSession {
    fn begin_snapshot(&mut self) -> Result<(), DatabaseError> {
        if self.client.is_closed() {
            self.prepared.clear();
            self.client = connect(&self.runtime, &self.config)
                .map_err(|fault| DatabaseError::new(ErrorKind::Broken, fault.to_string()))?;
        }
        self.snapshot_due = true;
        Ok(())
    }

    fn end_snapshot(&mut self) {
        // A snapshot that nothing was asked of was never begun.
        if !std::mem::take(&mut self.snapshot_due) && !self.client.is_closed() {
            self.rollback();
        }
    }

    fn as_reader(&mut self) -> &mut dyn Reader {
        self
    }
}

/// Sends everything in order before it waits for the first answer; gives the first error there is.
async fn in_order<T>(mut answers: Vec<Answer<'_, T>>) -> Result<Vec<T>, tokio_postgres::Error> {
    let mut early = Vec::with_capacity(answers.len());
    // The first poll is what sends.
    std::future::poll_fn(|context| {
        early.extend(answers.iter_mut().map(|answer| answer.as_mut().poll(context)));
        Poll::Ready(())
    })
    .await;
    let mut all = Vec::with_capacity(answers.len());
    for (answer, early) in answers.into_iter().zip(early) {
        all.push(match early {
            Poll::Ready(answer) => answer?,
            Poll::Pending => answer.await?,
        });
    }
    Ok(all)
}

fn connect(runtime: &Runtime, config: &Config) -> Result<Client, Fault> {
    runtime.block_on(async {
        let (client, connection) = config.connect(NoTls).await.map_err(DatabaseError::from)?;
        runtime.spawn(async move {
            if let Err(error) = connection.await {
                tracing::error!(error = %DatabaseError::from(error), "the connection to the database ended");
            }
        });
        client
            .batch_execute("SET synchronous_commit = on")
            .await
            .map_err(DatabaseError::from)?;
        Ok(client)
    })
}

fn local_only(url: &str) -> Result<Config, Fault> {
    let config = Config::from_str(url).map_err(|_| {
        Fault::Configuration("database.url is not a URL such as postgres://user@localhost/name".into())
    })?;
    let elsewhere = config.get_hosts().iter().any(|host| match host {
        Host::Tcp(name) => !LOCAL_NAMES.contains(&name.as_str()),
        Host::Unix(_) => false,
    });
    let elsewhere = elsewhere
        || config
            .get_hostaddrs()
            .iter()
            .any(|address| !address.is_loopback());
    if elsewhere {
        return Err(Fault::Configuration(
            "database.url leads to another machine, and this version does not encrypt the way there: use a server on \
             this machine, or an encrypted tunnel that ends on localhost"
                .into(),
        ));
    }
    Ok(config)
}

fn own(row: &tokio_postgres::Row) -> Result<Row, DatabaseError> {
    let values = (0..row.len())
        .map(|column| row.try_get::<_, Value>(column))
        .collect::<Result<_, _>>()?;
    Ok(Row(values))
}

mod types {
    //! How values go over the wire.

    use std::error::Error;

    use bytes::BytesMut;
    use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

    use super::Value;

    impl ToSql for Value {
        fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
            match self {
                Self::Null => Ok(IsNull::Yes),
                Self::Integer(number) if <i64 as ToSql>::accepts(kind) => number.to_sql(kind, out),
                Self::Text(text) if <String as ToSql>::accepts(kind) => text.to_sql(kind, out),
                Self::Blob(bytes) if <Vec<u8> as ToSql>::accepts(kind) => bytes.to_sql(kind, out),
                _ => Err(format!("a value is not of the type {kind} of its column").into()),
            }
        }

        fn accepts(kind: &Type) -> bool {
            <i64 as ToSql>::accepts(kind)
                || <String as ToSql>::accepts(kind)
                || <Vec<u8> as ToSql>::accepts(kind)
        }

        to_sql_checked!();
    }

    impl FromSql<'_> for Value {
        fn from_sql(kind: &Type, raw: &[u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
            if <i64 as FromSql>::accepts(kind) {
                i64::from_sql(kind, raw).map(Self::Integer)
            } else if <String as FromSql>::accepts(kind) {
                String::from_sql(kind, raw).map(Self::Text)
            } else {
                Vec::<u8>::from_sql(kind, raw).map(Self::Blob)
            }
        }

        fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
            Ok(Self::Null)
        }

        fn accepts(kind: &Type) -> bool {
            <i64 as FromSql>::accepts(kind)
                || <String as FromSql>::accepts(kind)
                || <Vec<u8> as FromSql>::accepts(kind)
        }
    }
}

impl From<tokio_postgres::Error> for DatabaseError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(refusal) = error.as_db_error() else {
            return Self::new(ErrorKind::Broken, error.to_string());
        };
        let kind = match refusal.code().code().as_bytes() {
            b"40001" | b"40P01" => ErrorKind::Again,
            [b'2', b'3', ..] => ErrorKind::Constraint,
            [b'5', b'3', ..] | b"54000" => ErrorKind::Full,
            [b'2', b'2' | b'5', ..] | [b'4', b'2', ..] | [b'0', b'A', ..] => ErrorKind::Statement,
            _ => ErrorKind::Broken,
        };
        Self::new(kind, format!("{} ({})", refusal.message(), refusal.code().code()))
    }
}

/// Rows that are sent before the first answer is waited for.
const INSERTS_IN_FLIGHT: usize = 256;
const BEGIN_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const LOCAL_NAMES: [&str; 4] = ["localhost", "127.0.0.1", "::1", "[::1]"];
