//! Letters: what they say in three languages, how they go out, and a letter box for trying the site out.

mod decode;
pub mod letters;
pub mod mail_sink;
pub mod returned;
pub mod sender;

pub use letters::Letters;
pub use mail_sink::MailSink;
pub use sender::{Security, Smtp, SmtpPost};
