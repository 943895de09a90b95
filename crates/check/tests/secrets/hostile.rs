//! Bytes that were made to hurt: nothing here may panic, take forever, or show a value.

use lazaret_check::secret::{Scanner, scan_file, scan_history, scan_setting, scan_text};
use proptest::prelude::*;

/// Pieces that expressions of many rules begin with.
const PIECES: &[&str] = &[
    "password=",
    "\"token\": \"",
    "-----BEGIN RSA PRIVATE KEY-----\n",
    "://a:b@",
    "eyJ",
    "ghp_",
    "AKIA",
    "kind: Secret\ndata:\n",
    "glpat-",
    "https://",
    "\\n",
    "%3D",
    "${",
    "=",
    "\n",
    "\0",
    "xoxb-1",
    "SharedAccessKey=",
    "&sig=",
    "authorization: bearer ",
    "\u{fffd}",
    "A",
    "0",
];

fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        proptest::sample::select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
        proptest::collection::vec(any::<u8>(), 0..40),
        "[A-Za-z0-9+/_.-]{0,80}".prop_map(String::into_bytes),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_bytes_are_searched_alike_twice(bytes in text()) {
        let paths = ["app/.env", "root/.npmrc", "a.zip", "a.pyc", "etc/shadow", "x"];
        let lines = bytes.split(|byte| *byte == b'\n').count();
        for path in paths {
            let scan = scan_file(Scanner::builtin(), path, &bytes);
            prop_assert_eq!(&scan, &scan_file(Scanner::builtin(), path, &bytes));
            for hit in &scan.hits {
                prop_assert!(hit.stub.ends_with("********"), "{}", hit.stub);
                let end = hit.lines.map_or(1, |lines| lines.end);
                prop_assert!(usize::try_from(end).unwrap() <= lines);
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        scan_setting(Scanner::builtin(), "DB_PASSWORD", &text);
        scan_history(Scanner::builtin(), &text);
    }

    #[test]
    fn archives_that_are_damaged_do_no_harm(
        at in 0usize..10_000,
        byte in any::<u8>(),
        cut in 0usize..10_000,
    ) {
        let mut archive = archive();
        let len = archive.len();
        archive[at % len] = byte;
        archive.truncate(cut % len);
        for name in ["a.zip", "a.tgz", "a.jar"] {
            scan_file(Scanner::builtin(), name, &archive);
        }
    }
}

fn archive() -> Vec<u8> {
    use std::io::Write as _;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["a.txt", "b/c.yml"] {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(&b"token: something that repeats ".repeat(20)).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn texts_made_of_beginnings_come_to_an_end() {
    for piece in PIECES {
        let text = piece.as_bytes().repeat((256 << 10) / piece.len());
        let hits = scan_text(Scanner::builtin(), Some("srv/x"), &text);
        assert!(hits.len() <= 1_000, "{piece}");
    }
}

#[test]
fn many_secrets_are_told_once_each_and_not_without_end() {
    let lines: Vec<String> =
        (0..3_000).map(|n| format!("u: https://a:kJ8mP2vL{n:04}@h\n")).collect();
    let text = lines.concat();
    let hits = scan_text(Scanner::builtin(), Some("srv/x"), text.as_bytes());
    assert_eq!(hits.len(), 1_000);
    assert!(hits.windows(2).all(|pair| pair[0].lines < pair[1].lines));
}

/// Random bytes are no secrets: a rule that finds some in a megabyte would find thousands in an
/// image.
#[test]
fn noise_holds_no_secrets() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let base64: Vec<u8> = (0..1 << 20)
        .map(|at| {
            if at % 65 == 64 { b'\n' } else { alphabet[usize::from(next().to_le_bytes()[0] % 64)] }
        })
        .collect();
    let bytes: Vec<u8> = (0..1 << 17).flat_map(|_| next().to_le_bytes()).collect();
    for noise in [base64, bytes] {
        let hits = scan_text(Scanner::builtin(), Some("srv/noise.txt"), &noise);
        let rules: Vec<String> = hits.into_iter().map(|hit| hit.rule).collect();
        assert!(rules.is_empty(), "{rules:?}");
    }
}

/// A library of 8 MB of compiled code in base 64 held two tokens of Facebook's form.
#[test]
fn tokens_in_the_midst_of_data_are_none() {
    let token = [
        "EAAGaCC3VLjblUhKtyC7u0c4tuPEpsfA8fexEZZpaQ6wx2NOOYbJYuR2D3Kim8h7g05msC1QB1yRh6zepS8",
        "CUEDeIGgq6kKvsg83kJHcUynxAw4ztQgApjEIYOXGQetw0BpEZ7djLd858AunxeWwiwbUKA7Y3MmNLBr1",
    ]
    .concat();
    let data = "kAAX8APX5gDqf/w8KGCCHWwg".repeat(20);
    let found = |text: &str| {
        let hits = scan_text(Scanner::builtin(), Some("srv/app.js"), text.as_bytes());
        hits.into_iter().map(|hit| hit.rule).collect::<Vec<_>>()
    };
    assert_eq!(found(&format!("var a = \"{token}\";")), ["facebook-page-token"]);
    assert_eq!(found(&format!("https://h.example/v1/{token}/x")), ["facebook-page-token"]);
    assert!(found(&format!("var a = \"{data}/{token}+{data}\";")).is_empty());
    assert!(found(&format!("var a = \"{token}+{data}\";")).is_empty());
}
