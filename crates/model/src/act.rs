//! Verbs as types, so that an operation, its permit and its performance cannot be mixed up.

use crate::verb::Verb;

/// A verb in the type of an [`Operation`](crate::Operation) and of the permit that answers it.
pub trait Act: Copy + Send + Sync + 'static {
    /// The verb that this type stands for.
    const VERB: Verb;
}

macro_rules! acts {
    ($($name:ident),* $(,)?) => {$(
        #[doc = concat!("The type of [`Verb::", stringify!($name), "`].")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name;

        impl Act for $name {
            const VERB: Verb = Verb::$name;
        }
    )*};
}

acts!(
    Collect,
    Record,
    Systematize,
    Accumulate,
    Store,
    Clarify,
    Extract,
    Use,
    Disseminate,
    Provide,
    Access,
    Depersonalize,
    Block,
    Unblock,
    Delete,
    Destroy,
    Confirm,
    Withdraw,
);
