//! The pieces that pages are made of, each after the pattern of the GOV.UK Design System of the same name.

mod control;
mod error_summary;
mod pagination;
mod passkey;
mod password;
mod qr;
mod rows;
mod summary_list;
mod tray;
mod value;

pub use control::{Control, control, postal_code_name, why_we_ask};
pub use error_summary::{error_summary, problem_of};
pub use pagination::pagination;
pub use passkey::{
    SIGNED, assertion_of, is_of_passkey, passkey_maker, passkey_problem, passkey_question, without_passkeys,
};
pub use password::{PasswordQuestion, password_question};
pub use qr::qr;
pub use rows::{RowsQuestion, entered, first_input, part_label, rows_question};
pub use summary_list::{Row, summary_list};
pub use tray::{hidden, submit, tray, tray_with_file};
pub use value::{value_block, value_markup, value_text};
