//! The answers of Go itself, which `cargo xtask oracles` writes down.

use super::functions::Context;
use super::types::{Kind, RESULT_KIND};
use super::{Fault, Halt, eval, parse, serialize};
use crate::AwsOptions;
use serde_json::Value as Json;

const ANSWERS: &str = include_str!("../../../fixtures/template/go.json");

/// What a template writes of data, at the moment that the answers are of.
fn written(template: &str, data: &Json, kind: &'static Kind) -> Result<String, Fault> {
    let tree = parse(template)?;
    let root = serialize::value(data, kind).unwrap();
    let now = time::macros::datetime!(2024-02-13 08:05:09.12 UTC);
    let context = Context::new(now, "dev", AwsOptions::default());
    let mut out = Vec::new();
    match eval::run(&tree, root, context, &mut out) {
        Ok(()) => Ok(String::from_utf8(out).unwrap()),
        Err(Halt::Fault(fault)) => Err(fault),
        Err(Halt::Io(error)) => panic!("{error}"),
    }
}

#[test]
fn templates_write_what_go_writes() {
    const RESULTS: &Kind = &Kind::List(&RESULT_KIND);
    let answers: Json = serde_json::from_str(ANSWERS).unwrap();
    let cases = answers["cases"].as_array().unwrap();
    assert!(cases.len() >= 150, "{}", cases.len());
    let mut wrong = Vec::new();
    for case in cases {
        let template = case["template"].as_str().unwrap();
        let (data, kind) = match case["data"].as_str() {
            None => (&Json::Null, &Kind::Any),
            Some("results") => (&answers["data"]["results"], RESULTS),
            Some(name) => (&answers["data"][name], &Kind::Any),
        };
        match (written(template, data, kind), case["output"].as_str()) {
            (Ok(ours), Some(theirs)) if ours == theirs => {}
            (Err(_), None) => {}
            (Ok(ours), Some(theirs)) => {
                wrong.push(format!("{template}\n  ours {ours:?}\n  Go's {theirs:?}"));
            }
            (Ok(ours), None) => wrong.push(format!("{template}\n  fails in Go, ours {ours:?}")),
            (Err(fault), Some(theirs)) => {
                wrong.push(format!("{template}\n  {fault:?}\n  Go's {theirs:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
