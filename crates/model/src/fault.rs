//! Our own failures: a public sentence for the reader, an inside story for the log, no personal data in either.

/// Something of ours failed; the operation did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The store did not do its work.
    #[error("the store is unavailable: {0}")]
    Store(String),
    /// A key is missing, or a sealed value does not open.
    #[error("the vault is unavailable: {0}")]
    Vault(String),
    /// The ledger does not verify, or an entry cannot be written: nothing may happen (5.1.5-c).
    #[error("the ledger is unavailable: {0}")]
    Ledger(String),
    /// Too much is waiting; the caller may try again.
    #[error("busy: {0}")]
    Busy(String),
    /// The operator's configuration does not allow it; fails closed.
    #[error("not configured: {0}")]
    Configuration(String),
    /// A system outside (mail, payment) did not answer as it should.
    #[error("an outside service failed: {0}")]
    Outside(String),
}
