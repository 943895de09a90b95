//! Which packages have code in a Go program, by the names of its functions.
//!
//! The runtime needs the names for its stack traces, so that they are there even where the symbol
//! table was stripped: the section `.gopclntab` begins with a header that says where they are
//! (<https://go.dev/src/internal/abi/symtab.go>, <https://go.dev/src/debug/gosym/pclntab.go>). Names
//! of functions that were inlined are among them, and those the linker left out are not.

use crate::lang::program::Program;
use std::collections::BTreeSet;

/// The header's first number, since Go 1.20.
const MAGIC_1_20: u64 = 0xffff_fff1;
/// The same since Go 1.18.
const MAGIC_1_18: u64 = 0xffff_fff0;
/// The same since Go 1.16. Before, the names have no place of their own.
const MAGIC_1_16: u64 = 0xffff_fffa;

/// Sections the table may be in: of ELF, of position-independent ELF, and of Mach-O.
const SECTIONS: [&str; 3] = [".gopclntab", ".data.rel.ro.gopclntab", "__gopclntab"];

/// Packages of one program. The largest have some 5,000; of one with more nothing is said.
const PACKAGES_MAX: usize = 20_000;

/// Longest name of a function that is looked at, in bytes: those of generic functions have the names
/// of their types in them. The package stands in front.
const NAME_BYTES_MAX: usize = 1_024;

/// The packages of one program that have code in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Linked(BTreeSet<String>);

impl Linked {
    /// Reads the names of a program's functions; nothing if it has none that can be trusted.
    pub(super) fn read(program: &Program<'_>) -> Option<Self> {
        let table = SECTIONS.iter().find_map(|name| program.section(name))?;
        Self::of_names(names(table, program.is_big_endian())?)
    }

    fn of_names(names: &[u8]) -> Option<Self> {
        let mut packages = BTreeSet::new();
        for name in names.split(|byte| *byte == 0) {
            let name = name.get(..NAME_BYTES_MAX).unwrap_or(name);
            let Some(package) = std::str::from_utf8(name).ok().and_then(package_of) else {
                continue;
            };
            if !packages.contains(package) {
                packages.insert(package.to_owned());
            }
            if packages.len() > PACKAGES_MAX {
                return None;
            }
        }
        let packages: BTreeSet<String> = packages.iter().filter_map(|name| decoded(name)).collect();
        // Whoever makes names unreadable leaves neither of them.
        let is_whole = packages.contains("runtime") && packages.contains("main");
        is_whole.then_some(Self(packages))
    }

    /// The packages of a module that have code in the program, sorted. Nothing where none has: it is
    /// as likely that the names were made unreadable.
    ///
    /// `others` are all modules of the program: what is below two of them is of the longer one.
    pub(super) fn of_module(&self, module: &str, others: &[&str]) -> Option<Vec<String>> {
        let is_longer = |other: &&&str| other.len() > module.len();
        let longer: Vec<&str> = others.iter().filter(is_longer).copied().collect();
        let own = |package: &&String| {
            is_below(package, module) && !longer.iter().any(|other| is_below(package, other))
        };
        let packages: Vec<String> = self.0.iter().filter(own).cloned().collect();
        (!packages.is_empty()).then_some(packages)
    }

    /// The packages of the standard library that have code in the program, sorted.
    pub(super) fn of_library(&self, modules: &[&str]) -> Vec<String> {
        let is_own = |package: &&String| {
            let first = package.split('/').next().unwrap_or_default();
            // The first part of any other package's path is a host.
            !first.contains('.')
                && *first != *"main"
                && !modules.iter().any(|module| is_below(package, module))
        };
        self.0.iter().filter(is_own).cloned().collect()
    }
}

/// Whether a package is of a module, as far as its path tells.
fn is_below(package: &str, module: &str) -> bool {
    package.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The names in a table, each with a zero behind it.
fn names(table: &[u8], is_big: bool) -> Option<&[u8]> {
    let number = |at: usize, size: usize| {
        let bytes = table.get(at..at.checked_add(size)?)?;
        Some(match (size, is_big) {
            (4, false) => u64::from(u32::from_le_bytes(bytes.try_into().ok()?)),
            (4, true) => u64::from(u32::from_be_bytes(bytes.try_into().ok()?)),
            (_, false) => u64::from_le_bytes(bytes.try_into().ok()?),
            (_, true) => u64::from_be_bytes(bytes.try_into().ok()?),
        })
    };
    let word = usize::from(*table.get(7)?);
    if !matches!(word, 4 | 8) {
        return None;
    }
    // Behind the magic: two zeros, the steps of instructions, the size of an address, then numbers.
    let first = match number(0, 4)? {
        MAGIC_1_20 | MAGIC_1_18 => 3,
        MAGIC_1_16 => 2,
        _ => return None,
    };
    let offset = |position: usize| {
        let at = position.checked_mul(word)?.checked_add(8)?;
        usize::try_from(number(at, word)?).ok()
    };
    table.get(offset(first)?..offset(first.checked_add(1)?)?)
}

/// The package of a function by its name: `golang.org/x/net/html.(*Parser).Parse`. Nothing for what
/// is of no package.
fn package_of(name: &str) -> Option<&str> {
    if name.starts_with("type:") || name.starts_with("type.") || name.starts_with("go:") {
        return None;
    }
    // Arguments of types may have paths of their own.
    let name = name.split('[').next().unwrap_or(name);
    let last = name.rfind('/').map_or(0, |at| at.saturating_add(1));
    let dot = name.get(last..)?.find('.')?;
    let package = name.get(..last.checked_add(dot)?)?;
    let is_path = !package.is_empty() && !package.contains([' ', '{', '(', '*', ';']);
    is_path.then_some(package)
}

/// A package's path without the percent signs the compiler writes for dots in its last part.
fn decoded(package: &str) -> Option<String> {
    if !package.contains('%') {
        return Some(package.to_owned());
    }
    let mut bytes = Vec::with_capacity(package.len());
    let mut rest = package.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, tail) = rest.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = tail;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_of_the_package_in_front_of_it() {
        for (name, expected) in [
            ("main.main", Some("main")),
            ("runtime.goexit", Some("runtime")),
            ("net/http.(*Client).Do", Some("net/http")),
            ("net/http.(*Client).do.func1.deferwrap2", Some("net/http")),
            ("gopkg.in/yaml%2ev3.Unmarshal", Some("gopkg.in/yaml%2ev3")),
            ("go.uber.org/zap.New", Some("go.uber.org/zap")),
            ("a.org/b.Map[go.shape.int,c.org/d.T].func1", Some("a.org/b")),
            ("a.org/b.(*List[...]).Len", Some("a.org/b")),
            ("vendor/golang.org/x/text.init.0", Some("vendor/golang.org/x/text")),
            ("a.org/b.glob..func2", Some("a.org/b")),
            ("type:.eq.a.org/b.T", None),
            ("type..eq.a.org/b.T", None),
            ("go:buildid", None),
            ("struct { *bytes.Buffer; io.Closer }.Read", None),
            ("_cgo_panic", None),
            ("", None),
        ] {
            assert_eq!(package_of(name), expected, "{name}");
        }
        assert_eq!(decoded("gopkg.in/yaml%2ev3").as_deref(), Some("gopkg.in/yaml.v3"));
        assert_eq!(decoded("a%2"), None);
    }

    fn linked(names: &[&str]) -> Option<Linked> {
        Linked::of_names(names.join("\0").as_bytes())
    }

    #[test]
    fn packages_go_to_the_longest_module_they_are_below() {
        let names = [
            "main.main",
            "runtime.main",
            "net/url.Parse",
            "a.org/b.F",
            "a.org/b/c.F",
            "a.org/b/v2/d.F",
            "a.org/bc.F",
            "own/e.F",
        ];
        let linked = linked(&names).unwrap();
        let modules = ["a.org/b", "a.org/b/v2", "a.org/bc", "a.org/none", "own"];
        let of = |module| linked.of_module(module, &modules);
        assert_eq!(of("a.org/b").unwrap(), ["a.org/b", "a.org/b/c"]);
        assert_eq!(of("a.org/b/v2").unwrap(), ["a.org/b/v2/d"]);
        assert_eq!(of("own").unwrap(), ["own/e"]);
        assert_eq!(of("a.org/none"), None);
        assert_eq!(linked.of_library(&modules), ["net/url", "runtime"]);
    }

    #[test]
    fn names_that_were_made_unreadable_say_nothing() {
        assert_eq!(linked(&["main.main", "x1.y2"]), None);
        assert_eq!(linked(&["runtime.main", "x1.y2"]), None);
        assert_eq!(linked(&[]), None);
        let many: Vec<String> = (0..=PACKAGES_MAX).map(|n| format!("p{n}.F")).collect();
        let mut many: Vec<&str> = many.iter().map(String::as_str).collect();
        many.extend(["main.main", "runtime.main"]);
        assert_eq!(linked(&many), None);
    }

    #[test]
    fn a_broken_table_says_nothing() {
        let header = |magic: u64, word: u8, numbers: &[u64]| {
            let mut table = u32::try_from(magic).unwrap().to_le_bytes().to_vec();
            table.extend([0, 0, 1, word]);
            for number in numbers {
                table.extend(&number.to_le_bytes()[..usize::from(word)]);
            }
            table
        };
        let mut whole = header(MAGIC_1_20, 8, &[1, 1, 0, 48, 51]);
        whole.extend(b"a.b");
        assert_eq!(names(&whole, false), Some(&b"a.b"[..]));
        let mut old = header(MAGIC_1_16, 4, &[1, 1, 24, 27]);
        old.extend(b"a.b");
        assert_eq!(names(&old, false), Some(&b"a.b"[..]));
        for broken in [
            header(0xffff_fffb, 8, &[1, 1, 0, 48, 51]),
            header(MAGIC_1_20, 8, &[1, 1, 0, 51, 48]),
            header(MAGIC_1_20, 8, &[1, 1, 0, 48, u64::MAX]),
            header(MAGIC_1_20, 3, &[1, 1, 0, 48, 51]),
            header(MAGIC_1_20, 8, &[1]),
            Vec::new(),
        ] {
            assert_eq!(names(&broken, false), None, "{broken:?}");
        }
        assert_eq!(names(&whole, true), None);
    }
}
