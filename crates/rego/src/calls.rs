//! Which rules call which, over all modules that are loaded together. Rego has no recursion, and the
//! engine would follow it until its stack ends.

use crate::reference::{self, Path, Wanted};
use regorus::unstable::Module;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

/// How many rules may lie between a question and its answer. Each takes stack; people stay below
/// twenty.
const DEPTH_MAX: usize = 60;

/// The rules of all modules, by path.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls {
    rules: BTreeMap<Path, Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    file: String,
    line: u32,
    wants: BTreeSet<Wanted>,
}

/// What is wrong with calls, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Endless {
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) message: String,
}

/// What is known while rules are followed.
#[derive(Default)]
struct Followed<'r> {
    /// The rules being followed, from the first to the last.
    open: Vec<&'r Path>,
    /// How many rules lie below one whose calls all end, and itself.
    heights: BTreeMap<&'r Path, usize>,
    /// The same for what is asked for.
    wanted: BTreeMap<&'r Wanted, usize>,
}

impl Calls {
    /// Adds the rules of a module.
    pub(crate) fn add(&mut self, file: &str, module: &Module) {
        for part in reference::parts(module) {
            let rule = self.rules.entry(part.path).or_insert_with(|| Rule {
                file: file.to_owned(),
                line: part.line,
                wants: BTreeSet::new(),
            });
            rule.wants.extend(part.wants);
        }
    }

    /// Whether every call comes to an end: no rule asks for itself, through others or not, and none
    /// lies too deep.
    pub(crate) fn check(&self) -> Result<(), Endless> {
        let mut followed = Followed::default();
        for path in self.rules.keys() {
            self.follow(path, &mut followed)?;
        }
        Ok(())
    }

    /// Follows a rule to the end of its calls, and says how many lie below.
    fn follow<'r>(&'r self, path: &'r Path, followed: &mut Followed<'r>) -> Result<usize, Endless> {
        if let Some(height) = followed.heights.get(path) {
            return self.deep_enough(*height, followed).map(|()| *height);
        }
        if let Some(begin) = followed.open.iter().position(|open| *open == path) {
            return Err(self.cycle(followed.open.get(begin..).unwrap_or_default()));
        }
        followed.open.push(path);
        self.deep_enough(0, followed)?;
        let mut below = 0;
        for wanted in self.rules.get(path).into_iter().flat_map(|rule| &rule.wants) {
            let height = if let Some(height) = followed.wanted.get(wanted) {
                *height
            } else {
                let mut highest = 0;
                for path in self.found(wanted) {
                    highest = self.follow(path, followed)?.max(highest);
                }
                followed.wanted.insert(wanted, highest);
                highest
            };
            self.deep_enough(height, followed)?;
            below = height.max(below);
        }
        followed.open.pop();
        let height = below.saturating_add(1);
        followed.heights.insert(path, height);
        Ok(height)
    }

    /// The rules that answer for a path: those on the way to it, and those below it.
    fn found<'r>(&'r self, wanted: &'r Wanted) -> impl Iterator<Item = &'r Path> {
        let known: Path = wanted.iter().map_while(Clone::clone).collect();
        let on_the_way: Vec<&Path> = (1..known.len())
            .filter_map(|end| self.rules.get_key_value(known.get(..end)?))
            .map(|(path, _)| path)
            .collect();
        let below = self
            .rules
            .range((Bound::Included(known.clone()), Bound::Unbounded))
            .map(|(path, _)| path)
            .take_while(move |path| path.starts_with(&known))
            .filter(move |path| {
                path.iter().zip(wanted).all(|(is, wanted)| match wanted {
                    Some(wanted) => wanted == is,
                    None => true,
                })
            });
        on_the_way.into_iter().chain(below)
    }

    fn deep_enough(&self, below: usize, followed: &Followed<'_>) -> Result<(), Endless> {
        if followed.open.len().saturating_add(below) <= DEPTH_MAX {
            return Ok(());
        }
        let path = followed.open.first().copied().cloned().unwrap_or_default();
        let message = format!("calls below `{}` lie more than {DEPTH_MAX} deep", path.join("."));
        Err(self.endless(&path, message))
    }

    /// Says which rules a cycle goes through, from the first by name.
    fn cycle(&self, cycle: &[&Path]) -> Endless {
        let first = cycle.iter().enumerate().min_by_key(|(_, path)| **path);
        let Some((at, first)) = first else { return self.endless(&Path::new(), String::new()) };
        let mut message = format!("`{}` calls itself", first.join("."));
        if cycle.len() > 1 {
            let all = cycle.iter().cycle().skip(at).take(cycle.len().saturating_add(1));
            let all: Vec<String> = all.map(|path| path.join(".")).collect();
            message = format!("{message}: {}", all.join(" → "));
        }
        self.endless(first, message)
    }

    fn endless(&self, path: &Path, message: String) -> Endless {
        let rule = self.rules.get(path);
        Endless {
            file: rule.map(|rule| rule.file.clone()).unwrap_or_default(),
            line: rule.map_or(1, |rule| rule.line),
            message,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DEPTH_MAX;
    use crate::{Rego, RegoError};
    use serde_json::json;

    fn loaded(modules: &[&str]) -> Result<Rego, RegoError> {
        let mut rego = Rego::new()?;
        for (number, text) in (1..).zip(modules) {
            rego.add(&format!("{number}.rego"), text)?;
        }
        rego.check_calls()?;
        Ok(rego)
    }

    #[test]
    fn what_calls_itself_is_refused_by_name() {
        let cases: [(&[&str], &str); 19] = [
            (&["package a\n\nf(x) := f(x)\n"], "1.rego:3: `a.f` calls itself"),
            (&["package a\n\nf(x) = y { y = f(x) }\n"], "1.rego:3: `a.f` calls itself"),
            (&["package a\n\nf(x) := data.a.f(x - 1)\n"], "1.rego:3: `a.f` calls itself"),
            (&["package a\n\np if not p\n"], "1.rego:3: `a.p` calls itself"),
            (
                &["package a\n\np contains x if some x in data.a.p\n"],
                "1.rego:3: `a.p` calls itself",
            ),
            (
                &["package a\n\nf(x) := g(x)\n\ng(x) := f(x)\n"],
                "1.rego:3: `a.f` calls itself: a.f → a.g → a.f",
            ),
            (
                &["package a\n\nh(x) := f(x)\ng(x) := h(x)\nf(x) := g(x)\nz := h(1)\n"],
                "1.rego:5: `a.f` calls itself: a.f → a.g → a.h → a.f",
            ),
            // Through a rule, an alternative, a comprehension, a condition in one, a quantifier, an
            // index, a default.
            (
                &["package a\n\nf(x) := r\n\nr if f(1)\n"],
                "1.rego:3: `a.f` calls itself: a.f → a.r → a.f",
            ),
            (
                &["package a\n\nf(x) := 1 if { x > 1 } else := g(x)\n\ng(x) := f(x)\n"],
                "1.rego:3: `a.f` calls itself: a.f → a.g → a.f",
            ),
            (
                &["package a\n\nf(x) := [y | y := g(x)]\n\ng(x) := {k: v | some k; v := f(k)}\n"],
                "1.rego:3: `a.f` calls itself: a.f → a.g → a.f",
            ),
            (
                &[
                    "package a\n\nf(x) if { count({1 | g(x)}) > 0 }\n\ng(x) if every y in x { f(y) }\n",
                ],
                "1.rego:3: `a.f` calls itself: a.f → a.g → a.f",
            ),
            (
                &["package a\n\nf(x) := input[g(x)].b\n\ng(x) := [f(x)][0]\n"],
                "1.rego:3: `a.f` calls itself: a.f → a.g → a.f",
            ),
            // What stands in for another function.
            (
                &[
                    "package a\n\nf(x) := h(x)\n\nh(x) := x\n\ng(x) := y if { y := f(x) with h as g }\n",
                ],
                "1.rego:7: `a.g` calls itself",
            ),
            (
                &["package a\n\np if q with input as 1\n\nq if p with input as 2\n"],
                "1.rego:3: `a.p` calls itself: a.p → a.q → a.p",
            ),
            // Other packages and modules.
            (
                &[
                    "package a\n\nimport data.lib.b\n\nf(x) := b.f(x)\n",
                    "package lib.b\n\nimport data.a as other\n\nf(x) := other.f(x)\n",
                ],
                "1.rego:5: `a.f` calls itself: a.f → lib.b.f → a.f",
            ),
            (
                &[
                    "package a\n\nimport data.b.g\n\nf(x) := g(x)\n",
                    "package b\n\ng(x) := data.a[\"f\"](x)\n",
                    "package c\n\nf(x) := data.a.f(x)\n",
                ],
                "1.rego:5: `a.f` calls itself: a.f → b.g → a.f",
            ),
            (
                &["package a\n\nf(x) := g(x)\n", "package a\n\ng(x) := f(x)\n"],
                "1.rego:3: `a.f` calls itself: a.f → a.g → a.f",
            ),
            // What asks for all of a package, or for any, asks for itself.
            (&["package a.b\n\np := count(data.a)\n"], "1.rego:3: `a.b.p` calls itself"),
            (
                &["package a.b\n\nall contains x if x := data.a[_].all\n"],
                "1.rego:3: `a.b.all` calls itself",
            ),
        ];
        for (modules, expected) in cases {
            let error = loaded(modules).map(drop).unwrap_err();
            assert_eq!(error.to_string(), expected, "{modules:?}");
        }
    }

    #[test]
    fn a_cycle_is_refused_by_the_first_question_as_well() {
        let mut rego = Rego::new().unwrap();
        rego.add("1.rego", "package a\n\nf(x) := g(x)\n\np := f(1)\n").unwrap();
        rego.clone().ask("1.rego", "data.a.p").unwrap_err();
        rego.add("2.rego", "package a\n\ng(x) := f(x)\n").unwrap();
        let error = rego.ask("1.rego", "data.a.p").unwrap_err();
        assert_eq!(error.to_string(), "1.rego:3: `a.f` calls itself: a.f → a.g → a.f");
    }

    #[test]
    fn what_only_looks_like_a_cycle_passes() {
        let cases: [(&[&str], i64); 12] = [
            // The same name in another package, imported or not.
            (
                &[
                    "package a\n\nimport data.b\n\nf(x) := b.f(x)\n\np := f(1)\n",
                    "package b\n\nf(x) := x + 1\n",
                ],
                2,
            ),
            (&["package a\n\nf(x) := data.b.f(x)\n\np := f(1)\n", "package b\n\nf(x) := x\n"], 1),
            // Variables of the name of a rule.
            (&["package a\n\nf(p) := p + 1\n\np := f(1)\n"], 2),
            (&["package a\n\nf(x) := y if {\n\tp := x\n\ty := p\n}\n\np := f(3)\n"], 3),
            (&["package a\n\nf(x) := y if {\n\t[p, _] := x\n\ty := p\n}\n\np := f([4, 5])\n"], 4),
            (&["package a\n\np := q\n\nq := sum([p | p := 3])\n"], 3),
            (&["package a\n\np := q\n\nq := count([1 | p := 9; p > 8])\n"], 1),
            (&["package a\n\np := 1 if every p in [1, 2] { p > 0 }\n"], 1),
            // Names in texts, comments, of fields and of input.
            (&["package a\n\n# p calls p(1)\np := count(\"p(p)\") # p\n"], 4),
            (&["package a\n\np := {\"p\": {\"p\": 5}}.p.p\n"], 5),
            (&["package a\n\np := input.p + input[\"p\"]\n"], 14),
            // Parts of one object, each a rule of its own.
            (&["package a\n\no.a := 1\n\no.b := o.a + 1\n\np := o.b\n"], 2),
        ];
        for (modules, expected) in cases {
            let mut rego = loaded(modules).unwrap_or_else(|error| panic!("{modules:?}: {error}"));
            rego.set_input(json!({"p": 7}).into());
            let answer = rego.ask("1.rego", "data.a.p");
            assert_eq!(answer, Ok(Some(json!(expected))), "{modules:?}");
        }
    }

    #[test]
    fn what_lies_as_deep_as_it_may_fits_the_stack_of_a_thread() {
        let chain = |length: usize| {
            let mut text = "package a\n\np := f0(1)\n".to_owned();
            for at in 1..length {
                let rule = "f0(x) := y if { y := [w | some z in [x]; w := f1(z)][0] }\n";
                let rule = rule.replace("f1", &format!("f{at}"));
                text += &rule.replace("f0", &format!("f{}", at - 1));
            }
            text + &format!("f{}(x) := x\n", length - 1)
        };
        // The rule that is asked is one of them. Threads are given no less stack than this.
        let deep = chain(DEPTH_MAX - 1);
        let answer = std::thread::Builder::new()
            .stack_size(2 << 20)
            .spawn(move || loaded(&[&deep])?.ask("1.rego", "data.a.p"))
            .unwrap()
            .join()
            .unwrap();
        assert_eq!(answer, Ok(Some(json!(1))));
        let error = loaded(&[&chain(DEPTH_MAX)]).map(drop).unwrap_err();
        assert!(error.message.contains("more than 60 deep"), "{error}");
    }
}
