//! The stories of processing, along the one path, on a stage of their own each.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod account;
mod alike;
mod audit;
mod bad_input;
mod breach_people;
mod breach_searches;
mod breaches;
mod bulk;
mod clock_jumps;
mod closing;
mod consent_receipts;
mod decisions;
mod desk;
mod device;
mod disclosures;
mod emergency;
mod epochs;
mod everything;
mod figures;
mod histories;
mod holds;
mod interview;
mod joined;
mod letters;
mod local_acts;
mod never;
mod notes;
mod one_consent;
mod papers;
mod passkeys;
mod protections;
mod publication;
mod purchase;
mod queue;
mod receipt_shapes;
mod representatives;
mod requests;
mod residue;
mod retention;
mod retention_runs;
mod returned;
mod services;
mod size;
mod staff_access;
mod staff_passkeys;
mod staff_provider;
mod staff_way_in;
mod stage;
mod together;
mod turned_bits;
mod two_persons;
mod unconfirmed;
mod webhooks;
mod world;
