//! What a module answers: whether something is so, and what there is to say of it.

use serde_json::Value;

/// The most answers of one rule that are taken.
const ANSWERS_MAX: usize = 10_000;

/// An answer, as far as it says yes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reply {
    /// Whether the rule fires.
    pub(crate) fires: bool,
    /// What there is to say, each once.
    pub(crate) messages: Vec<String>,
    /// Findings it rests on, by fingerprint.
    pub(crate) fingerprints: Vec<String>,
}

impl Reply {
    /// Reads `true`, a text, or a set or list of texts and of objects with `msg` and, where it rests
    /// on a finding, its `fingerprint`. Anything else is no answer, and `Err` says what it is.
    pub(crate) fn read(value: Option<Value>) -> Result<Self, String> {
        let mut answer = Self::default();
        match value {
            None | Some(Value::Bool(false)) => {}
            Some(Value::Bool(true)) => answer.fires = true,
            Some(Value::String(text)) => answer.add(text),
            Some(Value::Array(items)) => {
                if items.len() > ANSWERS_MAX {
                    return Err(format!("it gives more than {ANSWERS_MAX} answers"));
                }
                for item in items {
                    match item {
                        Value::String(text) => answer.add(text),
                        Value::Bool(true) => answer.fires = true,
                        Value::Object(mut fields) => {
                            let mut text = |name: &str| match fields.remove(name) {
                                Some(Value::String(text)) => Some(text),
                                _ => None,
                            };
                            let (message, fingerprint) = (text("msg"), text("fingerprint"));
                            if message.is_none() && fingerprint.is_none() {
                                return Err("it gives an object with neither a text `msg` nor a \
                                            `fingerprint`"
                                    .to_owned());
                            }
                            answer.fires = true;
                            answer.fingerprints.extend(fingerprint);
                            if let Some(message) = message {
                                answer.add(message);
                            }
                        }
                        other => return Err(wrong(&other)),
                    }
                }
            }
            Some(other) => return Err(wrong(&other)),
        }
        Ok(answer)
    }

    fn add(&mut self, text: String) {
        self.fires = true;
        if !self.messages.contains(&text) {
            self.messages.push(text);
        }
    }

    /// Adds another answer of the same rule.
    pub(crate) fn join(&mut self, other: Self) {
        self.fires |= other.fires;
        self.fingerprints.extend(other.fingerprints);
        for message in other.messages {
            // What every finding says of itself is not kept whole.
            if self.messages.len() < 16 && !self.messages.contains(&message) {
                self.messages.push(message);
            }
        }
    }

    /// The first messages, for a decision.
    pub(crate) fn words(&self) -> Option<String> {
        let shown: Vec<&str> = self.messages.iter().take(3).map(String::as_str).collect();
        let more = if self.messages.len() > shown.len() { " and so on" } else { "" };
        (!shown.is_empty()).then(|| format!("{}{more}", shown.join("; ")))
    }
}

fn wrong(value: &Value) -> String {
    let what = match value {
        Value::Null => "null",
        Value::Bool(_) => "false in a list",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list in a list",
        Value::Object(_) => "an object",
    };
    format!("it gives {what}: expected true or false, texts, or objects with a text `msg`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_is_yes_or_no_or_says_why() {
        let read = |value: Value| Reply::read(Some(value)).map(|one| (one.fires, one.messages));
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(Reply::read(None), Ok(Reply::default()));
        assert_eq!(read(json!(true)), Ok((true, vec![])));
        assert_eq!(read(json!(false)), Ok((false, vec![])));
        assert_eq!(read(json!([])), Ok((false, vec![])));
        assert_eq!(read(json!("a")), Ok((true, texts(&["a"]))));
        assert_eq!(read(json!(["a", "b", "a"])), Ok((true, texts(&["a", "b"]))));
        let reply = Reply::read(Some(json!([{"msg": "a", "fingerprint": "f"}]))).unwrap();
        assert_eq!((reply.messages, reply.fingerprints), (texts(&["a"]), texts(&["f"])));
        for value in [json!(1), json!({"msg": "a"}), json!([1]), json!([{"message": "a"}])] {
            assert!(read(value.clone()).is_err(), "{value}");
        }
        assert!(read(json!(vec!["a"; ANSWERS_MAX + 1])).is_err());
    }
}
