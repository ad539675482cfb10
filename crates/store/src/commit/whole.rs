//! One transaction for something that is no operation: filling an empty database from a backup.

use crate::database::{DatabaseError, Session};

/// Does it in one transaction: all of it is durable when this returns, or nothing.
///
/// # Errors
/// What the work gives, or the engine.
pub(crate) fn whole<T, E: From<DatabaseError>>(
    session: &mut dyn Session,
    work: impl FnOnce(&mut dyn Session) -> Result<T, E>,
) -> Result<T, E> {
    session.begin()?;
    let done = work(session).and_then(|done| {
        session.commit()?;
        Ok(done)
    });
    if done.is_err() {
        session.rollback();
    }
    done
}
