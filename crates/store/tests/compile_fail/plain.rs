//! A plain value cannot be shown, logged or written out by accident.

use sandyq_model::Plain;

fn print(value: &Plain<String>) {
    println!("{value}");
}

fn into_a_text(value: &Plain<String>) -> String {
    value.to_string()
}

fn log(value: &Plain<String>) {
    tracing::info!(%value, "who is this");
}

fn write_out(value: &Plain<String>) -> serde_json::Result<String> {
    serde_json::to_string(value)
}

fn read_in(text: &str) -> serde_json::Result<Plain<String>> {
    serde_json::from_str(text)
}

fn main() {}
