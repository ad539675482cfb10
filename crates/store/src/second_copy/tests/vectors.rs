//! The bytes that are promised: `spec/vectors/second-copy.json`, written from fixed seeds and compared byte for byte.

use serde_json::{Value, json};

use super::format::{Root, key, small};
use super::memory::Memory;
use crate::second_copy::content::Content;
use crate::second_copy::walk::{End, walk};
use crate::vault::KeySource;

/// The frames of a stream as an outsider reads them, or why nothing of it is believed.
fn read(memory: &Memory) -> (Vec<Value>, Value) {
    let mut frames = Vec::new();
    let mut each = |number, content: Content| {
        frames.push(json!({
            "number": number,
            "kind": content.kind(),
            "holds": hex::encode(content.encode()),
        }));
        Ok(())
    };
    let end = match walk(&mut memory.clone(), &key(7), &mut each).map(|walked| walked.end) {
        Ok(End::Whole) => json!("whole"),
        Ok(End::Torn { bytes }) => json!({ "torn": bytes }),
        Err(_) => json!("damaged"),
    };
    (frames, end)
}

fn segments(memory: &Memory) -> Vec<Value> {
    let files = memory.with(|folder| folder.files.clone());
    let named = files.iter().map(
        |(first, bytes)| json!({ "file": format!("stream-{first:020}.copy"), "bytes": hex::encode(bytes) }),
    );
    named.collect()
}

fn of_segments(segments: &Value) -> Memory {
    let memory = Memory::default();
    for segment in segments.as_array().unwrap() {
        let name = segment["file"].as_str().unwrap();
        let first = name
            .strip_prefix("stream-")
            .unwrap()
            .strip_suffix(".copy")
            .unwrap();
        let bytes = hex::decode(segment["bytes"].as_str().unwrap()).unwrap();
        memory.with(|folder| folder.files.insert(first.parse().unwrap(), bytes));
    }
    memory
}

/// What somebody did to the newest segment: a bit that was turned, bytes that are gone, zeros where nothing was written.
const SPOILED: [(&str, usize, usize); 6] = [
    ("bit", 20, 0),
    ("bit", 130, 0),
    ("bit", 200, 0),
    ("cut", 100, 0),
    ("cut", 1, 0),
    ("zeros", 0, 40),
];

fn spoil(memory: &Memory, (what, at, more): (&str, usize, usize)) -> Memory {
    let files = memory.with(|folder| folder.files.clone());
    let other = Memory::default();
    other.with(|folder| {
        folder.files = files;
        let mut newest = folder.files.last_entry().unwrap();
        let bytes = newest.get_mut();
        match what {
            "bit" => bytes[at] ^= 1,
            "cut" => bytes.truncate(bytes.len() - at),
            _ => bytes.extend(vec![0; more]),
        }
    });
    other
}

fn made() -> Value {
    let memory = small();
    let (frames, end) = read(&memory);
    let spoiled = SPOILED.map(|spoiled| {
        let (frames, end) = read(&spoil(&memory, spoiled));
        json!({ "done": spoiled.0, "at": spoiled.1, "more": spoiled.2, "frames": frames.len(), "end": end })
    });
    json!({
        "key": hex::encode(Root(7).derive(b"sandyq/second-copy/1").unwrap().as_slice()),
        "segments": segments(&memory),
        "frames": frames,
        "end": end,
        "spoiled": spoiled,
    })
}

#[test]
fn a_stream_is_written_and_read_as_it_is_promised() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/vectors/second-copy.json");
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(path, serde_json::to_string_pretty(&made()).unwrap() + "\n").unwrap();
    }
    let vectors: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(made(), vectors, "what is written");
    let memory = of_segments(&vectors["segments"]);
    let (frames, end) = read(&memory);
    assert_eq!(
        (&json!(frames), &end),
        (&vectors["frames"], &vectors["end"]),
        "what is read"
    );
    let kinds: Vec<u64> = frames.iter().filter_map(|frame| frame["kind"].as_u64()).collect();
    assert!(
        (1..=9).all(|kind| kinds.contains(&kind)),
        "every kind is shown: {kinds:?}"
    );
}
