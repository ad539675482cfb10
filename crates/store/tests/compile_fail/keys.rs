//! An opened data key cannot be copied, printed or written out, and its secret cannot be taken from it.

use sandyq_store::vault::SubjectKey;

fn copy(key: &SubjectKey) -> SubjectKey {
    key.clone()
}

fn print(key: &SubjectKey) {
    println!("{key:?}");
}

fn write_out(key: &SubjectKey) -> serde_json::Result<String> {
    serde_json::to_string(key)
}

fn take_the_secret(key: &SubjectKey) -> &[u8] {
    key.secret.as_slice()
}

fn main() {}
