//! `*.gemspec` in a `specifications` folder: what RubyGems writes for each installed gem.
//!
//! The file is Ruby code, but of one shape: a literal for each field. Its second or third line is a
//! comment, `# stub: name version platform paths`, for whoever does not want to run it.

use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, PackageFact};

/// Installed gems, those that come with Ruby included.
pub(crate) static GEMSPEC: Extractor = Extractor {
    id: "ruby/gemspec",
    version: 1,
    title: "Installed Ruby gems",
    spec: "https://guides.rubygems.org/specification-reference/",
    selects: &[Select::Suffix(".gemspec")],
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: false },
    run,
};

/// Licenses named for one gem. More than a few are a mistake.
const LICENSES_MAX: usize = 50;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    // Elsewhere it is the source of a gem, whose fields are code.
    if !input.path.as_str().split('/').rev().skip(1).any(|part| part == "specifications") {
        return Ok(());
    }
    let spec = Spec::read(input.bytes);
    let filled = |field: Option<String>| field.filter(|text| !text.is_empty());
    let name = filled(spec.name).ok_or_else(|| ParseError::new("no name of a gem"))?;
    let version = filled(spec.version).ok_or_else(|| ParseError::new("no version of a gem"))?;
    let mut package = PackageFact::installed(Ecosystem::Gem, name, version);
    package.licenses = spec.licenses;
    sink.package(package);
    if spec.is_whole { Ok(()) } else { Err(ParseError::new("the specification breaks off")) }
}

/// The fields that matter.
#[derive(Default)]
struct Spec {
    name: Option<String>,
    version: Option<String>,
    licenses: Vec<String>,
    /// Whether the block of the fields has its end.
    is_whole: bool,
}

impl Spec {
    fn read(bytes: &[u8]) -> Self {
        let mut spec = Self::default();
        let mut variable: Option<String> = None;
        for line in Lines::new(bytes) {
            let text = String::from_utf8_lossy(line.text);
            let text = text.trim();
            if let Some(stub) = text.strip_prefix("# stub: ") {
                let mut words = stub.split(' ');
                spec.name = words.next().map(str::to_owned);
                spec.version = words.next().map(str::to_owned);
            } else if text == "end" {
                spec.is_whole = variable.is_some();
            } else if let Some((_, block)) = text.split_once("Gem::Specification.new do |") {
                variable = block.split('|').next().map(|name| format!("{}.", name.trim()));
            } else if let Some(field) = variable.as_deref().and_then(|v| text.strip_prefix(v))
                && let Some((name, value)) = field.split_once('=')
            {
                spec.field(name.trim(), value.trim());
            }
        }
        spec
    }

    fn field(&mut self, name: &str, value: &str) {
        match name {
            "name" => self.name = literal(value).map(str::to_owned).or(self.name.take()),
            "version" => {
                let value = value.strip_prefix("Gem::Version.new(").unwrap_or(value);
                self.version = literal(value).map(str::to_owned).or(self.version.take());
            }
            "license" | "licenses" => {
                let mut rest = value.trim_start_matches('[');
                while let Some(text) = literal(rest).filter(|_| self.licenses.len() < LICENSES_MAX)
                {
                    if !text.is_empty() {
                        self.licenses.push(text.to_owned());
                    }
                    let Some((_, behind)) = rest.split_once(',') else { break };
                    rest = behind.trim_start();
                }
            }
            _ => {}
        }
    }
}

/// The string at the start of a piece of code, if one is there. No name, version or license has
/// escapes.
fn literal(code: &str) -> Option<&str> {
    let quote = code.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    code.get(1..)?.split(quote).next()
}
