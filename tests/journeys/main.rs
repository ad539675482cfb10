//! Journeys: the promises of the policy, walked through the real program from outside.
//!
//! One file per promise, named after its clause (`s6_3_withdraw.rs`), its head citing the clause; one binary for all, so
//! that they link once. The program, the browser and the mail server are started by `harness` and end with the test.
//! A test whose path contains `browser` needs Chromium; `cargo xtask test --quick` leaves those out.

#[cfg(test)]
mod asking;
#[cfg(test)]
mod every_page;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod harness_itself;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod s1_1_3_account;
#[cfg(test)]
mod s1_1_5_apply;
#[cfg(test)]
mod s1_1_every_service;
#[cfg(test)]
mod s1_2_receipt_of_consent;
#[cfg(test)]
mod s1_2_representative;
#[cfg(test)]
mod s1_3_closed_account;
mod s1_3_decision;
#[cfg(test)]
mod s2_2_1_passkey;
#[cfg(test)]
mod s2_2_4_statistics;
#[cfg(test)]
mod s2_2_7_guest_purchase;
#[cfg(test)]
mod s3_b_local_acts;
#[cfg(test)]
mod s4_1_winners;
#[cfg(test)]
mod s4_2_1_handed_over;
#[cfg(test)]
mod s4_2_1_webhook;
#[cfg(test)]
mod s4_3_nothing_leaves;
#[cfg(test)]
mod s5_1_4_accounts;
#[cfg(test)]
mod s5_1_4_desk;
#[cfg(test)]
mod s5_1_4_provider;
#[cfg(test)]
mod s5_1_4_staff;
#[cfg(test)]
mod s5_1_5_audit;
#[cfg(test)]
mod s5_1_5_witness;
#[cfg(test)]
mod s5_1_6_at_rest;
#[cfg(test)]
mod s5_1_6_backup;
#[cfg(test)]
mod s5_breach;
#[cfg(test)]
mod s6_2_confidentiality;
#[cfg(test)]
mod s6_3_dead_in_every_copy;
#[cfg(test)]
mod s6_3_one_consent;
#[cfg(test)]
mod s6_3_second_copy;
#[cfg(test)]
mod s6_3_withdraw_by_letter;
#[cfg(test)]
mod s6_4_everything;
#[cfg(test)]
mod s6_4_inform;
#[cfg(test)]
mod s6_5_answer_on_paper;
#[cfg(test)]
mod s7_question;
#[cfg(test)]
mod s8_order_of_a_court;
#[cfg(test)]
mod s8_retention;
#[cfg(test)]
mod the_demo;
