//! Letters go out over SMTP to our own mail server (1.4). Without TLS only to this very machine: anything else is refused
//! when the program starts, not when the first letter leaves.

use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use lettre::address::Envelope;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use sandyq_model::{Fault, Plain};
use sandyq_processing::ports::{Delivery, Letter, Post};

use super::letters::Letters;
use super::returned::RETURN_PREFIX;

/// The longest that the mail server may take for one step.
const SMTP_TIME_MAX: Duration = Duration::from_secs(10);

/// How the way to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (port 465).
    Tls,
    /// TLS after the greeting, or no letter (port 587).
    StartTls,
    /// None: to this very machine only.
    Plain,
}

/// Where letters go out.
#[derive(Clone, Debug)]
pub struct Smtp {
    /// The mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is protected.
    pub security: Security,
    /// Who vouches for the server's certificate beside those whom this machine believes, in PEM.
    pub authority: Option<Vec<u8>>,
    /// The user and the password, when it wants them.
    pub credentials: Option<(String, Plain<String>)>,
    /// The sender's address.
    pub from: String,
    /// Whether somebody looks at what comes back; only then does each letter have a return path of its own (6.1).
    pub hears_of_returns: bool,
}

/// The post over SMTP.
pub struct SmtpPost {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    letters: Letters,
    hears_of_returns: bool,
}

impl SmtpPost {
    /// The post to that mail server.
    ///
    /// # Errors
    /// [`Fault::Configuration`] when letters would travel in the open, or the sender's address is none.
    pub fn new(smtp: &Smtp, letters: Letters) -> Result<Self, Fault> {
        let from: Address = smtp
            .from
            .parse()
            .map_err(|_| Fault::Configuration("mail.from is not an e-mail address".to_owned()))?;
        if smtp.security == Security::Plain && !is_this_machine(&smtp.host) {
            let says = "mail.security: letters to another machine travel under TLS only; set \"tls\" or \"starttls\"";
            return Err(Fault::Configuration(says.to_owned()));
        }
        let tls = match smtp.security {
            Security::Tls => Tls::Wrapper(believed(smtp)?),
            Security::StartTls => Tls::Required(believed(smtp)?),
            Security::Plain => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.host)
            .tls(tls)
            .port(smtp.port)
            .timeout(Some(SMTP_TIME_MAX));
        if let Some((user, password)) = &smtp.credentials {
            builder = builder.credentials(Credentials::new(user.clone(), password.expose().clone()));
        }
        Ok(Self {
            transport: builder.build(),
            from: Mailbox::new(None, from),
            letters,
            hears_of_returns: smtp.hears_of_returns,
        })
    }

    /// From where and to whom the mail server is told that the letter goes: its return path is its own, when it has one (6.1).
    fn envelope(&self, letter: &Letter, to: Address) -> Result<Envelope, Fault> {
        let wrong = |_| Fault::Outside("a letter could not be put together".to_owned());
        let from = match &letter.return_path {
            Some(token) => {
                Address::new(format!("{RETURN_PREFIX}{token}"), self.from.email.domain()).map_err(wrong)?
            }
            None => self.from.email.clone(),
        };
        Envelope::new(Some(from), vec![to])
            .map_err(|_| Fault::Outside("a letter could not be put together".to_owned()))
    }

    /// The letter as mail; one recipient, whatever the address holds.
    fn mail(&self, letter: &Letter, to: Address) -> Result<Message, Fault> {
        let written = self.letters.write(letter);
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(written.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(written.text)
            .map_err(|_| Fault::Outside("a letter could not be put together".to_owned()))
    }
}

#[async_trait]
impl Post for SmtpPost {
    async fn send(&self, letter: Letter) -> Result<Delivery, Fault> {
        // An address that mail cannot carry, one with a second line among them, will never be one that it can.
        let Ok(to) = letter.to.expose().parse::<Address>() else {
            return Ok(Delivery::Refused);
        };
        let envelope = self.envelope(&letter, to.clone())?;
        let mail = self.mail(&letter, to)?;
        match self.transport.send_raw(&envelope, &mail.formatted()).await {
            Ok(_) => Ok(Delivery::Done),
            Err(error) if error.status().is_some_and(|code| refuses_for_good(code.into())) => {
                Ok(Delivery::Refused)
            }
            // The server's words may hold the address; none of them is kept.
            Err(_) => Err(Fault::Outside("the mail server did not take a letter".to_owned())),
        }
    }

    fn hears_of_returns(&self) -> bool {
        self.hears_of_returns
    }
}

/// Whether an answer of a mail server says that nobody is at the address (RFC 5321, 4.2.3; RFC 7504). Other answers that begin
/// with 5 are about us (the password, the sender, the size) and end when somebody mends it.
const fn refuses_for_good(code: u16) -> bool {
    matches!(code, 550 | 551 | 553 | 556)
}

/// Whom the server's certificate must come from, and for which name.
fn believed(smtp: &Smtp) -> Result<TlsParameters, Fault> {
    let wrong = |error| Fault::Configuration(format!("mail: {error}"));
    let mut parameters = TlsParameters::builder(smtp.host.clone());
    if let Some(authority) = &smtp.authority {
        parameters = parameters.add_root_certificate(Certificate::from_pem(authority).map_err(wrong)?);
    }
    parameters.build().map_err(wrong)
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(host: &str, security: Security) -> Smtp {
        let from = "no-reply@example.kz".to_owned();
        Smtp {
            host: host.to_owned(),
            port: 25,
            security,
            authority: None,
            credentials: None,
            from,
            hears_of_returns: false,
        }
    }

    fn letters() -> Letters {
        Letters {
            site: "https://example.kz".into(),
            operator: "Example LLP".into(),
        }
    }

    #[tokio::test]
    async fn letters_never_travel_in_the_open() {
        assert!(SmtpPost::new(&smtp("127.0.0.1", Security::Plain), letters()).is_ok());
        assert!(SmtpPost::new(&smtp("mail.example.kz", Security::Plain), letters()).is_err());
        assert!(SmtpPost::new(&smtp("mail.example.kz", Security::StartTls), letters()).is_ok());
        assert!(SmtpPost::new(&smtp("mail.example.kz", Security::Tls), letters()).is_ok());
    }
}
