//! Sets in an object store that speaks S3 (4.3: inside the country, or not at all).
//!
//! Requests are signed by their address (presigned URLs of one hour), sent over TLS with the roots of this machine; plain
//! HTTP is spoken to this very machine only. What a store has answered as written counts as durable.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use rusty_s3::actions::ListObjectsV2;
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use sandyq_model::{Clock, Plain};
use url::Url;

use super::fault::BackupFault;
use super::shelf::{Shelf, Stored, check_name};

/// Where an object store is, and how to be let in.
pub struct ObjectStore {
    /// Its address, such as `https://s3.example.kz`.
    pub endpoint: String,
    /// Its region.
    pub region: String,
    /// The country where it keeps what it is given, as two letters.
    pub country: String,
    /// The bucket.
    pub bucket: String,
    /// What the names in the bucket begin with; may be empty.
    pub prefix: String,
    /// The name of the access key.
    pub access_key: String,
    /// The access key.
    pub secret: Plain<String>,
}

/// A bucket, or the part of it behind a prefix.
pub struct ObjectShelf {
    bucket: Bucket,
    credentials: Credentials,
    prefix: String,
    clock: Arc<dyn Clock>,
}

impl ObjectShelf {
    /// The shelf in that store.
    ///
    /// # Errors
    /// [`BackupFault::Settings`] when it is abroad, spoken to in the open, or not one.
    pub fn at(store: &ObjectStore, clock: Arc<dyn Clock>) -> Result<Self, BackupFault> {
        let refused = |what: &str| BackupFault::Settings(format!("the object store {what}"));
        if store.country != COUNTRY {
            return Err(refused(
                "is not declared to be in Kazakhstan (country = \"KZ\"); nothing is sent abroad (4.3)",
            ));
        }
        let endpoint: Url = store
            .endpoint
            .parse()
            .map_err(|_| refused("has no address such as https://s3.example.kz"))?;
        if endpoint.scheme() != "https" && !is_this_machine(&endpoint) {
            return Err(refused(
                "is spoken to over HTTPS only, unless it is on this machine",
            ));
        }
        if !store.prefix.is_empty() {
            check_name(&store.prefix)
                .map_err(|_| refused("has a prefix with signs other than a-z, 0-9, - and /"))?;
        }
        let (name, region) = (store.bucket.clone(), store.region.clone());
        let bucket = Bucket::new(endpoint, UrlStyle::Path, name, region)
            .map_err(|error| refused(&format!("cannot be used: {error}")))?;
        let prefix = match store.prefix.as_str() {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        };
        Ok(Self {
            bucket,
            credentials: Credentials::new(store.access_key.clone(), store.secret.expose().clone()),
            prefix,
            clock,
        })
    }

    fn object(&self, name: &str) -> Result<String, BackupFault> {
        check_name(name)?;
        Ok(format!("{}{name}", self.prefix))
    }

    fn signed<'a>(&self, action: &impl S3Action<'a>) -> Url {
        action.sign_with_time(SIGNED_FOR, &self.clock.now())
    }

    /// Sends a request, a second time when the first was not answered; gives the status and at most `limit` bytes.
    fn ask(
        &self,
        method: &Method,
        url: &Url,
        body: &[u8],
        limit: u64,
    ) -> Result<(StatusCode, Bytes), BackupFault> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| place(&error))?;
        runtime.block_on(async {
            let mut answer = exchange(method, url, body, limit).await;
            if matches!(&answer, Err(BackupFault::Place(_))) {
                answer = exchange(method, url, body, limit).await;
            }
            answer
        })
    }
}

async fn exchange(
    method: &Method,
    url: &Url,
    body: &[u8],
    limit: u64,
) -> Result<(StatusCode, Bytes), BackupFault> {
    let connector = hyper_rustls::HttpsConnectorBuilder::new()
        .with_native_roots()
        .map_err(|error| place(&error))?
        .https_or_http()
        .enable_http1()
        .build();
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build(connector);
    let request = Request::builder()
        .method(method)
        .uri(url.as_str())
        .body(Full::new(Bytes::copy_from_slice(body)))
        .map_err(|error| place(&error))?;
    let asked = async {
        let answer = client.request(request).await.map_err(|error| place(&error))?;
        let status = answer.status();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let body = Limited::new(answer.into_body(), limit).collect().await;
        let body =
            body.map_err(|_| BackupFault::Place("an answer broke off, or is longer than it may be".into()))?;
        Ok((status, body.to_bytes()))
    };
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(answer) => answer,
        Err(_) => Err(BackupFault::Place(format!(
            "no answer within {} seconds",
            PATIENCE.as_secs()
        ))),
    }
}

impl Shelf for ObjectShelf {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), BackupFault> {
        let object = self.object(name)?;
        let url = self.signed(&self.bucket.put_object(Some(&self.credentials), &object));
        let (status, _) = self.ask(&Method::PUT, &url, bytes, ANSWER_BYTES_MAX)?;
        accepted(status, "writing")
    }

    fn get(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, BackupFault> {
        let object = self.object(name)?;
        let url = self.signed(&self.bucket.get_object(Some(&self.credentials), &object));
        let (status, body) = self.ask(&Method::GET, &url, &[], limit.max(ANSWER_BYTES_MAX))?;
        if status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        accepted(status, "reading")?;
        if body.len() as u64 > limit {
            return Err(BackupFault::Corrupt(format!("{name} is longer than it may be")));
        }
        Ok(Some(body.to_vec()))
    }

    fn list(&self, folder: &str) -> Result<Vec<Stored>, BackupFault> {
        check_name(folder.trim_end_matches('/'))?;
        let (mut found, mut next) = (Vec::new(), None::<String>);
        loop {
            let mut action = self.bucket.list_objects_v2(Some(&self.credentials));
            action.with_prefix(format!("{}{folder}", self.prefix));
            if let Some(next) = next.take() {
                action.with_continuation_token(next);
            }
            let url = self.signed(&action);
            let (status, body) = self.ask(&Method::GET, &url, &[], LIST_BYTES_MAX)?;
            accepted(status, "listing")?;
            let text = str::from_utf8(&body).map_err(|error| place(&error))?;
            let page = ListObjectsV2::parse_response(text).map_err(|error| place(&error))?;
            found.extend(page.contents.into_iter().filter_map(|object| {
                let name = object.key.strip_prefix(&self.prefix)?.to_owned();
                let bytes = object.size.unwrap_or(0);
                Some(Stored { name, bytes })
            }));
            match page.next_continuation_token {
                Some(token) => next = Some(token),
                None => break,
            }
        }
        found.sort();
        Ok(found)
    }

    fn remove(&self, name: &str) -> Result<(), BackupFault> {
        let object = self.object(name)?;
        let url = self.signed(&self.bucket.delete_object(Some(&self.credentials), &object));
        match self.ask(&Method::DELETE, &url, &[], ANSWER_BYTES_MAX)? {
            (StatusCode::NOT_FOUND, _) => Ok(()),
            (status, _) => accepted(status, "removing"),
        }
    }

    fn called(&self) -> String {
        format!(
            "s3://{}/{}",
            self.bucket.name(),
            self.prefix.trim_end_matches('/')
        )
    }
}

fn is_this_machine(endpoint: &Url) -> bool {
    let host = endpoint.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn accepted(status: StatusCode, what: &str) -> Result<(), BackupFault> {
    if status.is_success() {
        Ok(())
    } else {
        Err(BackupFault::Place(format!(
            "the object store answered {status} to {what}"
        )))
    }
}

/// The words of a failure. An address that is signed lets whoever reads it in, so none is ever in them.
fn place(error: &dyn std::error::Error) -> BackupFault {
    let mut words = String::from("the object store did not answer");
    let mut cause = error.source();
    while let Some(inner) = cause {
        words = format!("{words}: {inner}");
        cause = inner.source();
    }
    BackupFault::Place(words)
}

/// The only country that data may lie in (4.3).
const COUNTRY: &str = "KZ";
/// How long a signed address lets somebody in.
const SIGNED_FOR: Duration = Duration::from_secs(3600);
/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// Bytes of an answer that is not a part of a set.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;
/// Bytes of one page of a list: at most a thousand names.
const LIST_BYTES_MAX: u64 = 4 * 1024 * 1024;
