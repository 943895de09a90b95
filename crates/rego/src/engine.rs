//! The engine, and what goes wrong in it.

use crate::calls::{Calls, Endless};
use crate::{builtin, depth};
use regorus::utils::limits::{ExecutionTimerConfig, monotonic_now};
use regorus::{Engine, PolicyLengthConfig, Value};
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::time::Duration;

/// How long one question may take where nothing else is said. The largest sets of rules answer in
/// milliseconds.
const QUESTION_TIME_MAX: Duration = Duration::from_secs(10);

/// Steps between two looks at the clock.
const TIMER_INTERVAL: NonZeroU32 = match NonZeroU32::new(256) {
    Some(steps) => steps,
    None => NonZeroU32::MIN,
};

/// The largest module. People who list ten thousand ids in one stay below it.
const MODULE_LENGTH: PolicyLengthConfig = PolicyLengthConfig {
    max_col: match NonZeroU32::new(256 << 10) {
        Some(columns) => columns,
        None => NonZeroU32::MIN,
    },
    max_file_bytes: match NonZeroUsize::new(1 << 20) {
        Some(bytes) => bytes,
        None => NonZeroUsize::MIN,
    },
    max_lines: match NonZeroUsize::new(50_000) {
        Some(lines) => lines,
        None => NonZeroUsize::MIN,
    },
};

/// A module or its evaluation gone wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {message}", .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct RegoError {
    /// The file of the module.
    pub file: String,
    /// The line in it, where it is known.
    pub line: Option<u32>,
    /// What is wrong.
    pub message: String,
}

/// A function that modules may call besides those of Rego.
pub type Function = fn(Vec<Value>) -> Value;

/// Time that several questions share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    whole: Duration,
    left: Duration,
}

impl Budget {
    /// So much time.
    pub const fn new(whole: Duration) -> Self {
        Self { whole, left: whole }
    }
}

/// Modules that can be asked. A clone shares the modules and costs next to nothing.
#[derive(Clone, Debug)]
pub struct Rego {
    engine: Engine,
    /// Which rules call which, and whether it is known that all of these calls end.
    calls: Arc<Calls>,
    is_checked: bool,
}

impl Rego {
    /// An engine without modules.
    pub fn new() -> Result<Self, RegoError> {
        let mut engine = Engine::new();
        engine.set_policy_length_config(MODULE_LENGTH);
        // As in OPA: a call that cannot be answered is undefined.
        engine.set_strict_builtin_errors(false);
        engine.set_execution_timer_config(timer(QUESTION_TIME_MAX));
        let mut rego = Self { engine, calls: Arc::default(), is_checked: true };
        builtin::add_to(&mut rego.engine).map_err(|error| read_error("rego", &error))?;
        Ok(rego)
    }

    /// Lets modules call a function by a name, which may have dots in it.
    pub fn add_function(
        &mut self,
        name: &str,
        arguments: u8,
        function: Function,
    ) -> Result<(), RegoError> {
        let extension = Box::new(move |arguments| Ok(function(arguments)));
        self.engine
            .add_extension(name.to_owned(), arguments, extension)
            .map_err(|error| read_error(name, &error))
    }

    /// Says what `time.now_ns()` is, in nanoseconds since 1970. Without it, it is an error to ask.
    pub fn set_now(&mut self, nanoseconds: i64) -> Result<(), RegoError> {
        let now = move |_| Ok(Value::from(nanoseconds));
        self.engine
            .add_extension("time.now_ns".to_owned(), 0, Box::new(now))
            .map_err(|error| read_error("time.now_ns", &error))
    }

    /// Adds a module: in the syntax of today, or, where it is not in it, in that of before OPA 1.0.
    /// Gives its package, with `data.` before it.
    pub fn add(&mut self, file: &str, text: &str) -> Result<String, RegoError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if let Some((line, message)) = depth::exceeded(text) {
            return Err(RegoError { file: file.to_owned(), line: Some(line), message });
        }
        let mut first = None;
        for is_old in [false, true] {
            self.engine.set_rego_v0(is_old);
            match self.engine.add_policy(file.to_owned(), text.to_owned()) {
                Ok(package) => {
                    if let Some(module) = self.engine.get_modules().last() {
                        Arc::make_mut(&mut self.calls).add(file, module);
                        self.is_checked = false;
                    }
                    return Ok(package);
                }
                Err(error) => {
                    first.get_or_insert_with(|| read_error(file, &error));
                }
            }
        }
        let message = "the module cannot be read".to_owned();
        Err(first.unwrap_or(RegoError { file: file.to_owned(), line: None, message }))
    }

    /// Looks whether all calls of the modules come to an end. What is asked before does it as well.
    pub fn check_calls(&mut self) -> Result<(), RegoError> {
        if !self.is_checked {
            let endless =
                |Endless { file, line, message }| RegoError { file, line: Some(line), message };
            self.calls.check().map_err(endless)?;
            self.is_checked = true;
        }
        Ok(())
    }

    /// Whether a module of this file says something under a name.
    pub fn says(&self, file: &str, name: &str) -> bool {
        self.engine.has_declared_rule_rooted_at(file, name).unwrap_or(false)
    }

    /// Sets what `input` is.
    pub fn set_input(&mut self, input: Value) {
        self.engine.set_input(input);
    }

    /// Asks for a rule by its path, such as `data.trivy.ignore`; nothing where it is undefined.
    pub fn ask(&mut self, file: &str, rule: &str) -> Result<Option<serde_json::Value>, RegoError> {
        self.check_calls()?;
        let value =
            self.engine.eval_rule(rule.to_owned()).map_err(|error| read_error(file, &error))?;
        match value {
            Value::Undefined => Ok(None),
            Value::Bool(value) => Ok(Some(serde_json::Value::Bool(value))),
            value => Ok(serde_json::to_value(&value).ok()),
        }
    }

    /// The same, within the time that is left of a budget.
    pub fn ask_within(
        &mut self,
        budget: &mut Budget,
        file: &str,
        rule: &str,
    ) -> Result<Option<serde_json::Value>, RegoError> {
        if budget.left.is_zero() {
            return Err(too_slow(file, budget));
        }
        self.engine.set_execution_timer_config(timer(budget.left));
        let begin = monotonic_now();
        let answer = self.ask(file, rule);
        let taken = monotonic_now().zip(begin).map(|(end, begin)| end.saturating_sub(begin));
        budget.left = budget.left.saturating_sub(taken.unwrap_or_default());
        if answer.is_err() && budget.left.is_zero() {
            return Err(too_slow(file, budget));
        }
        answer
    }

    /// Sets how long one question may take.
    pub fn set_time_max(&mut self, time: Duration) {
        self.engine.set_execution_timer_config(timer(time));
    }
}

const fn timer(limit: Duration) -> ExecutionTimerConfig {
    ExecutionTimerConfig { limit, check_interval: TIMER_INTERVAL }
}

fn too_slow(file: &str, budget: &Budget) -> RegoError {
    let seconds = budget.whole.as_secs_f64();
    let message = format!("it takes longer than the {seconds} s it may think");
    RegoError { file: file.to_owned(), line: None, message }
}

/// Takes file and line out of the engine's words: `--> FILE:LINE:COLUMN`, the line itself, and
/// `error: MESSAGE`.
fn read_error(file: &str, error: &anyhow::Error) -> RegoError {
    let text = error.to_string();
    let place = text.lines().find_map(|line| line.trim().strip_prefix("--> "));
    let mut parts = place.unwrap_or_default().rsplitn(3, ':');
    let _column = parts.next();
    let line = parts.next().and_then(|line| line.parse().ok());
    let file = parts.next().filter(|_| line.is_some()).unwrap_or(file);
    let message = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("error: "))
        .unwrap_or_else(|| text.trim());
    RegoError { file: file.to_owned(), line, message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asked(text: &str, rule: &str) -> Result<Option<serde_json::Value>, RegoError> {
        let mut rego = Rego::new()?;
        rego.add("a.rego", text)?;
        rego.set_input(json!({"name": "web"}).into());
        rego.ask_within(&mut Budget::new(Duration::from_millis(300)), "a.rego", rule)
    }

    #[test]
    fn both_syntaxes_are_read() {
        let old = "package a\n\nb { input.name == \"web\" }\n";
        let new = "package a\n\nb if input.name == \"web\"\n";
        let mixed = "package a\n\nimport rego.v1\n\nb if input.name == \"web\"\n";
        for text in [old, new, mixed] {
            assert_eq!(asked(text, "data.a.b").unwrap(), Some(json!(true)), "{text}");
        }
        assert_eq!(asked("package a\nb if input.name == \"db\"", "data.a.b").unwrap(), None);
    }

    #[test]
    fn an_error_has_its_file_and_line() {
        let error = asked("package a\n\nb if {\n", "data.a.b").unwrap_err();
        assert_eq!(error.file, "a.rego");
        assert!(error.line.is_some_and(|line| line >= 3), "{error:?}");
        let error = asked("package a\n\nb := nothing.there(1)\n", "data.a.b").unwrap_err();
        assert_eq!((error.file.as_str(), error.line), ("a.rego", Some(3)));
        assert!(error.message.contains("nothing.there"), "{error}");
    }

    #[test]
    fn what_does_not_end_is_ended() {
        let text = "package a\n\nb if {\n\tsome i in numbers.range(1, 9000)\n\tsome j in \
                    numbers.range(1, 9000)\n\ti + j == 0\n}\n";
        let error = asked(text, "data.a.b").unwrap_err();
        assert!(error.message.contains("0.3 s"), "{error}");
    }

    #[test]
    fn what_would_not_fit_into_memory_is_an_error() {
        for call in ["numbers.range(1, 1000000000000)", "numbers.range_step(1, 90000000000, 1)"] {
            let error = asked(&format!("package a\n\nb := {call}\n"), "data.a.b").unwrap_err();
            assert!(error.message.contains("more than"), "{error}");
        }
        for (open, close) in
            [("[", "]"), ("{1: ", "}"), ("f(", ")"), ("(", ")"), ("- ", ""), ("not ", "")]
        {
            let (open, close) = (open.repeat(50_000), close.repeat(50_000));
            let deep = format!("package a\n\nb if {{\n\tx := {open}1{close}\n}}\n");
            assert!(asked(&deep, "data.a.b").is_err(), "{open:.4}");
        }
        let name = format!("package a\n\nb := input{}\n", ".c".repeat(100_000));
        let long = format!("package a\n\nb := 1{}\n", " + 1".repeat(60_000));
        let otherwise = format!(
            "package a\n\nb := 1 if {{\n\tfalse\n}}{}\n",
            " else := 2 if {\n\tfalse\n}".repeat(9_000)
        );
        for text in [&name, &long] {
            assert!(asked(text, "data.a.b").is_err());
        }
        drop(asked(&otherwise, "data.a.b"));
        for text in ["b := f(1)\n\nf(x) := f(x)\n", "b := c\n\nc := b\n"] {
            assert!(asked(&format!("package a\n\n{text}"), "data.a.b").is_err(), "{text}");
        }
        let large = format!("package a\n\n# {}\n", "x".repeat(2 << 20));
        assert!(asked(&large, "data.a.b").is_err());
    }

    #[test]
    fn neither_clock_nor_chance_decides() {
        let error = asked("package a\n\nb := time.now_ns()\n", "data.a.b").unwrap_err();
        assert!(error.message.contains("time.now_ns"), "{error}");
        let error = asked("package a\n\nb := rand.intn(\"a\", 9)\n", "data.a.b").unwrap_err();
        assert!(error.message.contains("chance"), "{error}");
        let mut rego = Rego::new().unwrap();
        rego.add("a.rego", "package a\n\nb := time.now_ns()\n").unwrap();
        rego.set_now(1_700_000_000_000_000_000).unwrap();
        let now = rego.ask("a.rego", "data.a.b").unwrap();
        assert_eq!(now, Some(json!(1_700_000_000_000_000_000_i64)));
    }
}
