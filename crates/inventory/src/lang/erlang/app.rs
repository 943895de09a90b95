//! `ebin/NAME.app`, the resource file of every compiled application of Erlang and Elixir.

use super::term::{Language, Term, Terms};
use crate::lang::declared::{Packages, declared, need, needs};
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Applications of Erlang and Elixir, in the image as part of the languages, of a release or of a
/// project. What is no part of the languages is taken for the package of Hex of the same name, as
/// nearly all are.
pub(crate) static APP: Extractor = Extractor {
    id: "erlang/app",
    version: 1,
    title: "Erlang applications",
    spec: "https://www.erlang.org/doc/apps/kernel/app.html",
    selects: &[Select::Tail("ebin/*.app")],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

/// The applications of Erlang/OTP, present and past, then those of Elixir; sorted.
const LANGUAGES: [&str; 58] = [
    "asn1",
    "common_test",
    "compiler",
    "cosEvent",
    "cosEventDomain",
    "cosFileTransfer",
    "cosNotification",
    "cosProperty",
    "cosTime",
    "cosTransactions",
    "crypto",
    "debugger",
    "dialyzer",
    "diameter",
    "edoc",
    "eex",
    "eldap",
    "elixir",
    "erl_docgen",
    "erl_interface",
    "erts",
    "et",
    "eunit",
    "ex_unit",
    "ftp",
    "gs",
    "hipe",
    "ic",
    "iex",
    "inets",
    "jinterface",
    "kernel",
    "logger",
    "megaco",
    "mix",
    "mnesia",
    "observer",
    "odbc",
    "orber",
    "os_mon",
    "ose",
    "otp_mibs",
    "parsetools",
    "percept",
    "public_key",
    "reltool",
    "runtime_tools",
    "sasl",
    "snmp",
    "ssh",
    "ssl",
    "stdlib",
    "syntax_tools",
    "test_server",
    "tftp",
    "tools",
    "wx",
    "xmerl",
];

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let terms = Terms::parse(input.bytes, Language::Erlang)?;
    if terms.terms.is_empty() {
        return Ok(());
    }
    let application = terms.terms.first().map(Term::tuple).unwrap_or_default();
    let [Term::Word("application"), Term::Word(name), fields] = application else {
        return Err(ParseError::new("expected `{application, NAME, [...]}`"));
    };
    let field = |wanted: &str| {
        fields.items().iter().find_map(|field| match field.tuple() {
            [Term::Word(key), value] if *key == wanted => Some(value),
            _ => None,
        })
    };
    let version = field("vsn").and_then(Term::text).filter(|version| !version.is_empty());
    let version = version.ok_or_else(|| ParseError::new("the application has no version"))?;
    let ecosystem = ecosystem_of(name);
    let (presence, line) = (Presence::Installed, terms.line(version));
    let mut package = declared(ecosystem, name, version, presence, line);
    let applications = field("applications").map(Term::items).unwrap_or_default();
    // Those of the other ecosystem are not among the packages it is looked for in.
    let names = applications.iter().filter_map(Term::text);
    package.needs =
        needs(names.filter(|name| ecosystem_of(name) == ecosystem).map(|name| need(name, None)));
    let mut packages = Packages::new(sink);
    packages.add(package);
    packages.finish()
}

fn ecosystem_of(name: &str) -> Ecosystem {
    if LANGUAGES.binary_search(&name).is_ok() { Ecosystem::Otp } else { Ecosystem::Hex }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_applications_are_sorted() {
        assert!(LANGUAGES.is_sorted());
    }
}
