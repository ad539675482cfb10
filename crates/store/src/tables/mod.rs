//! One file per table: statements that change it, queries that read it. No file knows the policy.

pub mod authenticator;
pub mod breach;
pub mod case_file;
pub mod code;
pub mod consent;
pub mod consent_text;
pub mod disclosure;
pub mod epoch_end;
pub mod hold;
pub mod idempotency;
pub mod job;
pub mod posting;
pub mod purpose_use;
pub mod receipt;
pub mod recipient;
pub mod record;
pub mod refusal_count;
pub mod retention_run;
pub mod search_index;
pub mod session;
pub mod staff;
pub mod subject;
pub mod subject_request;
pub mod wish;
