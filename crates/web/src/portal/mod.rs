//! "My data" (6.1–6.5): seeing, following, changing and taking back what we hold about oneself.

pub mod accesses;
pub mod change;
pub mod confidentiality;
pub mod consent_receipt;
pub mod consents;
pub mod download;
pub mod enter;
pub mod new_address;
pub mod overview;
pub mod passkeys;
pub mod password;
pub mod receipt;
pub mod requests;
pub mod second_proof;
pub mod sessions;
pub mod withdraw;
