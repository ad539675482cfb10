//! 5.1.4: the way to the identity provider of the settings, over TLS with the roots of this machine or an authority of the operator's own;
//! plain HTTP is spoken to this very machine only. Redirects are not followed, and every answer has an end in time and length.

use std::time::Duration;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use sandyq_model::{Fault, Plain};
use sandyq_processing::ports::{ProviderAnswer, ProviderLine};

use crate::failure::Failure;
use crate::trust;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// The way.
pub struct HttpsLine {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl HttpsLine {
    /// The way to a provider whose certificate these authorities vouch for, as PEM; those of this machine when none is named.
    ///
    /// # Errors
    /// Exit 3 when there is no authority that could be believed.
    pub fn new(authority: Option<&[u8]>) -> Result<Self, Failure> {
        let tls = trust::client_config("identity_provider", authority)?;
        // Which addresses may be plain the settings have said already: none but of this machine.
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
        })
    }

    async fn exchanged(&self, request: Request<Full<Bytes>>) -> Result<ProviderAnswer, Fault> {
        let asked = async {
            let answer = self
                .client
                .request(request)
                .await
                .map_err(|error| outside(&error.to_string()))?;
            let status = answer.status().as_u16();
            let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX);
            let body = body
                .collect()
                .await
                .map_err(|_| outside("an answer broke off, or is longer than it may be"))?;
            Ok(ProviderAnswer {
                status,
                body: Plain::new(body.to_bytes().to_vec()),
            })
        };
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(answer) => answer,
            Err(_) => Err(outside(&format!(
                "no answer within {} seconds",
                PATIENCE.as_secs()
            ))),
        }
    }
}

#[async_trait]
impl ProviderLine for HttpsLine {
    async fn get(&self, place: &str) -> Result<ProviderAnswer, Fault> {
        let request = Request::builder()
            .method(Method::GET)
            .uri(place)
            .header(header::ACCEPT, "application/json")
            .body(Full::default())
            .map_err(|_| outside("its address cannot be asked"))?;
        self.exchanged(request).await
    }

    async fn post(
        &self,
        place: &str,
        credentials: Option<(String, Plain<String>)>,
        form: Plain<String>,
    ) -> Result<ProviderAnswer, Fault> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(place)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some((name, secret)) = credentials {
            let both = Plain::new(format!("{name}:{}", secret.expose()));
            let value = Plain::new(format!("Basic {}", STANDARD.encode(both.expose())));
            request = request.header(header::AUTHORIZATION, value.expose());
        }
        let request = request
            .body(Full::new(Bytes::copy_from_slice(form.expose().as_bytes())))
            .map_err(|_| outside("its address cannot be asked"))?;
        self.exchanged(request).await
    }
}

fn outside(why: &str) -> Fault {
    Fault::Outside(format!("the identity provider: {why}"))
}
